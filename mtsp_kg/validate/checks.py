"""Check queries: any row of one is a finding, unless it is waived.

Their header has, besides what every query has, `severity` (violation, warning, info), `message` and `message_zh`, in
which `{column}` is a cell of the row, and where needed `key`: the columns that a row is known by (default: the first).
A column called passage or graph says where the row stands. Imports `errors`, `project`, `query`.
"""

from __future__ import annotations

from datetime import date

import pyoxigraph as ox

from mtsp_kg.errors import QueryError
from mtsp_kg.project import Project
from mtsp_kg.query.answer import Rows, Term, answer
from mtsp_kg.query.catalogue import NamedQuery, read_catalogue
from mtsp_kg.store import EmbeddedStore
from mtsp_kg.validate.findings import Finding, Severity
from mtsp_kg.validate.waivers import in_force, read_waivers, stale

KIND = "check"
WAIVERS = "waivers.yaml"
_PLACES = ("passage", "graph")
_MESSAGES = {"en": "message", "zh": "message_zh"}


def run_checks(
    project: Project, store: EmbeddedStore, plan: str | None, today: date | None = None
) -> tuple[list[Finding], int, int]:
    """The findings of all check queries, sorted; how many queries ran; how many of their rows are waived.

    today: the day that waivers are held against. Raises QueryError, DataError.
    """
    today = today or date.today()
    file = project.root / "queries" / KIND / WAIVERS
    waivers = read_waivers(file)
    holding = in_force(waivers, today)
    queries = read_catalogue(project, KIND)
    findings: list[Finding] = []
    used: set[tuple[str, str]] = set()
    waived = 0
    for query in queries:
        for key, finding in rows_of(query, store, plan):
            if (query.name, key) in holding:
                used.add((query.name, key))
                waived += 1
            else:
                findings.append(finding)
    findings += stale(waivers, used, today, project.relative(file))
    return sorted(findings, key=lambda finding: (*finding.order, finding.message("en"))), len(queries), waived


def rows_of(query: NamedQuery, store: EmbeddedStore, plan: str | None) -> list[tuple[str, Finding]]:
    """The rows of a check query as findings, each with its key. Raises QueryError, with the file."""
    try:
        rows = answer(store.query(query.text), plan)
    except QueryError as error:
        raise QueryError(error.what, remedy=error.remedy, file=query.path, line=error.line) from error
    if not isinstance(rows, Rows):
        raise QueryError("A check query is a SELECT.", file=query.path)
    severity = _severity(query)
    columns = rows.columns
    keys = query.header.get("key") or columns[:1]
    if not isinstance(keys, list) or set(keys) - set(columns):
        raise QueryError("'key' names columns that the query does not have.", file=query.path)
    found = []
    for cells, texts in zip(rows.rows, rows.text_rows(), strict=True):
        row = dict(zip(columns, texts, strict=True))
        graphs = [
            cell.value
            for name, cell in zip(columns, cells, strict=True)
            if name in _PLACES and isinstance(cell, ox.NamedNode)
        ]
        finding = Finding(
            focus=_focus(cells, texts),
            path="",
            value="",
            shape=query.name,
            severity=severity,
            messages=_messages(query, row),
            graphs=tuple(sorted(graphs)),
        )
        found.append((" ".join(row[key] for key in keys), finding))
    return found


def _focus(cells: tuple[Term | None, ...], texts: list[str]) -> str:
    first = cells[0]
    return first.value if isinstance(first, ox.NamedNode) else texts[0]


def _severity(query: NamedQuery) -> Severity:
    try:
        return Severity(str(query.header.get("severity")))
    except ValueError as error:
        known = ", ".join(Severity)
        raise QueryError(
            "A check query has a severity.", remedy=f"Write '#+ severity:' and one of: {known}.", file=query.path
        ) from error


def _messages(query: NamedQuery, row: dict[str, str]) -> dict[str, str]:
    messages = {}
    for language, field in _MESSAGES.items():
        try:
            messages[language] = str(query.header[field]).format_map(row)
        except (KeyError, ValueError, IndexError) as error:
            raise QueryError(
                f"The header's '{field}' is missing, or names what is no column.",
                remedy="Write '#+ message: ... {column} ...'.",
                file=query.path,
            ) from error
    return messages
