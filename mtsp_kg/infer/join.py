"""The rows that a rule derives from facts: by set operations if the rule is simple, else by a join."""

from __future__ import annotations

from collections.abc import Iterator

from mtsp_kg.infer.datatypes import holds
from mtsp_kg.infer.facts import Facts, Row
from mtsp_kg.infer.rules import Guard, Rule
from mtsp_kg.infer.terms import Atom, is_literal, is_variable, substitute

Binding = dict[str, str]


def derived(rule: Rule, facts: Facts, latest: Facts) -> set[Row]:
    """The rows of a rule's head that depend on at least one of the latest facts; facts: all, including the latest."""
    assert rule.head is not None
    simple = _simple(rule, latest) if len(rule.body) == 1 and not rule.guards else None
    if simple is not None:
        return simple
    chained = _chained(rule, facts, latest) if len(rule.body) == 2 else None
    if chained is not None:
        return chained
    found: set[Row] = set()
    head = rule.head
    for binding in bindings(rule, facts, latest):
        row = tuple(binding.get(term, term) for term in head[1:])
        if not is_literal(row[0]):
            found.add(row[0] if len(row) == 1 else (row[0], row[1]))
    return found


def bindings(rule: Rule, facts: Facts, latest: Facts) -> Iterator[Binding]:
    """The bindings under which a rule's body holds, with at least one of the latest facts.

    A rule without premises holds once, at the start, when all facts are the latest.
    """
    if not rule.body:
        if latest is facts:
            yield {}
        return
    for index, atom in enumerate(rule.body):
        if not latest.has(atom):
            continue
        if _all_single(rule, atom, facts):
            return
        others = rule.body[:index] + rule.body[index + 1 :]
        for binding in latest.match(atom):
            yield from satisfy(others, rule.guards, facts, binding)
        if latest is facts:
            return


def satisfy(atoms: tuple[Atom, ...], guards: tuple[Guard, ...], facts: Facts, binding: Binding) -> Iterator[Binding]:
    """The ways to extend a binding so that all atoms are facts and all guards hold."""
    if not atoms:
        if all(holds(name, binding.get(one, one), binding.get(two, two)) for name, one, two in guards):
            yield binding
        return
    bound = [substitute(atom, binding) for atom in atoms]
    best = min(range(len(bound)), key=lambda index: _openness(bound[index]))
    rest = atoms[:best] + atoms[best + 1 :]
    for further in facts.match(bound[best]):
        yield from satisfy(rest, guards, facts, binding | further)


def _openness(atom: Atom) -> tuple[int, int]:
    free = sum(is_variable(term) for term in atom[1:])
    return (free if len(atom) == 3 or free == 0 else 2, len(atom))


def _simple(rule: Rule, latest: Facts) -> set[Row] | None:
    """The rows of a rule with one premise and distinct variables; None for another rule."""
    head, (atom,) = rule.head, rule.body
    assert head is not None
    if any(not is_variable(term) for term in (*atom[1:], *head[1:])) or len(set(atom[1:])) < len(atom) - 1:
        return None
    if len(atom) == 2:
        members = latest.members.get(atom[0], set())
        return set(members) if len(head) == 2 else None
    pairs = latest.pairs.get(atom[0], set())
    if head[1:] == atom[1:]:
        return set(pairs)
    if head[1:] == (atom[2], atom[1]):
        return {(object_, subject) for subject, object_ in pairs if object_[0] != '"'}
    if head[1:] == (atom[1],):
        return {subject for subject, _ in pairs}
    if head[1:] == (atom[2],):
        return {object_ for _, object_ in pairs if object_[0] != '"'}
    return None


def _chained(rule: Rule, facts: Facts, latest: Facts) -> set[Row] | None:
    """The rows of a rule p(x,y), q(y,z) → r(x,z), as chains and transitive properties have; None for another."""
    head, (first, second) = rule.head, rule.body
    assert head is not None
    ends = [*first[1:], *second[1:]]
    if len(first) != 3 or len(second) != 3 or len(head) != 3 or not all(map(is_variable, ends)):
        return None
    if first[2] != second[1] or len(set(ends)) != 3 or head[1:] != (first[1], second[2]):
        return None
    apart = rule.guards == (("differ", first[1], second[2]),)
    if rule.guards and not apart:
        return None
    found: set[Row] = set()
    if latest.has(first) and facts.has(second):
        onward = facts.by_subject(second[0])
        found.update((one, two) for one, middle in latest.pairs[first[0]] for two in onward.get(middle, ()))
    if latest is not facts and latest.has(second) and facts.has(first):
        back = facts.by_object(first[0])
        found.update((one, two) for middle, two in latest.pairs[second[0]] for one in back.get(middle, ()))
    return {row for row in found if row[0] != row[1]} if apart else found


def _all_single(rule: Rule, atom: Atom, facts: Facts) -> bool:
    """Whether a rule about two values of one property derives nothing, since no subject has two."""
    if len(rule.body) != 2 or len(atom) != 3 or rule.body[0][0] != rule.body[1][0] or not rule.guards:
        return False
    (_, one, other), (_, two, another) = ((part[0], *part[1:]) for part in rule.body if len(part) == 3)
    pairs = facts.pairs.get(atom[0], set())
    if one == two and other != another:
        return len({subject for subject, _ in pairs}) == len(pairs)
    if other == another and one != two:
        return len({object_ for _, object_ in pairs}) == len(pairs)
    return False
