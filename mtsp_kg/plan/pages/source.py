"""The sources of pages and documents: the graph, its statements, the catalogue, the shapes, the dumps.

Each part is computed once, when it is first needed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.infer.completion import InferenceCompletion, inferences_wanted
from mtsp_kg.load import load_files
from mtsp_kg.plan.document import Passage, read_document
from mtsp_kg.plan.house import HouseRow
from mtsp_kg.plan.pages import vocabulary
from mtsp_kg.plan.pages.entity import entity_parts
from mtsp_kg.plan.pages.inferences import InferredTriples
from mtsp_kg.plan.pages.passage import passage_parts, passages_by_iri
from mtsp_kg.plan.pages.plan_index import PlanIndex, VoiceIndex
from mtsp_kg.plan.pages.publisher import SiteOptions
from mtsp_kg.plan.pages.view import LabelIndex, PageView
from mtsp_kg.plan.pages.words import LANGUAGES, words_in
from mtsp_kg.plan.trace import LinkRow, links
from mtsp_kg.plan.views import Views
from mtsp_kg.project import Project
from mtsp_kg.publish.dataset_description import (
    DatasetCounts,
    DatasetTitle,
    Dump,
    count,
    describe_dataset,
    describe_document,
)
from mtsp_kg.publish.rdf_writer import RdfDocument
from mtsp_kg.publish.site_layout import DATA_FORMS, SiteLayout, media_type
from mtsp_kg.publish.triple_index import TripleIndex, key
from mtsp_kg.query.answer import Table, answer
from mtsp_kg.query.catalogue import NamedQuery, read_catalogue
from mtsp_kg.query.entities import Entities
from mtsp_kg.query.execute import QueryRunner
from mtsp_kg.store import EmbeddedStore, Store

if TYPE_CHECKING:
    from mtsp_kg.plan.trace import Links

_DUMPS = (("turtle", ".ttl"), ("trig", ".trig"), ("nquads", ".nq"), ("jsonld", ".jsonld"), ("rdfxml", ".rdf"))
DUMP_FORMS = {f"dump/mtsp-kg{suffix}": form for form, suffix in _DUMPS}


class SiteSource:
    """A project's graph, and the parts of its site that are derived from it. store: contains the project."""

    def __init__(self, project: Project, store: Store, options: SiteOptions) -> None:
        self.project, self.store, self.options = project, store, options
        self.profile = project.profile
        self.layout = SiteLayout(project.profile, options, LANGUAGES)
        self.index = PlanIndex(store.snapshot(), self.layout)
        self.labels = LabelIndex(self.index)
        self._parts: tuple[str, dict[str, Any]] | None = None
        self._document: tuple[str, RdfDocument] | None = None

    @cached_property
    def views(self) -> dict[str, PageView]:
        """Labels and links by language of the interface."""
        live = self.options.live
        return {one: PageView(self.index, self.labels, words_in(one), live) for one in LANGUAGES}

    @cached_property
    def stems(self) -> dict[str, str]:
        """Stem of documents to the IRI that they are about."""
        own = (self.profile.ontology.removesuffix("#"), self.profile.shapes.removesuffix("#"), self.profile.dataset)
        return {**self.index.stems, **{iri.removeprefix(self.profile.base): iri for iri in own}}

    @cached_property
    def voices(self) -> VoiceIndex:
        """What is stated about each resource."""
        return VoiceIndex(self.index, self.plan_views)

    @cached_property
    def links(self) -> Links:
        """The links from each resource to what it contributes to."""
        return links(self.plan_views.rows(LinkRow, "links"), list(self.voices.order))

    @cached_property
    def inferences(self) -> InferredTriples:
        """The inferred triples and their proofs."""
        return InferredTriples(self.project, self.store.snapshot(), self.voices)

    @cached_property
    def copy(self) -> Mapping[str, Passage]:
        """The passages of the publisher's copy of the document by IRI; empty without a copy. Raises DocumentError."""
        return passages_by_iri(read_document(self.options.document)) if self.options.document else {}

    @cached_property
    def catalogue(self) -> dict[str, NamedQuery]:
        """The analysts' questions by name. Raises QueryError."""
        return {query.name: query for query in read_catalogue(self.project, "ask")}

    @cached_property
    def answers(self) -> dict[str, Table]:
        """The answers to the questions with their default parameters, as in `mtsp query`. Raises QueryError."""
        store = self._store_with_inferences()
        found = {}
        for name, query in self.catalogue.items():
            rows = answer(store.query(query.text), self.project.profile)
            if isinstance(rows, Table):
                found[name] = rows
        return found

    def _store_with_inferences(self) -> Store:
        # Pages and documents have what is asserted; answers are those of `mtsp query`.
        if not inferences_wanted():
            return self.store
        store = ox.Store()
        store.bulk_extend(self.store.snapshot())
        InferenceCompletion(self.project).complete(store)
        return EmbeddedStore(store)

    @cached_property
    def terms(self) -> dict[str, list[vocabulary.OntologyTerm]]:
        """The terms of the ontology by sort."""
        return vocabulary.ontology_terms(self.index)

    @cached_property
    def shapes(self) -> TripleIndex:
        """The shapes, in a separate index. Raises DataError."""
        files = ((path, self.project.graph_of(path)) for path in self.project.shape_files())
        return TripleIndex(load_files(files), self.layout)

    @cached_property
    def counts(self) -> DatasetCounts:
        """The size of the graph."""
        return count(self.index)

    @cached_property
    def dumps(self) -> dict[str, tuple[Dump, bytes]]:
        """The whole graph in each format by path, with the published base."""
        found = {}
        whole = RdfDocument(self.index.quads, self.profile)
        labels = {form.format: form.label for form in DATA_FORMS}
        for path, form in DUMP_FORMS.items():
            content = self.layout.published(whole.write(form), path)
            media = media_type(path).split(";")[0]
            digest = hashlib.sha256(content).hexdigest()
            found[path] = (Dump(path, form, labels.get(form, "N-Quads"), media, len(content), digest), content)
        return found

    @cached_property
    def description(self) -> list[ox.Quad]:
        """The description of the dataset: VoID and DCAT."""
        title = DatasetTitle(
            str(words_in(LANGUAGES[0]).site),
            {one: view.filled(view.words.dataset_title) for one, view in self.views.items()},
            {one: str(words_in(one).dataset_description) for one in LANGUAGES},
        )
        return describe_dataset(self.index, self.counts, [dump for dump, _ in self.dumps.values()], title)

    @cached_property
    def licence(self) -> str:
        """The licence of the data, which is that of the ontology."""
        ontology = self.profile.ontology.removesuffix("#")
        found = self.index.objects(ontology, vocab.VOCABULARIES["dcterms"] + "license")
        return key(found[0]) if found else ""

    @cached_property
    def house(self) -> list[HouseRow]:
        """The rows from which the strategy house is drawn."""
        return self.plan_views.rows(HouseRow, "house")

    def parts(self, iri: str) -> dict[str, Any]:
        """The content of the page of a resource or passage, for all languages; cached until another is needed."""
        if self._parts is None or self._parts[0] != iri:
            if iri in self.voices.order:
                found = passage_parts(iri, self.index, self.voices, self.copy)
            else:
                found = entity_parts(iri, self.index, self.labels, self.voices, self.links)
            self._parts = (iri, found)
        return dict(self._parts[1])

    def rdf_document(self, stem: str) -> RdfDocument:
        """The content of a stem's RDF documents, with the description of the documents themselves in no named graph;
        cached until another is needed."""
        if self._document is None or self._document[0] != stem:
            described = describe_document(self.layout, self.stems[stem], stem, self.licence)
            self._document = (stem, RdfDocument([*described, *self._quads_about(stem)], self.profile))
        return self._document[1]

    def _quads_about(self, stem: str) -> list[ox.Quad]:
        if stem == "shapes":
            return self.shapes.quads
        return self.description if stem == "dataset" else self.index.about(self.stems[stem])

    @cached_property
    def plan_views(self) -> Views:
        """The queries of `queries/view/` on the graph."""
        return Views(QueryRunner(self.project, self.store, lambda: Entities(self.store, self.profile)).named)
