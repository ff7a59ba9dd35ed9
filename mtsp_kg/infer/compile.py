"""All the rules of an ontology: those of each kind of axiom, of class hierarchies, and of owl:sameAs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations

from mtsp_kg.errors import DataError
from mtsp_kg.infer.axioms import Axiom
from mtsp_kg.infer.rules import KINDS, Compiler, Rule, SharedClasses, UnsupportedAxiomError, both, link
from mtsp_kg.infer.terms import (
    DIFFERENT_FROM,
    SAME_AS,
    SUBCLASS,
    SUBPROPERTY,
    THING,
    Atom,
    Expression,
    Intersection,
    Named,
    Property,
    Union,
)

X, Y, Z = "?x", "?y", "?z"
SCHEMA = (
    Rule("subclass-closure", (SUBCLASS, X, Z), ((SUBCLASS, X, Y), (SUBCLASS, Y, Z)), guards=(("differ", X, Z),)),
    Rule(
        "subproperty-closure",
        (SUBPROPERTY, X, Z),
        ((SUBPROPERTY, X, Y), (SUBPROPERTY, Y, Z)),
        guards=(("differ", X, Z),),
    ),
)
SAMENESS = (
    Rule("same-as", (SAME_AS, Y, X), ((SAME_AS, X, Y),)),
    Rule("same-as", (SAME_AS, X, Z), ((SAME_AS, X, Y), (SAME_AS, Y, Z)), guards=(("differ", X, Z),)),
)
DIFFERENCE = (
    Rule("different", (DIFFERENT_FROM, Y, X), ((DIFFERENT_FROM, X, Y),)),
    Rule("different", None, ((SAME_AS, X, Y), (DIFFERENT_FROM, X, Y))),
    Rule("different", None, ((DIFFERENT_FROM, X, X),)),
)


@cache
def replacements(name: str, arity: int) -> tuple[Rule, ...]:
    """The rules that copy facts of a property or class to individuals that are the same (owl:sameAs)."""
    if arity == 2:
        return (Rule("same-as", (name, Y), ((SAME_AS, X, Y), (name, X))),)
    return (
        Rule("same-as", (name, Y, Z), ((SAME_AS, X, Y), (name, X, Z))),
        Rule("same-as", (name, Z, Y), ((SAME_AS, X, Y), (name, Z, X))),
    )


def rules_of(axioms: Iterable[Axiom]) -> list[Rule]:
    """The rules that derive triples, in order of precedence. Raises DataError for an unsupported axiom."""
    axioms = list(axioms)
    shared = SharedClasses(axioms)
    made = [rule for axiom in axioms for rule in _compiled(axiom, shared) if rule.head is not None]
    made = [rule for rule in made if rule.head not in rule.body]
    order = {kind: number for number, kind in enumerate(KINDS)}
    made += [*_of_shared(shared), *SCHEMA, *SAMENESS]
    return sorted(dict.fromkeys(made), key=lambda rule: order[rule.kind])


def clashes_of(axioms: Iterable[Axiom]) -> list[Rule]:
    """The rules for contradictions, and those of owl:differentFrom. Raises DataError for an unsupported axiom."""
    axioms = list(axioms)
    shared = SharedClasses(axioms)
    made = [rule for axiom in axioms for rule in _compiled(axiom, shared) if rule.head is None]
    apart = [rule for axiom in axioms for rule in _different(axiom)]
    return list(dict.fromkeys([*apart, *DIFFERENCE, *made]))


def _of_shared(shared: SharedClasses) -> Iterator[Rule]:
    for one, other, needs in shared.steps:
        if one != other:
            kind = "all-values" if one.startswith("[only") else "some-values"
            yield Rule(kind, (other, X), ((one, X), *needs))
            yield Rule("subclass-closure", (SUBCLASS, one, other), needs)


def _compiled(axiom: Axiom, shared: SharedClasses) -> Iterator[Rule]:
    try:
        yield from _rules(axiom, shared)
    except UnsupportedAxiomError as error:
        raise DataError(
            str(error),
            remedy="Use a supported axiom, or write a query in queries/infer/.",
            file=axiom.file,
            line=axiom.line,
        ) from error


def _rules(axiom: Axiom, shared: SharedClasses) -> Iterator[Rule]:
    make = Compiler(axiom, shared)
    classes = [part for part in axiom.parts if not isinstance(part, Property | str)]
    properties = [part for part in axiom.parts if isinstance(part, Property)]

    def rule(kind: str, head: Atom | None, *body: Atom, guards: tuple[tuple[str, str, str], ...] = ()) -> Rule:
        return Rule(kind, head, body, axiom, guards)

    match axiom.kind:
        case "subclass":
            yield from make.subclass(classes[0], classes[1], "subclass")
            yield from _subclass_statements(axiom, shared, classes[0], classes[1])
        case "equivalent-classes":
            for one, other in ((classes[0], classes[1]), (classes[1], classes[0])):
                yield from make.subclass(one, other, "equivalent-class")
                yield from _subclass_statements(axiom, shared, one, other)
        case "disjoint-union":
            whole, parts = classes[0], classes[1:]
            for part in parts:
                yield from make.subclass(part, whole, "union")
                if isinstance(part, Named) and isinstance(whole, Named):
                    yield rule("subclass-closure", (SUBCLASS, part.name, whole.name))
            yield from _never_both(make, parts)
        case "disjoint-classes":
            yield from _never_both(make, classes)
        case "domain" | "range":
            ends = (X, Y) if axiom.kind == "domain" else (Y, X)
            yield from make.rules(axiom.kind, ((link(properties[0], *ends),), {}), classes[0], X)
        case "subproperty" | "equivalent-properties":
            ways = [(properties[0], properties[1])]
            if axiom.kind == "equivalent-properties":
                ways.append((properties[1], properties[0]))
            for sub, super_ in ways:
                kind = "subproperty" if axiom.kind == "subproperty" else "equivalent-property"
                yield rule(kind, link(super_, X, Y), link(sub, X, Y))
                if axiom.kind != "subproperty" and not sub.inverse and not super_.inverse and sub != super_:
                    yield rule("subproperty-closure", (SUBPROPERTY, sub.name, super_.name))
        case "inverse":
            yield rule("inverse", link(properties[1], Y, X), link(properties[0], X, Y))
            yield rule("inverse", link(properties[0], Y, X), link(properties[1], X, Y))
        case "symmetric":
            yield rule("symmetric", link(properties[0], Y, X), link(properties[0], X, Y))
        case "transitive":
            yield rule("transitive", link(properties[0], X, Z), link(properties[0], X, Y), link(properties[0], Y, Z))
        case "chain":
            nodes = [f"?x{number}" for number in range(len(properties))]
            steps = [link(on, nodes[number], nodes[number + 1]) for number, on in enumerate(properties[:-1])]
            yield rule("property-chain", link(properties[-1], nodes[0], nodes[-1]), *steps)
        case "functional" | "inverse-functional":
            on = properties[0] if axiom.kind == "functional" else properties[0].flipped()
            body = (link(on, X, Y), link(on, X, Z))
            yield rule(axiom.kind, (SAME_AS, Y, Z), *body, guards=(("differ", Y, Z),))
            if axiom.kind == "functional":
                yield rule("functional-value", None, *body, guards=(("unequal", Y, Z),))
        case "key":
            values = [f"?k{number}" for number in range(len(properties))]
            for left in make.below(classes[0], X):
                for right in make.below(classes[0], Y):
                    pairs = [(link(on, X, key), link(on, Y, key)) for on, key in zip(properties, values, strict=True)]
                    atoms = (*left[0], *(atom for pair in pairs for atom in pair), *right[0])
                    yield rule("key", (SAME_AS, X, Y), *atoms, guards=(("differ", X, Y),))
        case "irreflexive":
            yield rule("irreflexive", None, link(properties[0], X, X))
        case "asymmetric":
            yield rule("asymmetric", None, link(properties[0], X, Y), link(properties[0], Y, X))
        case "disjoint-properties":
            for first, second in combinations(properties, 2):
                yield rule("disjoint-properties", None, link(first, X, Y), link(second, X, Y))
        case "negative":
            given = [part for part in axiom.parts if isinstance(part, str)]
            yield rule("negative", None, link(properties[0], given[0], given[1]))


def _never_both(make: Compiler, classes: list[Expression]) -> Iterator[Rule]:
    for one, other in combinations(classes, 2):
        for left in make.below(one, X):
            for right in make.below(other, X):
                yield make.rule("disjoint-classes", None, both(left, right))


def _subclass_statements(axiom: Axiom, shared: SharedClasses, sub: Expression, super_: Expression) -> Iterator[Rule]:
    """The subclass triples of an axiom that it does not assert itself: those of the parts of its expressions."""
    uppers = super_.parts if isinstance(super_, Intersection) else (super_,)
    lowers = sub.parts if isinstance(sub, Union) else (sub,)
    for one, other in ((lower, upper) for lower in lowers for upper in uppers):
        lower, upper = shared.name(one), shared.name(other)
        asserted = axiom.kind == "subclass" and isinstance(sub, Named) and isinstance(super_, Named)
        if lower and upper and lower != upper and THING not in (lower, upper) and not asserted:
            yield Rule("subclass-closure", (SUBCLASS, lower, upper), (), axiom)


def _different(axiom: Axiom) -> Iterator[Rule]:
    members = [part for part in axiom.parts if isinstance(part, str)]
    if axiom.kind == "different":
        for one, other in combinations(members, 2):
            yield Rule("different", (DIFFERENT_FROM, one, other), (), axiom)
