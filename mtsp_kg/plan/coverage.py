"""Matrices with the passages behind each cell, and what is empty in them.

A matrix is a query of `queries/coverage/` with the columns row, column and passage; a row without column is empty. A
cell without a passage is empty, never guessed. Imports `names` and `query`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape

from mtsp_kg.layout import aligned_table, display_width, markdown_table
from mtsp_kg.plan import names

FORMS = ("table", "csv", "tsv", "md", "json", "html")
Label = Callable[[str], str]


@dataclass(frozen=True)
class Matrix:
    """Rows by columns; cells: row and column to the passages that say so, in reading order."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[str, str], tuple[str, ...]]

    @property
    def empty_rows(self) -> list[str]:
        """The rows without a single cell."""
        filled = {row for row, _ in self.cells}
        return [row for row in self.rows if row not in filled]


def matrix(title: str, found: Iterable[tuple[str, ...]], reading_order: Iterable[str]) -> Matrix:
    """The matrix of a coverage query's rows (row, column, passage; empty text where unbound)."""
    place = {passage: index for index, passage in enumerate(reading_order)}
    rows: dict[str, None] = {}
    columns: dict[str, None] = {}
    cells: dict[tuple[str, str], set[str]] = {}
    for row, column, passage in found:
        rows[row] = None
        if column:
            columns[column] = None
            cells.setdefault((row, column), set()).add(passage)
    ordered = {cell: tuple(sorted(where, key=lambda p: place.get(p, len(place)))) for cell, where in cells.items()}
    return Matrix(title, tuple(rows), tuple(sorted(columns)), ordered)


def write(found: Matrix, form: str, label: Label, plan: str | None, *, wide: bool = False) -> str:
    """The matrix in one of FORMS: what is empty first, then what is there; `wide`: rows by columns."""
    if form == "json":
        return _json(found, label, plan)
    if form == "html":
        return _html(found, label, plan)
    if form == "table" and not wide:
        return "\n".join(filter(None, (_empty(found, label, plan), _grouped(found, label, plan))))
    table = _wide(found, label, plan) if wide else _long(found, label, plan)
    if form in ("csv", "tsv"):
        out = io.StringIO()
        csv.writer(out, delimiter="," if form == "csv" else "\t", lineterminator="\n").writerows(table)
        return out.getvalue()
    empty = _empty(found, label, plan)
    return (empty + "\n" if empty else "") + (markdown_table(table) if form == "md" else aligned_table(table))


def _name(iri: str, label: Label, plan: str | None) -> str:
    return f"{label(iri)} ({names.shrink(iri, plan)})"


def _empty(found: Matrix, label: Label, plan: str | None) -> str:
    if not found.empty_rows:
        return ""
    listed = "".join(f"  {_name(row, label, plan)}\n" for row in found.empty_rows)
    return f"Empty: {len(found.empty_rows)} of {len(found.rows)}\n{listed}"


def _where(found: Matrix, row: str, column: str, plan: str | None) -> str:
    return " ".join(names.shrink(passage, plan) for passage in found.cells.get((row, column), ()))


def _grouped(found: Matrix, label: Label, plan: str | None) -> str:
    lines = []
    for row in found.rows:
        cells = [(column, _where(found, row, column, plan)) for column in found.columns if (row, column) in found.cells]
        if cells:
            names_of = [_name(column, label, plan) for column, _ in cells]
            space = max(map(display_width, names_of))
            lines.append(_name(row, label, plan))
            lines += [
                f"  {name}{' ' * (space - display_width(name))}  {where}"
                for name, (_, where) in zip(names_of, cells, strict=True)
            ]
    return "\n".join(lines) + "\n"


def _long(found: Matrix, label: Label, plan: str | None) -> list[list[str]]:
    lines = [["row", "row_label", "column", "column_label", "paragraphs"]]
    for row in found.rows:
        for column in found.columns:
            where = _where(found, row, column, plan)
            if where:
                short = (names.shrink(row, plan), label(row), names.shrink(column, plan), label(column))
                lines.append([*short, where])
    return lines


def _wide(found: Matrix, label: Label, plan: str | None) -> list[list[str]]:
    head = [found.title, *(names.shrink(column, plan) for column in found.columns)]
    return [
        head,
        *(
            [names.shrink(row, plan), *(_where(found, row, column, plan) for column in found.columns)]
            for row in found.rows
        ),
    ]


def _json(found: Matrix, label: Label, plan: str | None) -> str:
    def thing(iri: str) -> dict[str, str]:
        return {"iri": iri, "name": names.shrink(iri, plan), "label": label(iri)}

    body = {
        "title": found.title,
        "empty": [thing(row) for row in found.empty_rows],
        "rows": [thing(row) for row in found.rows],
        "columns": [thing(column) for column in found.columns],
        "cells": [
            {"row": row, "column": column, "passages": list(where)} for (row, column), where in found.cells.items()
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _html(found: Matrix, label: Label, plan: str | None) -> str:
    head = "".join(f'<th scope="col">{escape(label(column))}</th>' for column in found.columns)
    body = "".join(
        f'<tr><th scope="row">{escape(_name(row, label, plan))}</th>'
        + "".join(f"<td>{escape(_where(found, row, column, plan))}</td>" for column in found.columns)
        + "</tr>\n"
        for row in found.rows
    )
    empty = "".join(f"<li>{escape(_name(row, label, plan))}</li>" for row in found.empty_rows)
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{escape(found.title)}</title>\n'
        "<style>body{font:15px/1.4 system-ui,sans-serif;margin:2rem}table{border-collapse:collapse}"
        "th,td{border:1px solid #ccc;padding:.25rem .5rem;text-align:left;vertical-align:top}</style>\n"
        f"<h1>{escape(found.title)}</h1>\n"
        + (f"<h2>Empty</h2>\n<ul>{empty}</ul>\n" if empty else "")
        + f"<table>\n<tr><td></td>{head}</tr>\n{body}</table>\n</html>\n"
    )
