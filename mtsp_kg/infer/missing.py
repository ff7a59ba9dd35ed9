"""Why a fact is not entailed: for each rule that could give it, which premises are there and which are missing.

Imports `closure`, `join`, `proofs`, `rules` and `terms`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, islice

from mtsp_kg.infer.closure import Closure
from mtsp_kg.infer.join import satisfy
from mtsp_kg.infer.proofs import Prover, head_binding
from mtsp_kg.infer.rules import Rule
from mtsp_kg.infer.terms import Atom, is_variable, substitute

_MOST = 5


@dataclass(frozen=True)
class Lack:
    """A rule that would give a fact, the premises that hold, and those that do not (a variable where any will do)."""

    rule: Rule
    holds: tuple[Atom, ...]
    lacks: tuple[Atom, ...]


def nearest(prover: Prover, fact: Atom) -> list[Lack]:
    """What each rule lacks to give a fact that is not entailed, the nearest first, at most five."""
    found = [lack for rule in prover.rules_for(fact) for lack in _lacks(rule, fact, prover.closure)]
    found.sort(key=lambda lack: (len(lack.lacks), -len(lack.holds), _open(lack), lack.rule.kind, lack.lacks))
    return list(dict.fromkeys(found))[:_MOST]


def _open(lack: Lack) -> int:
    return sum(is_variable(term) for atom in lack.lacks for term in atom[1:])


def _lacks(rule: Rule, fact: Atom, closure: Closure) -> list[Lack]:
    binding = head_binding(rule, fact)
    if binding is None:
        return []
    for number in range(1, len(rule.body) + 1):
        found = []
        for left_out in combinations(range(len(rule.body)), number):
            kept = tuple(atom for place, atom in enumerate(rule.body) if place not in left_out)
            for whole in islice(satisfy(kept, (), closure.facts, binding), _MOST):
                lacks = tuple(substitute(rule.body[place], whole) for place in left_out)
                if fact not in lacks and not any(atom in closure.facts for atom in lacks):
                    found.append(Lack(rule, tuple(substitute(atom, whole) for atom in kept), lacks))
        if found:
            return found[:_MOST]
    return []
