"""The catalogue as RDF, in the manner of sib-swiss/sparql-examples: one `sh:SPARQLExecutable` a query, with its
question in each language, its text, its tags and the endpoint it runs at. Imports `names`, `query` and this room.

The catalogue as an API: each query of `queries/ask/` at a path of its own, parameters bound as terms.

Names of entities are resolved here, in the web process; the query itself runs in the pool. Imports `errors`, `query`
and this room.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox
from starlette.types import Receive, Scope, Send

from mtsp_kg import vocab
from mtsp_kg.errors import ParameterError
from mtsp_kg.publish.rebase import Rebase
from mtsp_kg.query.catalogue import NamedQuery
from mtsp_kg.query.entities import Entities
from mtsp_kg.query.parameters import bind
from mtsp_kg.serve import requests
from mtsp_kg.serve.pool import Pool, Result
from mtsp_kg.serve.problems import MethodError, NotAcceptableError, NothingHereError
from mtsp_kg.serve.protocol import with_charset
from mtsp_kg.serve.requests import best_media
from mtsp_kg.serve.responses import send_spool, send_whole
from mtsp_kg.serve.worker import ROWS, Task

_KIND = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b")
_COMMENT = re.compile(r"^\s*#.*\n?", re.MULTILINE)
_PREFIX = re.compile(r"^PREFIX\s+([\w.-]*):\s*<([^<>\s]*)>", re.MULTILINE | re.IGNORECASE)


def examples(queries: list[NamedQuery], base: str) -> list[ox.Triple]:
    """The triples; base: the server's IRI, with its final slash."""
    found: dict[str, str] = {}
    triples: list[ox.Triple] = []
    prefixes = ox.NamedNode(f"{base}.well-known/sparql-examples#prefixes")
    for query in queries:
        body = _COMMENT.sub("", query.text)
        found |= dict(_PREFIX.findall(body))
        triples += _one(query, body, base, prefixes)
    for prefix, namespace in sorted(found.items()):
        node = ox.NamedNode(f"{prefixes.value}-{prefix}")
        triples += [
            ox.Triple(prefixes, _sh("declare"), node),
            ox.Triple(node, _sh("prefix"), ox.Literal(prefix)),
            ox.Triple(node, _sh("namespace"), ox.Literal(namespace, datatype=ox.NamedNode(vocab.XSD + "anyURI"))),
        ]
    return triples


def _one(query: NamedQuery, body: str, base: str, prefixes: ox.NamedNode) -> Iterator[ox.Triple]:
    node = ox.NamedNode(f"{base}api/{query.name}")
    kind = found.group(1) if (found := _KIND.search(body)) else "SELECT"
    type_ = ox.NamedNode(vocab.RDF_TYPE)
    yield ox.Triple(node, type_, _sh("SPARQLExecutable"))
    yield ox.Triple(node, type_, _sh(f"SPARQL{kind.capitalize()}Executable"))
    comment = ox.NamedNode(vocab.VOCABULARIES["rdfs"] + "comment")
    yield ox.Triple(node, comment, ox.Literal(query.summary, language="en"))
    if query.summary_zh:
        yield ox.Triple(node, comment, ox.Literal(query.summary_zh, language="zh"))
    yield ox.Triple(node, _sh("prefixes"), prefixes)
    yield ox.Triple(node, _sh(kind.lower()), ox.Literal(body))
    schema = vocab.VOCABULARIES["schema"]
    for tag in query.tags:
        yield ox.Triple(node, ox.NamedNode(schema + "keywords"), ox.Literal(tag))
    yield ox.Triple(node, ox.NamedNode(schema + "target"), ox.NamedNode(base + "sparql"))


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(vocab.SH + name)


LONGEST_VALUE = 500
TYPES = {
    "application/json": ROWS,
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
}
SUFFIXES = {".json": "application/json", ".csv": "text/csv"}


class QuickEntities(Entities):
    """As Entities, but without the search for near names, which takes longer than a request may hold the server."""

    def _hint(self, name: str) -> str:
        return "Give an IRI, a prefixed name, or a whole name in any language."


