"""Why a fact holds: its minimal proofs, shortest first, found by going back from it.

A proof is a set of steps; each step gives a fact by a rule from premises that are asserted or have steps of their own.
A proof is minimal when no other rests on fewer of the same statements and axioms. Imports `closure`, `compile`, `join`,
`rules` and `terms`.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from functools import cached_property
from itertools import count

from mtsp_kg.infer.axioms import Axiom
from mtsp_kg.infer.closure import Closure
from mtsp_kg.infer.compile import replacements
from mtsp_kg.infer.join import Binding, satisfy
from mtsp_kg.infer.rules import Rule
from mtsp_kg.infer.terms import SAME_AS, Atom, is_variable, substitute

SEARCH_BOUND = 20_000


@dataclass(frozen=True)
class Step:
    """A fact, the rule that gives it, and the facts that it is given from."""

    fact: Atom
    rule: Rule
    premises: tuple[Atom, ...]


@dataclass(frozen=True)
class Proof:
    """The steps of a proof by the fact that each gives; a fact without a step is asserted."""

    goal: Atom
    steps: dict[Atom, Step]

    def asserted(self) -> list[Atom]:
        """The asserted facts that the proof rests on, in the order in which they are met."""
        return [fact for fact in self.facts() if fact not in self.steps]

    def facts(self) -> list[Atom]:
        """All facts of the proof, the goal first."""
        found: dict[Atom, None] = {}
        open_ = [self.goal]
        while open_:
            fact = open_.pop()
            if fact not in found:
                found[fact] = None
                step = self.steps.get(fact)
                open_ += reversed(step.premises) if step is not None else ()
        return list(found)

    @cached_property
    def support(self) -> frozenset[Atom | Axiom]:
        """The asserted facts and the axioms that the proof rests on."""
        axioms = {step.rule.axiom for step in self.steps.values() if step.rule.axiom is not None}
        return frozenset([*self.asserted(), *axioms])

    def is_sound_in_order(self) -> bool:
        """Whether no fact of the proof is its own premise, directly or through others."""
        done: set[Atom] = set()
        under: set[Atom] = set()

        def visit(fact: Atom) -> bool:
            if fact in done or fact not in self.steps:
                return True
            if fact in under:
                return False
            under.add(fact)
            right = all(visit(premise) for premise in self.steps[fact].premises)
            under.discard(fact)
            done.add(fact)
            return right

        return visit(self.goal)


class Prover:
    """Finds proofs in a closure."""

    def __init__(self, closure: Closure) -> None:
        self.closure = closure
        self._rules: dict[tuple[str, int], list[Rule]] = {}
        for rule in closure.rules:
            if rule.head is not None:
                self._rules.setdefault((rule.head[0], len(rule.head)), []).append(rule)
        self._known: dict[Atom, tuple[Step, ...]] = {}

    def is_asserted(self, fact: Atom) -> bool:
        """Whether a fact is stated, whatever else gives it."""
        return fact in self.closure.facts and self.closure.origin(fact) is None

    def rules_for(self, fact: Atom) -> list[Rule]:
        """The rules that can give a fact of its class or property."""
        found = list(self._rules.get((fact[0], len(fact)), ()))
        if fact[0] != SAME_AS and self.closure.facts.pairs.get(SAME_AS):
            found += replacements(fact[0], len(fact))
        return found

    def steps(self, fact: Atom) -> tuple[Step, ...]:
        """Every single step that gives a fact from facts of the closure."""
        if fact not in self._known:
            found: dict[Step, None] = {}
            for rule in self.rules_for(fact):
                binding = head_binding(rule, fact)
                if binding is None:
                    continue
                for whole in satisfy(rule.body, rule.guards, self.closure.facts, binding):
                    premises = tuple(substitute(atom, whole) for atom in rule.body)
                    if fact not in premises:
                        found[Step(fact, rule, premises)] = None
            for rule, premises in self.closure.given.get(fact, ()):
                if fact not in premises:
                    found[Step(fact, rule, premises)] = None
            self._known[fact] = tuple(
                sorted(found, key=lambda step: (len(step.premises), step.premises, step.rule.kind))
            )
        return self._known[fact]

    def proofs(self, goal: Atom, limit: int) -> list[Proof]:
        """The minimal proofs of a fact, shortest first, at most `limit`; none where it is not entailed.

        An asserted fact is its own first proof.
        """
        if goal not in self.closure.facts:
            return []
        found: list[Proof] = []
        number = count()
        queue: list[tuple[int, int, tuple[tuple[Atom, frozenset[Atom]], ...], dict[Atom, Step], frozenset[Atom]]] = [
            (self.closure.height(goal), next(number), ((goal, frozenset()),), {}, frozenset())
        ]
        for _ in range(SEARCH_BOUND):
            # As long as the next are as short as the last, one of them may rest on less; within reason.
            enough = queue and len(found) >= limit and (queue[0][0] > len(found[-1].steps) or len(found) >= 4 * limit)
            if not queue or enough:
                break
            _, _, open_, steps, leaves = heapq.heappop(queue)
            if not open_:
                proof = Proof(goal, steps)
                if proof.is_sound_in_order():
                    _keep_minimal(found, proof)
                continue
            (fact, above), rest = open_[0], open_[1:]
            if fact in steps or fact in leaves:
                heapq.heappush(queue, (self._cost(rest, steps), next(number), rest, steps, leaves))
                continue
            if self.is_asserted(fact):
                heapq.heappush(queue, (self._cost(rest, steps), next(number), rest, steps, leaves | {fact}))
            under = above | {fact}
            for step in self.steps(fact):
                if not any(premise in under for premise in step.premises):
                    further = tuple((premise, under) for premise in step.premises) + rest
                    grown = {**steps, fact: step}
                    heapq.heappush(queue, (self._cost(further, grown), next(number), further, grown, leaves))
        return found[:limit]

    def _cost(self, open_: tuple[tuple[Atom, frozenset[Atom]], ...], steps: dict[Atom, Step]) -> int:
        waiting = {fact for fact, _ in open_} - steps.keys()
        return len(steps) + sum(map(self.closure.height, waiting))


def _keep_minimal(found: list[Proof], proof: Proof) -> None:
    if not any(known.support <= proof.support for known in found):
        found[:] = [known for known in found if not proof.support < known.support]
        found.append(proof)


def head_binding(rule: Rule, fact: Atom) -> Binding | None:
    """The binding of a rule's variables under which its head is a fact; None where it cannot be."""
    if rule.head is None or rule.head[0] != fact[0] or len(rule.head) != len(fact):
        return None
    binding: Binding = {}
    for pattern, term in zip(rule.head[1:], fact[1:], strict=True):
        if binding.get(pattern, term) != term or (not is_variable(pattern) and pattern != term):
            return None
        if is_variable(pattern):
            binding[pattern] = term
    return binding
