"""The query operation of the SPARQL 1.1 Protocol (section 2.1): GET, POST of a form, POST of a query; no updates.

Without a query the endpoint describes itself (SPARQL 1.1 Service Description, section 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial

import pyoxigraph as ox
from starlette.types import Receive, Scope, Send

from mtsp_kg.serve import guard, requests
from mtsp_kg.serve.descriptions import service_description
from mtsp_kg.serve.negotiation import GRAPH_TYPES, TABLE_TYPES, best_media, with_charset
from mtsp_kg.serve.pool import Pool
from mtsp_kg.serve.problems import (
    QUERY_METHODS,
    BadRequestError,
    MethodNotAllowedError,
    NotAcceptableError,
    UnsupportedMediaTypeError,
)
from mtsp_kg.serve.responses import QueryResult, send_body, send_result
from mtsp_kg.serve.worker import Task

_FORM, _QUERY, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_OPERATION_PARAMETERS = frozenset({"query", "update", "default-graph-uri", "named-graph-uri"})
_UTF_8 = ("", "utf-8", "utf8", "us-ascii")
_READ_ONLY = "This endpoint is read-only: it has no update operation."
_SEND_QUERY = "Send a query with the parameter 'query'."
_MAX_SHOWN_IRI = 200
_VARY = {"Vary": "Accept"}


@dataclass(frozen=True)
class QueryOperation:
    """A query operation. default_graphs, named_graphs: the dataset of the request, None if it has none."""

    text: str
    default_graphs: list[str] | None = None
    named_graphs: list[str] | None = None


class SparqlEndpoint:
    """The endpoint as an ASGI application.

    view: `all`, or `asserted` without inferred triples; base: the public IRI of the server, with a final slash; path:
    of the endpoint below it; asserted: the IRI that, as `default-graph-uri`, denotes the merge of all graphs without
    inferred triples.
    """

    def __init__(
        self,
        pool: Pool,
        *,
        base: str,
        path: str = "sparql",
        view: str = "all",
        asserted: str,
    ) -> None:
        self._pool = pool
        self._iri = base + path
        self._view = view
        self._asserted = asserted
        self._description = cache(partial(service_description, base))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request. Raises MtspError before any part of a response is sent."""
        accept = requests.header(scope, b"accept")
        operation = await read_operation(scope, receive)
        if operation is None:
            media = best_media(accept, list(GRAPH_TYPES))
            if media is None:
                raise NotAcceptableError(GRAPH_TYPES)
            await send_body(send, 200, with_charset(media), self._description(media), _VARY)
            return
        scope["state"]["query"] = operation.text
        table, graph = best_media(accept, list(TABLE_TYPES)), best_media(accept, list(GRAPH_TYPES))
        if table is None and graph is None:
            raise NotAcceptableError(TABLE_TYPES | GRAPH_TYPES)
        client = requests.client_of(scope)
        async with self._pool.place(client):
            work = self.run(operation, TABLE_TYPES.get(table or ""), GRAPH_TYPES.get(graph or ""), client)
            result = await requests.until_disconnect(work, receive)
            try:
                media = (graph if result.form == "graph" else table) or ""
                await send_result(send, with_charset(media), result, _VARY)
            finally:
                result.close()

    async def run(self, operation: QueryOperation, table: str | None, graph: str | None, client: str) -> QueryResult:
        """The result of a query, for a client that has a place in the pool. table, graph: see `Task`.

        Raises QueryError if the guard rejects it, and what the pool raises.
        """
        guard.check(operation.text)
        return await self._pool.run(self._task(operation, table, graph), client)

    def _task(self, operation: QueryOperation, table: str | None, graph: str | None) -> Task:
        view, default, named = self._view, operation.default_graphs, operation.named_graphs
        if default is None and named is None and (found := dataset_clauses(operation.text)) is not None:
            default, named = found
        if default == [self._asserted]:
            view, default = "asserted", [""]
        return Task(
            operation.text, view, table, graph,
            default_graphs=default, named_graphs=named, base=self._iri,
        )  # fmt: skip


