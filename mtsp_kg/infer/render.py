"""Explanations in words, JSON, RDF (PROV-O) and Mermaid."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from mtsp_kg import vocab
from mtsp_kg.infer.explain import Explainer, Explanation, MissingPremises
from mtsp_kg.infer.proofs import Proof, ProofNode, ProofStep, proof_tree
from mtsp_kg.infer.provenance import StatementSource
from mtsp_kg.infer.terms import Atom, iri, nt, triple_of
from mtsp_kg.infer.wording import Wording


class ExplanationWriter:
    """Writes explanations. wording: with the labels wanted; language: of curators' notes."""

    def __init__(self, explainer: Explainer, wording: Wording, language: str) -> None:
        self._explainer = explainer
        self.wording = wording
        self._language = language
        self._sources: dict[Atom, list[StatementSource]] = {}

    def text(self, explanations: Sequence[Explanation]) -> str:
        """As text: each fact with its proofs as trees, or with the missing premises."""
        return "\n".join("\n".join(self._explanation(one)) + "\n" for one in explanations)

    def json(self, explanations: Sequence[Explanation]) -> str:
        """As a JSON array, whose proofs `reasoning.Reasoning.replay_json` reads back."""
        return json.dumps([self._explanation_as_dict(one) for one in explanations], ensure_ascii=False, indent=2) + "\n"

    def turtle(self, explanations: Sequence[Explanation]) -> str:
        """As PROV-O in Turtle: each fact is derived from its premises or from the graphs that assert it."""
        return "\n".join(self._provenance([proof for one in explanations for proof in one.proofs])) + "\n"

    def mermaid(self, explanations: Sequence[Explanation]) -> str:
        """As a Mermaid flowchart, from the assertions at the bottom to the facts that are explained."""
        return "\n".join(self._flowchart([proof for one in explanations for proof in one.proofs])) + "\n"

    def sources(self, fact: Atom) -> list[StatementSource]:
        """The graphs that assert a fact, with files and lines."""
        if fact not in self._sources:
            self._sources[fact] = self._explainer.assertions.sources(fact)
        return self._sources[fact]

    def sources_in_words(self, fact: Atom) -> str:
        """The sources of an asserted fact, in words; empty if no graph asserts it."""
        passages = [self._source(source) for source in self.sources(fact) if source.is_passage]
        files = [self._source(source) for source in self.sources(fact) if not source.is_passage]
        parts = [f"asserted in {', '.join(passages)}"] if passages else []
        parts += [f"{'also ' if passages else ''}curated in {', '.join(files)}"] if files else []
        return "; ".join(parts)

    def proof_lines(self, proof: Proof, indent: str) -> Iterator[str]:
        """A proof as an indented tree, below the line of its goal."""
        yield from self._tree(proof_tree(proof, self.sources), indent)

    def proof_as_dict(self, proof: Proof) -> dict[str, Any]:
        """A proof as a dictionary for JSON."""
        steps = []
        for step in (proof.steps[fact] for fact in proof.facts() if fact in proof.steps):
            axiom = step.rule.axiom
            entry: dict[str, Any] = {**self._fact_as_dict(step.fact), "rule": step.rule.kind}
            if axiom is not None:
                entry |= {"axiom": self.wording.axiom(axiom), "about": iri(axiom.about), "file": axiom.file,
                          "line": axiom.line}  # fmt: skip
            steps.append(entry | {"premises": [triple_of(premise) for premise in step.premises]})
        asserted = [
            {**self._fact_as_dict(fact), "sources": [_source_as_dict(source) for source in self.sources(fact)]}
            for fact in proof.asserted()
        ]
        return {"goal": triple_of(proof.goal), "steps": steps, "asserted": asserted}

    def _explanation(self, one: Explanation) -> Iterator[str]:
        yield self.wording.fact(one.fact)
        if not one.holds:
            yield "  is not entailed: no graph asserts it and no rule derives it."
            if not one.missing:
                yield "  No axiom can entail it: it would have to be asserted."
            for entry in one.missing:
                yield from self._missing(entry)
            return
        for number, proof in enumerate(one.proofs, 1):
            if len(one.proofs) > 1:
                yield f"  Proof {number} of {len(one.proofs)}"
            yield from self.proof_lines(proof, "  ")

    def _missing(self, entry: MissingPremises) -> Iterator[str]:
        axiom = entry.rule.axiom
        about = f": {self.wording.axiom(axiom)}" if axiom is not None else ""
        yield f"  It would follow by {self.wording.rule(entry.rule)}{about}"
        for atom in entry.holds:
            yield f"      holds    {self.wording.fact(atom)}"
        yield f"      missing  {' and '.join(self.wording.fact(atom) for atom in entry.missing)}"

    def _tree(self, node: ProofNode, indent: str) -> Iterator[str]:
        if node.step is None:
            yield f"{indent}{self.sources_in_words(node.fact) or 'asserted'}"
            return
        if node.repeated:
            yield f"{indent}as above"
            return
        yield indent + self._because(node.step)
        for number, premise in enumerate(node.premises, 1):
            last = number == len(node.premises)
            yield f"{indent}{'└─' if last else '├─'} {self.wording.fact(premise.fact)}"
            yield from self._tree(premise, indent + ("   " if last else "│  "))

    def _because(self, step: ProofStep) -> str:
        axiom = step.rule.axiom
        kind = self.wording.rule(step.rule)
        if axiom is None:
            return f"by {kind}"
        position = f"{axiom.file}:{axiom.line}" if axiom.line is not None else axiom.file
        if axiom.kind == "query":
            summary, *absent = map(str, axiom.parts)
            return f"by {kind}: {summary}{''.join(f' Absent: {what}.' for what in absent)}  [{axiom.file}]"
        return f"by {kind}: {self.wording.axiom(axiom)}  [{position}]"

    def _source(self, source: StatementSource) -> str:
        file = f"{source.file}:{source.line}" if source.line is not None else source.file
        short = self.wording.short(nt(source.graph))
        if not source.is_passage:
            note = source.note(self._language)
            return (file or self.wording.short(f"<{source.graph}>")) + (
                f" (the curator's note: {note})" if note else ""
            )
        short = self.wording.short(f"<{source.graph}>")
        return f"{short} ({file})" if file else short

    def _explanation_as_dict(self, one: Explanation) -> dict[str, Any]:
        return {
            **self._fact_as_dict(one.fact),
            "entailed": one.holds,
            "proofs": [self.proof_as_dict(proof) for proof in one.proofs],
            "missing": [
                {
                    "rule": entry.rule.kind,
                    "axiom": self.wording.axiom(entry.rule.axiom) if entry.rule.axiom is not None else None,
                    "holds": [triple_of(atom) for atom in entry.holds],
                    "lacks": [triple_of(atom) for atom in entry.missing],
                }
                for entry in one.missing
            ],
        }

    def _fact_as_dict(self, fact: Atom) -> dict[str, Any]:
        return {"triple": triple_of(fact), "words": self.wording.fact(fact)}

    def _provenance(self, proofs: Sequence[Proof]) -> Iterator[str]:
        yield from (f"@prefix {prefix}: <{vocab.VOCABULARIES[prefix]}> ." for prefix in ("prov", "rdf", "skos"))
        node = _numbered(proofs, "_:f")
        for proof in proofs:
            for fact in proof.facts():
                subject, predicate, object_ = (self._as_turtle(term) for term in triple_of(fact))
                yield f"\n{node[fact]} a prov:Entity , rdf:Statement ;"
                yield f"    rdf:subject {subject} ; rdf:predicate {predicate} ; rdf:object {object_} ;"
                step = proof.steps.get(fact)
                if step is None:
                    for source in self.sources(fact):
                        role = "hadPrimarySource" if source.is_passage else "wasDerivedFrom"
                        yield f"    prov:{role} <{source.graph}> ;"
                    yield "    ."
                    continue
                used = [node[premise] for premise in step.premises]
                used += [step.rule.axiom.about] if step.rule.axiom is not None else []
                yield f"    prov:wasDerivedFrom {' , '.join(used)} ;" if used else "   "
                label = json.dumps(self._because(step), ensure_ascii=False)
                yield f"    prov:wasGeneratedBy [ a prov:Activity ; skos:prefLabel {label}@en ] ."

    def _as_turtle(self, term: str) -> str:
        return term if not term.startswith("[") else json.dumps(self.wording.anonymous(term))

    def _flowchart(self, proofs: Sequence[Proof]) -> Iterator[str]:
        yield "flowchart BT"
        node = _numbered(proofs, "f")
        drawn: set[Atom] = set()
        for proof in proofs:
            for fact in (fact for fact in proof.facts() if fact not in drawn):
                drawn.add(fact)
                text = self.wording.fact(fact).replace('"', "'")
                where = "" if fact in proof.steps else f"<br/>{self.sources_in_words(fact)}"
                opening, closing = ("[", "]") if fact in proof.steps else ("(", ")")
                yield f'  {node[fact]}{opening}"{text}{where}"{closing}'
            for step in proof.steps.values():
                label = self.wording.rule(step.rule)
                for premise in step.premises:
                    yield f'  {node[premise]} -->|"{label}"| {node[step.fact]}'


def _numbered(proofs: Sequence[Proof], prefix: str) -> dict[Atom, str]:
    """The facts of proofs, each once, with an identifier."""
    found: dict[Atom, str] = {}
    for proof in proofs:
        for fact in proof.facts():
            found.setdefault(fact, f"{prefix}{len(found) + 1}")
    return found


def _source_as_dict(source: StatementSource) -> dict[str, Any]:
    entry = {"graph": source.graph, "passage": source.is_passage, "file": source.file, "line": source.line}
    return entry | ({"note": source.notes} if source.notes else {})
