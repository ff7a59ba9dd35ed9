"""Routes requests to the documents and pages of a site: negotiation, redirects, headers, and a cache of documents.

A document has the same bytes as the file that `mtsp publish` writes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from email.utils import format_datetime
from functools import lru_cache
from typing import Protocol, TypeVar
from urllib.parse import urlencode

from cachetools import LRUCache

from mtsp_kg.errors import MtspError
from mtsp_kg.publish.site_layout import DOCUMENT_FORMS, DOCUMENT_SUFFIXES, PAGE, SiteDocument, safe_link
from mtsp_kg.serve.responses import PROBLEM
from mtsp_kg.serve.site_interface import ServedSite, SiteAnswer, SiteQueries, SiteRequest

T = TypeVar("T")
_CACHE_SIZE = 32 << 20
_ENTRY_OVERHEAD = 600  # bytes of a cached document beside its content
_PLAIN_TEXT = "text/plain; charset=utf-8"
_ENDPOINT_PATHS = frozenset({"sparql", "sparql/", "sparql/asserted", "sparql/asserted/"})
_QUESTIONS, _SPARQL, _SEARCH, _PROOF = "questions/", "sparql", "search", "why"


class Run(Protocol):
    """Runs a function, possibly in another thread, and returns its result."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]: ...


async def run_here(work: Callable[[], T], /) -> T:
    """Runs a function in this thread."""
    return work()


