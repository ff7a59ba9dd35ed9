"""The dataset clauses of a query (SPARQL 1.1 Query, section 13.2): FROM and FROM NAMED, as its text gives them.

The default graph of several FROM clauses is the RDF merge of their graphs; the engine gives a triple once for each
graph that states it. Handed over as the protocol's parameters, which say the same, the graphs are merged as they should
be. Imports this room.

The SPARQL 1.1 Protocol, its query operation (section 2.1): GET, form POST, direct POST; no update operation.

Without a query the endpoint describes itself (SPARQL 1.1 Service Description, section 2). Imports `errors`, `formats`,
`names` and this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
from starlette.types import Receive, Scope, Send

from mtsp_kg.formats import RDF_FORMATS
from mtsp_kg.serve import guard, requests
from mtsp_kg.serve.guard import tokens
from mtsp_kg.serve.pool import Pool, Result
from mtsp_kg.serve.problems import BadRequestError, MediaTypeError, MethodError, NotAcceptableError
from mtsp_kg.serve.requests import best_media
from mtsp_kg.serve.responses import send_spool, send_whole
from mtsp_kg.serve.worker import Task


def clauses(text: str) -> tuple[list[str], list[str]] | None:
    """The IRIs of FROM and of FROM NAMED, when there are several FROM and each is absolute; None when the engine can be
    left to it.

    >>> clauses("PREFIX a: <http://a/> SELECT * FROM a:b FROM <http://c> FROM NAMED a:d { ?s ?p ?o }")
    (['http://a/b', 'http://c'], ['http://a/d'])
    >>> clauses("SELECT * FROM <http://c> { ?s ?p ?o }")
    """
    prefixes: dict[str, str] = {}
    default: list[str] = []
    named: list[str] = []
    last: list[str] = []
    for kind, token in tokens(text):
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


def _expanded(name: str, prefixes: dict[str, str]) -> str | None:
    prefix, colon, local = name.partition(":")
    space = prefixes.get(f"{prefix}:")
    return None if not colon or space is None or "%" in local else space + local.rstrip(".")


TABLE_TYPES = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
GRAPH_TYPES = {format_.media_type: format_.name for format_ in RDF_FORMATS}
_FORM, _QUERY, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_READ_ONLY = "This endpoint is read-only: it has no update operation."
_VARY = {"Vary": "Accept"}


@dataclass(frozen=True)
class Asked:
    """A query operation. default_graphs, named_graphs: None where the request says nothing of them."""

    text: str
    default_graphs: list[str] | None = None
    named_graphs: list[str] | None = None


def with_charset(media_type: str) -> str:
    """A media type as Content-Type has it: what is text says that it is UTF-8."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


