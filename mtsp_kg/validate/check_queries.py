"""Check queries: each row of the result is a finding, unless it is waived; equal rows are one finding.

In addition to the fields of every query header, a check query has `severity` (violation, warning, info), `message` and
`message_zh`, in which `{column}` stands for a cell of the row, and optionally `key`: the columns that identify a row
(default: the first). The column `passage` or `graph` is the graph of the finding. The columns `focus` (default: the
first column), `path` and `value` are those of the finding; if all three are present, the finding has the position of
this triple.

Checks of a project's graph are in `queries/check/`, checks of its ontology and how it is used in `queries/ontology/`.
A `waivers.yaml` in the same folder lists accepted findings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from mtsp_kg.errors import QueryError
from mtsp_kg.profile import Profile
from mtsp_kg.project import Project
from mtsp_kg.query.catalogue import NamedQuery, read_query, read_text
from mtsp_kg.store import Store
from mtsp_kg.validate.findings import Finding, Position, Severity, SourceLookup, in_order
from mtsp_kg.validate.inputs import source_files
from mtsp_kg.validate.report import Report, ReportRule
from mtsp_kg.validate.waivers import FILE, read_waivers, waive

if TYPE_CHECKING:
    from mtsp_kg.locate import Wanted

CHECKS = "check"
_ONTOLOGY_CHECKS = "ontology"
_FOCUS, _PATH, _VALUE = "focus", "path", "value"
_GRAPH_COLUMNS = ("passage", "graph")
_MESSAGES = {"en": "message", "zh": "message_zh"}

_Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


def check_quality(project: Project, store: Store, today: date | None = None) -> Report:
    """Runs the checks on a project's ontology and how it is used; the report does not conform if there is a warning.

    store: the project's graph; today: the day on which waivers must be valid. Raises QueryError, DataError.
    """
    found, rules = run_checks(project, store, _ONTOLOGY_CHECKS)
    file = project.root / "queries" / _ONTOLOGY_CHECKS / FILE
    kept, waived = waive(found, read_waivers(file), file, project, today)
    return Report(
        findings=tuple(in_order(kept)),
        profile=project.profile,
        checks=len(rules),
        waived=waived,
        rules=rules,
        fail_on=Severity.WARNING,
        sources=source_files(project, [*project.ontology_files(), *project.graph_files()]),
    )


def run_checks(project: Project, store: Store, kind: str = CHECKS) -> tuple[list[Finding], dict[str, ReportRule]]:
    """The findings of all check queries of a kind (a folder of `queries/`), and these queries as rules of the report.

    Raises QueryError, DataError.
    """
    findings: list[Finding] = []
    rules: dict[str, ReportRule] = {}
    for path in project.query_files(kind):
        rows = _CheckRows.of(read_text(path), path, store)
        position = Position(project.relative(path), 1)
        rule = ReportRule(path.stem, lookup=SourceLookup(found=(position,)))
        if rows.rows:  # a header is parsed only where it is needed
            query = read_query(path, project.profile)
            findings += _findings(query, rows, store, project.profile)
            summary = {"en": query.summary, "zh": query.summary_zh}
            rule = replace(rule, name=summary, help=summary, severity=_severity(query))
        rules[path.stem] = rule
    return findings, rules


def check_findings(query: NamedQuery, store: Store, profile: Profile) -> list[Finding]:
    """The findings of one check query. Raises QueryError, with the file."""
    return list(_findings(query, _CheckRows.of(query.text, query.path, store), store, profile))


class _CheckRows:
    """The rows of a check query, each once."""

    def __init__(self, results: ox.QuerySolutions) -> None:
        # The store evaluates the query while it writes the results, without holding the interpreter lock.
        written = results.serialize(format=ox.QueryResultsFormat.JSON) or b""
        solutions = ox.parse_query_results(written, ox.QueryResultsFormat.JSON)
        assert isinstance(solutions, ox.QuerySolutions)
        self.columns = [variable.value for variable in solutions.variables]
        self.rows: list[tuple[_Term | None, ...]] = list(dict.fromkeys(tuple(solution) for solution in solutions))

    @classmethod
    def of(cls, text: str, path: Path, store: Store) -> _CheckRows:
        try:
            results = store.query(text)
        except QueryError as error:
            raise QueryError(error.what, remedy=error.remedy, file=path, line=error.line) from error
        if not isinstance(results, ox.QuerySolutions):
            raise QueryError("A check query must be a SELECT query.", file=path)
        return cls(results)


def _findings(query: NamedQuery, rows: _CheckRows, store: Store, profile: Profile) -> Iterator[Finding]:
    severity = _severity(query)
    keys = query.header.get("key") or rows.columns[:1]
    if not isinstance(keys, list) or set(keys) - set(rows.columns):
        raise QueryError("'key' names a column that the query does not have.", file=query.path)
    for row in rows.rows:
        cells = dict(zip(rows.columns, row, strict=True))
        texts = {column: _text(cell, profile) for column, cell in cells.items()}
        focus, value = cells.get(_FOCUS, row[0]), cells.get(_VALUE)
        quads = _quads(focus, cells.get(_PATH), value, store)
        named = [cells.get(column) for column in _GRAPH_COLUMNS] + [quad.graph_name for quad in quads]
        graphs = tuple(sorted({graph.value for graph in named if isinstance(graph, ox.NamedNode)}))
        yield Finding(
            focus=focus.value if isinstance(focus, ox.NamedNode) else _text(focus, profile),
            path=texts.get(_PATH, ""),
            value="" if value is None else str(value),
            shape=query.name,
            severity=severity,
            messages=_messages(query, texts),
            graphs=graphs,
            lookup=SourceLookup(quads or _wanted(focus, graphs, store), graphs),
            row=" ".join(texts[key] for key in keys),
        )


def _text(cell: _Term | None, profile: Profile) -> str:
    if cell is None:
        return ""
    if isinstance(cell, ox.NamedNode):
        return profile.shrink(cell.value)
    return cell.value if isinstance(cell, ox.Literal) else str(cell)


def _quads(focus: _Term | None, path: _Term | None, value: _Term | None, store: Store) -> tuple[ox.Quad, ...]:
    """The offending triple in each graph that asserts it, if the row has all three terms."""
    if not isinstance(focus, ox.NamedNode | ox.BlankNode) or not isinstance(path, ox.NamedNode) or value is None:
        return ()
    return tuple(sorted(store.quads(focus, path, value), key=str))


def _wanted(focus: _Term | None, graphs: tuple[str, ...], store: Store) -> tuple[Wanted, ...]:
    """What to look up: the focus as a subject; in a graph where it is not a subject, the first triple that has it."""
    if not isinstance(focus, ox.NamedNode):
        return ()
    found: list[Wanted] = []
    for graph in map(ox.NamedNode, graphs):
        if any(True for _ in store.quads(focus, graph=graph)):
            found.append(focus)
        else:
            found += sorted(store.quads(object_=focus, graph=graph), key=str)[:1]
    return tuple(dict.fromkeys(found)) or (focus,)


def _severity(query: NamedQuery) -> Severity:
    try:
        return Severity(str(query.header.get("severity")))
    except ValueError as error:
        remedy = f"Write '#+ severity:' and one of: {', '.join(Severity)}."
        raise QueryError("The check query has no valid severity.", remedy=remedy, file=query.path) from error


def _messages(query: NamedQuery, texts: dict[str, str]) -> dict[str, str]:
    messages = {}
    for language, field in _MESSAGES.items():
        try:
            messages[language] = str(query.header[field]).format_map(texts)
        except (KeyError, ValueError, IndexError) as error:
            raise QueryError(
                f"'{field}' is missing from the header, or names a column that the query does not have.",
                remedy="Write '#+ message: ... {column} ...'.",
                file=query.path,
            ) from error
    return messages
