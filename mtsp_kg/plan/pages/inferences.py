"""The inferred triples about each resource, and their proofs, for the pages of a server.

A page keeps what is inferred apart from what is asserted: each inferred triple is with the kind of rule that gives it,
and a page of its own shows its proofs down to the passages.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from mtsp_kg.layout import natural_key

if TYPE_CHECKING:
    import pyoxigraph as ox

    from mtsp_kg.infer.explain import Explainer
    from mtsp_kg.infer.proofs import Proof
    from mtsp_kg.infer.terms import Atom
    from mtsp_kg.infer.wording import Words
    from mtsp_kg.plan.pages.plan_index import VoiceIndex
    from mtsp_kg.project import Project

_MOST_PROOFS = 3


class InferredTriple(NamedTuple):
    """An inferred triple and the kind of the rule that gave it first."""

    subject: str
    predicate: str
    object: str
    rule: str


class ProofNode(NamedTuple):
    """A triple in a proof, and what it follows from.

    rule, axiom: the kind of the rule that gives it and its axiom in words, where it is inferred; premises: from what;
    passages, graphs: where it is asserted; known: whether the proof has shown its premises already.
    """

    triple: tuple[str, str, str]
    rule: str = ""
    axiom: str = ""
    premises: tuple[ProofNode, ...] = ()
    passages: tuple[str, ...] = ()
    graphs: tuple[str, ...] = ()
    known: bool = False


class InferredTriples:
    """What follows from a project's graph, inferred when it is first asked for. store: without inferences."""

    def __init__(self, project: Project, store: ox.Store, plan: str | None, voices: VoiceIndex) -> None:
        self._project, self._store, self._plan, self._voices = project, store, plan, voices

    def about(self, iri: str) -> list[InferredTriple]:
        """The inferred triples with a resource as subject or object, by property."""
        return self._by_resource.get(iri, [])

    def proofs(self, triple: tuple[str, str, str], label: Callable[[str], str]) -> list[ProofNode]:
        """The proofs of an inferred triple, the shortest first; none of a triple that is not inferred.

        label: the label of an IRI in the language wanted.
        """
        from mtsp_kg.infer.terms import atom_of, nt
        from mtsp_kg.infer.wording import Words

        if triple not in self._rules:
            return []
        words = Words(label, self._plan)
        found = self._explainer.explain(atom_of(*map(nt, triple)), _MOST_PROOFS)
        return [self._node(proof, proof.goal, words, set()) for proof in found.proofs]

    @cached_property
    def _explainer(self) -> Explainer:
        from mtsp_kg.infer.explain import Explainer
        from mtsp_kg.infer.reasoner import Reasoner
        from mtsp_kg.infer.wording import Words

        return Explainer(Reasoner(self._project), self._store, str, Words(str, self._plan))

    @cached_property
    def _rules(self) -> dict[tuple[str, str, str], str]:
        """Every inferred triple of named resources, with the kind of its rule."""
        from mtsp_kg.infer.terms import iri, is_named, triple_of

        found: dict[tuple[str, str, str], str] = {}
        for rule, fact in self._explainer.closure.inferred():
            terms = triple_of(fact)
            if all(map(is_named, terms)):
                found[iri(terms[0]), iri(terms[1]), iri(terms[2])] = rule.kind
        return found

    @cached_property
    def _by_resource(self) -> dict[str, list[InferredTriple]]:
        found: dict[str, list[InferredTriple]] = {}
        for (subject, predicate, object_), rule in self._rules.items():
            for iri in dict.fromkeys((subject, object_)):
                found.setdefault(iri, []).append(InferredTriple(subject, predicate, object_, rule))
        for iri, rows in found.items():
            rows.sort(key=lambda row: (row[0] != iri, row[1], natural_key(row[2]), natural_key(row[0])))
        return found

    def _node(self, proof: Proof, fact: Atom, words: Words, seen: set[Atom]) -> ProofNode:
        from mtsp_kg.infer.terms import iri, triple_of

        subject, predicate, object_ = map(iri, triple_of(fact))
        triple = (subject, predicate, object_)
        step = proof.steps.get(fact)
        if step is None:
            graphs = self._explainer.stated.graphs(fact)
            passages = self._voices.sorted(graph for graph in graphs if not self._project.profile.is_file_graph(graph))
            return ProofNode(
                triple, passages=tuple(passages), graphs=tuple(graph for graph in graphs if graph not in passages)
            )
        if fact in seen:
            return ProofNode(triple, known=True)
        seen.add(fact)
        axiom = step.rule.axiom
        written = "" if axiom is None else str(axiom.parts[0]) if axiom.kind == "query" else words.axiom(axiom)
        premises = tuple(self._node(proof, premise, words, seen) for premise in step.premises)
        return ProofNode(triple, step.rule.kind, written, premises)
