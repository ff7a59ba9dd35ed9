"""The answer to a question as its page shows it, and the texts of questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from mtsp_kg.errors import MtspError
from mtsp_kg.profile import Profile
from mtsp_kg.query.answer import Table
from mtsp_kg.query.catalogue import NamedQuery

MOST_ROWS = 500


@dataclass(frozen=True)
class ShownAnswer:
    """An answer as a page shows it: rows, a truth value, triples as Turtle, or why there is none.

    more: the number of rows or lines left out; values: the parameters, as the visitor wrote them.
    """

    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    more: int = 0
    failure: str = ""
    truth: bool | None = None
    turtle: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def shown_rows(sparql_json: bytes, profile: Profile, values: Mapping[str, str]) -> ShownAnswer:
    """A SPARQL results document in JSON as a page shows it."""
    found = ox.parse_query_results(sparql_json, ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return ShownAnswer(truth=bool(found), values=values)
    answer = Table(sparql_json, profile=profile)
    more = max(len(answer) - MOST_ROWS, 0)
    return ShownAnswer(answer.columns, answer.terms[:MOST_ROWS], more, values=values)


def shown_triples(turtle: bytes) -> ShownAnswer:
    """The first lines of triples in Turtle as a page shows them."""
    lines = turtle.decode("utf-8", "replace").splitlines()
    most = 4 * MOST_ROWS
    return ShownAnswer(turtle="\n".join(lines[:most]) or "#", more=max(len(lines) - most, 0))


def shown_failure(error: MtspError, values: Mapping[str, str] | None = None) -> ShownAnswer:
    """Why there is no answer, for a visitor: a line number is that of the query, a file is the operator's business."""
    position = f" (line {error.line})" if error.line is not None and error.file is None else ""
    return ShownAnswer(failure=f"{error.what}{position} {error.remedy or ''}".strip(), values=values or {})


def sparql_of(query: NamedQuery) -> str:
    """The SPARQL of a query without its header."""
    return "\n".join(line for line in query.text.splitlines() if not line.startswith("#+")) + "\n"


def by_tag(queries: Sequence[NamedQuery]) -> dict[str, list[NamedQuery]]:
    """The queries by their first tag, tags in alphabetical order."""
    found: dict[str, list[NamedQuery]] = {}
    for query in sorted(queries, key=lambda query: query.name):
        found.setdefault(query.tags[0] if query.tags else "", []).append(query)
    return dict(sorted(found.items()))


def defaults(query: NamedQuery) -> dict[str, str]:
    """The default values of a query's parameters, as a user writes them."""
    return {parameter.name: parameter.default or "" for parameter in query.parameters}


def summary(query: NamedQuery, language: str) -> str:
    """The question in a language of the interface, else in English."""
    return (query.summary_zh if language == "zh" else "") or query.summary
