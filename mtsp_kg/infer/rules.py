"""Axioms as Horn rules: `body` holds, so `head` holds; a rule without a head is a clash.

Which rule of OWL 2 RL (OWL 2 Profiles, section 4.3) a kind is, `kinds.toml` says. A class expression is taken apart
into atoms, so that nothing is said of classes without a name. Imports `axioms`, `expressions`, `terms` and `unnamed`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from mtsp_kg.infer.axioms import Axiom
from mtsp_kg.infer.expressions import (
    Cardinality,
    Complement,
    DataRange,
    Expression,
    Intersection,
    Named,
    OneOf,
    Only,
    Property,
    Self,
    Some,
    Union,
    Value,
)
from mtsp_kg.infer.terms import DIFFERENT_FROM, NOTHING, SAME_AS, THING, Atom, is_variable, substitute
from mtsp_kg.infer.unnamed import Unnamed

# A guard is a test on the terms that a body has bound: ("differ", a, b) by name, ("unequal", a, b) by value,
# ("outside", datatype, a) for a term that is no value of a datatype.
Guard = tuple[str, str, str]
Clause = tuple[tuple[Atom, ...], dict[str, str]]


@dataclass(frozen=True)
class Rule:
    """One rule, with the axiom that it comes from (none for the meaning of sameness)."""

    kind: str
    head: Atom | None
    body: tuple[Atom, ...]
    axiom: Axiom | None = None
    guards: tuple[Guard, ...] = ()


class Unsupported(Exception):  # noqa: N818 - it reads as what it is
    """An axiom from which something follows that no rule here can say."""


_KIND_OF_SUB = {Some: "some-values", Value: "has-value", Intersection: "intersection", Union: "union",
                OneOf: "enumeration", Self: "self", Cardinality: "some-values"}  # fmt: skip
_KIND_OF_SUPER = {Only: "all-values", Value: "has-value", Intersection: "intersection", Self: "self",
                  Cardinality: "max-cardinality"}  # fmt: skip


class Compiler:
    """Makes the rules of one axiom."""

    def __init__(self, axiom: Axiom, unnamed: Unnamed) -> None:
        self._axiom = axiom
        self._unnamed = unnamed
        self._fresh = (f"?v{number}" for number in count())

    def below(self, expression: Expression, term: str) -> list[Clause]:
        """The ways to know that a term belongs to an expression: each some atoms, and terms bound to given ones.

        Empty where nothing but a closed world would tell. Raises Unsupported.
        """
        match expression:
            case Named(name):
                if name == NOTHING:
                    return []
                return [((), {})] if name == THING else [(((name, term),), {})]
            case Intersection(parts):
                found: list[Clause] = [((), {})]
                for part in parts:
                    found = [both(one, other) for one in found for other in self.below(part, term)]
                return found
            case Union(parts):
                return [clause for part in parts for clause in self.below(part, term)]
            case OneOf(members):
                return [((), {term: member}) for member in members]
            case Some(on, filler) | Cardinality("min", 1, on, filler):
                if isinstance(filler, DataRange):
                    raise Unsupported("Classes of what has a value of a datatype are not supported.")
                other = next(self._fresh)
                ways = [both(((link(on, term, other),), {}), clause) for clause in self.below(filler, other)]
                return ways + self._shared(expression, term)
            case Value(on, value):
                return [((link(on, term, value),), {})]
            case Self(on):
                return [((link(on, term, term),), {})]
            case Cardinality("min", number, _, _):
                raise Unsupported(f"Classes of what has at least {number} of something are not supported.")
            case DataRange():
                raise Unsupported("An axiom over datatypes stands where one over classes must stand.")
        # Complement, at most and exactly: an open world never tells. Only: where an axiom says so.
        return self._shared(expression, term) if isinstance(expression, Only) else []

    def _shared(self, expression: Expression, term: str) -> list[Clause]:
        name = self._unnamed.name(expression)
        return [] if name is None else [(((name, term),), {})]

    def rules(self, kind: str, clause: Clause, expression: Expression, term: str) -> Iterator[Rule]:
        """The rules that say: where a clause holds, a term belongs to an expression. Raises Unsupported."""
        body, bound = clause
        if not body and not bound and _says(expression):
            raise Unsupported("Axioms on everything (owl:Thing) are not supported.")
        name = self._unnamed.name(expression)
        if name is not None and isinstance(expression, Some | Only | Cardinality):
            yield self.rule(kind, (name, term), clause)
        match expression:
            case Named(name):
                if name != THING:
                    yield self.rule(kind, None if name == NOTHING else (name, term), clause)
            case Intersection(parts):
                for part in parts:
                    yield from self.rules(kind, clause, part, term)
            case Complement(of):
                for outside in self.below(of, term):
                    yield self.rule("complement", None, both(clause, outside))
            case OneOf(members):
                apart = tuple((DIFFERENT_FROM, term, member) for member in members)
                yield self.rule("enumeration", None, both(clause, (apart, {})))
            case Some(on, OneOf((value,))) | Value(on, value):
                yield self.rule(kind, link(on, term, value), clause)
            case Self(on):
                yield self.rule(kind, link(on, term, term), clause)
            case Only(on, filler):
                other = next(self._fresh)
                further = both(clause, ((link(on, term, other),), {}))
                if isinstance(filler, DataRange):
                    yield self.rule("datatype", None, further, ("outside", filler.name, other))
                else:
                    yield from self.rules(kind, further, filler, other)
            case Cardinality("max" | "exactly", number, on, filler):
                yield from self._at_most(number, on, filler, clause, term)
            case Union(parts) if len(parts) == 1:
                yield from self.rules(kind, clause, parts[0], term)
            case DataRange(name):
                yield self.rule("datatype", None, clause, ("outside", name, term))
        # Some, at least, and a union: something follows, but not of anything that has a name.

    def _at_most(self, number: int, on: Property, filler: Expression, clause: Clause, term: str) -> Iterator[Rule]:
        others = [next(self._fresh) for _ in range(number + 1)]
        ways: list[Clause] = [clause]
        for other in others:
            filled = [((), {})] if isinstance(filler, DataRange) else self.below(filler, other)
            ways = [both(both(way, ((link(on, term, other),), {})), more) for way in ways for more in filled]
        pairs = [(one, two) for index, one in enumerate(others) for two in others[index + 1 :]]
        for way in ways:
            if number == 1:
                yield self.rule("max-cardinality", (SAME_AS, *others), way, ("differ", others[0], others[1]))
                yield self.rule("cardinality", None, way, ("unequal", others[0], others[1]))
            elif number == 0:
                yield self.rule("cardinality", None, way)
            else:
                apart = tuple((DIFFERENT_FROM, one, two) for one, two in pairs)
                yield self.rule("cardinality", None, both(way, (apart, {})))
                yield self.rule("cardinality", None, way, *(("unequal", one, two) for one, two in pairs))

    def rule(self, kind: str, head: Atom | None, clause: Clause, *guards: Guard) -> Rule:
        """A rule of this axiom, with the terms that its clause gives."""
        body, bound = clause
        return Rule(
            kind,
            substitute(head, bound) if head is not None else None,
            tuple(dict.fromkeys(substitute(atom, bound) for atom in body)),
            self._axiom,
            tuple((name, bound.get(one, one), bound.get(two, two)) for name, one, two in guards),
        )

    def subclass(self, sub: Expression, super_: Expression, kind: str) -> Iterator[Rule]:
        """The rules that say that what belongs to one expression belongs to another."""
        kind = _KIND_OF_SUPER.get(type(super_)) or _KIND_OF_SUB.get(type(sub)) or kind
        for clause in self.below(sub, "?x"):
            yield from self.rules(kind, clause, super_, "?x")


def link(on: Property, subject: str, object_: str) -> Atom:
    """The atom that a property, or the inverse of one, makes of two terms."""
    return (on.name, object_, subject) if on.inverse else (on.name, subject, object_)


def _says(expression: Expression) -> bool:
    return not (isinstance(expression, Named) and expression.name == THING)


def both(one: Clause, other: Clause) -> Clause:
    """Two clauses as one."""
    return (one[0] + other[0], one[1] | other[1])


def variables(rule: Rule) -> set[str]:
    """The variables of a rule."""
    atoms = (*rule.body, *((rule.head,) if rule.head is not None else ()))
    return {term for atom in atoms for term in atom[1:] if is_variable(term)}
