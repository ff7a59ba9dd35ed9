"""Classes without a name that two axioms share: what belongs to one by the first axiom, the second can use.

`A ⊑ some p B` and `some q C ⊑ D` give `A ⊑ D` where p is within q and B within C, though nobody knows which B it
is. Such an expression gets a name of its own here, in square brackets, so that it can stand in rules and in
explanations; it never stands in an inferred graph. OWL 2 RL: scm-svf1, scm-svf2, scm-avf1, scm-avf2, scm-hv. Imports
`axioms`, `expressions`, `roles` and `terms`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mtsp_kg.infer.axioms import Axiom
from mtsp_kg.infer.expressions import (
    Cardinality,
    Expression,
    Intersection,
    Named,
    Only,
    Property,
    Some,
    Union,
    Value,
)
from mtsp_kg.infer.roles import closed
from mtsp_kg.infer.terms import SUBCLASS, SUBPROPERTY, THING, Atom

Restriction = Some | Only | Value
Body = tuple[Atom, ...]


def key(expression: Expression) -> str | None:
    """The name of an expression: a class's own, or one in square brackets; None where it gets none.

    >>> key(Some(Property("<urn:p>"), Named("<urn:A>")))
    '[some <urn:p> <urn:A>]'
    """
    match expression:
        case Named(name):
            return name
        case Cardinality("min", 1, on, filler):
            return key(Some(on, filler))
        case Some(on, filler) | Only(on, filler):
            inner = key(filler)
            form = "some" if isinstance(expression, Some) else "only"
            return f"[{form} {_written(on)} {inner}]" if inner is not None else None
        case Value(on, value):
            return f"[value {_written(on)} {value}]"
        case Intersection(parts) | Union(parts):
            inners = [key(part) for part in parts]
            form = "and" if isinstance(expression, Intersection) else "or"
            return f"[{form} {' '.join(sorted(filter(None, inners)))}]" if all(inners) else None
    return None


def _written(on: Property) -> str:
    return f"^{on.name}" if on.inverse else on.name


class Unnamed:
    """The shared expressions of some axioms."""

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
                    name = key(found)
                    if name is not None:
                        table = above if at_top else below
                        table.setdefault(name, (found, set()))[1].add(place)
        # Upper name, lower name, and what must hold for what belongs to the first to belong to the second.
        self.steps: list[tuple[str, str, Body]] = []
        for one, (expression, places) in above.items():
            for other, (target, users) in below.items():
                if one == other and len(places | users) == 1:
                    continue  # only the axiom itself would use it, to say what it began with
                needs = self._needs(expression, target)
                if needs is not None:
                    self.steps.append((one, other, needs))
        self.active = {name for one, other, _ in self.steps for name in (one, other)}

    def name(self, expression: Expression) -> str | None:
        """The name of a class, or of an expression that is shared; None for another."""
        name = key(expression)
        return name if isinstance(expression, Named) or name in self.active else None

    def _within(self, sub: Property, super_: Property) -> None:
        if sub.inverse == super_.inverse:
            self._above.setdefault(sub.name, set()).add(super_.name)

    def _needs(self, one: Restriction, other: Restriction) -> Body | None:
        """What must hold for one expression to lie within another; None where it cannot."""
        if type(one) is not type(other) or one.property.inverse != other.property.inverse:
            return None
        lower, upper = one.property.name, other.property.name
        if isinstance(one, Only):
            lower, upper = upper, lower
        if upper not in closed({lower}, self._above):
            return None
        needs: list[Atom] = [] if lower == upper else [(SUBPROPERTY, lower, upper)]
        if isinstance(one, Value) or isinstance(other, Value):
            return tuple(needs) if key(one).split(" ", 2)[2] == key(other).split(" ", 2)[2] else None  # type: ignore[union-attr]
        inner, outer = key(one.filler), key(other.filler)
        if inner is None or outer is None:
            return None
        if inner != outer and outer != THING:
            needs.append((SUBCLASS, inner, outer))
        return tuple(needs)


def _sides(axiom: Axiom) -> Iterator[tuple[Expression, bool]]:
    """The class expressions of an axiom, each with whether it is what something is said to belong to."""
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
