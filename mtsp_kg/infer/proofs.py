"""The minimal proofs of a fact, shortest first, by backward search; and proofs as trees.

A proof is a set of steps; each step derives a fact by a rule from premises that are asserted or derived by other steps.
A proof is minimal if no other proof uses a subset of its assertions and axioms.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING

from mtsp_kg.infer.axioms import Axiom
from mtsp_kg.infer.closure import Closure
from mtsp_kg.infer.compile import replacements
from mtsp_kg.infer.join import Binding, satisfy
from mtsp_kg.infer.rules import Rule
from mtsp_kg.infer.terms import SAME_AS, Atom, Triple, iri, is_variable, substitute, triple_of

if TYPE_CHECKING:
    from mtsp_kg.infer.provenance import StatementSource

SEARCH_LIMIT = 20_000
# Facts that still need a proof, each with the facts that it is a premise of.
_Open = tuple[tuple[Atom, frozenset[Atom]], ...]


@dataclass(frozen=True)
class ProofStep:
    """A fact, the rule that derives it, and its premises."""

    fact: Atom
    rule: Rule
    premises: tuple[Atom, ...]


@dataclass(frozen=True)
class Proof:
    """The steps of a proof by the fact that each derives; a fact without a step is asserted."""

    goal: Atom
    steps: dict[Atom, ProofStep]

    def asserted(self) -> list[Atom]:
        """The asserted facts that the proof uses, in the order of `facts`."""
        return [fact for fact in self.facts() if fact not in self.steps]

    def facts(self) -> list[Atom]:
        """All facts of the proof, depth first from the goal."""
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
        """The asserted facts and the axioms that the proof uses."""
        axioms = {step.rule.axiom for step in self.steps.values() if step.rule.axiom is not None}
        return frozenset([*self.asserted(), *axioms])

    def is_acyclic(self) -> bool:
        """Whether no fact of the proof is a premise of itself, directly or indirectly."""
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


@dataclass(frozen=True)
class ProofNode:
    """A fact in the tree of a proof: derived by a step from premises, or asserted by sources.

    repeated: whether the fact occurs earlier in the tree, so that its premises are omitted here.
    """

    fact: Atom
    step: ProofStep | None = None
    premises: tuple[ProofNode, ...] = ()
    sources: tuple[StatementSource, ...] = ()
    repeated: bool = False

    @property
    def triple(self) -> Triple:
        """The fact as subject, predicate and object, in N-Triples form."""
        return triple_of(self.fact)

    @property
    def terms(self) -> Triple:
        """Like `triple`, but with IRIs without angle brackets."""
        subject, predicate, object_ = map(iri, self.triple)
        return subject, predicate, object_


def proof_tree(proof: Proof, sources: Callable[[Atom], Sequence[StatementSource]]) -> ProofNode:
    """A proof as a tree below its goal. sources: returns those of an asserted fact."""
    seen: set[Atom] = set()

    def node(fact: Atom) -> ProofNode:
        step = proof.steps.get(fact)
        if step is None:
            return ProofNode(fact, sources=tuple(sources(fact)))
        if fact in seen:
            return ProofNode(fact, step, repeated=True)
        seen.add(fact)
        return ProofNode(fact, step, tuple(map(node, step.premises)))

    return node(proof.goal)


class Prover:
    """Finds proofs in a closure."""

    def __init__(self, closure: Closure) -> None:
        self.closure = closure
        self._rules: dict[tuple[str, int], list[Rule]] = {}
        for rule in closure.rules:
            if rule.head is not None:
                self._rules.setdefault((rule.head[0], len(rule.head)), []).append(rule)
        self._known: dict[Atom, tuple[ProofStep, ...]] = {}

    def is_asserted(self, fact: Atom) -> bool:
        """Whether a fact is asserted, whether or not rules derive it too."""
        return fact in self.closure.facts and self.closure.origin(fact) is None

    def rules_for(self, fact: Atom) -> list[Rule]:
        """The rules that can derive a fact of its class or property."""
        found = list(self._rules.get((fact[0], len(fact)), ()))
        if fact[0] != SAME_AS and self.closure.facts.pairs.get(SAME_AS):
            found += replacements(fact[0], len(fact))
        return found

    def steps(self, fact: Atom) -> tuple[ProofStep, ...]:
        """Every single step that derives a fact from facts of the closure."""
        if fact not in self._known:
            found: dict[ProofStep, None] = {}
            for rule in self.rules_for(fact):
                binding = head_binding(rule, fact)
                if binding is None:
                    continue
                for whole in satisfy(rule.body, rule.guards, self.closure.facts, binding):
                    premises = tuple(substitute(atom, whole) for atom in rule.body)
                    if fact not in premises:
                        found[ProofStep(fact, rule, premises)] = None
            for rule, premises in self.closure.by_query.get(fact, ()):
                if fact not in premises:
                    found[ProofStep(fact, rule, premises)] = None
            self._known[fact] = tuple(
                sorted(found, key=lambda step: (len(step.premises), step.premises, step.rule.kind))
            )
        return self._known[fact]

    def proofs(self, goal: Atom, limit: int) -> list[Proof]:
        """The minimal proofs of a fact, shortest first, at most `limit`; none if it is not entailed.

        An asserted fact is its own first proof.
        """
        if goal not in self.closure.facts:
            return []
        found: list[Proof] = []
        number = count()
        queue: list[tuple[int, int, _Open, dict[Atom, ProofStep], frozenset[Atom]]] = [
            (self.closure.height(goal), next(number), ((goal, frozenset()),), {}, frozenset())
        ]
        for _ in range(SEARCH_LIMIT):
            # As long as the next proofs are as short as the last, one of them may rest on less; within limits.
            enough = queue and len(found) >= limit and (queue[0][0] > len(found[-1].steps) or len(found) >= 4 * limit)
            if not queue or enough:
                break
            _, _, open_, steps, leaves = heapq.heappop(queue)
            if not open_:
                proof = Proof(goal, steps)
                if proof.is_acyclic():
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

    def _cost(self, open_: _Open, steps: dict[Atom, ProofStep]) -> int:
        waiting = {fact for fact, _ in open_} - steps.keys()
        return len(steps) + sum(map(self.closure.height, waiting))


def _keep_minimal(found: list[Proof], proof: Proof) -> None:
    if not any(known.support <= proof.support for known in found):
        found[:] = [known for known in found if not proof.support < known.support]
        found.append(proof)


def head_binding(rule: Rule, fact: Atom) -> Binding | None:
    """The binding of a rule's variables under which its head is a fact; None if there is none."""
    if rule.head is None or rule.head[0] != fact[0] or len(rule.head) != len(fact):
        return None
    binding: Binding = {}
    for pattern, term in zip(rule.head[1:], fact[1:], strict=True):
        if binding.get(pattern, term) != term or (not is_variable(pattern) and pattern != term):
            return None
        if is_variable(pattern):
            binding[pattern] = term
    return binding
