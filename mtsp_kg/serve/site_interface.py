"""The interfaces between the server and a site.

The caller passes a site to the application. A `ServedSite` has documents by path, and pages for questions, queries,
searches and proofs; `site_answers` routes requests to them. The application calls a `SiteResponder`, and adds the
common functions of all answers: HEAD, conditional requests, security headers, CORS, the access log, and a message for
404.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from mtsp_kg.errors import MtspError
from mtsp_kg.publish.site_layout import SiteDocument, SiteLayout
from mtsp_kg.query.catalogue import NamedQuery
from mtsp_kg.serve.negotiation import best_language, best_media


class SiteQueries(Protocol):
    """Sends queries to the pool on behalf of a visitor. Raises MtspError, each kind of which has an HTTP status."""

    def question(self, name: str, values: Mapping[str, str], /) -> Awaitable[bytes]:
        """The answer to a query of the catalogue, as SPARQL results in JSON. values: parameters as a user writes
        them."""

    def sparql(self, text: str, *, asserted: bool) -> Awaitable[tuple[str, bytes]]:
        """The answer to a visitor's query, without inferences if `asserted`: `table` or `boolean` and SPARQL results
        in JSON, or `graph` and Turtle."""


@dataclass(frozen=True)
class SiteRequest:
    """A GET or HEAD request to a site.

    path: decoded, from the first slash, without the host. query: the parameters of the query string, the first of each
    name. accept, accept_language: the headers, empty if absent.
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    accept: str = ""
    accept_language: str = ""

    def best_media(self, offers: Sequence[str]) -> str | None:
        """The media type of `offers` (in the server's order of preference) that the client prefers; None: 406."""
        return best_media(self.accept, offers)

    def best_language(self, offers: Sequence[str]) -> str:
        """The language of `offers` that the client prefers, else the first."""
        return best_language(self.accept_language, offers)


@dataclass(frozen=True)
class SiteAnswer:
    """An answer of a site.

    headers: names in any case, values in printable ASCII (`ETag`, `Last-Modified`, `Vary`, `Link`, `Location`,
    `Content-Language` ...); a `Content-Security-Policy` replaces the server's own. media_type: with its charset, if it
    has one.
    """

    body: bytes
    media_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class ServedSite(Protocol):
    """A site with pages that depend on the visitor. It is used by one thread at a time."""

    @property
    def layout(self) -> SiteLayout:
        """The addresses of the site."""

    @property
    def live(self) -> bool:
        """Whether the site has pages for questions, queries, searches and proofs, in addition to its documents."""

    @property
    def modified(self) -> datetime:
        """The modification time of the newest source of the site."""

    @property
    def stems(self) -> Mapping[str, str]:
        """Stem of documents to the IRI that they are about, with the project's own base."""

    @property
    def questions(self) -> Mapping[str, NamedQuery]:
        """The queries of the catalogue that have a page, by name."""

    def steps(self) -> list[Callable[[], object]]:
        """Functions that prepare what pages share, each of which takes a tenth of a second or less."""

    def document(self, path: str) -> SiteDocument | None:
        """The document at a path; None if there is none. Raises MtspError."""

    def stem_of(self, iri: str) -> str | None:
        """The stem of the documents about an IRI with the published base; None if there are none."""

    def question_page(self, language: str, name: str, given: Mapping[str, str], answer: bytes | MtspError) -> bytes:
        """The page of a question. given: the visitor's parameters; answer: SPARQL results in JSON, or why there are
        none."""

    def sparql_page(self, language: str, text: str, answer: tuple[str, bytes] | MtspError, *, asserted: bool) -> bytes:
        """The page of a visitor's query. answer: as returned by `SiteQueries.sparql`, or the error."""

    def search_page(self, language: str, text: str) -> bytes:
        """The page with the resources whose labels contain a text."""

    def proof_page(self, language: str, subject: str, predicate: str, object_: str) -> bytes | None:
        """The page with the proofs of a triple, its terms as IRIs or prefixed names; None if it is not inferred."""


class SiteResponder(Protocol):
    """Answers every GET and HEAD request that is not for the endpoint, the API or /health."""

    def begin(self) -> None:
        """Called once, when the server is ready: a site may prepare what it will need."""

    async def respond(self, request: SiteRequest, queries: SiteQueries) -> SiteAnswer | None:
        """The answer to a request; None if the site has nothing at that path. Raises MtspError, which becomes its
        status and message."""


class NoSite:
    """The site of a server that has only the endpoint, the API and /health."""

    def begin(self) -> None:
        """Does nothing."""

    async def respond(self, request: SiteRequest, queries: SiteQueries) -> SiteAnswer | None:
        """Returns None for any path."""
        return None
