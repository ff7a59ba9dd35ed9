"""The description of a published dataset, and of its documents: VoID (W3C Note) and DCAT 3 (W3C Recommendation).

All counts are computed from the published quads, and the description has only what exists: an endpoint if there is
one, the licence as an IRI, languages that occur in the data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.profile import Profile
from mtsp_kg.publish.rdf_writer import namespace_of
from mtsp_kg.publish.site_layout import SiteLayout
from mtsp_kg.publish.triple_index import TripleIndex, key

DESCRIPTION_PATH = ".well-known/void"
_VOID, _DCAT, _FOAF, _SPDX, _FORMATS, _IANA = (
    vocab.PUBLISHING[prefix] for prefix in ("void", "dcat", "foaf", "spdx", "formats", "iana")
)
_DCTERMS = vocab.VOCABULARIES["dcterms"]
_FEATURES = {
    "turtle": "Turtle",
    "trig": "TriG",
    "ntriples": "N-Triples",
    "nquads": "N-Quads",
    "jsonld": "JSON-LD",
    "rdfxml": "RDF_XML",
}


@dataclass(frozen=True)
class Dump:
    """A file of the site that holds the whole graph."""

    path: str
    format: str
    label: str
    media_type: str
    size: int
    sha256: str


class DatasetTitle(NamedTuple):
    """The human-readable parts of a description: name of the catalogue; title and description by language."""

    catalogue: str
    title: Mapping[str, str]
    description: Mapping[str, str]


@dataclass
class DatasetCounts:
    """The counts of VoID, over the RDF merge of all graphs."""

    triples: int
    subjects: int
    objects: int
    entities: int
    graphs: int
    classes: dict[str, int] = field(default_factory=dict)
    properties: dict[str, int] = field(default_factory=dict)
    links: dict[tuple[str, str], int] = field(default_factory=dict)


def count(index: TripleIndex) -> DatasetCounts:
    """Counts the merge of an index's graphs; entities are the subjects in the profile's namespace `id/`."""
    profile = index.profile
    triples = {quad.triple for quad in index.quads}
    subjects = {triple.subject for triple in triples}
    counts = DatasetCounts(
        len(triples),
        len(subjects),
        len({triple.object for triple in triples}),
        len({key(node) for node in subjects if key(node).startswith(profile.ids)}),
        len(index.by_graph),
    )
    targets = [profile.prefixes[prefix] for prefix in profile.linked]
    for triple in triples:
        predicate = triple.predicate.value
        counts.properties[predicate] = counts.properties.get(predicate, 0) + 1
        if predicate == vocab.RDF_TYPE and isinstance(triple.object, ox.NamedNode):
            counts.classes[triple.object.value] = counts.classes.get(triple.object.value, 0) + 1
        elif predicate in vocab.MATCHES and isinstance(triple.object, ox.NamedNode):
            for space in targets:
                if triple.object.value.startswith(space):
                    link = (space, predicate)
                    counts.links[link] = counts.links.get(link, 0) + 1
    return counts


def describe_document(layout: SiteLayout, iri: str, stem: str, licence: str) -> list[ox.Quad]:
    """The quads about the documents of a stem: each is a document about a resource, in this dataset, under a licence.

    They are in no named graph, because the publisher asserts them.
    """
    profile = layout.profile
    quads = _Quads()
    document = profile.base + stem
    quads.add(document, _FOAF + "primaryTopic", iri)
    quads.add(document, vocab.RDF_TYPE, _FOAF + "Document")
    quads.add(document, _VOID + "inDataset", profile.dataset)
    if licence:
        quads.add(document, _DCTERMS + "license", licence)
    return quads.sorted()


def describe_dataset(
    index: TripleIndex, counts: DatasetCounts, dumps: Sequence[Dump], about: DatasetTitle
) -> list[ox.Quad]:
    """The quads that describe the dataset of an index, in canonical order."""
    description = _Description(index, counts, dumps)
    description.add_metadata(about)
    description.add_void()
    description.add_partitions()
    description.add_dcat(about.catalogue)
    return description.quads.sorted()


class _Quads:
    def __init__(self) -> None:
        self._quads: list[ox.Quad] = []

    def add(self, subject: str, predicate: str, *objects: str | ox.Literal) -> None:
        """IRIs as text, literals as literals."""
        for one in objects:
            node = one if isinstance(one, ox.Literal) else ox.NamedNode(one)
            self._quads.append(ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), node))

    def sorted(self) -> list[ox.Quad]:
        return sorted(self._quads, key=lambda quad: str(quad.triple))


class _Description:
    """The parts of a description; each method adds the quads of one."""

    def __init__(self, index: TripleIndex, counts: DatasetCounts, dumps: Sequence[Dump]) -> None:
        self.quads = _Quads()
        self._index, self._counts, self._dumps = index, counts, dumps
        self._layout = index.layout
        self._profile: Profile = index.profile
        self._dataset = self._profile.dataset
        self._ontology = self._profile.ontology.removesuffix("#")

    def add_metadata(self, about: DatasetTitle) -> None:
        add = self.quads.add
        add(self._dataset, vocab.RDF_TYPE, _VOID + "Dataset", _DCAT + "Dataset")
        for predicate, texts in (("title", about.title), ("description", about.description)):
            for language, text in texts.items():
                add(self._dataset, _DCTERMS + predicate, ox.Literal(text, language=language))
        for predicate in ("license", "created", "modified", "creator", "source"):
            for node in self._of_ontology(_DCTERMS + predicate):
                add(self._dataset, _DCTERMS + predicate, node if isinstance(node, ox.Literal) else key(node))
        for node in self._of_ontology(vocab.OWL + "versionInfo"):
            if isinstance(node, ox.Literal):
                add(self._dataset, _DCAT + "version", node)
        literals = (quad.object for quad in self._index.quads if isinstance(quad.object, ox.Literal))
        for tag in sorted({literal.language for literal in literals if literal.language}):
            add(self._dataset, _DCTERMS + "language", ox.Literal(tag))

    def _of_ontology(self, predicate: str) -> list[object]:
        quads = self._index.by_subject.get(self._ontology, ())
        return [quad.object for quad in quads if quad.predicate.value == predicate]

    def add_void(self) -> None:
        add, counts = self.quads.add, self._counts
        for name, number in (
            ("triples", counts.triples),
            ("entities", counts.entities),
            ("distinctSubjects", counts.subjects),
            ("distinctObjects", counts.objects),
            ("classes", len(counts.classes)),
            ("properties", len(counts.properties)),
        ):
            add(self._dataset, _VOID + name, _integer(number))
        add(self._dataset, _VOID + "uriSpace", ox.Literal(self._profile.ids))
        add(self._dataset, _VOID + "vocabulary", self._ontology)
        used = {namespace_of(iri) for iri in (*counts.classes, *counts.properties)}
        external = {space for space in self._profile.prefixes.values() if not space.startswith(self._profile.base)}
        for space in sorted(external & used):
            add(self._dataset, _VOID + "vocabulary", space)
        for dump in self._dumps:
            add(self._dataset, _VOID + "dataDump", self._layout.address + dump.path)
            add(self._dataset, _VOID + "feature", _FORMATS + _FEATURES[dump.format])
        if self._layout.options.endpoint:
            add(self._dataset, _VOID + "sparqlEndpoint", self._layout.options.endpoint)
        description = self._layout.address + DESCRIPTION_PATH
        add(description, vocab.RDF_TYPE, _VOID + "DatasetDescription")
        add(description, _FOAF + "primaryTopic", self._dataset)

    def add_partitions(self) -> None:
        add = self.quads.add
        for kind, table, part, counted in (
            ("class", self._counts.classes, "classPartition", "entities"),
            ("property", self._counts.properties, "propertyPartition", "triples"),
        ):
            for iri, number in sorted(table.items()):
                node = f"{self._dataset}#{kind}-{self._slug(iri)}"
                add(self._dataset, _VOID + part, node)
                add(node, vocab.RDF_TYPE, _VOID + "Dataset")
                add(node, _VOID + kind, iri)
                add(node, _VOID + counted, _integer(number))
        prefixes = {self._profile.prefixes[prefix]: prefix for prefix in self._profile.linked}
        for (space, predicate), number in sorted(self._counts.links.items()):
            target = f"{self._dataset}#target-{prefixes[space]}"
            node = f"{self._dataset}#links-{prefixes[space]}-{self._slug(predicate)}"
            add(target, vocab.RDF_TYPE, _VOID + "Dataset")
            add(target, _VOID + "uriSpace", ox.Literal(space))
            add(self._dataset, _VOID + "subset", node)
            add(node, vocab.RDF_TYPE, _VOID + "Linkset")
            add(node, _VOID + "subjectsTarget", self._dataset)
            add(node, _VOID + "objectsTarget", target)
            add(node, _VOID + "linkPredicate", predicate)
            add(node, _VOID + "triples", _integer(number))

    def add_dcat(self, catalogue_title: str) -> None:
        add, address = self.quads.add, self._layout.address
        catalogue = self._dataset + "#catalogue"
        add(catalogue, vocab.RDF_TYPE, _DCAT + "Catalog")
        add(catalogue, _DCTERMS + "title", ox.Literal(catalogue_title, language="en"))
        add(catalogue, _DCAT + "dataset", self._dataset)
        add(self._dataset, _DCAT + "landingPage", address + self._layout.page("index"))
        for dump in self._dumps:
            node = f"{self._dataset}#dump-{dump.format}"
            checksum = f"{node}-checksum"
            add(self._dataset, _DCAT + "distribution", node)
            add(node, vocab.RDF_TYPE, _DCAT + "Distribution")
            add(node, _DCTERMS + "title", ox.Literal(dump.label, language="en"))
            add(node, _DCAT + "downloadURL", address + dump.path)
            add(node, _DCAT + "accessURL", address + self._layout.page("dataset"))
            add(node, _DCAT + "mediaType", _IANA + dump.media_type)
            add(node, _DCTERMS + "format", _FORMATS + _FEATURES[dump.format])
            size = ox.Literal(str(dump.size), datatype=ox.NamedNode(vocab.XSD + "nonNegativeInteger"))
            add(node, _DCAT + "byteSize", size)
            add(node, _SPDX + "checksum", checksum)
            add(checksum, vocab.RDF_TYPE, _SPDX + "Checksum")
            add(checksum, _SPDX + "algorithm", _SPDX + "checksumAlgorithm_sha256")
            digest = ox.Literal(dump.sha256, datatype=ox.NamedNode(vocab.XSD + "hexBinary"))
            add(checksum, _SPDX + "checksumValue", digest)
        if self._layout.options.endpoint:
            service = self._dataset + "#sparql"
            add(service, vocab.RDF_TYPE, _DCAT + "DataService")
            add(service, _DCAT + "endpointURL", self._layout.options.endpoint)
            add(service, _DCAT + "servesDataset", self._dataset)

    def _slug(self, iri: str) -> str:
        short = self._profile.shrink(iri)
        text = short if short != iri else iri.split("//")[-1]
        return "".join(char if char.isalnum() and char.isascii() else "-" for char in text)


def _integer(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(vocab.XSD + "integer"))