class Endpoint:
    """The endpoint as an ASGI application. view: `all` or `asserted`; base: the server's; path: below it; prefixes:
    for results in Turtle and TriG; asserted: the `default-graph-uri` of the merge of the graphs without inferences."""

    def __init__(
        self,
        pool: Pool,
        *,
        base: str,
        path: str = "sparql",
        view: str = "all",
        prefixes: Mapping[str, str],
        asserted: str,
    ) -> None:
        self._pool = pool
        self._base = base
        self._iri = base + path
        self._view = view
        self._prefixes = dict(prefixes)
        self._asserted = asserted
        self._description = cache(self._describe)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request. Raises MtspError before anything of an answer is sent."""
        accept = requests.header(scope, b"accept")
        asked = await read(scope, receive)
        if asked is None:
            media = best_media(accept, list(GRAPH_TYPES))
            if media is None:
                raise _unacceptable("The description", GRAPH_TYPES)
            await send_whole(send, 200, with_charset(media), self._description(media), _VARY)
            return
        scope["state"]["query"] = asked.text
        table, graph = best_media(accept, list(TABLE_TYPES)), best_media(accept, list(GRAPH_TYPES))
        if table is None and graph is None:
            raise _unacceptable("A result", TABLE_TYPES | GRAPH_TYPES)
        client = requests.client_of(scope)
        async with self._pool.place(client):
            work = self.run(asked, TABLE_TYPES.get(table or ""), GRAPH_TYPES.get(graph or ""), client)
            result = await requests.while_there(work, receive)
            try:
                media = (graph if result.form == "graph" else table) or ""
                await send_spool(send, with_charset(media), result.body, _VARY)
            finally:
                result.body.close()

    async def run(self, asked: Asked, table: str | None, graph: str | None, client: str) -> Result:
        """The result of a query for a client that has a place; table, graph: the forms, as `Task` has them.

        Raises QueryError when the guard refuses it, and what the pool raises.
        """
        guard.check(asked.text)
        return await self._pool.run(self._task(asked, table, graph), client)

    def _task(self, asked: Asked, table: str | None, graph: str | None) -> Task:
        view, default, named = self._view, asked.default_graphs, asked.named_graphs
        if default is None and named is None and (found := clauses(asked.text)) is not None:
            default, named = found
        if default == [self._asserted]:
            view, default = "asserted", [""]
        return Task(
            asked.text, view, table, graph,
            default_graphs=default, named_graphs=named, base=self._iri, prefixes=self._prefixes,
        )  # fmt: skip

    def _describe(self, media_type: str) -> bytes:
        source = Path(__file__).with_name("description.ttl").read_bytes()
        triples = ox.parse(source, ox.RdfFormat.TURTLE, base_iri=self._base)
        form = ox.RdfFormat.from_media_type(media_type)
        return ox.serialize((ox.Triple(*quad.triple) for quad in triples), format=form) or b""


async def read(scope: Scope, receive: Receive) -> Asked | None:
    """What a request asks; None when it asks for the description.

    Raises MethodError, MediaTypeError, TooLargeError, BadRequestError (no query or several, not UTF-8, an update).
    """
    in_path = requests.fields(scope["query_string"])
    if scope["method"] == "GET":
        if not {name for name, _ in in_path} & {"query", "update", "default-graph-uri", "named-graph-uri"}:
            return None
        return _asked(in_path)
    if scope["method"] != "POST":
        raise MethodError(f"The endpoint has no method {scope['method']}.", remedy="Use GET or POST.")
    media_type, charset = _content_type(requests.header(scope, b"content-type"))
    if media_type not in (_FORM, _QUERY):
        if media_type == _UPDATE:
            raise MediaTypeError(_READ_ONLY, remedy="Ask a query.")
        what = f"A body of the type '{media_type}' is not taken." if media_type else "The body's type is not said."
        raise MediaTypeError(what, remedy=f"Send {_QUERY} or {_FORM}.")
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise MediaTypeError(f"A body in '{charset}' is not taken.", remedy="Send UTF-8.")
    content = await requests.body(scope, receive)
    if media_type == _FORM:
        return _asked(in_path + requests.fields(content.rstrip(b"\r\n")))
    if any(name == "query" for name, _ in in_path):
        raise BadRequestError("The query is given twice: in the path and in the body.", remedy="Give it once.")
    return _asked([*in_path, ("query", requests.text(content))])


def _asked(given: list[tuple[str, str]]) -> Asked:
    def all_of(name: str) -> list[str]:
        return [value for key, value in given if key == name]

    if all_of("update"):
        raise BadRequestError(_READ_ONLY, remedy="Ask a query with 'query='.")
    queries = all_of("query")
    if len(queries) != 1:
        what = "There is no query." if not queries else "There is more than one query."
        raise BadRequestError(what, remedy="Give one parameter 'query'.")
    default, named = all_of("default-graph-uri"), all_of("named-graph-uri")
    for iri in default + named:
        try:
            ox.NamedNode(iri)
        except ValueError as error:
            raise BadRequestError(f"'{iri[:200]}' is no IRI of a graph.", remedy="Give an absolute IRI.") from error
    if not default and not named:
        return Asked(queries[0])
    return Asked(queries[0], list(dict.fromkeys(default)), list(dict.fromkeys(named)))


def _content_type(value: str) -> tuple[str, str]:
    media_type, *parameters = (part.strip() for part in value.split(";"))
    charset = ""
    for parameter in parameters:
        name, _, text = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = text.strip().strip('"').lower()
    return media_type.lower(), charset


def _unacceptable(what: str, types: dict[str, str]) -> NotAcceptableError:
    return NotAcceptableError(
        f"{what} cannot be had in any type that you accept.", remedy=f"Types: {', '.join(types)}."
    )
