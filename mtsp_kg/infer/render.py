"""Explanations as text, JSON, RDF (PROV-O) and Mermaid, and a proof read back from JSON.

Imports `errors`, `names`, `explain`, `proofs`, `stated`, `terms` and `wording`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from mtsp_kg.errors import DataError
from mtsp_kg.infer.explain import Explainer, Explanation
from mtsp_kg.infer.proofs import Proof, Step
from mtsp_kg.infer.provenance import Source
from mtsp_kg.infer.terms import Atom, atom_of, iri, triple_of
from mtsp_kg.plan import names

FORMS = ("text", "json", "turtle", "mermaid")


class Teller:
    """Writes explanations. lines: whether the lines of files are looked for; language: of curators' notes."""

    def __init__(self, explainer: Explainer, *, lines: bool = True, language: str = "en") -> None:
        self._explainer = explainer
        self._words = explainer.words
        self._lines = lines
        self._language = language
        self._sources: dict[Atom, list[Source]] = {}

    def write(self, found: list[Explanation], form: str) -> str:
        """Explanations in one of FORMS."""
        if form == "json":
            return json.dumps([self._as_dict(one) for one in found], ensure_ascii=False, indent=2) + "\n"
        if form == "turtle":
            return "\n".join(self._turtle(found)) + "\n"
        if form == "mermaid":
            return "\n".join(self._mermaid(found)) + "\n"
        return "\n".join("\n".join(self._text(one)) + "\n" for one in found)

    def sources(self, fact: Atom) -> list[Source]:
        """Where a fact is stated."""
        if fact not in self._sources:
            self._sources[fact] = self._explainer.stated.sources(fact, lines=self._lines)
        return self._sources[fact]

    def where(self, fact: Atom) -> str:
        """Where a fact is stated, in words."""
        passages = [self._place(source) for source in self.sources(fact) if source.is_passage]
        files = [self._place(source) for source in self.sources(fact) if not source.is_passage]
        said = [f"stated in {', '.join(passages)}"] if passages else []
        said += [f"{'also ' if passages else ''}curated in {', '.join(files)}"] if files else []
        return "; ".join(said)

    def _place(self, source: Source) -> str:
        file = f"{source.file}:{source.line}" if source.line is not None else source.file
        if not source.is_passage:
            note = source.note(self._language)
            return (file or self._words.short(f"<{source.graph}>")) + (f" (the curator's note: {note})" if note else "")
        short = self._words.short(f"<{source.graph}>")
        return f"{short} ({file})" if file else short

    def because(self, step: Step) -> str:
        """A step's rule and axiom in words."""
        axiom = step.rule.axiom
        kind = self._words.rule(step.rule)
        if axiom is None:
            return f"by {kind}"
        place = f"{axiom.file}:{axiom.line}" if axiom.line is not None else axiom.file
        if axiom.kind == "query":
            summary, *absent = map(str, axiom.parts)
            return f"by {kind}: {summary}{''.join(f' There is not: {what}.' for what in absent)}  [{axiom.file}]"
        return f"by {kind}: {self._words.axiom(axiom)}  [{place}]"

    def _text(self, one: Explanation) -> Iterator[str]:
        yield self._words.fact(one.fact)
        if not one.proofs:
            yield "  is not entailed: nothing states it and no rule gives it."
            if not one.lacks:
                yield "  No axiom could give it; it would have to be stated."
            for lack in one.lacks:
                missing = " and ".join(self._words.fact(atom) for atom in lack.lacks)
                about = f": {self._words.axiom(lack.rule.axiom)}" if lack.rule.axiom is not None else ""
                yield f"  It would follow by {self._words.rule(lack.rule)}{about}"
                for atom in lack.holds:
                    yield f"      there is      {self._words.fact(atom)}"
                yield f"      missing is    {missing}"
            return
        for number, proof in enumerate(one.proofs, 1):
            if len(one.proofs) > 1:
                yield f"  Proof {number} of {len(one.proofs)}"
            yield from self.tree(proof, proof.goal, "  ", set())

    def tree(self, proof: Proof, fact: Atom, indent: str, seen: set[Atom]) -> Iterator[str]:
        """The lines below a fact: why it holds, down to what is stated. seen: the facts already told."""
        step = proof.steps.get(fact)
        if step is None:
            yield f"{indent}{self.where(fact) or 'stated'}"
            return
        if fact in seen:
            yield f"{indent}as above"
            return
        seen.add(fact)
        yield indent + self.because(step)
        for place, premise in enumerate(step.premises):
            last = place == len(step.premises) - 1
            yield f"{indent}{'└─' if last else '├─'} {self._words.fact(premise)}"
            yield from self.tree(proof, premise, indent + ("   " if last else "│  "), seen)

    def _as_dict(self, one: Explanation) -> dict[str, Any]:
        return {
            "triple": triple_of(one.fact),
            "words": self._words.fact(one.fact),
            "entailed": bool(one.proofs),
            "proofs": [self.proof_as_dict(proof) for proof in one.proofs],
            "missing": [
                {
                    "rule": lack.rule.kind,
                    "axiom": self._words.axiom(lack.rule.axiom) if lack.rule.axiom is not None else None,
                    "holds": [triple_of(atom) for atom in lack.holds],
                    "lacks": [triple_of(atom) for atom in lack.lacks],
                }
                for lack in one.lacks
            ],
        }

    def proof_as_dict(self, proof: Proof) -> dict[str, Any]:
        """A proof as JSON has it; `proof_of` reads it back."""
        steps = []
        for step in (proof.steps[fact] for fact in proof.facts() if fact in proof.steps):
            axiom = step.rule.axiom
            said = {"triple": triple_of(step.fact), "words": self._words.fact(step.fact), "rule": step.rule.kind}
            if axiom is not None:
                said |= {"axiom": self._words.axiom(axiom), "about": iri(axiom.about), "file": axiom.file,
                         "line": axiom.line}  # type: ignore[dict-item]  # fmt: skip
            steps.append(said | {"premises": [triple_of(premise) for premise in step.premises]})
        asserted = [
            {
                "triple": triple_of(fact),
                "words": self._words.fact(fact),
                "sources": [
                    {"graph": source.graph, "passage": source.is_passage, "file": source.file, "line": source.line}
                    | ({"note": source.notes} if source.notes else {})
                    for source in self.sources(fact)
                ],
            }
            for fact in proof.asserted()
        ]
        return {"goal": triple_of(proof.goal), "steps": steps, "asserted": asserted}

    def _turtle(self, found: list[Explanation]) -> Iterator[str]:
        table = names.prefixes()
        yield from (f"@prefix {prefix}: <{table[prefix]}> ." for prefix in ("prov", "rdf", "skos"))
        number: dict[Atom, str] = {}
        proofs = [proof for one in found for proof in one.proofs]
        for proof in proofs:
            for fact in proof.facts():
                number.setdefault(fact, f"_:f{len(number) + 1}")
        for proof in proofs:
            for fact in (fact for fact in proof.facts() if fact in number):
                subject, predicate, object_ = (self._as_node(term) for term in triple_of(fact))
                yield f"\n{number[fact]} a prov:Entity , rdf:Statement ;"
                yield f"    rdf:subject {subject} ; rdf:predicate {predicate} ; rdf:object {object_} ;"
                step = proof.steps.get(fact)
                if step is None:
                    for source in self.sources(fact):
                        role = "hadPrimarySource" if source.is_passage else "wasDerivedFrom"
                        yield f"    prov:{role} <{source.graph}> ;"
                    yield "    ."
                    continue
                used = [number[premise] for premise in step.premises]
                used += [step.rule.axiom.about] if step.rule.axiom is not None else []
                yield f"    prov:wasDerivedFrom {' , '.join(used)} ;" if used else "   "
                label = json.dumps(self.because(step), ensure_ascii=False)
                yield f"    prov:wasGeneratedBy [ a prov:Activity ; skos:prefLabel {label}@en ] ."

    def _as_node(self, term: str) -> str:
        return term if not term.startswith("[") else json.dumps(self._words.unnamed(term))

    def _mermaid(self, found: list[Explanation]) -> Iterator[str]:
        yield "flowchart BT"
        number: dict[Atom, str] = {}
        for proof in (proof for one in found for proof in one.proofs):
            for fact in (fact for fact in proof.facts() if fact not in number):
                number[fact] = f"f{len(number) + 1}"
                text = self._words.fact(fact).replace('"', "'")
                where = "" if fact in proof.steps else f"<br/>{self.where(fact)}"
                shape = ("[", "]") if fact in proof.steps else ("(", ")")
                yield f'  {number[fact]}{shape[0]}"{text}{where}"{shape[1]}'
            for step in proof.steps.values():
                label = self._words.rule(step.rule)
                for premise in step.premises:
                    yield f'  {number[premise]} -->|"{label}"| {number[step.fact]}'


