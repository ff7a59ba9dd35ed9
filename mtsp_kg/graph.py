"""The knowledge graph as a Python object, with a method for each command.

import mtsp_kg
kg = mtsp_kg.open()
kg.query("partners-of-outcome", outcome="2.4").to_pandas()
"""

from __future__ import annotations

from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from mtsp_kg.errors import NotFoundError
from mtsp_kg.plan.project import find_project, plan_folder, plans
from mtsp_kg.project_graph import ProjectGraph

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

    from mtsp_kg.plan.coverage import Matrix
    from mtsp_kg.plan.document.comparison import Comparison
    from mtsp_kg.plan.document.grounding import Grounding
    from mtsp_kg.plan.document.structure import Ingested
    from mtsp_kg.plan.info import Info
    from mtsp_kg.plan.pages.publisher import SiteOptions
    from mtsp_kg.plan.picture import Picture
    from mtsp_kg.plan.show import Shown
    from mtsp_kg.plan.trace import Trace
    from mtsp_kg.plan.views import Views
    from mtsp_kg.publish.folder import Published
    from mtsp_kg.query.entities import Resource
    from mtsp_kg.remote.push import Pushed
    from mtsp_kg.serve.settings import ServerSettings
    from mtsp_kg.validate.inputs import FileArguments
    from mtsp_kg.validate.options import ValidationArguments, ValidationOptions
    from mtsp_kg.validate.report import Report
    from mtsp_kg.validate.shape_listing import ShapeList


