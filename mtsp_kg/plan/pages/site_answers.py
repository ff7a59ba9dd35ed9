"""Documents that have been made, kept while there is room: those asked for last, up to a number of bytes.

Imports nothing of the package but the form of a document.

The site as a server sees it: a request in, a status, headers and bytes out, by the same documents as on disk.

Fits the form of `serve.site.Site` without importing it. Imports `errors`, `publish.configs`, `publish.paths`,
`publish.questions`, `publish.site`, `publish.words`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import urlencode, urlsplit

from mtsp_kg.errors import MtspError
from mtsp_kg.plan import names
from mtsp_kg.plan.pages import questions
from mtsp_kg.plan.pages.site import Document, Site
from mtsp_kg.publish import paths
from mtsp_kg.publish.server_configs import POLICY
from mtsp_kg.publish.words import LANGUAGES

if TYPE_CHECKING:
    from mtsp_kg.plan.pages.site import Document

_ROOM = 32 << 20
_OVERHEAD = 600


class Kept:
    """Documents by path. make: makes one, or says None; room: the most bytes that are kept.

    What does not exist is not kept, so that asking for it fills nothing.
    """

    def __init__(self, make: Callable[[str], Document | None], room: int = _ROOM) -> None:
        self._make, self._room = make, room
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self.size = 0

    def known(self, path: str) -> Document | None:
        """A document that is kept."""
        document = self._documents.get(path)
        if document is not None:
            with suppress(KeyError):  # another thread may have let go of it just now
                self._documents.move_to_end(path)
        return document

    def find(self, path: str) -> Document | None:
        """A document, made if it is not kept."""
        document = self.known(path)
        if document is None:
            document = self._make(path)
            if document is not None:
                self._keep(path, document)
        return document

    def _keep(self, path: str, document: Document) -> None:
        _ = document.etag  # reckoned here, by who makes it
        self._documents[path] = document
        self.size += len(document.content) + _OVERHEAD
        while self.size > self._room and len(self._documents) > 1:
            _, old = self._documents.popitem(last=False)
            self.size -= len(old.content) + _OVERHEAD


T = TypeVar("T")
_PROBLEM = "application/problem+json"
_QUESTION, _SPARQL, _SEARCH, _WHY = "questions/", "sparql", "search", "why"
_ENDPOINT = frozenset({"sparql", "sparql/", "sparql/asserted", "sparql/asserted/"})


class Run(Protocol):
    """Does some work, elsewhere perhaps, and gives what it gives."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]: ...


class Ask(Protocol):
    """Asks a server's pool, on the visitor's account. Raises MtspError."""

    def __call__(self, name: str, values: Mapping[str, str], /) -> Awaitable[bytes]:
        """The answer to a question with its parameters, as SPARQL results in JSON."""

    def sparql(self, text: str, *, asserted: bool) -> Awaitable[tuple[str, bytes]]:
        """The answer to a visitor's query: `table` or `boolean` and SPARQL results in JSON, or `graph` and Turtle."""


async def at_once(work: Callable[[], T], /) -> T:
    """Does work here and now."""
    return work()


class Request(Protocol):
    """What is read of a request: `path` decoded and from the first slash, `query`, and what the client likes best."""

    @property
    def path(self) -> str: ...
    @property
    def query(self) -> Mapping[str, str]: ...
    def best_media(self, offers: Sequence[str]) -> str | None: ...
    def best_language(self, offers: Sequence[str]) -> str: ...


