"""Literals and datatypes: valid lexical forms, equality of values, and the guards of rules about them.

Reference: OWL 2 Structural Specification, section 4 (datatype maps).
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from mtsp_kg import vocab
from mtsp_kg.infer.terms import is_literal, nt

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
    """Whether a guard holds for two terms; see `rules.Guard`."""
    if guard == "differ":
        return one != two and not is_literal(one) and not is_literal(two)
    if guard == "unequal":
        return unequal(one, two)
    return outside(one, two)


def unequal(one: str, two: str) -> bool:
    """Whether two terms cannot be the same: literals of different values, or a literal and a resource."""
    if not is_literal(one) and not is_literal(two):
        return False
    return value(one) != value(two)


@lru_cache(maxsize=4096)
def value(term: str) -> tuple[str, object]:
    """The value of a literal, equal for two forms of one number; other terms by name."""
    if not is_literal(term):
        return ("resource", term)
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
    """Whether a term is not in the value space of a datatype; the forms of unknown datatypes are not checked."""
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
    """Whether a literal's lexical form is invalid for its datatype."""
    text, _, datatype = parts(term)
    local = datatype.removeprefix(vocab.XSD) if datatype.startswith(vocab.XSD) else ""
    if local in _BOUNDS:
        if not re.fullmatch(_INTEGER, text):
            return True
        low, high = _BOUNDS[local]
        return (low is not None and int(text) < low) or (high is not None and int(text) > high)
    return local in _FORMS and re.fullmatch(_FORMS[local], text) is None
