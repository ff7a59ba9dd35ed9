"""An answer for notebooks: as an HTML table and as a pandas DataFrame."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from mtsp_kg.errors import MissingExtraError
from mtsp_kg.query.entities import Resource
from mtsp_kg.query.values import Row, Value

if TYPE_CHECKING:
    import pandas


def html_table(columns: Sequence[str], rows: Sequence[Row], more: int) -> str:
    """Rows as an HTML table in which resources are links with their labels. more: the number of rows left out."""
    head = "".join(f"<th>{html.escape(column)}</th>" for column in columns)
    body = "".join(f"<tr>{''.join(f'<td>{_cell(value)}</td>' for value in row)}</tr>" for row in rows)
    note = f"<p>{more:,} more rows are not shown.</p>" if more else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"


def _cell(value: Value) -> str:
    if not isinstance(value, Resource):
        return "" if value is None else html.escape(str(value))
    text = f'<span title="{html.escape(value.short)}">{html.escape(value.label)}</span>'
    # An IRI may have a scheme that a browser would run, such as javascript.
    return f'<a href="{html.escape(value)}">{text}</a>' if value.startswith(("http://", "https://")) else text


def data_frame(columns: Sequence[str], rows: Sequence[Row]) -> pandas.DataFrame:
    """Rows as a DataFrame with a type for each column; resources are their short names. Raises MissingExtraError."""
    try:
        import pandas
    except ImportError as error:
        raise MissingExtraError("pandas is not installed.", remedy="pip install 'mtsp-kg[pandas]'.") from error
    cells = zip(*rows, strict=True) if rows else [()] * len(columns)
    series = {column: _series(list(values)) for column, values in zip(columns, cells, strict=True)}
    return pandas.DataFrame(series, columns=pandas.Index(list(columns)))


def _series(values: list[Value]) -> pandas.Series:
    import pandas

    cells = [value.short if isinstance(value, Resource) else value for value in values]
    types = {type(value) for value in cells if value is not None}
    if types in ({date}, {datetime}):
        try:
            return pandas.Series(pandas.to_datetime(pandas.Series(cells, dtype="object")))
        except (ValueError, OverflowError):  # outside the range of datetime64, or of different time zones
            return pandas.Series(cells, dtype="object")
    if types == {int} and all(value is None or abs(value) < 2**63 for value in cells if isinstance(value, int)):
        return pandas.Series(cells, dtype="Int64")
    if types and types <= {int, float, Decimal}:
        numbers = [None if value is None else float(str(value)) for value in cells]
        if all(_same(value, number) for value, number in zip(cells, numbers, strict=True)):
            return pandas.Series(numbers, dtype="Float64")
    dtype = "boolean" if types == {bool} else "string" if types <= {str} else "object"
    return pandas.Series(cells, dtype=dtype)


def _same(value: Value, number: float | None) -> bool:
    return number is None or isinstance(value, float) or Decimal(repr(number)) == Decimal(str(value))