def proofs_of(text: str, explainer: Explainer) -> list[tuple[Proof, list[str]]]:
    """The proofs in JSON that `Teller` wrote, each with the steps that no rule has now. Raises DataError."""
    try:
        body = json.loads(text)
        explanations = body if isinstance(body, list) else [body]
        given = [proof for one in explanations for proof in one.get("proofs", [one] if "steps" in one else [])]
        return [_read(proof, explainer) for proof in given]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"This is no proof: {type(error).__name__} {error}.", remedy="Write one with mtsp explain ... -f json."
        ) from error


def _read(given: dict[str, Any], explainer: Explainer) -> tuple[Proof, list[str]]:
    steps: dict[Atom, Step] = {}
    faults = []
    for step in given["steps"]:
        fact = atom_of(*step["triple"])
        premises = tuple(atom_of(*premise) for premise in step["premises"])
        rules = [*explainer.prover.rules_for(fact), *(query.rule for query in explainer.reasoner.queries)]
        axiom = step.get("axiom")
        fits = [
            rule
            for rule in rules
            if rule.kind == step["rule"]
            and (explainer.words.axiom(rule.axiom) if rule.axiom is not None else None) == axiom
        ]
        if not fits:
            faults.append(f"No axiom gives this rule any more: {axiom or step['rule']}")
            continue
        chosen = next((rule for rule in fits if len(rule.body) == len(premises)), fits[0])
        steps[fact] = Step(fact, chosen, premises)
    return Proof(atom_of(*given["goal"]), steps), faults