async def read_operation(scope: Scope, receive: Receive) -> QueryOperation | None:
    """The query operation of a request; None if it asks for the service description.

    Raises MethodNotAllowedError, UnsupportedMediaTypeError, TooLargeError, BadRequestError.
    """
    in_path = requests.fields(scope["query_string"])
    if scope["method"] == "GET":
        return _operation(in_path) if any(name in _OPERATION_PARAMETERS for name, _ in in_path) else None
    if scope["method"] != "POST":
        raise MethodNotAllowedError(scope["method"], QUERY_METHODS)
    media_type, charset = _content_type(requests.header(scope, b"content-type"))
    if media_type == _UPDATE:
        raise UnsupportedMediaTypeError(_READ_ONLY, remedy=_SEND_QUERY)
    if media_type not in (_FORM, _QUERY):
        what = f"Media type '{media_type}' is not supported." if media_type else "The Content-Type header is missing."
        raise UnsupportedMediaTypeError(what, remedy=f"Send {_QUERY} or {_FORM}.")
    if charset not in _UTF_8:
        raise UnsupportedMediaTypeError(f"Character encoding '{charset}' is not supported.", remedy="Send UTF-8.")
    content = await requests.body(scope, receive)
    if media_type == _FORM:
        return _operation(in_path + requests.fields(content.rstrip(b"\r\n")))
    if any(name == "query" for name, _ in in_path):
        raise BadRequestError("The request has a query in its path and in its body.", remedy="Send one query.")
    return _operation([*in_path, ("query", requests.text(content))])


def dataset_clauses(text: str) -> tuple[list[str], list[str]] | None:
    """The IRIs of FROM and of FROM NAMED in a query (SPARQL 1.1 Query, section 13.2) with several FROM clauses.

    The default graph is then the RDF merge of these graphs, but the engine matches a triple once for each graph that
    has it; if the dataset is given as parameters of the protocol, the engine merges the graphs correctly. None if the
    engine handles the query correctly, or an IRI is relative.

    >>> dataset_clauses("PREFIX a: <http://a/> SELECT * FROM a:b FROM <http://c> FROM NAMED a:d { ?s ?p ?o }")
    (['http://a/b', 'http://c'], ['http://a/d'])
    >>> dataset_clauses("SELECT * FROM <http://c> { ?s ?p ?o }")
    """
    prefixes: dict[str, str] = {}
    default: list[str] = []
    named: list[str] = []
    last: list[str] = []
    for kind, token in guard.tokens(text):
        if kind == "open" and token == "{":
            break
        if kind == "iri" and last[-2:-1] == ["PREFIX"]:
            prefixes[last[-1]] = token[1:-1]
        elif kind in ("iri", "name") and last[-1:] in (["FROM"], ["NAMED"]) and token.upper() not in ("FROM", "NAMED"):
            iri = token[1:-1] if kind == "iri" else _expanded(token, prefixes)
            if iri is None or ":" not in iri or "\\" in iri:
                return None
            (named if last[-1] == "NAMED" else default).append(iri)
        last = [*last[-1:], token if token.endswith(":") else token.upper()]
    return (default, named) if len(default) > 1 else None


def _expanded(name: str, prefixes: Mapping[str, str]) -> str | None:
    prefix, colon, local = name.partition(":")
    namespace = prefixes.get(f"{prefix}:")
    return None if not colon or namespace is None or "%" in local else namespace + local.rstrip(".")


def _operation(fields: list[tuple[str, str]]) -> QueryOperation:
    def all_of(name: str) -> list[str]:
        return [value for key, value in fields if key == name]

    if all_of("update"):
        raise BadRequestError(_READ_ONLY, remedy=_SEND_QUERY)
    queries = all_of("query")
    if len(queries) != 1:
        what = "The request has more than one query." if queries else "The request has no query."
        raise BadRequestError(what, remedy="Send one parameter 'query'.")
    default, named = all_of("default-graph-uri"), all_of("named-graph-uri")
    for iri in default + named:
        try:
            ox.NamedNode(iri)
        except ValueError as error:
            raise BadRequestError(
                f"'{iri[:_MAX_SHOWN_IRI]}' is not a valid IRI of a graph.", remedy="Give an absolute IRI."
            ) from error
    if not default and not named:
        return QueryOperation(queries[0])
    return QueryOperation(queries[0], list(dict.fromkeys(default)), list(dict.fromkeys(named)))


def _content_type(value: str) -> tuple[str, str]:
    """The media type and the charset in a Content-Type header, in lower case."""
    media_type, *parameters = (part.strip() for part in value.split(";"))
    charset = ""
    for parameter in parameters:
        name, _, text = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = text.strip().strip('"').lower()
    return media_type.lower(), charset