@dataclass(frozen=True)
class Answer:
    """What is sent back."""

    status: int
    media_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Answers:
    """Answers requests from a site's documents, of which those asked for last are kept. run: does what takes a moment,
    one thing at a time, for a site is not made for several threads."""

    def __init__(self, site: Site, run: Run = at_once) -> None:
        self.site = site
        self.root = urlsplit(site.options.address).path
        sources = [*site.source.project.ontology_files(), *site.source.project.graph_files()]
        newest = max((path.stat().st_mtime for path in sources), default=0.0)
        self._modified = format_datetime(datetime.fromtimestamp(newest, UTC), usegmt=True)
        self._run = run
        self._kept = Kept(site.document)
        self._links = lru_cache(maxsize=4096)(self._links_of)

    async def respond(self, request: Request, ask: Ask) -> Answer | None:
        """The answer to a GET or HEAD; None when there is nothing at that path and the client wants no page.

        Raises what the site raises; a failure of a question's query becomes a page with its status and message.
        """
        path = request.path.removeprefix("/")
        if path == "" or path.removesuffix("/") in LANGUAGES[1:]:
            return await self._home(request, path.removesuffix("/"))
        if self.site.options.live:
            page = await self._live(path, request, ask)
            if page is not None:
                return page
        document = await self._document(path)
        if document is not None:
            return self._found(document)
        stem = self.site.stem_of(self.site.options.base + path) or self._bare(path)
        if stem is not None:
            return self._elsewhere(stem, request)
        return await self._missing(request)

    async def _document(self, path: str) -> Document | None:
        known = self._kept.known(path)
        return known if known is not None else await self._run(lambda: self._kept.find(path))

    def _bare(self, path: str) -> str | None:
        # The address of a document without its suffix stands for the document in any form.
        return path if path in self.site.source.stems else None

    async def _home(self, request: Request, language: str) -> Answer:
        if language:  # the folder of a language: where its links are right
            index = self.root + paths.page_of("index", language)
            return Answer(303, "text/plain; charset=utf-8", f"See {index}\n".encode(), {"Location": index})
        language = request.best_language(LANGUAGES)
        document = await self._document(paths.page_of("index", language))
        assert document is not None
        found = self._found(document)
        place = {"Vary": "Accept-Language", "Content-Location": self.root + document.path, "Content-Language": language}
        return Answer(200, found.media_type, found.body, {**found.headers, **place})

    def _found(self, document: Document) -> Answer:
        headers = {"ETag": document.etag, "Last-Modified": self._modified, "Vary": "Accept-Encoding"}
        plain, language = document.path, LANGUAGES[0]
        for other in LANGUAGES[1:]:
            if plain.startswith(other + "/"):
                plain, language = plain[len(other) + 1 :], other
        for suffix in paths.ALL_SUFFIXES:
            stem = plain.removesuffix(suffix)
            if stem != plain and stem in self.site.source.stems:
                headers["Link"] = self._links(stem)
        if document.media_type == paths.PAGE.media_type:
            headers["Content-Language"] = language
            headers["Content-Security-Policy"] = POLICY
        return Answer(200, document.media_type, document.content, headers)

    def _links_of(self, stem: str) -> str:
        iri = self.site.options.rebased(self.site.source.stems[stem].encode()).decode()
        about = paths.request_path(self.site.source.stems[stem])
        links = [f'<{self.root}{stem}{form.suffix}>; rel="alternate"; type="{form.essence}"' for form in paths.FORMS]
        if about and iri.isascii() and paths.open_link(iri):
            links.append(f'<{iri}>; rel="describes"')
        return ", ".join(links)

    def _elsewhere(self, stem: str, request: Request) -> Answer:
        """303 See Other to the document in the form that the client likes best (W3C Cool URIs, section 4.2)."""
        offers = [form.essence for form in paths.FORMS]
        best = request.best_media(offers)
        vary = {"Vary": "Accept, Accept-Language", "Link": self._links(stem)}
        if best is None:
            text = "Here is:\n" + "".join(f"{form.essence}  {self.root}{stem}{form.suffix}\n" for form in paths.FORMS)
            return Answer(406, "text/plain; charset=utf-8", text.encode(), vary)
        form = paths.FORMS[offers.index(best)]
        path = paths.page_of(stem, request.best_language(LANGUAGES)) if form is paths.PAGE else stem + form.suffix
        place = self.root + path
        body = f"See {place}\n".encode()
        described = f'<{place}>; rel="describedby", {vary["Link"]}'
        return Answer(303, "text/plain; charset=utf-8", body, {**vary, "Link": described, "Location": place})

    async def _missing(self, request: Request) -> Answer | None:
        # What takes anything is a program: it gets the server's own message.
        if request.best_media([_PROBLEM, paths.PAGE.essence]) != paths.PAGE.essence:
            return None
        language = request.best_language(LANGUAGES)
        document = await self._document(paths.page_of("404", language))
        assert document is not None
        headers = {"Content-Language": language, "Content-Security-Policy": POLICY, "Vary": "Accept, Accept-Language"}
        return Answer(404, document.media_type, document.content, headers)

    async def _live(self, path: str, request: Request, ask: Ask) -> Answer | None:
        """What only a server can answer: search, questions, queries, reasons; None for everything else."""
        language = next((one for one in LANGUAGES[1:] if path.startswith(one + "/")), LANGUAGES[0])
        plain = path.removeprefix(language + "/") if language != LANGUAGES[0] else path
        if path in _ENDPOINT:
            place = self.root + paths.page_of(_SPARQL, request.best_language(LANGUAGES))
            headers = {"Location": place, "Vary": "Accept, Accept-Language"}
            return Answer(303, "text/plain; charset=utf-8", f"See {place}\n".encode(), headers)
        given = {name: value.replace(self.site.options.base, names.BASE) for name, value in request.query.items()}
        if plain == paths.page_of(_SEARCH) and given.get("q"):
            return _page(language, await self._run(lambda: self.site.search(language, given["q"])))
        if plain == paths.page_of(_SPARQL) and given.get("query", "").strip():
            return await self._sparql(language, request.query, ask)
        if plain == paths.page_of(_WHY):
            plan = self.site.source.plan
            terms = [names.expand(given.get(part, ""), plan) or "" for part in ("subject", "predicate", "object")]
            page = await self._run(lambda: self.site.why(language, (terms[0], terms[1], terms[2])))
            return None if page is None else _page(language, page)
        return await self._question(plain, language, given, ask)

    async def _sparql(self, language: str, query: Mapping[str, str], ask: Ask) -> Answer:
        text, asserted = query["query"], bool(query.get("asserted"))
        form, body, status, failure = "", b"", 200, ""
        try:
            form, body = await ask.sparql(text, asserted=asserted)
        except MtspError as error:
            status, failure = error.http_status, questions.told(error)

        def make() -> bytes:
            if failure:
                result = questions.Result(failure=failure)
            elif form == "graph":
                result = questions.triples(body)
            else:
                result = questions.result(body, self.site.source.plan, {})
            return self.site.sparql(language, text, result, asserted=asserted)

        return _page(language, await self._run(make), status)

    async def _question(self, plain: str, language: str, given: Mapping[str, str], ask: Ask) -> Answer | None:
        catalogue = self.site.source.catalogue
        if not plain.startswith(_QUESTION):
            return None
        name, _, suffix = plain.removeprefix(_QUESTION).rpartition(".")
        query = catalogue.get(name)
        if query is None or suffix not in ("html", "csv", "json"):
            return None
        values = {one.name: given[one.name] for one in query.parameters if given.get(one.name)}
        if suffix != "html":
            place = f"{self.root}api/{name}.{suffix}" + (f"?{urlencode(values)}" if values else "")
            return Answer(303, "text/plain; charset=utf-8", f"See {place}\n".encode(), {"Location": place})
        all_values = questions.defaults(query) | values
        body, status, failure = b"", 200, ""
        try:
            body = await ask(name, values)
        except MtspError as error:
            status, failure = error.http_status, questions.told(error)

        def make() -> bytes:
            result = questions.Result(failure=failure, values=all_values)
            if not failure:
                result = questions.result(body, self.site.source.plan, all_values)
            return self.site.question(name, language, result)

        return _page(language, await self._run(make), status)


def _page(language: str, content: bytes, status: int = 200) -> Answer:
    headers = {"Content-Language": language, "Content-Security-Policy": POLICY}
    return Answer(status, paths.PAGE.media_type, content, headers)