class KnowledgeGraph(ProjectGraph):
    """A project's ontology, its graph and its plans, which are loaded when they are first needed."""

    @cached_property
    def plan(self) -> str | None:
        """The slug of the project's first plan, to which short names such as outcome:2.4 belong; None without plans."""
        return next(iter(plans(self.project)), None)

    def info(self) -> Info:
        """The size of the graph, and the number of resources of each class. Raises DataError."""
        from mtsp_kg.plan.info import ClassCount, CountRow, Info, SizeRow

        resource = self._resources("en")
        counts = self.views.rows(CountRow, "counts")
        size = self.views.rows(SizeRow, "size")[0]
        return Info(
            self.project.root,
            tuple(plans(self.project)),
            int(size.triples),
            int(size.graphs),
            tuple(ClassCount(resource(row.kind), int(row.things), int(row.passages)) for row in counts),
        )

    def show(self, entity: str, *, language: str = "en") -> Shown:
        """The statements about an entity, by voice. language: of labels.

        entity: an IRI, a prefixed name or a label in any language. Raises NotFoundError, ParameterError.
        """
        from mtsp_kg.plan.show import about

        return about(self.entities.find(entity), self.views, self._resources(language))

    def trace(self, entity: str, *, up: bool = True, depth: int | None = None, language: str = "en") -> Trace:
        """The links from an entity up to the plan or, if `up` is false, down to what contributes to it.

        depth: maximum number of steps; language: of labels. Raises NotFoundError, ParameterError.
        """
        from mtsp_kg.plan.trace import LinkRow, links, trace

        resource = self._resources(language)
        start = resource(self.entities.find(entity))
        graph = links(self.views.rows(LinkRow, "links"), self.views.passages())
        return trace(graph, start, resource, up=up, depth=depth)

    def coverage(self, name: str, *, language: str = "en") -> Matrix:
        """A matrix of `queries/coverage/`, with the passages behind each cell. language: of labels.

        Raises NotFoundError for an unknown name.
        """
        from mtsp_kg.plan.coverage import CoverageRow, matrix
        from mtsp_kg.query.catalogue import find_query

        title = find_query(self.project, name, "coverage").summary
        rows = self.views.rows(CoverageRow, name, folder="coverage")
        return matrix(name, title, rows, self.views.passages(), self._resources(language))

    def export(self, form: str) -> bytes:
        """Ontology and graph in an RDF format, the same bytes each time; merged if the format has no named graphs.

        Raises NotFoundError, DataError.
        """
        from mtsp_kg.publish.rdf_writer import RdfDocument, canonical

        return RdfDocument(canonical(self.store.snapshot()), self.profile).write(form)

    def house(self, language: str = "en") -> Picture:
        """The strategy house. language: of labels. Raises DataError."""
        from mtsp_kg.plan.house import HouseRow, draw

        return draw(self.views.rows(HouseRow, "house"), self._labels(language), language)

    def diagram(self, language: str = "en") -> Picture:
        """The ontology as a diagram, with labels in a language and in Chinese, or in Chinese and English.

        Raises DataError.
        """
        from mtsp_kg.plan.pages.ontology_diagram import TermRow, draw

        return draw(self.views.rows(TermRow, "terms"), self._labels, language)

    def publish(
        self,
        folder: str | Path,
        *,
        base: str | None = None,
        site: str | None = None,
        document: str | Path | None = None,
        endpoint: str | None = None,
    ) -> Published:
        """Publishes the graph as a static site in a folder, as a whole or not at all; only changed files are written.

        base: the base IRI on the site, by default the project's; site: the address of the site, by default the base;
        document: a copy of the plan's document, whose text the pages then show; endpoint: the URL of a SPARQL endpoint
        over the same graph. Raises DataError, ParameterError, DocumentError, QueryError.
        """
        from mtsp_kg.plan.pages.publisher import SiteOptions, publish

        options = SiteOptions(base, site, endpoint, document=Path(document) if document else None)
        return publish(self.project, lambda: self.store, Path(folder), options)

    def serve(
        self,
        settings: ServerSettings | None = None,
        options: SiteOptions | None = None,
        announce: Callable[[str], None] | None = None,
    ) -> None:
        """Serves the graph until SIGINT or SIGTERM: pages, documents, SPARQL 1.1 at /sparql, the questions at /api.

        settings: address and limits; options: addresses of the site, and a copy of the plan's document, as for
        `publish`; announce: receives a line with the address when the server is ready (default: print it). Raises
        DataError, DocumentError, QueryError, MissingExtraError, and ListenError if it cannot listen at this address.
        """
        from mtsp_kg.plan.pages.live_server import serve
        from mtsp_kg.plan.pages.publisher import SiteOptions
        from mtsp_kg.serve.settings import ServerSettings

        announce = announce or partial(print, flush=True)
        serve(self.project, lambda: self.completed, settings or ServerSettings(), options or SiteOptions(), announce)

    def push(
        self,
        url: str,
        *,
        query_url: str | None = None,
        merge: str = "auto",
        delete: bool = False,
        dry_run: bool = False,
        plain_http: bool = False,
        progress: Callable[[str], None] = lambda line: None,
    ) -> Pushed:
        """Writes the graphs to a remote store, including inferred ones if this graph was opened with inferences.

        url: of its Graph Store; query_url: its query endpoint, if it does not follow from `url`; merge, delete,
        dry_run: see `remote.push.PushOptions`; plain_http: whether a password may be sent over unencrypted HTTP to
        another machine; progress: receives a line for each graph written. Raises RemoteError, ParameterError,
        DataError, MissingExtraError.
        """
        from mtsp_kg.remote.address import writable_address
        from mtsp_kg.remote.client import Client
        from mtsp_kg.remote.push import PushOptions, named_graphs, push

        options = PushOptions(merge, delete, dry_run)
        client = Client(writable_address(url, query_url), plain_http=plain_http)
        return push(client, named_graphs(self.completed), self.profile, options, progress)

    def ingest(self, document: str | Path, *, plan: str | None = None, output: str | Path | None = None) -> Ingested:
        """Reads a copy of a plan's document and writes its structure, without its text, to a file of the graph.

        plan: its slug, if not the one in the document's title; output: the file, if not the plan's `document.ttl`.
        Raises NotFoundError, DocumentError, ParameterError, DataError.
        """
        from mtsp_kg.plan.document import read_document, write_structure

        read = read_document(document)
        slug = plan or read.plan
        return write_structure(read, slug, output or plan_folder(self.project, slug) / "document.ttl")

    def compare(self, document: str | Path, *, plan: str | None = None, output: str | Path | None = None) -> Comparison:
        """Compares a copy of a plan's document with the structure in the graph.

        plan, output: as for `ingest`. Raises NotFoundError, DocumentError, DataError.
        """
        from mtsp_kg.plan.document import compare, read_document

        read = read_document(document)
        file = Path(output) if output else plan_folder(self.project, plan or read.plan) / "document.ttl"
        return compare(read, file, self.project.relative(file))

    def ground(self, document: str | Path) -> Grounding:
        """Compares the statements of each passage with its text in a copy of the document.

        Raises DocumentError if the copy does not have the layout of a plan, NotFoundError if the graph does not have
        that plan, ParameterError if a label belongs to two entities.
        """
        from mtsp_kg.plan.document import read_document
        from mtsp_kg.plan.document.grounding import EntityLabelRow, PassageTripleRow, ground

        read = read_document(document)
        if read.plan not in (known := plans(self.project)):
            raise NotFoundError(
                f"The graph does not have the plan '{read.plan}', which this document sets out.",
                remedy=f"Its plans: {', '.join(known) or 'none'}.",
                file=document,
            )
        triples = self.views.rows(PassageTripleRow, "passage-triples")
        labels = self.views.rows(EntityLabelRow, "text-labels")
        mentions = plan_folder(self.project, read.plan) / "mentions.ttl"
        return ground(read, triples, labels, self._labels("en"), mentions)

    def validate(
        self,
        files: FileArguments = (),
        options: ValidationOptions | None = None,
        **changes: Unpack[ValidationArguments],
    ) -> Report:
        """Validates the graph with the shapes and check queries, or files and folders with the shapes alone.

        options: see `ValidationOptions`; changes: its fields as keyword arguments, which take precedence. Raises
        DataError, NotFoundError, QueryError, MissingExtraError, ParameterError.
        """
        from mtsp_kg.validate.inputs import start_loading
        from mtsp_kg.validate.options import ValidationOptions

        options = ValidationOptions.of(options, **changes)
        # Loading starts before the other modules of the validation are imported.
        inputs = start_loading(self.project, files, options.ontology, own_shapes=bool(options.shapes))
        from mtsp_kg.validate.runner import validate

        return validate(self.project, files, options, inputs=inputs)

    def check_quality(self) -> Report:
        """Runs the checks in `queries/ontology/` on the ontology and how it is used. Raises QueryError, DataError."""
        from mtsp_kg.validate.check_queries import check_quality

        return check_quality(self.project, self.store)

    def shapes(self, shapes: FileArguments = ()) -> ShapeList:
        """The shapes with their targets, the number of nodes that these match, and examples.

        shapes: files and folders of shapes that replace the project's. Raises as `validate` does.
        """
        from mtsp_kg.validate.runner import read_project_shapes
        from mtsp_kg.validate.shape_listing import list_shapes

        failing: dict[str, set[str]] = {}
        for finding in self.validate(shapes=shapes, checks=False):
            failing.setdefault(finding.shape, set()).add(finding.focus)
        return list_shapes(read_project_shapes(self.project, shapes), self.store, failing, self.project.root)

    @cached_property
    def views(self) -> Views:
        """The answers to the queries in `queries/view/` and `queries/coverage/`, as typed rows."""
        from mtsp_kg.plan.views import Views

        return Views(self._view_runner.named)

    def _resources(self, language: str) -> Callable[[str], Resource]:
        """A function from an IRI to a resource, whose label is in the given language if available."""
        from mtsp_kg.query.entities import Resource

        label = self._labels(language)
        return cache(lambda iri: Resource(iri, self.profile.shrink(iri), lambda one, _: label(one)))

    def _labels(self, language: str) -> Callable[[str], str]:
        return cache(lambda iri: self.entities.label(iri, language))


def open_graph(folder: str | Path | None = None, *, inferences: bool | None = None) -> KnowledgeGraph:
    """The knowledge graph of a project.

    folder: the project's folder; default: the project of this installation; inferences: whether queries see inferred
    triples too; default: as MTSP_INFERENCE says (`on` or `off`; `on` if unset). Raises NotFoundError, ParameterError.
    """
    from mtsp_kg.infer.completion import inferences_wanted

    return KnowledgeGraph(find_project(folder), inferences=inferences_wanted() if inferences is None else inferences)
