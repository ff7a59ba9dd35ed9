"""Contradictions found by rules, each with the statements and axioms that it follows from; and unexpected sameness.

Imports `closure`, `compile`, `facts`, `join`, `proofs`, `reasoner`, `rules` and `terms`.

The whole check of an ontology with its graph: OWL 2 DL, consistency, the class tree; and how it is told.

Imports all of the room.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from mtsp_kg.infer.closure import Closure, close, needed
from mtsp_kg.infer.dl_profile import Issue, Profile
from mtsp_kg.infer.explain import Explainer
from mtsp_kg.infer.facts import Facts, read_ntriples
from mtsp_kg.infer.hermit import Classified, classify, reasoner_input
from mtsp_kg.infer.join import bindings
from mtsp_kg.infer.proofs import Proof, Prover
from mtsp_kg.infer.reasoner import dump
from mtsp_kg.infer.render import Teller
from mtsp_kg.infer.rules import Rule
from mtsp_kg.infer.terms import (
    NOTHING,
    SAME_AS,
    SUBCLASS,
    THING,
    Atom,
    iri,
    is_named,
    is_variable,
    line,
    substitute,
    triple_of,
)
from mtsp_kg.plan import names


@dataclass(frozen=True)
class Clash:
    """Facts that cannot all hold: the rule that says so, and for each fact a shortest proof.

    Where things are inferred to be the same that have names of their own, there is no rule, and one fact.
    """

    rule: Rule | None
    facts: tuple[Atom, ...]
    proofs: tuple[Proof, ...]


def closed_for_clashes(facts: Facts, rules: list[Rule], clashes: list[Rule], everything: Facts) -> Closure:
    """The closure with what differs, which inferred graphs leave out."""
    apart = [rule for rule in clashes if rule.head is not None]
    return close(facts, [*rules, *apart], lambda: everything)


def wanted(rules: list[Rule], clashes: list[Rule]) -> set[str]:
    """The properties that contradictions need facts of."""
    return needed([*rules, *clashes])


def clashes_in(closure: Closure, clashes: list[Rule], *, most: int = 100) -> list[Clash]:
    """The contradictions in a closure, then things that it makes the same; at most so many of each."""
    prover = Prover(closure)
    found = _told(_contradictions(closure, clashes), prover, most)
    return found + _told(_same(closure), prover, most)


def _told(given: Iterator[tuple[Rule | None, tuple[Atom, ...]]], prover: Prover, most: int) -> list[Clash]:
    seen: dict[frozenset[Atom], tuple[Rule | None, tuple[Atom, ...]]] = {}
    for rule, facts in given:
        seen.setdefault(frozenset(facts), (rule, facts))
        if len(seen) >= most:
            break
    ordered = sorted(seen.values(), key=lambda clash: clash[1])
    return [Clash(rule, facts, tuple(prover.proofs(fact, 1)[0] for fact in facts)) for rule, facts in ordered]


def _contradictions(closure: Closure, clashes: list[Rule]) -> Iterator[tuple[Rule, tuple[Atom, ...]]]:
    for rule in clashes:
        if rule.head is not None:
            continue
        for binding in bindings(rule, closure.facts, closure.facts):
            atoms = tuple(dict.fromkeys(substitute(atom, binding) for atom in rule.body))
            if not any(is_variable(term) for atom in atoms for term in atom[1:]):
                yield rule, tuple(sorted(atoms))


def _same(closure: Closure) -> Iterator[tuple[None, tuple[Atom, ...]]]:
    for one, other in sorted(closure.facts.pairs.get(SAME_AS, ())):
        fact = (SAME_AS, one, other)
        if one < other and closure.origin(fact) is not None:
            yield None, (fact,)


# The folder of graph/ that ties things to identifiers elsewhere, in terms that the core does not have.
ALIGNMENTS = "alignments"


@dataclass
class Checked:
    """What a check found.

    added: subclass relations that the reasoner finds and the rules do not; lost: those that only the rules find, which
    would be a fault of ours.
    """

    issues: list[Issue]
    clashes: list[Clash]
    classified: Classified | None
    added: list[tuple[str, str]] = field(default_factory=list)
    lost: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """Whether nothing was found but notes."""
        faults = any(not issue.is_note for issue in self.issues)
        broken = self.classified is not None and (not self.classified.consistent or bool(self.classified.empty))
        return not (faults or self.clashes or broken or self.lost)


def check(explainer: Explainer, store: ox.Store, *, reasoner: str | None = None, dl: bool = True) -> Checked:
    """The check of a project's ontology and graph.

    reasoner: `hermit` or `pyhermit`, else the first that can run; dl: whether to run one at all. Raises DataError,
    MissingExtraError.
    """
    given = explainer.reasoner
    text = _of_core(store, explainer)
    everything = read_ntriples(text)
    issues = Profile(given.sources, given.axioms, everything).issues()
    facts = read_ntriples(text, wanted(given.rules, given.clashes))
    closure = closed_for_clashes(facts, given.rules, given.clashes, everything)
    found = Checked(issues, clashes_in(closure, given.clashes), None)
    if dl:
        found.classified = classify(reasoner_input(text, given.sources, _ontology(given.sources.file_of)), reasoner)
        ours = {
            (iri(sub), iri(super_))
            for sub, super_ in closure.facts.pairs.get(SUBCLASS, ())
            if is_named(sub) and is_named(super_) and sub != super_ and super_ != THING and sub != NOTHING
        }
        if found.classified.consistent:
            theirs = {(sub, super_) for sub, uppers in found.classified.above.items() for super_ in uppers}
            known = found.classified.above.keys()
            found.added = sorted(theirs - ours)
            found.lost = sorted(pair for pair in ours - theirs if set(pair) <= known)
    return found


def _of_core(store: ox.Store, explainer: Explainer) -> bytes:
    """What the store states in its default graph, without ontology files that are not read here (alignments)."""
    project = explainer.reasoner.project
    read = set(explainer.reasoner.sources.paths.values())
    unread = [project.graph_of(path) for path in project.ontology_files() if path not in read]
    if not explainer.reasoner.alignments:
        unread += [project.graph_of(path) for path in project.graph_files() if ALIGNMENTS in path.parts]
    out: set[bytes] = set()
    for graph in unread:
        out.update((store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph)) or b"").split(b"\n"))
    if not out:
        return dump(store)
    stated = {f"{' '.join(triple)} .".encode() for triple in explainer.reasoner.sources.file_of}
    return b"\n".join(each for each in dump(store).split(b"\n") if each not in out or each in stated)


def _ontology(triples: dict[tuple[str, str, str], str]) -> bytes:
    return "".join(f"{' '.join(triple)} .\n" for triple in triples).encode()


class Report:
    """Tells what a check found."""

    def __init__(self, explainer: Explainer) -> None:
        self._words = explainer.words
        self._teller = Teller(explainer)

    def text(self, found: Checked) -> str:
        """For reading: what breaks OWL 2 DL, contradictions with what they follow from, and the class tree."""
        return "\n".join(self._lines(found)) + "\n"

    def _lines(self, found: Checked) -> Iterator[str]:
        faults = [issue for issue in found.issues if not issue.is_note]
        yield f"OWL 2 DL: {'nothing breaks it' if not faults else f'{len(faults)} things break it'}."
        for issue in found.issues:
            yield f"  {'note: ' if issue.is_note else ''}{issue.what}{self._place(issue)}"
        real = [clash for clash in found.clashes if clash.rule is not None]
        same = [clash for clash in found.clashes if clash.rule is None]
        yield f"Contradictions found by rules: {len(real) or 'none'}."
        for clash in (*real, *same):
            yield from self._clash(clash)
        if same:
            yield f"Things with names of their own that turn out to be the same: {len(same)}."
        classified = found.classified
        if classified is None:
            return
        how = "consistent" if classified.consistent else "INCONSISTENT"
        yield f"{classified.reasoner}: ontology and graph are {how}."
        if not classified.consistent:
            if not real:
                yield "  The rules see no contradiction: it needs reasoning by cases."
            return
        for empty in sorted(classified.empty):
            yield f"  {self._words.thing(f'<{empty}>')} can have no members."
        tree = "more than is shipped" if found.added else "as shipped"
        yield f"Class tree: {len(classified.above)} classes; {tree}."
        for sub, super_ in found.added:
            yield f"  {names.shrink(sub)} is also within {names.shrink(super_)}"
        for sub, super_ in found.lost:
            yield f"  shipped, and not entailed: {names.shrink(sub)} within {names.shrink(super_)}"

    def _place(self, issue: Issue) -> str:
        if issue.axiom is not None:
            where = f"{issue.axiom.file}:{issue.axiom.line}" if issue.axiom.line is not None else issue.axiom.file
            return f"  {self._words.axiom(issue.axiom)}  [{where}]"
        if issue.fact is not None:
            return f"  {line(issue.fact)}  [{self._teller.where(issue.fact) or 'stated'}]"
        return f"  [{issue.file}:{issue.line}]" if issue.file else ""

    def _clash(self, clash: Clash) -> Iterator[str]:
        if clash.rule is None:
            yield f"  The same: {self._words.fact(clash.facts[0])}"
        else:
            axiom = clash.rule.axiom
            place = f"  [{axiom.file}:{axiom.line}]" if axiom is not None else ""
            said = f": {self._words.axiom(axiom)}{place}" if axiom is not None else ""
            yield f"  Something is {self._words.rule(clash.rule)}{said}"
        for proof in clash.proofs:
            yield f"    {self._words.fact(proof.goal)}"
            yield from self._teller.tree(proof, proof.goal, "      ", set())

    def json(self, found: Checked) -> str:
        """As one JSON object."""
        body: dict[str, Any] = {
            "owl2dl": [
                {"what": issue.what, "note": issue.is_note, **self._place_as_dict(issue)} for issue in found.issues
            ],
            "clashes": [self._clash_as_dict(clash) for clash in found.clashes],
            "added": found.added,
            "lost": found.lost,
        }
        if found.classified is not None:
            body |= {
                "reasoner": found.classified.reasoner,
                "consistent": found.classified.consistent,
                "empty": sorted(found.classified.empty),
            }
        return json.dumps(body, ensure_ascii=False, indent=2) + "\n"

    def _place_as_dict(self, issue: Issue) -> dict[str, Any]:
        if issue.axiom is not None:
            axiom = issue.axiom
            return {"axiom": self._words.axiom(axiom), "file": axiom.file, "line": axiom.line}
        if issue.fact is not None:
            return {"triple": triple_of(issue.fact), "where": self._teller.where(issue.fact)}
        return {"file": issue.file, "line": issue.line} if issue.file else {}

    def _clash_as_dict(self, clash: Clash) -> dict[str, Any]:
        axiom = clash.rule.axiom if clash.rule is not None else None
        return {
            "kind": clash.rule.kind if clash.rule is not None else "same-as",
            "axiom": self._words.axiom(axiom) if axiom is not None else None,
            "about": iri(axiom.about) if axiom is not None else None,
            "file": axiom.file if axiom is not None else None,
            "line": axiom.line if axiom is not None else None,
            "proofs": [self._teller.proof_as_dict(proof) for proof in clash.proofs],
        }
