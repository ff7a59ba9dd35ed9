"""What a site is made from: the graph's index, what is said in each voice, the catalogue, the shapes, the dumps.

Each part is made when it is first needed, and once. Imports the modules of this room that make parts, none that makes
pages.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.errors import ParameterError
from mtsp_kg.load import load_files
from mtsp_kg.plan import names
from mtsp_kg.plan.document import Passage, read_document
from mtsp_kg.plan.pages import vocabulary
from mtsp_kg.plan.pages.entity import Voices, entity
from mtsp_kg.plan.pages.passage import passage, texts
from mtsp_kg.plan.pages.reasons import Reasons
from mtsp_kg.plan.pages.view import Names, View
from mtsp_kg.project import Project
from mtsp_kg.publish import dataset_description, paths, rdf_forms
from mtsp_kg.publish.triple_index import Index, key
from mtsp_kg.publish.words import LANGUAGES, words
from mtsp_kg.query.answer import Rows, answer
from mtsp_kg.query.catalogue import NamedQuery, find_file, read_catalogue, read_text
from mtsp_kg.store import EmbeddedStore, Store

if TYPE_CHECKING:
    from mtsp_kg.plan.trace import Links

_ADDRESS = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:/[A-Za-z0-9._~-]+)*/")
_DUMPS = (("turtle", ".ttl"), ("trig", ".trig"), ("nquads", ".nq"), ("jsonld", ".jsonld"), ("rdfxml", ".rdf"))
DUMP_PATHS = {f"dump/mtsp-kg{suffix}": form for form, suffix in _DUMPS}


@dataclass(frozen=True)
class Options:
    """How a site is made. Raises ParameterError for an address that cannot be one.

    base: what every IRI begins with in place of our own base; site: the address at which the site stands, the base when
    none is given; document: the publisher's copy of the plan's document; endpoint: the address of a SPARQL endpoint;
    live: whether a server answers, so that pages have forms.
    """

    base: str = names.BASE
    site: str | None = None
    document: Path | None = None
    endpoint: str | None = None
    live: bool = False

    def __post_init__(self) -> None:
        for address in (self.base, self.site):
            if address is not None and not _ADDRESS.fullmatch(address):
                raise ParameterError(
                    f"'{address}' cannot be the address of a site.",
                    remedy="Give an http or https address without query or fragment that ends in a slash.",
                )

    @property
    def address(self) -> str:
        """Where the site stands."""
        return self.site or self.base

    def rebased(self, content: bytes, path: str = "") -> bytes:
        """Content with every IRI of ours on the publisher's base; lines of a format that is sorted are sorted again."""
        if self.base == names.BASE:
            return content
        moved = content.replace(names.BASE.encode(), self.base.encode())
        if path.endswith((".nt", ".nq")):
            return b"".join(sorted(moved.splitlines(keepends=True)))
        return moved