class Catalogue:
    """The queries by name, and asking them. entities: resolves the names that parameters give; rebase: the
    base with which IRIs are published."""

    def __init__(self, queries: list[NamedQuery], entities: Entities, pool: Pool, rebase: Rebase) -> None:
        self.queries = {query.name: query for query in queries}
        self._entities = entities
        self.rebase = rebase
        self._pool = pool

    async def ask(self, name: str, values: Mapping[str, str], form: str, client: str) -> Result:
        """The answer to a query, for a client that has a place; form: as `Task.table`.

        Raises NothingHereError, ParameterError, NotFoundError, and what the pool raises.
        """
        query = self.find(name)
        for key, value in values.items():
            if len(value) > LONGEST_VALUE:
                raise ParameterError(f"Parameter '{key[:40]}' is longer than {LONGEST_VALUE} characters.")
        back = {key: self.rebase.back(value) for key, value in values.items()}
        text = self.rebase.out(bind(query, back, self._entities) if values else query.text)
        task = Task(text, table=form, graph=None)
        return await self._pool.run(task, client)

    def find(self, name: str) -> NamedQuery:
        """The query of that name. Raises NothingHereError."""
        if name not in self.queries:
            raise NothingHereError("There is no query of that name.", remedy="/api lists them all.")
        return self.queries[name]

    def listed(self) -> bytes:
        """All queries with their parameters and columns, as JSON."""
        rows = [_about(query) for _, query in sorted(self.queries.items())]
        return json.dumps({"queries": rows}, ensure_ascii=False, indent=2).encode() + b"\n"


class Api:
    """The API as an ASGI application: `/api` and `/api/<name>`, the name with `.json` or `.csv` where one wishes."""

    def __init__(self, catalogue: Catalogue, pool: Pool) -> None:
        self._catalogue = catalogue
        self._pool = pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request. Raises MtspError before anything of an answer is sent."""
        if scope["method"] != "GET":
            error = MethodError(f"The catalogue has no method {scope['method']}.", remedy="Use GET.")
            error.allow = "GET, HEAD, OPTIONS"
            raise error
        name = scope["path_params"].get("name", "")
        if not name:
            await send_whole(send, 200, "application/json", self._catalogue.listed(), {})
            return
        media, name = _form(name, requests.header(scope, b"accept"))
        query = self._catalogue.find(name)
        values = _values(requests.fields(scope["query_string"]))
        scope["state"]["query"] = json.dumps(values, ensure_ascii=False)
        client = requests.client_of(scope)
        async with self._pool.place(client):
            work = self._catalogue.ask(name, values, TYPES[media], client)
            result = await requests.while_there(work, receive)
            try:
                before, after = _around(query, values, result.form) if media == "application/json" else (b"", b"")
                await send_spool(send, with_charset(media), result.body, {"Vary": "Accept"}, before, after)
            finally:
                result.body.close()


def _form(name: str, accept: str) -> tuple[str, str]:
    for suffix, media_type in SUFFIXES.items():
        if name.endswith(suffix):
            return media_type, name.removesuffix(suffix)
    media = best_media(accept, list(TYPES))
    if media is None:
        raise NotAcceptableError(
            "A table cannot be had in any type that you accept.", remedy=f"Types: {', '.join(TYPES)}."
        )
    return media, name


def _values(given: list[tuple[str, str]]) -> dict[str, str]:
    values = dict(given)
    if len(values) != len(given):
        raise ParameterError("A parameter is given twice.", remedy="Give each once.")
    return values


def _about(query: NamedQuery) -> dict[str, Any]:
    return {
        "name": query.name,
        "question": query.summary,
        "question_zh": query.summary_zh,
        "tags": list(query.tags),
        "parameters": [parameter._asdict() for parameter in query.parameters],
        "columns": query.returns,
    }


def _around(query: NamedQuery, values: dict[str, str], form: str) -> tuple[bytes, bytes]:
    head = {"query": query.name, "question": query.summary, "parameters": values, "columns": query.returns}
    opened = json.dumps(head, ensure_ascii=False)[:-1]
    return f'{opened}, "{"boolean" if form == "boolean" else "rows"}": '.encode(), b"}\n"
