"""The terms of an answer as Python values: resources that know their labels, numbers, dates, text; and named rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, overload

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.query.answer import Label, Term
from mtsp_kg.query.entities import Resource

Value = None | bool | int | float | Decimal | date | datetime | str

_INTEGERS = frozenset(
    ("integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger", "long", "int",
     "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "gYear")
)  # fmt: skip
# The forms that Python reads without loss; others, such as a date with a time zone, stay text.
_FORMS: dict[str, tuple[str, Callable[[str], Value]]] = {
    "decimal": (r"[+-]?(\d+(\.\d*)?|\.\d+)", Decimal),
    "double": (r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN", float),
    "boolean": (r"true|false|0|1", lambda text: text in ("true", "1")),
    "date": (r"\d{4}-\d\d-\d\d", date.fromisoformat),
    "dateTime": (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?", datetime.fromisoformat),
}
_FORMS["float"] = _FORMS["double"]
_FORMS["dateTimeStamp"] = _FORMS["dateTime"]
_FORMS |= dict.fromkeys(_INTEGERS, (r"[+-]?\d+", int))


class Row:
    """One row of an answer: each value by its column's name (`row.partner`, `row["partner"]`) or number, in order.

    Names that begin with an underscore are as those of a named tuple: `_fields` and `_asdict()`.
    """

    __slots__ = ("_fields", "_values")

    def __init__(self, fields: tuple[str, ...], values: tuple[Any, ...]) -> None:
        self._fields = fields
        self._values = values

    def _asdict(self) -> dict[str, Any]:
        """Column to value."""
        return dict(zip(self._fields, self._values, strict=True))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self._fields:
            raise AttributeError(self._unknown(name))
        return self._values[self._fields.index(name)]

    @overload
    def __getitem__(self, key: str | int) -> Any: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Any, ...]: ...
    def __getitem__(self, key: str | int | slice) -> Any:
        if not isinstance(key, str):
            return self._values[key]
        if key not in self._fields:
            raise KeyError(self._unknown(key))
        return self._values[self._fields.index(key)]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Row):
            return self._fields == other._fields and self._values == other._values
        return self._values == other

    def __hash__(self) -> int:
        return hash(self._values)

    def __repr__(self) -> str:
        return f"Row({', '.join(f'{name}={value!r}' for name, value in self._asdict().items())})"

    def __reduce__(self) -> tuple[type[Row], tuple[tuple[str, ...], tuple[Any, ...]]]:
        return Row, (self._fields, self._values)

    def _unknown(self, name: str) -> str:
        import difflib

        near = difflib.get_close_matches(name, self._fields, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        return f"The answer has no column '{name}'.{hint} It has: {', '.join(self._fields)}."


class Reader:
    """Reads terms as values. shrink: the short name of an IRI; label: its label in a language, asked for once."""

    def __init__(self, shrink: Callable[[str], str], label: Label | None) -> None:
        self._shrink = shrink
        self._label: Label = cache(label if label is not None else lambda iri, language: shrink(iri))

    def value(self, term: Term | None) -> Value:
        """An IRI as Resource, a literal as number, truth, date or text by its datatype, a blank node as its name.

        A literal that Python cannot hold without loss, or whose form is not that of its datatype, is its text.
        """
        if isinstance(term, ox.NamedNode):
            return Resource(term.value, self._shrink(term.value), self._label)
        if not isinstance(term, ox.Literal):
            return None if term is None else str(term)
        form = _FORMS.get(term.datatype.value.removeprefix(vocab.XSD))
        if form is None or not re.fullmatch(form[0], term.value, re.ASCII):
            return term.value
        try:
            return form[1](term.value)
        except ValueError:  # February 30th, or more digits than Python converts
            return term.value
