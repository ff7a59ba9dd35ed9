"""The check of an ontology and its graph: OWL 2 DL, contradictions with proofs, consistency, the class hierarchy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pyoxigraph as ox

from mtsp_kg.formats import check_form
from mtsp_kg.infer.closure import Closure, close, needed
from mtsp_kg.infer.dl_profile import DlIssue, dl_issues
from mtsp_kg.infer.explain import Explainer
from mtsp_kg.infer.facts import read_ntriples
from mtsp_kg.infer.hermit import Classification, classify, reasoner_input
from mtsp_kg.infer.join import bindings
from mtsp_kg.infer.proofs import Proof, Prover
from mtsp_kg.infer.reasoner import dump
from mtsp_kg.infer.render import ExplanationWriter
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
    nt,
    substitute,
    triple_of,
)

# The folder of graph/ that links to identifiers elsewhere, with terms that the core ontology does not have.
ALIGNMENTS = "alignments"
_MOST_CLASHES = 100
Subclass = tuple[str, str]


@dataclass(frozen=True)
class Clash:
    """Facts that cannot all hold: the rule that they violate, and for each fact a shortest proof.

    For two named individuals that are inferred to be the same, there is no rule, and one fact.
    """

    rule: Rule | None
    facts: tuple[Atom, ...]
    proofs: tuple[Proof, ...]


@dataclass
class OntologyReport:
    """The result of a check.

    classification: of the DL reasoner, if one ran; added: subclass relations (of IRIs) that only the reasoner finds;
    lost: those that only the rules find, which would be a bug in this package.
    """

    issues: list[DlIssue]
    clashes: list[Clash]
    classification: Classification | None
    added: list[Subclass]
    lost: list[Subclass]
    writer: ExplanationWriter = field(repr=False)

    forms: ClassVar[tuple[str, ...]] = ("text", "json")

    @property
    def conforms(self) -> bool:
        """Whether there are no findings other than notes."""
        faults = any(not issue.is_note for issue in self.issues)
        found = self.classification
        broken = found is not None and (not found.consistent or bool(found.unsatisfiable))
        return not (faults or self.clashes or broken or self.lost)

    def write(self, form: str = "text") -> str:
        """The report as `text` or `json`. Raises NotFoundError."""
        check_form(form, self.forms, "The report")
        if form == "json":
            return json.dumps(self.as_dict(), ensure_ascii=False, indent=2) + "\n"
        return "\n".join(self._lines()) + "\n"

    def __str__(self) -> str:
        return self.write()

    def as_dict(self) -> dict[str, Any]:
        """The report as a dictionary for JSON."""
        body: dict[str, Any] = {
            "owl2dl": [{"what": issue.what, "note": issue.is_note, **self._position(issue)} for issue in self.issues],
            "clashes": [self._clash_as_dict(clash) for clash in self.clashes],
            "added": self.added,
            "lost": self.lost,
        }
        if self.classification is not None:
            body |= {
                "reasoner": self.classification.reasoner,
                "consistent": self.classification.consistent,
                "empty": sorted(self.classification.unsatisfiable),
            }
        return body

    def _lines(self) -> Iterator[str]:
        faults = [issue for issue in self.issues if not issue.is_note]
        yield f"OWL 2 DL: {len(faults) or 'no'} violation{'' if len(faults) == 1 else 's'}."
        for issue in self.issues:
            yield f"  {'note: ' if issue.is_note else ''}{issue.what}{self._position_in_words(issue)}"
        contradictions = [clash for clash in self.clashes if clash.rule is not None]
        same = [clash for clash in self.clashes if clash.rule is None]
        yield f"Contradictions found by rules: {len(contradictions) or 'none'}."
        for clash in (*contradictions, *same):
            yield from self._clash(clash)
        if same:
            yield f"Individuals with different names that are inferred to be the same: {len(same)}."
        found, wording = self.classification, self.writer.wording
        if found is None:
            return
        yield f"{found.reasoner}: ontology and graph are {'consistent' if found.consistent else 'INCONSISTENT'}."
        if not found.consistent:
            if not contradictions:
                yield "  The rules find no contradiction: finding it requires case analysis."
            return
        for name in sorted(found.unsatisfiable):
            yield f"  {wording.thing(nt(name))} is unsatisfiable: it cannot have instances."
        hierarchy = "more subclass relations than the rules infer" if self.added else "as inferred by the rules"
        yield f"Class hierarchy: {len(found.superclasses)} classes; {hierarchy}."
        for sub, super_ in self.added:
            yield f"  {wording.short(nt(sub))} is also a subclass of {wording.short(nt(super_))}"
        for sub, super_ in self.lost:
            yield f"  inferred but not entailed: {wording.short(nt(sub))} is a subclass of {wording.short(nt(super_))}"

    def _clash(self, clash: Clash) -> Iterator[str]:
        if clash.rule is None:
            yield f"  The same: {self.writer.wording.fact(clash.facts[0])}"
        else:
            axiom = clash.rule.axiom
            about = f": {self.writer.wording.axiom(axiom)}  [{axiom.file}:{axiom.line}]" if axiom is not None else ""
            yield f"  Contradiction by {self.writer.wording.rule(clash.rule)}{about}"
        for proof in clash.proofs:
            yield f"    {self.writer.wording.fact(proof.goal)}"
            yield from self.writer.proof_lines(proof, "      ")

    def _position_in_words(self, issue: DlIssue) -> str:
        if issue.axiom is not None:
            axiom = issue.axiom
            position = f"{axiom.file}:{axiom.line}" if axiom.line is not None else axiom.file
            return f"  {self.writer.wording.axiom(axiom)}  [{position}]"
        if issue.fact is not None:
            return f"  {line(issue.fact)}  [{self.writer.sources_in_words(issue.fact) or 'asserted'}]"
        return f"  [{issue.file}:{issue.line}]" if issue.file else ""

    def _position(self, issue: DlIssue) -> dict[str, Any]:
        if issue.axiom is not None:
            axiom = issue.axiom
            return {"axiom": self.writer.wording.axiom(axiom), "file": axiom.file, "line": axiom.line}
        if issue.fact is not None:
            return {"triple": triple_of(issue.fact), "where": self.writer.sources_in_words(issue.fact)}
        return {"file": issue.file, "line": issue.line} if issue.file else {}

    def _clash_as_dict(self, clash: Clash) -> dict[str, Any]:
        axiom = clash.rule.axiom if clash.rule is not None else None
        return {
            "kind": clash.rule.kind if clash.rule is not None else "same-as",
            "axiom": self.writer.wording.axiom(axiom) if axiom is not None else None,
            "about": iri(axiom.about) if axiom is not None else None,
            "file": axiom.file if axiom is not None else None,
            "line": axiom.line if axiom is not None else None,
            "proofs": [self.writer.proof_as_dict(proof) for proof in clash.proofs],
        }


def check_ontology(
    explainer: Explainer,
    store: ox.Store,
    writer: ExplanationWriter,
    *,
    reasoner: str | None = None,
    dl: bool = True,
) -> OntologyReport:
    """Checks a project's ontology and graph.

    writer: of the report; reasoner: one of `hermit.REASONERS`, by default the first that is available; dl: whether to
    run one. Raises DataError, MissingExtraError.
    """
    given = explainer.reasoner
    text = _core(store, explainer)
    all_facts = read_ntriples(text)
    issues = dl_issues(given.index, given.axioms, all_facts)
    # What differs is needed for contradictions; inferred graphs leave it out.
    rules = [*given.rules, *(rule for rule in given.clashes if rule.head is not None)]
    facts = read_ntriples(text, needed([*given.rules, *given.clashes]))
    closure = close(facts, rules, lambda: all_facts, given.project.profile.shrink)
    found = OntologyReport(issues, clashes_in(closure, given.clashes), None, [], [], writer)
    if not dl:
        return found
    found.classification = classify(reasoner_input(text, given.index), reasoner)
    if found.classification.consistent:
        inferred = {
            (iri(sub), iri(super_))
            for sub, super_ in closure.facts.pairs.get(SUBCLASS, ())
            if is_named(sub) and is_named(super_) and sub != super_ and super_ != THING and sub != NOTHING
        }
        classes = found.classification.superclasses
        entailed = {(sub, super_) for sub, uppers in classes.items() for super_ in uppers}
        found.added = sorted(entailed - inferred)
        found.lost = sorted(pair for pair in inferred - entailed if set(pair) <= classes.keys())
    return found


def clashes_in(closure: Closure, clashes: list[Rule]) -> list[Clash]:
    """The contradictions in a closure, then individuals that are inferred to be the same; at most a hundred of each."""
    prover = Prover(closure)
    return _with_proofs(_contradictions(closure, clashes), prover) + _with_proofs(_same(closure), prover)


def _with_proofs(given: Iterator[tuple[Rule | None, tuple[Atom, ...]]], prover: Prover) -> list[Clash]:
    seen: dict[frozenset[Atom], tuple[Rule | None, tuple[Atom, ...]]] = {}
    for rule, facts in given:
        seen.setdefault(frozenset(facts), (rule, facts))
        if len(seen) >= _MOST_CLASHES:
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


def _core(store: ox.Store, explainer: Explainer) -> bytes:
    """The store's assertions as N-Triples, without those of ontology files that are not read here (alignments)."""
    project, profile = explainer.reasoner.project, explainer.reasoner.project.profile
    read = set(explainer.reasoner.index.paths.values())
    unread = [project.graph_of(path) for path in project.ontology_files() if path not in read]
    if not explainer.reasoner.alignments:
        unread += [project.graph_of(path) for path in project.graph_files() if ALIGNMENTS in path.parts]
    left_out: set[bytes] = set()
    for graph in unread:
        left_out.update((store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph)) or b"").split(b"\n"))
    if not left_out:
        return dump(store, profile)
    asserted = {f"{' '.join(triple)} .".encode() for triple in explainer.reasoner.index.file_of}
    lines = dump(store, profile).split(b"\n")
    return b"\n".join(each for each in lines if each not in left_out or each in asserted)