class Source:
    """A project's graph, and all that is made of it. store: with the project loaded."""

    def __init__(self, project: Project, store: Store, plan: str | None, options: Options) -> None:
        self.project, self.store, self.plan, self.options = project, store, plan, options
        self.index = Index(store.snapshot())
        self.names = Names(self.index)
        self._parts: tuple[str, dict[str, Any]] | None = None
        self._data: tuple[str, rdf_forms.Quads] | None = None

    @cached_property
    def views(self) -> dict[str, View]:
        """How things are called and linked, by language of the interface."""
        live = self.options.live
        return {one: View(self.index, self.names, words(one), self.plan, live) for one in LANGUAGES}

    @cached_property
    def stems(self) -> dict[str, str]:
        """Stem of documents to the IRI that they are about."""
        own = {"ontology": names.ONTOLOGY, "shapes": names.SHAPES, "dataset": names.DATASET}
        return {**self.index.stems, **{stem: iri.removesuffix("#") for stem, iri in own.items()}}

    @cached_property
    def voices(self) -> Voices:
        """What is said of each thing."""
        return Voices(self.index, self.rows)

    @cached_property
    def links(self) -> Links:
        """What leads to what."""
        from mtsp_kg.plan.trace import links

        return links(self.rows("links"), list(self.voices.order))

    @cached_property
    def reasons(self) -> Reasons:
        """What follows from the graph, and why."""
        return Reasons(self.project, self.store.snapshot(), self.plan, self.voices)

    @cached_property
    def copy(self) -> Mapping[str, Passage]:
        """The passages of the publisher's copy of the document, by IRI; none without a copy. Raises DocumentError."""
        return texts(read_document(self.options.document)) if self.options.document else {}

    @cached_property
    def catalogue(self) -> dict[str, NamedQuery]:
        """The analysts' questions by name. Raises QueryError."""
        return {query.name: query for query in read_catalogue(self.project, "ask")}

    @cached_property
    def answers(self) -> dict[str, Rows]:
        """The answers to the questions with their default parameters, as `mtsp query` gives them. Raises QueryError."""
        asked = self._completed()
        found = {}
        for name, query in self.catalogue.items():
            rows = answer(asked.query(query.text), self.plan)
            if isinstance(rows, Rows):
                found[name] = rows
        return found

    def _completed(self) -> Store:
        """The store with what follows from it, where that is wanted; pages and documents hold what is stated."""
        from mtsp_kg.infer.completion import Inferences, wanted

        if not wanted():
            return self.store
        store = ox.Store()
        store.bulk_extend(self.store.snapshot())
        Inferences(self.project).complete(store)
        return EmbeddedStore(store)

    @cached_property
    def terms(self) -> dict[str, list[vocabulary.Term]]:
        """The terms of the ontology by sort."""
        return vocabulary.terms(self.index)

    @cached_property
    def shapes(self) -> Index:
        """The shapes, as an index of their own. Raises DataError."""
        files = ((path, self.project.graph_of(path)) for path in self.project.shape_files())
        return Index(load_files(files))

    @cached_property
    def counts(self) -> dataset_description.Counts:
        """How much the graph holds."""
        return dataset_description.count(self.index)

    @cached_property
    def dumps(self) -> dict[str, tuple[dataset_description.Dump, bytes]]:
        """The whole graph in each format, by path, on the publisher's base."""
        found = {}
        whole = rdf_forms.Quads(self.index.quads, self.plan)
        labels = {form.format: form.label for form in paths.DATA_FORMS}
        for path, form in DUMP_PATHS.items():
            content = self.options.rebased(rdf_forms.write(whole, form), path)
            media = paths.media_type(path).split(";")[0]
            digest = hashlib.sha256(content).hexdigest()
            label = labels.get(form, "N-Quads")
            found[path] = (dataset_description.Dump(path, form, label, media, len(content), digest), content)
        return found

    @cached_property
    def description(self) -> list[ox.Quad]:
        """The description of the dataset: VoID and DCAT."""
        dumps = [dump for dump, _ in self.dumps.values()]
        return dataset_description.describe(self.index, self.counts, dumps, self.options.address, self.options.endpoint)

    @cached_property
    def licence(self) -> str:
        """The licence of the data, as the ontology gives it."""
        found = self.index.objects(self.stems["ontology"], vocab.VOCABULARIES["dcterms"] + "license")
        return key(found[0]) if found else ""

    @cached_property
    def house(self) -> list[tuple[str, ...]]:
        """The stones of the strategy house."""
        return self.rows("house")

    def parts(self, iri: str) -> dict[str, Any]:
        """What the page of a thing or passage tells, in any language; kept until another is asked for."""
        if self._parts is None or self._parts[0] != iri:
            if iri in self.voices.order:
                found = passage(iri, self.index, self.voices, self.copy)
            else:
                found = entity(iri, self.index, self.names, self.voices, self.links)
            self._parts = (iri, found)
        return dict(self._parts[1])

    def data(self, stem: str) -> rdf_forms.Quads:
        """What the documents about a stem tell, with what the documents themselves are, in no named graph; kept until
        another is asked for."""
        if self._data is None or self._data[0] != stem:
            self._data = (stem, rdf_forms.Quads(self._quads(stem), self.plan))
        return self._data[1]

    def _quads(self, stem: str) -> list[ox.Quad]:
        iri = self.stems[stem]
        if stem == "shapes":
            inside = self.shapes.quads
        else:
            inside = self.description if stem == "dataset" else self.index.about(iri)
        return [*dataset_description.document(iri, stem, self.licence), *inside]

    def rows(self, view: str) -> list[tuple[str, ...]]:
        """The rows of a query of `queries/view/`, as plain text and IRIs."""
        found = answer(self.store.query(read_text(find_file(self.project, view, "view"))), self.plan)
        assert isinstance(found, Rows)
        return [tuple(getattr(cell, "value", "") for cell in row) for row in found.rows]
