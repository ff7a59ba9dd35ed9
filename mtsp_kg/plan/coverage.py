"""Coverage matrices: rows by columns with the passages behind each cell, and the empty rows and columns.

A matrix is a query of `queries/coverage/` with the columns `row`, `column` and `passage`. A row without a column, and a
column without a row, is empty; a cell without a passage is empty too.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from mtsp_kg.errors import MissingExtraError
from mtsp_kg.formats import check_form
from mtsp_kg.layout import aligned_table, display_width, markdown_table
from mtsp_kg.query.entities import Resource

if TYPE_CHECKING:
    import pandas


class CoverageRow(NamedTuple):
    """A cell of a matrix, and a passage behind it; a row or column alone is empty."""

    row: str
    column: str
    passage: str


@dataclass(frozen=True)
class Matrix:
    """Rows by columns. cells: row and column to the passages that state the relation, in reading order."""

    name: str
    title: str
    rows: tuple[Resource, ...]
    columns: tuple[Resource, ...]
    cells: Mapping[tuple[Resource, Resource], tuple[Resource, ...]]

    forms: ClassVar[tuple[str, ...]] = ("table", "csv", "tsv", "md", "json", "html")

    @property
    def empty_rows(self) -> list[Resource]:
        """The rows without a single cell."""
        filled = {row for row, _ in self.cells}
        return [row for row in self.rows if row not in filled]

    @property
    def empty_columns(self) -> list[Resource]:
        """The columns without a single cell."""
        filled = {column for _, column in self.cells}
        return [column for column in self.columns if column not in filled]

    def __getitem__(self, cell: tuple[str, str]) -> tuple[Resource, ...]:
        """The passages behind a cell, by the IRIs of its row and column. Raises KeyError if there is no such cell."""
        rows, columns = ({one.iri: one for one in axis} for axis in (self.rows, self.columns))
        return self.cells.get((rows[cell[0]], columns[cell[1]]), ())

    def to_pandas(self) -> pandas.DataFrame:
        """A DataFrame of tuples of passages; index and columns are prefixed names. Raises MissingExtraError.

        `matrix.to_pandas().map(len)` counts the passages.
        """
        try:
            import pandas
        except ImportError as error:
            raise MissingExtraError("pandas is not installed.", remedy="pip install 'mtsp-kg[pandas]'.") from error
        cells = {
            column.short: pandas.Series(
                [tuple(passage.short for passage in self.cells.get((row, column), ())) for row in self.rows],
                index=[row.short for row in self.rows],
                dtype="object",
            )
            for column in self.columns
        }
        return pandas.DataFrame(cells, index=[row.short for row in self.rows], columns=[*cells])

    def write(self, form: str = "table", *, wide: bool = False) -> str:
        """The matrix in one of its `forms`: empty rows and columns, then the cells. Raises NotFoundError.

        wide: a grid of rows and columns; otherwise a line for each cell.
        """
        check_form(form, self.forms, "A matrix")
        if form == "json":
            return self._json()
        if form == "html":
            return self._html()
        if form == "table" and not wide:
            return "\n".join(filter(None, (self._empty(), self._grouped()))) or f"{self._no_rows()}\n"
        table = self._wide() if wide else self._long()
        if form in ("csv", "tsv"):
            out = io.StringIO()
            csv.writer(out, delimiter="," if form == "csv" else "\t", lineterminator="\n").writerows(table)
            return out.getvalue()
        empty = self._empty()
        return (empty + "\n" if empty else "") + (markdown_table(table) if form == "md" else aligned_table(table))

    def __str__(self) -> str:
        return self.write()

    def _no_rows(self) -> str:
        return f"The matrix '{self.name}' is empty: the graph contains no resources for its rows."

    def _empty(self) -> str:
        parts = []
        for what, empty, all_ in (
            ("Empty", self.empty_rows, self.rows),
            ("Empty columns", self.empty_columns, self.columns),
        ):
            if empty:
                listed = "".join(f"  {_named(one)}\n" for one in empty)
                parts.append(f"{what}: {len(empty)} of {len(all_)}\n{listed}")
        return "".join(parts)

    def _stated(self, row: Resource, column: Resource) -> str:
        return " ".join(passage.short for passage in self.cells.get((row, column), ()))

    def _grouped(self) -> str:
        lines = []
        for row in self.rows:
            filled = {
                _named(column): self._stated(row, column) for column in self.columns if (row, column) in self.cells
            }
            width = max(map(display_width, filled), default=0)
            lines += [_named(row)] if filled else []
            lines += [f"  {name}{' ' * (width - display_width(name))}  {stated}" for name, stated in filled.items()]
        return "".join(f"{line}\n" for line in lines)

    def _long(self) -> list[list[str]]:
        head = ["row", "row_label", "column", "column_label", "paragraphs"]
        cells = ((row, column) for row in self.rows for column in self.columns if (row, column) in self.cells)
        return [
            head,
            *([row.short, row.label, column.short, column.label, self._stated(row, column)] for row, column in cells),
        ]

    def _wide(self) -> list[list[str]]:
        head = [self.title, *(column.short for column in self.columns)]
        return [head, *([row.short, *(self._stated(row, column) for column in self.columns)] for row in self.rows)]

    def _json(self) -> str:
        import json

        def listed(resources: Sequence[Resource]) -> list[dict[str, str]]:
            return [{"iri": one, "name": one.short, "label": one.label} for one in resources]

        body: dict[str, Any] = {
            "title": self.title,
            "empty": listed(self.empty_rows),
            "rows": listed(self.rows),
            "columns": listed(self.columns),
            "cells": [
                {"row": row, "column": column, "passages": passages} for (row, column), passages in self.cells.items()
            ],
        }
        if self.empty_columns:
            body["empty_columns"] = listed(self.empty_columns)
        return json.dumps(body, ensure_ascii=False, indent=2) + "\n"

    def _html(self) -> str:
        head = "".join(f'<th scope="col">{escape(column.label)}</th>' for column in self.columns)
        body = "".join(
            f'<tr><th scope="row">{escape(_named(row))}</th>'
            + "".join(f"<td>{escape(self._stated(row, column))}</td>" for column in self.columns)
            + "</tr>\n"
            for row in self.rows
        )
        empty = "".join(f"<li>{escape(_named(one))}</li>" for one in (*self.empty_rows, *self.empty_columns))
        table = f"<table>\n<tr><td></td>{head}</tr>\n{body}</table>\n"
        return (
            f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{escape(self.title)}</title>\n'
            "<style>body{font:15px/1.4 system-ui,sans-serif;margin:2rem}table{border-collapse:collapse}"
            "th,td{border:1px solid #ccc;padding:.25rem .5rem;text-align:left;vertical-align:top}</style>\n"
            f"<h1>{escape(self.title)}</h1>\n"
            + (f"<h2>Empty</h2>\n<ul>{empty}</ul>\n" if empty else "")
            + (table if self.rows else f"<p>{escape(self._no_rows())}</p>\n")
            + "</html>\n"
        )


def matrix(
    name: str,
    title: str,
    found: Iterable[CoverageRow],
    reading_order: Iterable[str],
    resource: Callable[[str], Resource],
) -> Matrix:
    """The matrix of a coverage query's rows. reading_order: all passages; resource: IRI to resource."""
    rank = {passage: index for index, passage in enumerate(reading_order)}
    rows: dict[str, None] = {}
    columns: dict[str, None] = {}
    cells: dict[tuple[str, str], set[str]] = {}
    for row, column, passage in found:
        rows |= {row: None} if row else {}
        columns |= {column: None} if column else {}
        if row and column and passage:
            cells.setdefault((row, column), set()).add(passage)
    return Matrix(
        name,
        title,
        tuple(map(resource, rows)),
        tuple(map(resource, sorted(columns))),
        {
            (resource(row), resource(column)): tuple(
                resource(passage) for passage in sorted(passages, key=lambda one: rank.get(one, len(rank)))
            )
            for (row, column), passages in cells.items()
        },
    )


def _named(resource: Resource) -> str:
    return f"{resource.label} ({resource.short})"
