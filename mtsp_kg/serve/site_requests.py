"""A site's answers on the wire: conditional requests (RFC 9110, section 13), and no redirect that leaves the server.

Imports this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from starlette.types import Receive, Scope, Send

from mtsp_kg.serve import requests
from mtsp_kg.serve.api import Catalogue
from mtsp_kg.serve.pool import Pool, Result
from mtsp_kg.serve.problems import MethodError, NothingHereError
from mtsp_kg.serve.protocol import Asked, Endpoint
from mtsp_kg.serve.responses import send_whole
from mtsp_kg.serve.site_interface import SiteAnswer, SiteRequest, SiteResponder

_KEPT_IN_304 = frozenset(
    {"cache-control", "content-location", "date", "etag", "expires", "vary", "last-modified", "link"}
)


@dataclass(frozen=True)
class Asking:
    """What a site may ask, and where: the catalogue, and visitors' queries at either endpoint."""

    catalogue: Catalogue
    endpoint: Endpoint
    asserted: Endpoint
    pool: Pool


@dataclass(frozen=True)
class VisitorQueries:
    """Sends queries on a visitor's account; see `SiteQueries`."""

    within: Asking
    client: str

    async def question(self, name: str, values: Mapping[str, str], /) -> bytes:
        """The answer to a query of the catalogue, as SPARQL results in JSON."""
        catalogue = self.within.catalogue
        async with self.within.pool.place(self.client):
            return catalogue.rebase.back_bytes(_whole(await catalogue.ask(name, values, "json", self.client)))

    async def sparql(self, text: str, *, asserted: bool) -> tuple[str, bytes]:
        """The form of the answer to a query, and the answer."""
        endpoint = self.within.asserted if asserted else self.within.endpoint
        async with self.within.pool.place(self.client):
            result = await endpoint.run(Asked(text), "json", "turtle", self.client)
            return result.form, self.within.catalogue.rebase.back_bytes(_whole(result))


def _whole(result: Result) -> bytes:
    try:
        return result.body.whole()
    finally:
        result.body.close()


class Pages:
    """A site as an ASGI application. base: the server's IRI, with its final slash."""

    def __init__(self, site: SiteResponder, asking: Asking, base: str) -> None:
        self._site = site
        self._asking = asking
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request. Raises MtspError before anything of an answer is sent."""
        if scope["method"] != "GET":
            error = MethodError(f"Nothing here has a method {scope['method']}.", remedy="Use GET.")
            error.allow = "GET, HEAD, OPTIONS"
            raise error
        answer = await requests.while_there(self.answer(scope), receive)
        if answer is None:
            raise NothingHereError(
                "There is nothing at this address.",
                remedy="/sitemap.xml lists the pages, /api the questions; /sparql is there too.",
            )
        await self.send(scope, send, answer)

    async def answer(self, scope: Scope) -> SiteAnswer | None:
        """What the site says to a request."""
        query: dict[str, str] = {}
        for name, value in requests.fields(scope["query_string"]):
            query.setdefault(name, value)
        accept, language = requests.header(scope, b"accept"), requests.header(scope, b"accept-language")
        queries = VisitorQueries(self._asking, requests.client_of(scope))
        return await self._site.respond(SiteRequest(scope["path"], query, accept, language), queries)

    async def send(self, scope: Scope, send: Send, answer: SiteAnswer) -> None:
        """Sends a site's answer, or 304 when the client has it."""
        headers = dict(answer.headers)
        by_name = {name.lower(): value for name, value in headers.items()}
        if not stays_here(by_name.get("location"), self._base):
            raise ValueError(f"a redirect to another server: {by_name['location']!r}")
        if answer.status == 200 and is_known(scope, by_name.get("etag"), by_name.get("last-modified")):
            kept = {name: value for name, value in headers.items() if name.lower() in _KEPT_IN_304}
            await send_whole(send, 304, "", b"", kept)
            return
        await send_whole(send, answer.status, answer.media_type, answer.body, headers)


def stays_here(location: str | None, base: str) -> bool:
    """Whether a redirect's target is on this server: a path of one slash, or an IRI below the base.

    >>> [stays_here(to, "http://a/") for to in ("/id/x", "http://a/b", "//evil", "/\\\\evil", "javascript:x", "http://ab/")]
    [True, True, False, False, False, False]
    """
    if location is None:
        return True
    if not location.isascii() or not location.isprintable() or "\\" in location or " " in location:
        return False
    return location.startswith(base) or (location.startswith("/") and not location.startswith("//"))


def is_known(scope: Scope, etag: str | None, modified: str | None) -> bool:
    """Whether the client has what it asks for (RFC 9110, section 13.2.2): by its tags where it names some, else by
    its date."""
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
