"""The site as a server sees it: a request in, a status, headers and bytes out, by the same documents as on disk.

Fits the form of `serve.site.Site` without importing it. Imports `errors`, `publish.configs`, `publish.paths`,
`publish.questions`, `publish.site`, `publish.words`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlsplit

from mtsp_kg.errors import MtspError
from mtsp_kg.publish import paths, questions
from mtsp_kg.publish.configs import POLICY
from mtsp_kg.publish.site import Document, Site
from mtsp_kg.publish.words import LANGUAGES

Ask = Callable[[str, Mapping[str, str]], Awaitable[bytes]]
_KEPT = 512


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
    """Answers requests from a site's documents; the last few hundred documents are kept."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.root = urlsplit(site.options.address).path
        sources = [*site.source.project.ontology_files(), *site.source.project.graph_files()]
        newest = max((path.stat().st_mtime for path in sources), default=0.0)
        self._modified = format_datetime(datetime.fromtimestamp(newest, UTC), usegmt=True)
        self._document = lru_cache(maxsize=_KEPT)(site.document)

    async def respond(self, request: Request, ask: Ask) -> Answer | None:
        """The answer to a GET or HEAD; None when there is nothing at that path and the client wants no page.

        Raises what the site raises; a failure of a question's query becomes a page with its status and message.
        """
        path = request.path.removeprefix("/")
        if path == "":
            return self._home(request)
        if self.site.options.live:
            page = await self._live(path, request, ask)
            if page is not None:
                return page
        document = self._document(path)
        if document is not None:
            return self._found(document)
        stem = self.site.stem_of(self.site.options.base + path) or self._bare(path)
        if stem is not None:
            return self._elsewhere(stem, request)
        return self._missing(request)

    def _bare(self, path: str) -> str | None:
        # The address of a document without its suffix stands for the document in any form.
        return path if path in self.site.source.stems else None

    def _home(self, request: Request) -> Answer:
        language = request.best_language(LANGUAGES)
        document = self._document(paths.page_of("index", language))
        assert document is not None
        found = self._found(document)
        place = {"Vary": "Accept-Language", "Content-Location": "/" + document.path, "Content-Language": language}
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

    def _links(self, stem: str) -> str:
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

    def _missing(self, request: Request) -> Answer | None:
        if request.best_media([paths.PAGE.essence]) is None:
            return None
        language = request.best_language(LANGUAGES)
        document = self._document(paths.page_of("404", language))
        assert document is not None
        headers = {"Content-Language": language, "Content-Security-Policy": POLICY, "Vary": "Accept, Accept-Language"}
        return Answer(404, document.media_type, document.content, headers)

    async def _live(self, path: str, request: Request, ask: Ask) -> Answer | None:
        language = next((one for one in LANGUAGES[1:] if path.startswith(one + "/")), LANGUAGES[0])
        plain = path.removeprefix(language + "/") if language != LANGUAGES[0] else path
        headers = {"Content-Language": language, "Content-Security-Policy": POLICY}
        if plain == paths.page_of("search"):
            page = self.site.search(language, request.query.get("q", ""))
            return Answer(200, paths.PAGE.media_type, page, headers)
        name = plain.removeprefix("questions/").removesuffix(paths.PAGE.suffix)
        query = self.site.source.catalogue.get(name)
        if query is None or plain != paths.page_of(f"questions/{name}"):
            return None
        given = {one.name: request.query[one.name] for one in query.parameters if request.query.get(one.name)}
        if not given:
            return None  # the default answer is a document like any other
        values = questions.defaults(query) | given
        status = 200
        try:
            result = questions.result(await ask(name, given), self.site.source.plan, values)
        except MtspError as error:
            status = error.http_status
            result = questions.Result(failure=f"{error.what} {error.remedy}".strip(), values=values)
        return Answer(status, paths.PAGE.media_type, self.site.question(name, language, result), headers)
