"""What describes the publication itself: VoID (W3C Note) and DCAT 3 (W3C Recommendation) in one graph, counts and all.

Every count is made from what is published. Nothing is said that is not so: no endpoint where there is none, the licence
as an IRI, subjects only where the data has them. Imports `names`, `publish.index`, `publish.paths`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.plan import names
from mtsp_kg.publish import paths
from mtsp_kg.publish.triple_index import Index, key
from mtsp_kg.publish.words import LANGUAGES, words

_VOID, _DCAT, _FOAF, _SPDX, _FORMATS, _IANA = (
    vocab.PUBLISHING[prefix] for prefix in ("void", "dcat", "foaf", "spdx", "formats", "iana")
)
_DCTERMS = vocab.VOCABULARIES["dcterms"]
_ONTOLOGY = names.ONTOLOGY.removesuffix("#")
_FEATURES = {"turtle": "Turtle", "trig": "TriG", "ntriples": "N-Triples", "nquads": "N-Quads", "jsonld": "JSON-LD"}
_RDF_XML = "RDF_XML"


@dataclass(frozen=True)
class Dump:
    """The whole graph in one file of the site."""

    path: str
    format: str
    label: str
    media_type: str
    size: int
    sha256: str


@dataclass
class Counts:
    """What VoID counts, over the merge of all graphs."""

    triples: int
    subjects: int
    objects: int
    entities: int
    graphs: int
    classes: dict[str, int] = field(default_factory=dict)
    properties: dict[str, int] = field(default_factory=dict)
    links: dict[tuple[str, str], int] = field(default_factory=dict)


def count(index: Index) -> Counts:
    """Counts the merge of an index's graphs; entities are the subjects below `id/` of the base."""
    triples = {quad.triple for quad in index.quads}
    subjects = {triple.subject for triple in triples}
    counts = Counts(
        len(triples),
        len(subjects),
        len({triple.object for triple in triples}),
        len({key(node) for node in subjects if key(node).startswith(names.ID)}),
        len(index.by_graph),
    )
    targets = {space: prefix for prefix, space in vocab.VOCABULARIES.items() if prefix in names.LINKED}
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


class _Graph:
    def __init__(self) -> None:
        self.quads: list[ox.Quad] = []

    def add(self, subject: str, predicate: str, *objects: str | ox.Literal) -> None:
        """IRIs as text, literals as literals."""
        for one in objects:
            node = one if isinstance(one, ox.Literal) else ox.NamedNode(one)
            self.quads.append(ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), node))


def describe(
    index: Index, counts: Counts, dumps: Sequence[Dump], site: str, endpoint: str | None = None
) -> list[ox.Quad]:
    """The description of the dataset, in canonical order. site: the address of the site, ending in a slash."""
    graph = _Graph()
    _head(graph, index)
    _void(graph, counts, dumps, site, endpoint)
    _partitions(graph, counts)
    _dcat(graph, dumps, site, endpoint)
    return sorted(graph.quads, key=lambda quad: str(quad.triple))


def document(iri: str, stem: str, licence: str) -> list[ox.Quad]:
    """What the documents of a stem are: a document about a thing, of this dataset, under its licence. It stands in no
    named graph, for nobody but the publisher says it."""
    graph = _Graph()
    about = names.BASE + stem
    graph.add(about, _FOAF + "primaryTopic", iri)
    graph.add(about, vocab.RDF_TYPE, _FOAF + "Document")
    graph.add(about, _VOID + "inDataset", names.DATASET)
    if licence:
        graph.add(about, _DCTERMS + "license", licence)
    return sorted(graph.quads, key=lambda quad: str(quad.triple))


def _head(graph: _Graph, index: Index) -> None:
    about = _about(index)
    graph.add(names.DATASET, vocab.RDF_TYPE, _VOID + "Dataset", _DCAT + "Dataset")
    for language in LANGUAGES:
        for predicate, text in (("title", "dataset_title"), ("description", "dataset_description")):
            value = ox.Literal(str(getattr(words(language), text)), language=language)
            graph.add(names.DATASET, _DCTERMS + predicate, value)
    for predicate in ("license", "created", "modified", "creator", "source"):
        for node in about.get(_DCTERMS + predicate, ()):
            graph.add(names.DATASET, _DCTERMS + predicate, node if isinstance(node, ox.Literal) else key(node))
    for node in about.get(vocab.OWL + "versionInfo", ()):
        if isinstance(node, ox.Literal):
            graph.add(names.DATASET, _DCAT + "version", node)
    literals = (quad.object for quad in index.quads if isinstance(quad.object, ox.Literal))
    for tag in sorted({literal.language for literal in literals if literal.language}):
        graph.add(names.DATASET, _DCTERMS + "language", ox.Literal(tag))


def _about(index: Index) -> Mapping[str, list[object]]:
    found: dict[str, list[object]] = {}
    for quad in index.by_subject.get(_ONTOLOGY, ()):
        found.setdefault(quad.predicate.value, []).append(quad.object)
    return found


