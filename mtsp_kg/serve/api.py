"""The catalogue as an API: each query of `queries/ask/` at its own path, with parameters bound as terms.

The names of entities in parameters are resolved here, in the web process; the query itself runs in the pool.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.types import Receive, Scope, Send

from mtsp_kg.errors import ParameterError
from mtsp_kg.publish.rebase import Rebase
from mtsp_kg.query.catalogue import NamedQuery
from mtsp_kg.query.entities import Entities
from mtsp_kg.query.parameters import bind
from mtsp_kg.serve import requests
from mtsp_kg.serve.negotiation import best_media, with_charset
from mtsp_kg.serve.pool import Pool
from mtsp_kg.serve.problems import MethodNotAllowedError, NotAcceptableError, ResourceNotFoundError
from mtsp_kg.serve.responses import QueryResult, send_body, send_result
from mtsp_kg.serve.worker import ROWS, Task

MAX_VALUE_LENGTH = 500
_MAX_SHOWN_NAME = 40
API_TYPES = {
    "application/json": ROWS,
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
}
"""Media type of an answer to the form of its table, as of `Task.table`; the preferred one first."""
_SUFFIXES = {".json": "application/json", ".csv": "text/csv"}


class ServedCatalogue:
    """Runs queries of the catalogue in the pool.

    entities: resolves the names in parameters, in the event loop, which computing suggestions would block; rebase: the
    base IRI under which the graph is served.
    """

    def __init__(self, queries: Sequence[NamedQuery], entities: Entities, pool: Pool, rebase: Rebase) -> None:
        self.queries = {query.name: query for query in queries}
        self.rebase = rebase
        self._entities = entities
        self._pool = pool

    async def run(self, name: str, values: Mapping[str, str], form: str, client: str) -> QueryResult:
        """The result of a query, for a client that has a place in the pool.

        values: parameters, as a user writes them; form: see `Task.table`. Raises ResourceNotFoundError,
        ParameterError, NotFoundError, and what the pool raises.
        """
        query = self.find(name)
        for key, value in values.items():
            if len(value) > MAX_VALUE_LENGTH:
                raise ParameterError(
                    f"Parameter '{key[:_MAX_SHOWN_NAME]}' is longer than {MAX_VALUE_LENGTH} characters.",
                    remedy="Give a shorter value.",
                )
        own_values = {key: self.rebase.back(value) for key, value in values.items()}
        text = self.rebase.out(bind(query, own_values, self._entities) if values else query.text)
        return await self._pool.run(Task(text, table=form, graph=None), client)

    def find(self, name: str) -> NamedQuery:
        """The query with a name. Raises ResourceNotFoundError."""
        if name not in self.queries:
            raise ResourceNotFoundError("No query has this name.", remedy="/api lists all queries.")
        return self.queries[name]

    def listing(self) -> bytes:
        """All queries with their parameters and columns, as JSON."""
        rows = [_listed(query) for _, query in sorted(self.queries.items())]
        return json.dumps({"queries": rows}, ensure_ascii=False, indent=2).encode() + b"\n"


class Api:
    """The API as an ASGI application: `/api` and `/api/<name>`, where the name may end in `.json` or `.csv`."""

    def __init__(self, catalogue: ServedCatalogue, pool: Pool) -> None:
        self._catalogue = catalogue
        self._pool = pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request. Raises MtspError before any part of a response is sent."""
        if scope["method"] != "GET":
            raise MethodNotAllowedError(scope["method"])
        name = scope["path_params"].get("name", "")
        if not name:
            await send_body(send, 200, "application/json", self._catalogue.listing(), {})
            return
        media, name = _media_and_name(name, requests.header(scope, b"accept"))
        query = self._catalogue.find(name)
        values = _values(requests.fields(scope["query_string"]))
        scope["state"]["query"] = json.dumps(values, ensure_ascii=False)
        client = requests.client_of(scope)
        async with self._pool.place(client):
            work = self._catalogue.run(name, values, API_TYPES[media], client)
            result = await requests.until_disconnect(work, receive)
            try:
                before, after = b"", b""
                if media == "application/json":
                    before, after = _around_rows(query, values, result.form)
                await send_result(send, with_charset(media), result, {"Vary": "Accept"}, before, after)
            finally:
                result.close()


def _media_and_name(name: str, accept: str) -> tuple[str, str]:
    for suffix, media_type in _SUFFIXES.items():
        if name.endswith(suffix):
            return media_type, name.removesuffix(suffix)
    media = best_media(accept, list(API_TYPES))
    if media is None:
        raise NotAcceptableError(API_TYPES)
    return media, name


def _values(fields: list[tuple[str, str]]) -> dict[str, str]:
    values = dict(fields)
    if len(values) != len(fields):
        repeated = next(name for name in values if sum(name == key for key, _ in fields) > 1)
        raise ParameterError(
            f"Parameter '{repeated[:_MAX_SHOWN_NAME]}' is given more than once.", remedy="Give it once."
        )
    return values


def _listed(query: NamedQuery) -> dict[str, Any]:
    return {
        "name": query.name,
        "question": query.summary,
        "question_zh": query.summary_zh,
        "tags": list(query.tags),
        "parameters": [parameter._asdict() for parameter in query.parameters],
        "columns": query.returns,
    }


def _around_rows(query: NamedQuery, values: dict[str, str], form: str) -> tuple[bytes, bytes]:
    """The JSON before and after the rows, or the boolean, of an answer."""
    head = {"query": query.name, "question": query.summary, "parameters": values, "columns": query.returns}
    opened = json.dumps(head, ensure_ascii=False)[:-1]
    return f'{opened}, "{"boolean" if form == "boolean" else "rows"}": '.encode(), b"}\n"
