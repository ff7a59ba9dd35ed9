"""A plan's graph as a site: documents by path, with the same bytes whether published or served.

    site = PlanSite(project, store)
    site.document("doc/org/who.ttl").content

Only an index of the graph is built in advance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property, partial

from mtsp_kg.errors import MtspError
from mtsp_kg.plan.pages import lists, page_builders
from mtsp_kg.plan.pages.lists import ShownAnswer
from mtsp_kg.plan.pages.publisher import SiteOptions
from mtsp_kg.plan.pages.source import DUMP_FORMS, SiteSource
from mtsp_kg.plan.pages.templates import static_file
from mtsp_kg.plan.pages.words import LANGUAGES
from mtsp_kg.project import Project
from mtsp_kg.publish.dataset_description import DESCRIPTION_PATH
from mtsp_kg.publish.server_configs import FOR_CLIENTS, ConfiguredSite, PathRewrite, config_files
from mtsp_kg.publish.site_layout import DATA_FORMS, PAGE, SiteDocument, SiteLayout, media_type
from mtsp_kg.query.catalogue import NamedQuery
from mtsp_kg.store import Store

# A mention is described in the document of its passage (`names.passage_of_mention`).
REWRITES = (
    PathRewrite(r"id/([^/]+)/mention/(note|cover|caption)-([a-z0-9-]+)\.\d+", "id/$1/$2/$3"),
    PathRewrite(r"id/([^/]+)/mention/([a-z0-9-]+)\.\d+", "id/$1/para/$2"),
)


class PlanSite:
    """A project's graph as a site. store: has the project loaded."""

    def __init__(self, project: Project, store: Store, options: SiteOptions | None = None) -> None:
        self.options = options or SiteOptions()
        self.source = SiteSource(project, store, self.options)

    @property
    def layout(self) -> SiteLayout:
        """The addresses of the site."""
        return self.source.layout

    def document(self, path: str) -> SiteDocument | None:
        """The file at a path below the site's root, without a leading slash; None if there is none.

        Raises DocumentError for an invalid copy of the document, QueryError for an invalid query of the catalogue.
        """
        content = self._content(path)
        if content is None:
            return None
        if not path.startswith("dump/"):  # a dump has the published base already, and so has its checksum
            content = self.layout.published(content, path)
        return SiteDocument(path, media_type(path), content)

    def paths(self) -> Iterator[str]:
        """Every path of the site except that of the manifest, each once."""
        yield from self._files
        for stem in self._general_pages:
            yield from (self.layout.page(stem, language) for language in LANGUAGES)
        for stem in self.stems:
            yield from (self.layout.page(stem, language) for language in LANGUAGES)
            yield from (stem + form.suffix for form in DATA_FORMS)

    def prepare(self) -> None:
        """Prepares what pages share, so that processes forked from this one need not, and never use the store."""
        for step in self.steps():
            step()

    def steps(self) -> list[Callable[[], object]]:
        """The steps of `prepare`, each a tenth of a second or less, starting with what most pages need."""
        source = self.source
        found: list[Callable[[], object]] = [
            lambda: source.stems,
            lambda: source.voices,
            lambda: source.house,
            lambda: source.links,
            lambda: source.catalogue,
            lambda: source.counts,
            lambda: source.copy,
            lambda: source.terms,
            lambda: source.shapes,
            lambda: source.inferences if self.options.live else source.answers,
            lambda: source.index.statements,
            lambda: source.index.passages,
            lambda: self._general_pages,
        ]
        if self.options.live:
            found.append(lambda: source.inferences.about(""))
        return [*found, lambda: source.dumps, lambda: source.description]

    @property
    def stems(self) -> Mapping[str, str]:
        """Stem of documents to the IRI that they are about, with the project's own base."""
        return self.source.stems

    def stem_of(self, iri: str) -> str | None:
        """The stem of the documents about an IRI with the published base; None if there are none."""
        rebase = self.layout.rebase
        if not iri.startswith(rebase.published):
            return None
        path = self.layout.locate(rebase.own + iri[len(rebase.published) :])
        return path.stem if path and path.stem in self.stems else None

    @cached_property
    def modified(self) -> datetime:
        """The modification time of the newest file of ontology and graph."""
        files = [*self.source.project.ontology_files(), *self.source.project.graph_files()]
        return datetime.fromtimestamp(max((path.stat().st_mtime for path in files), default=0.0), UTC)

    @property
    def live(self) -> bool:
        """Whether a server handles the forms of pages."""
        return self.options.live

    @property
    def questions(self) -> Mapping[str, NamedQuery]:
        """The questions of the catalogue by name."""
        return self.source.catalogue

    def question_page(self, language: str, name: str, given: Mapping[str, str], answer: bytes | MtspError) -> bytes:
        """The page of a question with an answer. given: the parameters that the visitor gave; answer: SPARQL results in
        JSON, or an error."""
        values = lists.defaults(self.source.catalogue[name]) | dict(given)
        if isinstance(answer, MtspError):
            shown = lists.shown_failure(answer, values)
        else:
            shown = lists.shown_rows(answer, self.source.project.profile, values)
        return self._published(page_builders.question_page(self.source, language, name, shown))

    def sparql_page(self, language: str, text: str, answer: tuple[str, bytes] | MtspError, *, asserted: bool) -> bytes:
        """The page of the endpoint with a visitor's query and its answer, as returned by `SiteQueries.sparql`, or an
        error."""
        shown: ShownAnswer
        if isinstance(answer, MtspError):
            shown = lists.shown_failure(answer)
        else:
            form, body = answer
            triples = form == "graph"
            shown = lists.shown_triples(body) if triples else lists.shown_rows(body, self.source.project.profile, {})
        return self._published(page_builders.sparql_page(self.source, language, text, shown, asserted=asserted))

    def search_page(self, language: str, text: str) -> bytes:
        """The search page with the results for a text."""
        return self._published(page_builders.search_page(self.source, language, text))

    def proof_page(self, language: str, subject: str, predicate: str, object_: str) -> bytes | None:
        """The proofs of an inferred triple, its terms as IRIs or prefixed names; None if it is not inferred."""
        triple = [self.source.profile.expand(term) or "" for term in (subject, predicate, object_)]
        page = page_builders.proof_page(self.source, language, (triple[0], triple[1], triple[2]))
        return None if page is None else self._published(page)

    def _published(self, page: bytes) -> bytes:
        return self.layout.published(page)

    def _content(self, path: str) -> bytes | None:
        if path in self._files:
            return self._files[path]()
        if path.endswith(PAGE.suffix):
            language, stem = self.layout.split_language(path.removesuffix(PAGE.suffix))
            if stem in self._general_pages:
                return self._general_pages[stem](language)
            return page_builders.resource_page(self.source, stem, language) if stem in self.stems else None
        for form in DATA_FORMS:
            stem = path.removesuffix(form.suffix)
            if stem != path and stem in self.stems:
                return self.source.rdf_document(stem).write(form.format)
        return None

    @cached_property
    def _general_pages(self) -> dict[str, Callable[[str], bytes]]:
        return page_builders.general_pages(self.source)

    @cached_property
    def _files(self) -> dict[str, Callable[[], bytes]]:
        """The files that are neither pages nor documents about a resource, by path."""
        source = self.source
        table: dict[str, Callable[[], bytes]] = {
            name: partial(static_file, name) for name in ("site.css", "icon.svg", "search.js")
        }
        table["search.json"] = lambda: lists.search_index(source.index, source.labels, source.views)
        table[DESCRIPTION_PATH] = lambda: source.rdf_document("dataset").write("turtle")
        table[".nojekyll"] = lambda: b""
        for language in LANGUAGES:
            table[f"house-{language}.svg"] = partial(self._house, language)
        for path in DUMP_FORMS:
            table[path] = partial(self._dump, path)
            table[path + ".sha256"] = partial(self._checksum, path)
        for name, query in source.catalogue.items():
            table[f"questions/{name}.rq"] = query.text.encode
            if not self.options.live:  # a server has these in its API
                for form in ("csv", "json"):
                    table[f"questions/{name}.{form}"] = partial(self._answer, name, form)
        site = ConfiguredSite(self.layout, self.paths, source.stems, REWRITES)
        for path, make in config_files(site).items():
            if not self.options.live or path in FOR_CLIENTS:
                table[path] = partial(_encoded, make)
        return table

    def _house(self, language: str) -> bytes:
        return page_builders.house_picture(self.source, language).encode()

    def _dump(self, path: str) -> bytes:
        return self.source.dumps[path][1]

    def _checksum(self, path: str) -> bytes:
        return f"{self.source.dumps[path][0].sha256}  {path.rpartition('/')[2]}\n".encode()

    def _answer(self, name: str, form: str) -> bytes:
        return self.source.answers[name].write(form).encode()


def _encoded(make: Callable[[], str]) -> bytes:
    return make().encode()