def _void(graph: _Graph, counts: Counts, dumps: Sequence[Dump], site: str, endpoint: str | None) -> None:
    for name, number in (
        ("triples", counts.triples),
        ("entities", counts.entities),
        ("distinctSubjects", counts.subjects),
        ("distinctObjects", counts.objects),
        ("classes", len(counts.classes)),
        ("properties", len(counts.properties)),
    ):
        graph.add(names.DATASET, _VOID + name, _integer(number))
    graph.add(names.DATASET, _VOID + "uriSpace", ox.Literal(names.ID))
    graph.add(names.DATASET, _VOID + "vocabulary", _ONTOLOGY)
    used = {iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in (*counts.classes, *counts.properties)}
    for space in sorted(set(vocab.VOCABULARIES.values()) & used):
        graph.add(names.DATASET, _VOID + "vocabulary", space)
    for dump in dumps:
        graph.add(names.DATASET, _VOID + "dataDump", site + dump.path)
        graph.add(names.DATASET, _VOID + "feature", _FORMATS + _FEATURES.get(dump.format, _RDF_XML))
    if endpoint:
        graph.add(names.DATASET, _VOID + "sparqlEndpoint", endpoint)
    graph.add(site + ".well-known/void", vocab.RDF_TYPE, _VOID + "DatasetDescription")
    graph.add(site + ".well-known/void", _FOAF + "primaryTopic", names.DATASET)


def _partitions(graph: _Graph, counts: Counts) -> None:
    for kind, table, part, counted in (
        ("class", counts.classes, "classPartition", "entities"),
        ("property", counts.properties, "propertyPartition", "triples"),
    ):
        for iri, number in sorted(table.items()):
            node = f"{names.DATASET}#{kind}-{_slug(iri)}"
            graph.add(names.DATASET, _VOID + part, node)
            graph.add(node, vocab.RDF_TYPE, _VOID + "Dataset")
            graph.add(node, _VOID + kind, iri)
            graph.add(node, _VOID + counted, _integer(number))
    prefixes = {space: prefix for prefix, space in vocab.VOCABULARIES.items()}
    for (space, predicate), number in sorted(counts.links.items()):
        target = f"{names.DATASET}#target-{prefixes[space]}"
        node = f"{names.DATASET}#links-{prefixes[space]}-{_slug(predicate)}"
        graph.add(target, vocab.RDF_TYPE, _VOID + "Dataset")
        graph.add(target, _VOID + "uriSpace", ox.Literal(space))
        graph.add(names.DATASET, _VOID + "subset", node)
        graph.add(node, vocab.RDF_TYPE, _VOID + "Linkset")
        graph.add(node, _VOID + "subjectsTarget", names.DATASET)
        graph.add(node, _VOID + "objectsTarget", target)
        graph.add(node, _VOID + "linkPredicate", predicate)
        graph.add(node, _VOID + "triples", _integer(number))


def _dcat(graph: _Graph, dumps: Sequence[Dump], site: str, endpoint: str | None) -> None:
    catalogue = names.DATASET + "#catalogue"
    graph.add(catalogue, vocab.RDF_TYPE, _DCAT + "Catalog")
    graph.add(catalogue, _DCTERMS + "title", ox.Literal("mtsp-kg", language="en"))
    graph.add(catalogue, _DCAT + "dataset", names.DATASET)
    graph.add(names.DATASET, _DCAT + "landingPage", site + "index.html")
    for dump in dumps:
        node = f"{names.DATASET}#dump-{dump.format}"
        check = f"{node}-checksum"
        graph.add(names.DATASET, _DCAT + "distribution", node)
        graph.add(node, vocab.RDF_TYPE, _DCAT + "Distribution")
        graph.add(node, _DCTERMS + "title", ox.Literal(dump.label, language="en"))
        graph.add(node, _DCAT + "downloadURL", site + dump.path)
        graph.add(node, _DCAT + "accessURL", site + paths.page_of("dataset"))
        graph.add(node, _DCAT + "mediaType", _IANA + dump.media_type)
        graph.add(node, _DCTERMS + "format", _FORMATS + _FEATURES.get(dump.format, _RDF_XML))
        size = ox.Literal(str(dump.size), datatype=ox.NamedNode(vocab.XSD + "nonNegativeInteger"))
        graph.add(node, _DCAT + "byteSize", size)
        graph.add(node, _SPDX + "checksum", check)
        graph.add(check, vocab.RDF_TYPE, _SPDX + "Checksum")
        graph.add(check, _SPDX + "algorithm", _SPDX + "checksumAlgorithm_sha256")
        digest = ox.Literal(dump.sha256, datatype=ox.NamedNode(vocab.XSD + "hexBinary"))
        graph.add(check, _SPDX + "checksumValue", digest)
    if endpoint:
        service = names.DATASET + "#sparql"
        graph.add(service, vocab.RDF_TYPE, _DCAT + "DataService")
        graph.add(service, _DCAT + "endpointURL", endpoint)
        graph.add(service, _DCAT + "servesDataset", names.DATASET)


def _integer(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(vocab.XSD + "integer"))


def _slug(iri: str) -> str:
    short = names.shrink(iri)
    text = short if short != iri else iri.split("//")[-1]
    return "".join(char if char.isalnum() and char.isascii() else "-" for char in text)
