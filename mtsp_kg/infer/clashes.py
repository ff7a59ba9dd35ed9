"""Contradictions found by rules, each with the statements and axioms that it follows from; and unexpected sameness.

Imports `closure`, `compile`, `facts`, `join`, `proofs`, `reasoner`, `rules` and `terms`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mtsp_kg.infer.closure import Closure, close, needed
from mtsp_kg.infer.facts import Facts
from mtsp_kg.infer.join import bindings
from mtsp_kg.infer.proofs import Proof, Prover
from mtsp_kg.infer.rules import Rule
from mtsp_kg.infer.terms import SAME_AS, Atom, is_variable, substitute


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
