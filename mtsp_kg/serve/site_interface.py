"""What a site is to the server: something that answers a path with a page, and may ask queries of the catalogue.

A site is written elsewhere and handed to the application; it need not import this module, for it fits by its form. The
application adds what is the same for every answer: HEAD, conditional requests (`If-None-Match`, `If-Modified-Since`),
security headers, CORS, the access log, and 404 as a message when the site gives None.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from mtsp_kg.serve.requests import best_language, best_media


class Ask(Protocol):
    """Asks the pool, on the visitor's account. Raises MtspError, of which each kind has its HTTP status."""

    def __call__(self, name: str, values: Mapping[str, str], /) -> Awaitable[bytes]:
        """A query of the catalogue: its name and its parameters as a user writes them; gives SPARQL results as JSON."""

    def sparql(self, text: str, *, asserted: bool) -> Awaitable[tuple[str, bytes]]:
        """A visitor's query, without inferences where `asserted`; gives `table` or `boolean` and SPARQL results as
        JSON, or `graph` and Turtle."""


@dataclass(frozen=True)
class SiteRequest:
    """What a visitor asks for.

    path: decoded, from the first slash, never with the host. query: the query string's parameters, the first of each
    name. accept, accept_language: the headers as they came, empty when absent.
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    accept: str = ""
    accept_language: str = ""

    def best_media(self, offers: Sequence[str]) -> str | None:
        """The media type of `offers` (the favourite first) that the visitor likes best; None when none will do: 406."""
        return best_media(self.accept, offers)

    def best_language(self, offers: Sequence[str]) -> str:
        """The language of `offers` that the visitor likes best, else the first."""
        return best_language(self.accept_language, offers)


class SiteAnswer(Protocol):
    """What a site gives back; any object with these four attributes.

    headers: names in any case, values in printable ASCII (`ETag`, `Last-Modified`, `Vary`, `Link`, `Location`,
    `Content-Language` ...). A `Content-Security-Policy` there replaces the server's own. media_type: with its charset,
    where it has one.
    """

    @property
    def status(self) -> int: ...
    @property
    def media_type(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


class Site(Protocol):
    """Answers every GET and HEAD that is not the endpoint's, the API's or /health's."""

    def begin(self) -> None:
        """Called once, when the server answers: a site may make beforehand what it will need."""

    async def respond(self, request: SiteRequest, ask: Ask) -> SiteAnswer | None:
        """The answer to a request; None when there is nothing at that path. An MtspError becomes its status and
        message."""


@dataclass(frozen=True)
class Page:
    """A SiteAnswer for those who want one ready made."""

    body: bytes
    media_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class NoSite:
    """The site of a server that has only the endpoint, the API and /health."""

    def begin(self) -> None:
        """Nothing to make."""

    async def respond(self, request: SiteRequest, ask: Ask) -> SiteAnswer | None:
        """Nothing at any path."""
        return None
