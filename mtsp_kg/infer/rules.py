"""Axioms as Horn rules: if the body holds, so does the head; a rule without a head is a contradiction.

`kinds.toml` maps kinds to the rules of OWL 2 RL (OWL 2 Profiles, section 4.3). A class expression is decomposed into
atoms, so that nothing is inferred about anonymous classes.

Two axioms may share an anonymous class: `A ⊑ some p B` and `some q C ⊑ D` entail `A ⊑ D` if p ⊑ q and B ⊑ C, even if no
instance of B is known. Such an expression gets a name here, in square brackets, so that rules and explanations can
refer to it; it never occurs in an inferred graph. OWL 2 RL: scm-svf1, scm-svf2, scm-avf1, scm-avf2, scm-hv.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import NamedTuple

from mtsp_kg.infer.axioms import Axiom, closed
from mtsp_kg.infer.terms import (
    DIFFERENT_FROM,
    NOTHING,
    SAME_AS,
    SUBCLASS,
    SUBPROPERTY,
    THING,
    Atom,
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
    substitute,
)

_TABLE = tomllib.loads((Path(__file__).parent / "kinds.toml").read_text(encoding="utf-8"))
# Kind to its rules of OWL 2 RL (`rule`) and its name in English (`en`) and Chinese (`zh`), in order of precedence.
KINDS: dict[str, dict[str, str]] = _TABLE["kinds"]
# The same for contradictions.
CLASHES: dict[str, dict[str, str]] = _TABLE["clashes"]
_KIND_OF_SUB = {Some: "some-values", Value: "has-value", Intersection: "intersection", Union: "union",
                OneOf: "enumeration", Self: "self", Cardinality: "some-values"}  # fmt: skip
_KIND_OF_SUPER = {Only: "all-values", Value: "has-value", Intersection: "intersection", Self: "self",
                  Cardinality: "max-cardinality"}  # fmt: skip
Restriction = Some | Only | Value
Body = tuple[Atom, ...]
# A test on the terms that a body binds: ("differ", a, b) by name, ("unequal", a, b) by value, ("outside", datatype, a)
# for a term that is not in the value space of a datatype.
Guard = tuple[str, str, str]
Clause = tuple[Body, dict[str, str]]


class LeftOut(NamedTuple):
    """An entailment of OWL 2 that is not inferred here, with the reason."""

    what: str
    why: str


LEFT_OUT = tuple(LeftOut(entry["what"], entry["why"]) for entry in _TABLE["left-out"])


@dataclass(frozen=True)
class Rule:
    """One rule, and the axiom that it comes from (none for the rules of owl:sameAs and of class hierarchies)."""

    kind: str
    head: Atom | None
    body: Body
    axiom: Axiom | None = None
    guards: tuple[Guard, ...] = ()


class UnsupportedAxiomError(Exception):
    """An axiom whose consequences no rule can express."""


class Compiler:
    """Makes the rules of one axiom."""

    def __init__(self, axiom: Axiom, shared: SharedClasses) -> None:
        self._axiom = axiom
        self._shared_classes = shared
        self._fresh = (f"?v{number}" for number in count())

    def below(self, expression: Expression, term: str) -> list[Clause]:
        """Sufficient conditions for a term to be a member of an expression: each has atoms, and terms that are bound.

        Empty if only a closed world would decide it. Raises UnsupportedAxiomError.
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
                    raise UnsupportedAxiomError("Restrictions to values of a datatype are not supported in a subclass.")
                other = next(self._fresh)
                ways = [both(((link(on, term, other),), {}), clause) for clause in self.below(filler, other)]
                return ways + self._shared(expression, term)
            case Value(on, value):
                return [((link(on, term, value),), {})]
            case Self(on):
                return [((link(on, term, term),), {})]
            case Cardinality("min", number, _, _):
                raise UnsupportedAxiomError(f"The minimum cardinality {number} is not supported in a subclass.")
            case DataRange():
                raise UnsupportedAxiomError("A datatype is used where a class is required.")
        # Complement, at most and exactly: undecidable in an open world. Only: if an axiom states it.
        return self._shared(expression, term) if isinstance(expression, Only) else []

    def _shared(self, expression: Expression, term: str) -> list[Clause]:
        name = self._shared_classes.name(expression)
        return [] if name is None else [(((name, term),), {})]

    def rules(self, kind: str, clause: Clause, expression: Expression, term: str) -> Iterator[Rule]:
        """The rules by which a term is a member of an expression if a clause holds. Raises UnsupportedAxiomError."""
        body, bound = clause
        if not body and not bound and not _is_thing(expression):
            raise UnsupportedAxiomError("Axioms about all individuals (owl:Thing) are not supported.")
        name = self._shared_classes.name(expression)
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
        # Some, at least, and a union: what follows is about no named individual.

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
        """A rule of this axiom, with the terms that its clause binds."""
        body, bound = clause
        return Rule(
            kind,
            substitute(head, bound) if head is not None else None,
            tuple(dict.fromkeys(substitute(atom, bound) for atom in body)),
            self._axiom,
            tuple((name, bound.get(one, one), bound.get(two, two)) for name, one, two in guards),
        )

    def subclass(self, sub: Expression, super_: Expression, kind: str) -> Iterator[Rule]:
        """The rules by which members of one expression are members of another. Raises UnsupportedAxiomError."""
        kind = _KIND_OF_SUPER.get(type(super_)) or _KIND_OF_SUB.get(type(sub)) or kind
        for clause in self.below(sub, "?x"):
            yield from self.rules(kind, clause, super_, "?x")


