"""The catalogue as pages: every question of `queries/ask/`, with its answer as a table.

Imports `errors` and `query`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from mtsp_kg.errors import MtspError
from mtsp_kg.query.answer import Rows
from mtsp_kg.query.catalogue import NamedQuery

MOST = 500


@dataclass(frozen=True)
class Result:
    """An answer as a page shows it. more: rows left out; failure: why there is no answer; text: triples as Turtle."""

    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    more: int = 0
    failure: str = ""
    truth: bool | None = None
    text: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def result(sparql_json: bytes, plan: str | None, values: Mapping[str, str]) -> Result:
    """SPARQL results in JSON as a page shows them; values: the parameters, as the user wrote them."""
    found = ox.parse_query_results(sparql_json, ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return Result(truth=bool(found), values=values)
    answer = Rows(sparql_json, plan)
    return Result(answer.columns, answer.rows[:MOST], max(len(answer.rows) - MOST, 0), values=values)


def triples(turtle: bytes) -> Result:
    """Triples in Turtle as a page shows them: their first lines."""
    lines = turtle.decode("utf-8", "replace").splitlines()
    return Result(text="\n".join(lines[: 4 * MOST]) or "#", more=max(len(lines) - 4 * MOST, 0))


def told(error: MtspError) -> str:
    """A failure in a sentence for a visitor."""
    place = f" (line {error.line})" if error.line is not None and error.file is None else ""
    return f"{error.what}{place} {error.remedy or ''}".strip()


def body(query: NamedQuery) -> str:
    """A query's SPARQL without its header."""
    return "\n".join(line for line in query.text.splitlines() if not line.startswith("#+")) + "\n"


def by_tag(queries: Sequence[NamedQuery]) -> dict[str, list[NamedQuery]]:
    """The queries by their first tag, tags in alphabetical order."""
    found: dict[str, list[NamedQuery]] = {}
    for query in sorted(queries, key=lambda query: query.name):
        found.setdefault(query.tags[0] if query.tags else "", []).append(query)
    return dict(sorted(found.items()))


def defaults(query: NamedQuery) -> dict[str, str]:
    """The parameters' defaults, as a user would write them."""
    return {parameter.name: parameter.default or "" for parameter in query.parameters}


def summary(query: NamedQuery, language: str) -> str:
    """The question in a language of the interface, else in English."""
    return (query.summary_zh if language == "zh" else "") or query.summary
