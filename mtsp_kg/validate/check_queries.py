"""Check queries: any row of one is a finding, unless it is waived; rows that are alike are one.

Their header has, besides what every query has, `severity` (violation, warning, info), `message` and `message_zh`, in
which `{column}` is a cell of the row, and where needed `key`: the columns that a row is known by (default: the first).
A column called passage or graph says where the row stands; columns called focus (else the first one), path and value
are the finding's, and where all three are there, its place is that of this triple. Imports `errors`, `project`, `query`
and, of this room, `findings`.

The ontology as a piece of work: whether its header is complete, its terms are used, and known pitfalls are avoided.

The checks are the queries in `queries/ontology/`, in the form of check queries: any row is a finding, unless
`queries/ontology/waivers.yaml` accepts it. They read the ontology with the graph that uses it. Imports `project`,
`store` and, of this room, `checks`, `deliver`, `findings`, `forms`, `waivers` and `words`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg.errors import QueryError
from mtsp_kg.profile import Profile
from mtsp_kg.project import Project
from mtsp_kg.query.answer import Table, Term, answer
from mtsp_kg.query.catalogue import NamedQuery, read_query, read_text
from mtsp_kg.store import Store
from mtsp_kg.validate.deliver import Order, deliver
from mtsp_kg.validate.findings import Finding, Report, Rule, Severity, Spot, Wanted, Where, in_order
from mtsp_kg.validate.forms import View
from mtsp_kg.validate.report_words import LANGUAGES
from mtsp_kg.validate.waivers import FILE, read_waivers, waive

CHECKS = "check"
_FOCUS, _PATH, _VALUE = "focus", "path", "value"
_PLACES = ("passage", "graph")
_MESSAGES = {"en": "message", "zh": "message_zh"}


def run_checks(
    project: Project, store: Store, plan: str | None, kind: str = CHECKS
) -> tuple[list[Finding], dict[str, Rule]]:
    """The findings of all check queries of a kind (a folder of `queries/`), and the queries as rules.

    Raises QueryError, DataError.
    """
    findings: list[Finding] = []
    rules: dict[str, Rule] = {}
    for path in project.query_files(kind):
        rows = _ask(read_text(path), path, store, project.profile)
        rules[path.stem] = Rule(path.stem, spot=Spot(project.relative(path), 1))
        if rows:  # a header is read only where it has something to say
            query = read_query(path, project.profile)
            findings += _findings(query, rows, store)
            told = {"en": query.summary, "zh": query.summary_zh}
            rules[path.stem] = replace(rules[path.stem], name=told, help=told, severity=_severity(query))
    return findings, rules


def rows_of(query: NamedQuery, store: Store, profile: Profile) -> list[Finding]:
    """The rows of a check query as findings. Raises QueryError, with the file."""
    return _findings(query, _ask(query.text, query.path, store, profile), store)


def _ask(text: str, path: Path, store: Store, profile: Profile) -> Table:
    try:
        rows = answer(store.query(text), profile)
    except QueryError as error:
        raise QueryError(error.what, remedy=error.remedy, file=path, line=error.line) from error
    if not isinstance(rows, Table):
        raise QueryError("A check query must be a SELECT.", file=path)
    return rows


def _findings(query: NamedQuery, rows: Table, store: Store) -> list[Finding]:
    severity = _severity(query)
    columns = rows.columns
    keys = query.header.get("key") or columns[:1]
    if not isinstance(keys, list) or set(keys) - set(columns):
        raise QueryError("'key' names columns that the query does not have.", file=query.path)
    found = []
    for cells, texts in dict(zip(rows.terms, rows.text_rows(), strict=True)).items():
        row = dict(zip(columns, texts, strict=True))
        terms = dict(zip(columns, cells, strict=True))
        focus = terms.get(_FOCUS, cells[0])
        triples = _triples(focus, terms.get(_PATH), terms.get(_VALUE), store)
        told = [terms.get(place) for place in _PLACES] + [quad.graph_name for quad in triples]
        graphs = sorted({graph.value for graph in told if isinstance(graph, ox.NamedNode)})
        found.append(
            Finding(
                focus=focus.value if isinstance(focus, ox.NamedNode) else row.get(_FOCUS, texts[0]),
                path=row.get(_PATH, ""),
                value="" if terms.get(_VALUE) is None else str(terms[_VALUE]),
                shape=query.name,
                severity=severity,
                messages=_messages(query, row),
                graphs=tuple(graphs),
                where=Where(triples or _wanted(focus, graphs, store)),
                row=" ".join(row[key] for key in keys),
            )
        )
    return found


def _triples(focus: Term | None, path: Term | None, value: Term | None, store: Store) -> tuple[ox.Quad, ...]:
    """The offending triple, where a row tells all of it, in each graph that says it."""
    if not isinstance(focus, ox.NamedNode | ox.BlankNode) or not isinstance(path, ox.NamedNode) or value is None:
        return ()
    return tuple(sorted(store.quads(focus, path, value), key=str))


def _wanted(focus: Term | None, graphs: list[str], store: Store) -> tuple[Wanted, ...]:
    """What to look for: the focus where it is spoken of; where a graph only leads to it, what leads to it there."""
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


QUALITY_CHECKS = "ontology"


def check_quality(project: Project, store: Store, plan: str | None, today: date | None = None) -> Report:
    """The report on a project's ontology; any warning makes it fail.

    today: the day that waivers are held against. Raises QueryError, DataError.
    """
    found, rules = run_checks(project, store, plan, QUALITY_CHECKS)
    file = project.root / "queries" / QUALITY_CHECKS / FILE
    kept, waived = waive(found, read_waivers(file), file, project.relative(file), today or date.today(), plan)
    return Report(
        findings=tuple(in_order(kept)),
        engine="",
        shapes=0,
        nodes=0,
        unmatched=(),
        checks=len(rules),
        waived=waived,
        rules=rules,
        fail_on=Severity.WARNING,
        sources=tuple((path, project.graph_of(path)) for path in (*project.ontology_files(), *project.graph_files())),
    )


def tell_quality(report: Report, project: Project, plan: str | None, form: str = "text", language: str = "en") -> str:
    """What `check_quality` found, with files and lines; form: as of `mtsp validate`. Raises ParameterError."""
    view = View(language if language in LANGUAGES else "en", plan)
    return deliver(report, Order.of(form), view, project.relative)