class SharedClasses:
    """The anonymous classes that some axioms share."""

    def __init__(self, axioms: Iterable[Axiom]) -> None:
        self._above: dict[str, set[str]] = {}
        below: dict[str, tuple[Restriction, set[int]]] = {}
        above: dict[str, tuple[Restriction, set[int]]] = {}
        for place, axiom in enumerate(axioms):
            properties = [part for part in axiom.parts if isinstance(part, Property)]
            if axiom.kind in ("subproperty", "equivalent-properties"):
                self._within(properties[0], properties[1])
                if axiom.kind == "equivalent-properties":
                    self._within(properties[1], properties[0])
            for expression, is_above in _sides(axiom):
                for found, at_top in _restrictions(expression, above=is_above):
                    name = name_of(found)
                    if name is not None:
                        table = above if at_top else below
                        table.setdefault(name, (found, set()))[1].add(place)
        # Two names, and what must hold for the members of the first to be members of the second.
        self.steps: list[tuple[str, str, Body]] = []
        for one, (expression, places) in above.items():
            for other, (target, users) in below.items():
                if one == other and len(places | users) == 1:
                    continue  # only the axiom itself would use it, and infer what it starts from
                needs = self._needs(expression, target)
                if needs is not None:
                    self.steps.append((one, other, needs))
        self.active = {name for one, other, _ in self.steps for name in (one, other)}

    def name(self, expression: Expression) -> str | None:
        """The name of a class, or of an anonymous class that is shared; None for another."""
        name = name_of(expression)
        return name if isinstance(expression, Named) or name in self.active else None

    def _within(self, sub: Property, super_: Property) -> None:
        if sub.inverse == super_.inverse:
            self._above.setdefault(sub.name, set()).add(super_.name)

    def _needs(self, one: Restriction, other: Restriction) -> Body | None:
        """The conditions for one expression to be a subclass of another; None if it cannot be one."""
        if type(one) is not type(other) or one.property.inverse != other.property.inverse:
            return None
        lower, upper = one.property.name, other.property.name
        if isinstance(one, Only):
            lower, upper = upper, lower
        if upper not in closed({lower}, self._above):
            return None
        needs: list[Atom] = [] if lower == upper else [(SUBPROPERTY, lower, upper)]
        if isinstance(one, Value) or isinstance(other, Value):
            return tuple(needs) if name_of(one).split(" ", 2)[2] == name_of(other).split(" ", 2)[2] else None  # type: ignore[union-attr]
        inner, outer = name_of(one.filler), name_of(other.filler)
        if inner is None or outer is None:
            return None
        if inner != outer and outer != THING:
            needs.append((SUBCLASS, inner, outer))
        return tuple(needs)


def name_of(expression: Expression) -> str | None:
    """The name of a class expression: that of a named class, or one in square brackets; None if it gets none.

    >>> name_of(Some(Property("<urn:p>"), Named("<urn:A>")))
    '[some <urn:p> <urn:A>]'
    """
    match expression:
        case Named(name):
            return name
        case Cardinality("min", 1, on, filler):
            return name_of(Some(on, filler))
        case Some(on, filler) | Only(on, filler):
            inner = name_of(filler)
            form = "some" if isinstance(expression, Some) else "only"
            return f"[{form} {_written(on)} {inner}]" if inner is not None else None
        case Value(on, value):
            return f"[value {_written(on)} {value}]"
        case Intersection(parts) | Union(parts):
            inners = [name_of(part) for part in parts]
            form = "and" if isinstance(expression, Intersection) else "or"
            return f"[{form} {' '.join(sorted(filter(None, inners)))}]" if all(inners) else None
    return None


def link(on: Property, subject: str, object_: str) -> Atom:
    """The atom of a property, or of the inverse of one, with two terms."""
    return (on.name, object_, subject) if on.inverse else (on.name, subject, object_)


def both(one: Clause, other: Clause) -> Clause:
    """Two clauses as one."""
    return (one[0] + other[0], one[1] | other[1])


def _written(on: Property) -> str:
    return f"^{on.name}" if on.inverse else on.name


def _is_thing(expression: Expression) -> bool:
    return isinstance(expression, Named) and expression.name == THING


def _sides(axiom: Axiom) -> Iterator[tuple[Expression, bool]]:
    """The class expressions of an axiom, each with whether the axiom implies members of it."""
    classes = [part for part in axiom.parts if not isinstance(part, Property | str)]
    if axiom.kind == "subclass":
        yield from ((classes[0], False), (classes[1], True))
    elif axiom.kind == "equivalent-classes":
        for expression in classes[:2]:
            yield from ((expression, False), (expression, True))
    elif axiom.kind in ("domain", "range"):
        yield (classes[0], True)
    elif axiom.kind in ("disjoint-classes", "disjoint-union", "key"):
        yield from ((expression, False) for expression in classes)


def _restrictions(expression: Expression, *, above: bool) -> Iterator[tuple[Restriction, bool]]:
    match expression:
        case Intersection(parts):
            for part in parts:
                yield from _restrictions(part, above=above)
        case Union(parts) if not above:
            for part in parts:
                yield from _restrictions(part, above=above)
        case Cardinality("min", 1, on, filler):
            yield from _restrictions(Some(on, filler), above=above)
        case Some(_, filler):
            yield (expression, above)
            if not above:
                yield from _restrictions(filler, above=above)
        case Only(_, filler):
            yield (expression, above)
            if above:
                yield from _restrictions(filler, above=above)
        case Value():
            yield (expression, above)
