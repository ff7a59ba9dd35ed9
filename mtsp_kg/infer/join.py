"""Guards of rules: whether terms differ, whether two values are unequal, whether a value is outside a datatype.

Reference: OWL 2 Structural Specification, section 4 (datatype maps). Imports `names` and `terms`.

The rows that a rule's head gets from some facts: sets at once where the rule is simple, a join where it is not.

Imports `facts`, `rules`, `terms` and `values`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from mtsp_kg import vocab
from mtsp_kg.infer.facts import Facts, Row
from mtsp_kg.infer.rules import Guard, Rule
from mtsp_kg.infer.terms import Atom, is_literal, is_variable, nt, substitute

_INTEGER = r"[+-]?\d+"
_ZONE = r"(Z|[+-]\d\d:\d\d)?"
_DATE = r"-?\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?"
_NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN"
_FORMS = {
    "integer": _INTEGER, "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)", "double": _NUMBER, "float": _NUMBER,
    "boolean": r"true|false|0|1", "date": _DATE + _ZONE, "dateTime": f"{_DATE}T{_TIME}{_ZONE}",
    "dateTimeStamp": f"{_DATE}T{_TIME}(Z|[+-]\\d\\d:\\d\\d)", "gYear": r"-?\d{4,}" + _ZONE,
    "gYearMonth": r"-?\d{4,}-(0[1-9]|1[0-2])" + _ZONE, "time": _TIME + _ZONE,
    "hexBinary": r"([0-9a-fA-F]{2})*", "language": r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
}  # fmt: skip
_BOUNDS = {
    "nonNegativeInteger": (0, None), "positiveInteger": (1, None), "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1), "long": (-(2**63), 2**63 - 1), "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1), "byte": (-128, 127), "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1), "unsignedShort": (0, 2**16 - 1), "unsignedByte": (0, 255),
}  # fmt: skip
_STRINGS = frozenset(("string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN"))
_LITERAL = re.compile(r'"(.*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?\Z', re.DOTALL)


def holds(guard: str, one: str, two: str) -> bool:
    """Whether a guard holds of two terms: "differ", "unequal", or "outside" (a datatype and a term)."""
    if guard == "differ":
        return one != two and not is_literal(one) and not is_literal(two)
    if guard == "unequal":
        return unequal(one, two)
    return outside(one, two)


def unequal(one: str, two: str) -> bool:
    """Whether two terms cannot be the same: literals of other values, or a literal and a thing."""
    if not is_literal(one) and not is_literal(two):
        return False
    return value(one) != value(two)


@lru_cache(maxsize=4096)
def value(term: str) -> tuple[str, object]:
    """The value of a literal, comparable where two forms say the same number; other terms by name."""
    if not is_literal(term):
        return ("thing", term)
    text, language, datatype = parts(term)
    local = datatype.removeprefix(vocab.XSD)
    if (local in ("integer", "decimal") or local in _BOUNDS) and re.fullmatch(_FORMS["decimal"], text):
        return ("number", Decimal(text))
    if local == "boolean":
        return ("boolean", text in ("true", "1"))
    return (datatype, (text, language.lower()))


def parts(term: str) -> tuple[str, str, str]:
    """The text, the language and the datatype's IRI of a literal."""
    found = _LITERAL.match(term)
    assert found is not None, term
    text, language, datatype = found.groups()
    return (
        text,
        language or "",
        datatype or (vocab.VOCABULARIES["rdf"] + "langString" if language else vocab.XSD + "string"),
    )


def outside(datatype: str, term: str) -> bool:
    """Whether a term is no value of a datatype; datatypes that are not in OWL 2's map are believed."""
    if not is_literal(term):
        return True
    if datatype == nt(vocab.VOCABULARIES["rdfs"] + "Literal") or not datatype.startswith("<"):
        return False
    text, _, own = parts(term)
    wanted = datatype[1:-1]
    local = wanted.removeprefix(vocab.XSD)
    given = own.removeprefix(vocab.XSD)
    if ill_typed(term):
        return True
    if local in _BOUNDS or local in ("integer", "decimal"):
        if given != "integer" and given != "decimal" and given not in _BOUNDS:
            return True
        number = Decimal(text)
        low, high = _BOUNDS.get(local, (None, None))
        fraction = local != "decimal" and number != number.to_integral_value()
        return fraction or (low is not None and number < low) or (high is not None and number > high)
    if local == "string" and given in _STRINGS:
        return False
    return own != wanted


