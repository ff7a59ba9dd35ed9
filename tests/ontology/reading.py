"""What the tests of the ontology read: its files and the graph's, parsed once with rdflib."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from rdflib import Dataset, Graph, URIRef
from rdflib.namespace import OWL, RDF

from mtsp_kg.plan import names
from mtsp_kg.plan.project import find_project

ONTOLOGY_FILES = find_project().ontology_files()
ALIGNMENT_FILES = sorted((find_project().root / "graph" / "alignments").glob("*.ttl"))
PROPERTY_KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


def ours(node: object) -> bool:
    """Whether a node is a term of our ontology."""
    return isinstance(node, URIRef) and node.startswith(names.ONTOLOGY)


@cache
def parsed(path: Path) -> Graph:
    return Graph().parse(path)


@cache
def ontologies() -> dict[URIRef, Graph]:
    """Each ontology's IRI and its file's triples."""
    found = {}
    for path in ONTOLOGY_FILES:
        (iri,) = parsed(path).subjects(RDF.type, OWL.Ontology)
        assert isinstance(iri, URIRef)
        found[iri] = parsed(path)
    return found


@cache
def closure(ontology: URIRef) -> Graph:
    """An ontology and, from our own files, all that it imports."""
    whole, waiting, seen = Graph(), [ontology], set[URIRef]()
    while waiting:
        iri = waiting.pop()
        if iri not in seen:
            seen.add(iri)
            whole += ontologies()[iri]
            waiting += [found for found in ontologies()[iri].objects(iri, OWL.imports) if isinstance(found, URIRef)]
    return whole


@cache
def whole_ontology() -> Graph:
    whole = Graph()
    for graph in ontologies().values():
        whole += graph
    return whole


@cache
def dataset() -> Dataset:
    """The graph's files, named graphs kept."""
    found = Dataset()
    for path in find_project().graph_files():
        found.parse(path)
    return found


@cache
def facts() -> Graph:
    """The RDF merge of the graph's files."""
    merged = Graph()
    for subject, property_, object_, _ in dataset().quads():
        merged.add((subject, property_, object_))
    return merged
