"""The whole site as documents by path: what `mtsp publish` writes and what a server answers, the same bytes.

    site = Site(project, store, plan)
    site.document("doc/org/who.ttl").content

Nothing is made before it is asked for but an index of the graph. Imports `publish.source`, `publish.leaves`,
`publish.configs`, `publish.forms`, `publish.lists`, `publish.pages`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from mtsp_kg.plan import names
from mtsp_kg.plan.pages import lists, page_builders, questions
from mtsp_kg.plan.pages.source import DUMP_PATHS, Options, Source
from mtsp_kg.plan.pages.templates import static
from mtsp_kg.project import Project
from mtsp_kg.publish import paths, rdf_forms, server_configs
from mtsp_kg.publish.words import LANGUAGES
from mtsp_kg.store import Store


@dataclass(frozen=True)
class Document:
    """A file of the site: its path below the root, its media type as HTTP writes it, its bytes."""

    path: str
    media_type: str
    content: bytes

    @cached_property
    def etag(self) -> str:
        """A strong entity tag, with its quotes (RFC 9110, section 8.8.3)."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'


class Site:
    """A project's graph as a site. store: with the project loaded; plan: the plan that short names mean."""

    def __init__(self, project: Project, store: Store, plan: str | None, options: Options | None = None) -> None:
        self.options = options or Options()
        self.source = Source(project, store, plan, self.options)

    def document(self, path: str) -> Document | None:
        """The file at a path below the site's root, without a leading slash; None where there is none.

        Raises DocumentError for a copy of the document that is none, QueryError for a broken query of the catalogue.
        """
        content = self._content(path)
        if content is None:
            return None
        done = path.startswith("dump/")  # a dump and its checksum are on the publisher's base already
        return Document(path, paths.media_type(path), content if done else self.options.rebased(content, path))

    def paths(self) -> Iterator[str]:
        """Every path of the site but the manifest's, each once."""
        yield from self.fixed
        for name in self._pages:
            yield from (paths.page_of(name, language) for language in LANGUAGES)
        for stem in self.source.stems:
            yield from self.paths_of(stem)

    def paths_of(self, stem: str) -> Iterator[str]:
        """The paths of a stem's documents."""
        yield from (paths.page_of(stem, language) for language in LANGUAGES)
        yield from (stem + form.suffix for form in paths.DATA_FORMS)

    def prepare(self) -> None:
        """Makes all that pages share, so that processes forked from this one need not, and never use the store."""
        for step in self.steps():
            step()

    def steps(self) -> list[Callable[[], object]]:
        """What `prepare` does, in steps of a tenth of a second or less each, what most pages need first."""
        source, last = self.source, "reasons" if self.options.live else "answers"
        names_ = ("stems", "voices", "house", "links", "catalogue", "counts", "copy", "terms", "shapes", last)

        def made(name: str) -> Callable[[], object]:
            return lambda: getattr(source, name)

        index = (lambda: source.index.statements, lambda: source.index.passages, lambda: self._pages)
        drawn = [lambda: source.reasons.of("")] if self.options.live else []
        return [*map(made, names_), *index, *drawn, made("dumps"), made("description")]

    def stem_of(self, iri: str) -> str | None:
        """The stem of the documents about an IRI, on the site's base; None when the site has none."""
        if not iri.startswith(self.options.base):
            return None
        place = paths.split(names.BASE + iri[len(self.options.base) :])
        return place[0] if place and place[0] in self.source.stems else None

    def question(self, name: str, language: str, result: questions.Result) -> bytes:
        """The page of a question with an answer that a server has. Raises KeyError when there is none of that name."""
        return self.options.rebased(page_builders.question(self.source, language, name, result))

    def search(self, language: str, asked: str) -> bytes:
        """The search page with what was found."""
        return self.options.rebased(page_builders.search(self.source, language, asked))

    def sparql(self, language: str, query: str, result: questions.Result, *, asserted: bool) -> bytes:
        """The page of the endpoint, with a query and its answer."""
        return self.options.rebased(page_builders.sparql(self.source, language, query, result, asserted=asserted))

    def why(self, language: str, triple: tuple[str, str, str]) -> bytes | None:
        """The page that tells why a triple follows; None where it does not."""
        page = page_builders.why(self.source, language, triple)
        return None if page is None else self.options.rebased(page)

    def _content(self, path: str) -> bytes | None:
        if path in self.fixed:
            return self.fixed[path]()
        if path.endswith(paths.PAGE.suffix):
            language = next((one for one in LANGUAGES[1:] if path.startswith(one + "/")), LANGUAGES[0])
            stem = path if language == LANGUAGES[0] else path[len(language) + 1 :]
            stem = stem.removesuffix(paths.PAGE.suffix)
            if stem in self._pages:
                return self._pages[stem](language)
            return page_builders.thing(self.source, stem, language) if stem in self.source.stems else None
        for form in paths.DATA_FORMS:
            stem = path.removesuffix(form.suffix)
            if stem != path and stem in self.source.stems:
                return rdf_forms.write(self.source.data(stem), form.format)
        return None

    @cached_property
    def _pages(self) -> dict[str, Callable[[str], bytes]]:
        return page_builders.all_pages(self.source)

    @cached_property
    def fixed(self) -> dict[str, Callable[[], bytes]]:
        """The files that are neither pages nor documents about a thing, by path."""
        source = self.source
        table: dict[str, Callable[[], bytes]] = {
            "site.css": lambda: static("site.css"),
            "icon.svg": lambda: static("icon.svg"),
            "search.js": lambda: static("search.js"),
            "search.json": lambda: lists.search_index(source.index, source.names, source.views),
            ".well-known/void": lambda: rdf_forms.write(source.data("dataset"), "turtle"),
            ".nojekyll": lambda: b"",
        }
        for language in LANGUAGES:
            table[f"house-{language}.svg"] = lambda one=language: page_builders.house(source, one).encode()  # type: ignore[misc]
        for path in DUMP_PATHS:
            table[path] = lambda path=path: source.dumps[path][1]  # type: ignore[misc]
            table[path + ".sha256"] = lambda path=path: _checksum(path, source.dumps[path][0].sha256)  # type: ignore[misc]
        for name, query in source.catalogue.items():
            table[f"questions/{name}.rq"] = lambda query=query: query.text.encode()  # type: ignore[misc]
        # A server answers questions in its API, and needs no other server's configuration.
        for name in () if self.options.live else source.catalogue:
            for form in ("csv", "json"):
                table[f"questions/{name}.{form}"] = lambda name=name, form=form: (  # type: ignore[misc]
                    source.answers[name].write(form).encode()
                )
        for path, write in server_configs.files(self.options).items():
            if self.options.live and path not in server_configs.FOR_CLIENTS:
                continue
            table[path] = lambda write=write: write(self.options, self.paths, source.stems).encode()  # type: ignore[misc]
        return table


def _checksum(path: str, digest: str) -> bytes:
    return f"{digest}  {path.rsplit('/', 1)[-1]}\n".encode()