def ill_typed(term: str) -> bool:
    """Whether a literal's text is no form of its own datatype."""
    text, _, datatype = parts(term)
    local = datatype.removeprefix(vocab.XSD) if datatype.startswith(vocab.XSD) else ""
    if local in _BOUNDS:
        if not re.fullmatch(_INTEGER, text):
            return True
        low, high = _BOUNDS[local]
        return (low is not None and int(text) < low) or (high is not None and int(text) > high)
    return local in _FORMS and re.fullmatch(_FORMS[local], text) is None


Binding = dict[str, str]


def derived(rule: Rule, facts: Facts, news: Facts) -> set[Row]:
    """The rows of a rule's head for which at least one premise is among the news; facts include the news."""
    assert rule.head is not None
    simple = _simple(rule, news) if len(rule.body) == 1 and not rule.guards else None
    if simple is not None:
        return simple
    chained = _chained(rule, facts, news) if len(rule.body) == 2 else None
    if chained is not None:
        return chained
    found: set[Row] = set()
    head = rule.head
    for binding in bindings(rule, facts, news):
        row = tuple(binding.get(term, term) for term in head[1:])
        if not is_literal(row[0]):
            found.add(row[0] if len(row) == 1 else (row[0], row[1]))
    return found


def bindings(rule: Rule, facts: Facts, news: Facts) -> Iterator[Binding]:
    """The bindings under which a rule's body holds, with at least one premise among the news.

    A rule without premises holds once, at the start, when everything is news.
    """
    if not rule.body:
        if news is facts:
            yield {}
        return
    for place, atom in enumerate(rule.body):
        if not news.has(atom):
            continue
        if _all_single(rule, atom, facts):
            return
        others = rule.body[:place] + rule.body[place + 1 :]
        for binding in news.match(atom):
            yield from satisfy(others, rule.guards, facts, binding)
        if news is facts:
            return


def satisfy(atoms: tuple[Atom, ...], guards: tuple[Guard, ...], facts: Facts, binding: Binding) -> Iterator[Binding]:
    """The ways to extend a binding so that all atoms are facts and all guards hold."""
    if not atoms:
        if all(holds(name, binding.get(one, one), binding.get(two, two)) for name, one, two in guards):
            yield binding
        return
    bound = [substitute(atom, binding) for atom in atoms]
    best = min(range(len(bound)), key=lambda place: _openness(bound[place]))
    rest = atoms[:best] + atoms[best + 1 :]
    for further in facts.match(bound[best]):
        yield from satisfy(rest, guards, facts, binding | further)


def _openness(atom: Atom) -> tuple[int, int]:
    free = sum(is_variable(term) for term in atom[1:])
    return (free if len(atom) == 3 or free == 0 else 2, len(atom))


def _simple(rule: Rule, news: Facts) -> set[Row] | None:
    """A rule with one premise and distinct variables: what it gives as a whole set."""
    head, (atom,) = rule.head, rule.body
    assert head is not None
    if any(not is_variable(term) for term in (*atom[1:], *head[1:])) or len(set(atom[1:])) < len(atom) - 1:
        return None
    if len(atom) == 2:
        members = news.members.get(atom[0], set())
        return set(members) if len(head) == 2 else None
    pairs = news.pairs.get(atom[0], set())
    if head[1:] == atom[1:]:
        return set(pairs)
    if head[1:] == (atom[2], atom[1]):
        return {(object_, subject) for subject, object_ in pairs if object_[0] != '"'}
    if head[1:] == (atom[1],):
        return {subject for subject, _ in pairs}
    if head[1:] == (atom[2],):
        return {object_ for _, object_ in pairs if object_[0] != '"'}
    return None


def _chained(rule: Rule, facts: Facts, news: Facts) -> set[Row] | None:
    """A rule of the form p(x,y), q(y,z): r(x,z), as chains and transitive properties have."""
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
    if news.has(first) and facts.has(second):
        onward = facts.by_subject(second[0])
        found.update((one, two) for one, middle in news.pairs[first[0]] for two in onward.get(middle, ()))
    if news is not facts and news.has(second) and facts.has(first):
        back = facts.by_object(first[0])
        found.update((one, two) for middle, two in news.pairs[second[0]] for one in back.get(middle, ()))
    return {row for row in found if row[0] != row[1]} if apart else found


def _all_single(rule: Rule, atom: Atom, facts: Facts) -> bool:
    """Whether a rule about two values of one property has nothing to do: each thing has one value."""
    if len(rule.body) != 2 or len(atom) != 3 or rule.body[0][0] != rule.body[1][0] or not rule.guards:
        return False
    (_, one, other), (_, two, another) = ((part[0], *part[1:]) for part in rule.body if len(part) == 3)
    pairs = facts.pairs.get(atom[0], set())
    if one == two and other != another:
        return len({subject for subject, _ in pairs}) == len(pairs)
    if other == another and one != two:
        return len({object_ for _, object_ in pairs}) == len(pairs)
    return False
