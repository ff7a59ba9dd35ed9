"""What follows about a thing, and why: for the pages of a server.

What is inferred stands apart from what is stated, on a page too: each with the kind of rule that gives it, and a page
that tells the proof down to the passages. Imports `names`, `project`, `infer`, `publish.index`, `publish.trails` and
`publish.voices`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from mtsp_kg.layout import natural_key
from mtsp_kg.plan import names

if TYPE_CHECKING:
    import pyoxigraph as ox

    from mtsp_kg.infer.explain import Explainer
    from mtsp_kg.infer.proofs import Proof, Step
    from mtsp_kg.infer.terms import Atom
    from mtsp_kg.infer.wording import Words
    from mtsp_kg.plan.pages.entity import Voices
    from mtsp_kg.project import Project

Triple = tuple[str, str, str]
_PROOFS = 3


@dataclass(frozen=True)
class Drawn:
    """An inferred triple and the kind of the rule that gave it first."""

    subject: str
    predicate: str
    object: str
    kind: str


@dataclass(frozen=True)
class Reason:
    """A triple in a proof. kind, axiom: the rule that gives it and its axiom in words, where it is inferred; premises:
    what from; passages, graphs: where it is stated, where it is; known: whether it is told above."""

    triple: Triple
    kind: str = ""
    axiom: str = ""
    premises: tuple[Reason, ...] = ()
    passages: tuple[str, ...] = ()
    graphs: tuple[str, ...] = ()
    known: bool = False


class Reasons:
    """What follows from a project's store, made when it is first asked for. store: without inferences."""

    def __init__(self, project: Project, store: ox.Store, plan: str | None, voices: Voices) -> None:
        self._project, self._store, self._plan, self._voices = project, store, plan, voices

    def of(self, iri: str) -> list[Drawn]:
        """What follows with a thing as subject or object, by property."""
        return self._by_thing.get(iri, [])

    def why(self, triple: Triple, label: Callable[[str], str]) -> list[Reason]:
        """The proofs of an inferred triple, the shortest first; none of a triple that is not inferred. label: the label
        of an IRI, in the language wanted."""
        from mtsp_kg.infer.terms import atom_of, nt
        from mtsp_kg.infer.wording import Words

        if triple not in self._kinds:
            return []
        fact = atom_of(*map(nt, triple))
        words = Words(label, self._plan)
        found = self._explainer.explain(fact, _PROOFS)
        return [self._told(proof, proof.goal, words, set()) for proof in found.proofs]

    @cached_property
    def _explainer(self) -> Explainer:
        from mtsp_kg.infer.explain import Explainer
        from mtsp_kg.infer.reasoner import Reasoner
        from mtsp_kg.infer.wording import Words

        return Explainer(Reasoner(self._project), self._store, str, Words(str, self._plan))

    @cached_property
    def _kinds(self) -> dict[Triple, str]:
        from mtsp_kg.infer.terms import iri, is_named, triple_of

        found: dict[Triple, str] = {}
        for rule, fact in self._explainer.closure.inferred():
            terms = triple_of(fact)
            if all(map(is_named, terms)):
                found[iri(terms[0]), iri(terms[1]), iri(terms[2])] = rule.kind
        return found

    @cached_property
    def _by_thing(self) -> dict[str, list[Drawn]]:
        found: dict[str, list[Drawn]] = {}
        for (subject, predicate, object_), kind in self._kinds.items():
            for iri in dict.fromkeys((subject, object_)):
                found.setdefault(iri, []).append(Drawn(subject, predicate, object_, kind))
        for iri, rows in found.items():
            rows.sort(
                key=lambda row: (row.subject != iri, row.predicate, natural_key(row.object), natural_key(row.subject))
            )
        return found

    def _told(self, proof: Proof, fact: Atom, words: Words, seen: set[Atom]) -> Reason:
        from mtsp_kg.infer.terms import iri, triple_of

        subject, predicate, object_ = map(iri, triple_of(fact))
        triple = (subject, predicate, object_)
        step: Step | None = proof.steps.get(fact)
        if step is None:
            graphs = self._explainer.stated.graphs(fact)
            passages = self._voices.sorted(graph for graph in graphs if not graph.startswith(names.GRAPH))
            return Reason(triple, passages=tuple(passages), graphs=tuple(g for g in graphs if g not in passages))
        if fact in seen:
            return Reason(triple, known=True)
        seen.add(fact)
        axiom = step.rule.axiom
        said = "" if axiom is None else str(axiom.parts[0]) if axiom.kind == "query" else words.axiom(axiom)
        premises = tuple(self._told(proof, premise, words, seen) for premise in step.premises)
        return Reason(triple, step.rule.kind, said, premises)