class SiteAnswers:
    """Answers requests to a site, and caches the most recently requested documents.

    run: runs slow functions one at a time, since a site is not thread-safe.
    """

    def __init__(self, site: ServedSite, run: Run = run_here, *, cache_size: int = _CACHE_SIZE) -> None:
        self.site = site
        self._layout = site.layout
        self._root = site.layout.root
        self._modified = format_datetime(site.modified, usegmt=True)
        self._run = run
        # A path without a document is not cached: requests for such paths would fill the cache.
        self._cache: LRUCache[str, SiteDocument] = LRUCache(cache_size, getsizeof=_size)
        self._links = lru_cache(maxsize=4096)(self._link_header)

    async def respond(self, request: SiteRequest, queries: SiteQueries) -> SiteAnswer | None:
        """The answer to a GET or HEAD request; None if there is none and the client does not prefer a page.

        Raises what the site raises; if a query fails, its page has the status and the message.
        """
        path = request.path.removeprefix("/")
        if path == "" or path.removesuffix("/") in self._layout.languages[1:]:
            return await self._home(request, path.removesuffix("/"))
        if self.site.live:
            page = await self._live_page(path, request, queries)
            if page is not None:
                return page
        document = await self._document(path)
        if document is not None:
            return self._found(document)
        stem = self.site.stem_of(self._layout.rebase.published + path) or (path if path in self.site.stems else None)
        if stem is not None:
            return self._see_other(stem, request)
        return await self._missing(request)

    async def _document(self, path: str) -> SiteDocument | None:
        document = self._cache.get(path)
        if document is None:
            document = await self._run(lambda: self._make(path))
            if document is not None and _size(document) <= self._cache.maxsize:
                self._cache[path] = document
        return document

    def _make(self, path: str) -> SiteDocument | None:
        document = self.site.document(path)
        if document is not None:
            _ = document.etag  # computed here, where the event loop does not wait for it
        return document

    async def _home(self, request: SiteRequest, language: str) -> SiteAnswer:
        if language:  # the folder of a language: redirect to where its relative links are right
            return self._redirect(self._layout.page("index", language))
        language = request.best_language(self._layout.languages)
        document = await self._document(self._layout.page("index", language))
        assert document is not None
        found = self._found(document)
        headers = {
            **found.headers,
            "Vary": "Accept-Language",
            "Content-Location": self._root + document.path,
            "Content-Language": language,
        }
        return SiteAnswer(found.body, found.media_type, headers=headers)

    def _found(self, document: SiteDocument) -> SiteAnswer:
        headers = {"ETag": document.etag, "Last-Modified": self._modified, "Vary": "Accept-Encoding"}
        language, plain = self._layout.split_language(document.path)
        for suffix in DOCUMENT_SUFFIXES:
            stem = plain.removesuffix(suffix)
            if stem != plain and stem in self.site.stems:
                headers["Link"] = self._links(stem)
        if document.media_type == PAGE.media_type:
            headers["Content-Language"] = language
        return SiteAnswer(document.content, document.media_type, headers=headers)

    def _link_header(self, stem: str) -> str:
        """The Link header of a stem's documents (RFC 8288)."""
        own_iri = self.site.stems[stem]
        iri = self._layout.rebase.out(own_iri)
        links = [
            f'<{self._root}{stem}{form.suffix}>; rel="alternate"; type="{form.essence}"' for form in DOCUMENT_FORMS
        ]
        if self._layout.request_path(own_iri) and iri.isascii() and safe_link(iri):
            links.append(f'<{iri}>; rel="describes"')
        return ", ".join(links)

    def _see_other(self, stem: str, request: SiteRequest) -> SiteAnswer:
        """A redirect to the document in the format that the client prefers (W3C Cool URIs, section 4.2)."""
        offers = [form.essence for form in DOCUMENT_FORMS]
        best = request.best_media(offers)
        headers = {"Vary": "Accept, Accept-Language", "Link": self._links(stem)}
        if best is None:
            listed = "".join(f"{form.essence}  {self._root}{stem}{form.suffix}\n" for form in DOCUMENT_FORMS)
            return SiteAnswer(f"Not Acceptable. Available are:\n{listed}".encode(), _PLAIN_TEXT, 406, headers)
        form = DOCUMENT_FORMS[offers.index(best)]
        language = request.best_language(self._layout.languages)
        path = self._layout.page(stem, language) if form is PAGE else stem + form.suffix
        headers["Link"] = f'<{self._root}{path}>; rel="describedby", {headers["Link"]}'
        return self._redirect(path, headers)

    def _redirect(self, path: str, headers: Mapping[str, str] | None = None) -> SiteAnswer:
        location = self._root + path
        return SiteAnswer(f"See {location}\n".encode(), _PLAIN_TEXT, 303, {**(headers or {}), "Location": location})

    async def _missing(self, request: SiteRequest) -> SiteAnswer | None:
        # A client that accepts anything is a program: it gets the server's message.
        if request.best_media([PROBLEM, PAGE.essence]) != PAGE.essence:
            return None
        language = request.best_language(self._layout.languages)
        document = await self._document(self._layout.page("404", language))
        assert document is not None
        return self._page(language, document.content, 404, {"Vary": "Accept, Accept-Language"})

    def _page(
        self, language: str, content: bytes, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> SiteAnswer:
        return SiteAnswer(content, PAGE.media_type, status, {"Content-Language": language, **(headers or {})})

    async def _live_page(self, path: str, request: SiteRequest, queries: SiteQueries) -> SiteAnswer | None:
        """The pages that depend on the visitor: searches, questions, queries, proofs; None for any other path."""
        if path in _ENDPOINT_PATHS:
            page = self._layout.page(_SPARQL, request.best_language(self._layout.languages))
            return self._redirect(page, {"Vary": "Accept, Accept-Language"})
        language, plain = self._layout.split_language(path)
        given = {name: self._layout.rebase.back(value) for name, value in request.query.items()}
        if plain == self._layout.page(_SEARCH) and given.get("q"):
            return self._page(language, await self._run(lambda: self.site.search_page(language, given["q"])))
        if plain == self._layout.page(_SPARQL) and given.get("query", "").strip():
            return await self._sparql(language, request.query, queries)
        if plain == self._layout.page(_PROOF):
            triple = [given.get(part, "") for part in ("subject", "predicate", "object")]
            page_body = await self._run(lambda: self.site.proof_page(language, *triple))
            return None if page_body is None else self._page(language, page_body)
        if plain.startswith(_QUESTIONS):
            name, _, suffix = plain.removeprefix(_QUESTIONS).rpartition(".")
            return await self._question(language, name, suffix, given, queries)
        return None

    async def _sparql(self, language: str, query: Mapping[str, str], queries: SiteQueries) -> SiteAnswer:
        text, asserted = query["query"], bool(query.get("asserted"))
        answer: tuple[str, bytes] | MtspError
        try:
            answer = await queries.sparql(text, asserted=asserted)
        except MtspError as error:
            answer = error
        page = await self._run(lambda: self.site.sparql_page(language, text, answer, asserted=asserted))
        return self._page(language, page, answer.http_status if isinstance(answer, MtspError) else 200)

    async def _question(
        self, language: str, name: str, suffix: str, given: Mapping[str, str], queries: SiteQueries
    ) -> SiteAnswer | None:
        question = self.site.questions.get(name)
        if question is None or suffix not in ("html", "csv", "json"):
            return None
        values = {one.name: given[one.name] for one in question.parameters if given.get(one.name)}
        if suffix != "html":
            return self._redirect(f"api/{name}.{suffix}" + (f"?{urlencode(values)}" if values else ""))
        answer: bytes | MtspError
        try:
            answer = await queries.question(name, values)
        except MtspError as error:
            answer = error
        page = await self._run(lambda: self.site.question_page(language, name, values, answer))
        return self._page(language, page, answer.http_status if isinstance(answer, MtspError) else 200)


def _size(document: SiteDocument) -> int:
    return len(document.content) + _ENTRY_OVERHEAD
