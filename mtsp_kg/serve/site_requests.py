"""A site as an ASGI application: visitors' queries, conditional requests (RFC 9110, section 13), redirects within
the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from starlette.types import Receive, Scope, Send

from mtsp_kg.serve import requests
from mtsp_kg.serve.api import ServedCatalogue
from mtsp_kg.serve.pool import Pool
from mtsp_kg.serve.problems import MethodNotAllowedError, ResourceNotFoundError
from mtsp_kg.serve.protocol import QueryOperation, SparqlEndpoint
from mtsp_kg.serve.responses import QueryResult, send_body
from mtsp_kg.serve.site_interface import SiteAnswer, SiteQueries, SiteRequest, SiteResponder

_HEADERS_OF_304 = frozenset(
    {"cache-control", "content-location", "date", "etag", "expires", "vary", "last-modified", "link"}
)


@dataclass(frozen=True)
class VisitorQueries:
    """Runs the queries that a page needs on behalf of its visitor; see `SiteQueries`."""

    catalogue: ServedCatalogue
    endpoint: SparqlEndpoint
    asserted: SparqlEndpoint
    pool: Pool
    client: str

    async def question(self, name: str, values: Mapping[str, str], /) -> bytes:
        """The answer to a query of the catalogue, as SPARQL results in JSON."""
        async with self.pool.place(self.client):
            result = await self.catalogue.run(name, values, "json", self.client)
            return self._own_content(result)

    async def sparql(self, text: str, *, asserted: bool) -> tuple[str, bytes]:
        """The kind of the result of a query, and the result."""
        endpoint = self.asserted if asserted else self.endpoint
        async with self.pool.place(self.client):
            result = await endpoint.run(QueryOperation(text), "json", "turtle", self.client)
            return result.form, self._own_content(result)

    def _own_content(self, result: QueryResult) -> bytes:
        """The content of a result with the project's own base IRI."""
        try:
            return self.catalogue.rebase.back_bytes(result.read())
        finally:
            result.close()


class SiteApplication:
    """A site as an ASGI application. queries: of a client; base: the public IRI of the server, with a final slash."""

    def __init__(self, site: SiteResponder, queries: Callable[[str], SiteQueries], base: str) -> None:
        self._site = site
        self._queries = queries
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request. Raises MtspError before any part of a response is sent."""
        if scope["method"] != "GET":
            raise MethodNotAllowedError(scope["method"])
        answer = await requests.until_disconnect(self.answer(scope), receive)
        if answer is None:
            raise ResourceNotFoundError(
                "No resource has this address.",
                remedy="/sitemap.xml lists the pages, /api the questions; /sparql is the SPARQL endpoint.",
            )
        await self.send(scope, send, answer)

    async def answer(self, scope: Scope) -> SiteAnswer | None:
        """The site's answer to a request; None if it has none."""
        parameters: dict[str, str] = {}
        for name, value in requests.fields(scope["query_string"]):
            parameters.setdefault(name, value)
        accept, language = requests.header(scope, b"accept"), requests.header(scope, b"accept-language")
        request = SiteRequest(scope["path"], parameters, accept, language)
        return await self._site.respond(request, self._queries(requests.client_of(scope)))

    async def send(self, scope: Scope, send: Send, answer: SiteAnswer) -> None:
        """Sends a site's answer, or 304 if the client has it. Raises ValueError for a redirect to another server."""
        headers = dict(answer.headers)
        by_name = {name.lower(): value for name, value in headers.items()}
        if not is_on_server(by_name.get("location"), self._base):
            raise ValueError(f"a redirect to another server: {by_name['location']!r}")
        if answer.status == 200 and is_known(scope, by_name.get("etag"), by_name.get("last-modified")):
            kept = {name: value for name, value in headers.items() if name.lower() in _HEADERS_OF_304}
            await send_body(send, 304, "", b"", kept)
            return
        await send_body(send, answer.status, answer.media_type, answer.body, headers)


def is_on_server(location: str | None, base: str) -> bool:
    """Whether the target of a redirect is on this server: a path with one leading slash, or an IRI below the base.

    >>> [is_on_server(to, "http://a/") for to in ("/id/x", "http://a/b", "//evil", "/\\\\evil", "javascript:x", "http://ab/")]
    [True, True, False, False, False, False]
    """
    if location is None:
        return True
    if not location.isascii() or not location.isprintable() or "\\" in location or " " in location:
        return False
    return location.startswith(base) or (location.startswith("/") and not location.startswith("//"))


def is_known(scope: Scope, etag: str | None, modified: str | None) -> bool:
    """Whether the client has this version of a resource (RFC 9110, section 13.2.2): by its entity tags if it sends any,
    else by its date."""
    tags = requests.header(scope, b"if-none-match")
    if tags:
        if etag is None:
            return False
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return tags.strip() == "*" or etag.removeprefix("W/") in known
    since, changed = _date(requests.header(scope, b"if-modified-since")), _date(modified or "")
    return since is not None and changed is not None and changed <= since


def _date(value: str) -> datetime | None:
    if not value:
        return None
    with suppress(TypeError, ValueError, OverflowError):
        found = parsedate_to_datetime(value)
        return found if found.tzinfo is not None else None
    return None
