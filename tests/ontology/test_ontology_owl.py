"""The ontology within OWL 2 DL, as far as its structure tells, and read alike by owlready2.

The checks follow "OWL 2 Structural Specification", sections 5.8 (typing) and 11 (global restrictions).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.namespace import OWL, RDFS
from reading import PROPERTY_KINDS, closure, facts, ontologies, ours, whole_ontology

from mtsp_kg import vocab

XSD = Namespace(vocab.XSD)
CORE = URIRef("https://w3id.org/mtsp-kg/ontology")
# The document terms are part of the core, which declares what they borrow.
DOCUMENT = URIRef("https://w3id.org/mtsp-kg/ontology/document")
EVERY_ONTOLOGY = pytest.mark.parametrize("ontology", [iri for iri in ontologies() if iri != DOCUMENT])
RESERVED = tuple(vocab.VOCABULARIES[prefix] for prefix in ("rdf", "rdfs", "owl", "xsd"))
BUILT_IN_ANNOTATIONS = {RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy, OWL.versionInfo, OWL.deprecated}
DATATYPES = {
    XSD.string, XSD.boolean, XSD.decimal, XSD.integer, XSD.nonNegativeInteger, XSD.positiveInteger, XSD.double,
    XSD.float, XSD.dateTime, XSD.dateTimeStamp, XSD.anyURI, XSD.language, XSD.hexBinary, XSD.base64Binary,
    RDF.langString, RDF.PlainLiteral, RDFS.Literal, OWL.real, OWL.rational,
}  # fmt: skip
# Section 11.1: these may only be said of, or with, simple properties.
NEEDS_SIMPLE = {OWL.FunctionalProperty, OWL.InverseFunctionalProperty, OWL.IrreflexiveProperty, OWL.AsymmetricProperty}
CARDINALITIES = {
    OWL.cardinality, OWL.minCardinality, OWL.maxCardinality,
    OWL.qualifiedCardinality, OWL.minQualifiedCardinality, OWL.maxQualifiedCardinality, OWL.hasSelf,
}  # fmt: skip


def declared(graph: Graph, kind: URIRef) -> set[URIRef]:
    return {node for node in graph.subjects(RDF.type, kind) if isinstance(node, URIRef)}


def reserved(node: URIRef) -> bool:
    return str(node).startswith(RESERVED)


def composite(graph: Graph) -> set[URIRef]:
    """The properties that are not simple: transitive, at the head of a chain, their inverses, and all above them."""
    found = set(graph.subjects(RDF.type, OWL.TransitiveProperty)) | set(graph.subjects(OWL.propertyChainAxiom))
    while True:
        more = {above for property_ in found for above in graph.objects(property_, RDFS.subPropertyOf)}
        for property_ in found:
            more |= set(graph.objects(property_, OWL.inverseOf)) | set(graph.subjects(OWL.inverseOf, property_))
            more |= set(graph.objects(property_, OWL.equivalentProperty))
            more |= set(graph.subjects(OWL.equivalentProperty, property_))
        if more <= found:
            return {node for node in found if isinstance(node, URIRef)}
        found |= more


def class_expressions(graph: Graph) -> Iterator[object]:
    for property_ in (RDFS.subClassOf, OWL.equivalentClass, OWL.disjointWith):
        for subject, object_ in graph.subject_objects(property_):
            yield from (subject, object_)
    for property_ in (RDFS.domain, OWL.someValuesFrom, OWL.allValuesFrom, OWL.onClass, OWL.complementOf):
        yield from graph.objects(None, property_)
    for property_ in (OWL.unionOf, OWL.intersectionOf):
        for head in graph.objects(None, property_):
            yield from Collection(graph, head)
    for axiom in graph.subjects(RDF.type, OWL.AllDisjointClasses):
        head = graph.value(axiom, OWL.members)
        assert head is not None
        yield from Collection(graph, head)


@EVERY_ONTOLOGY
def test_every_property_used_is_declared(ontology: URIRef) -> None:
    graph = closure(ontology)
    known = set[URIRef]().union(*(declared(graph, kind) for kind in PROPERTY_KINDS)) | BUILT_IN_ANNOTATIONS
    used = {node for node in graph.predicates() if isinstance(node, URIRef) and not reserved(node)}
    for property_ in (RDFS.subPropertyOf, OWL.inverseOf, OWL.equivalentProperty):
        for pair in graph.subject_objects(property_):
            used |= {node for node in pair if isinstance(node, URIRef)}
    used |= {node for node in graph.objects(None, OWL.onProperty) if isinstance(node, URIRef)}
    for head in graph.objects(None, OWL.propertyChainAxiom):
        used |= {node for node in Collection(graph, head) if isinstance(node, URIRef)}
    assert not used - known


@EVERY_ONTOLOGY
def test_every_class_used_is_declared(ontology: URIRef) -> None:
    graph = closure(ontology)
    known = declared(graph, OWL.Class) | {OWL.Thing, OWL.Nothing}
    used = {node for node in class_expressions(graph) if isinstance(node, URIRef)}
    used |= {node for node in graph.objects(None, RDF.type) if isinstance(node, URIRef) and not reserved(node)}
    assert not used - known


@EVERY_ONTOLOGY
def test_ranges_are_classes_of_object_properties_and_datatypes_of_others(ontology: URIRef) -> None:
    graph = closure(ontology)
    for property_, range_ in graph.subject_objects(RDFS.range):
        if property_ in declared(graph, OWL.DatatypeProperty):
            assert range_ in DATATYPES, f"{range_} is not in the datatype map of OWL 2"
        else:
            assert isinstance(range_, BNode) or range_ in declared(graph, OWL.Class) | {OWL.Thing}


@EVERY_ONTOLOGY
def test_a_property_is_of_one_kind(ontology: URIRef) -> None:
    counted = Counter(property_ for kind in PROPERTY_KINDS for property_ in declared(closure(ontology), kind))
    assert [property_ for property_, count in counted.items() if count > 1] == []


@EVERY_ONTOLOGY
def test_a_property_stands_above_and_beside_its_own_kind(ontology: URIRef) -> None:
    graph = closure(ontology)
    kinds = {property_: kind for kind in PROPERTY_KINDS for property_ in declared(graph, kind)}
    for relation in (RDFS.subPropertyOf, OWL.inverseOf, OWL.equivalentProperty):
        for one, other in graph.subject_objects(relation):
            if isinstance(one, BNode):  # an inverse without a name, in a restriction (section 6.1.1)
                assert relation == OWL.inverseOf
                assert kinds[other] == OWL.ObjectProperty  # type: ignore[index]
                continue
            assert kinds[one] == kinds[other], f"{one} {relation} {other}"  # type: ignore[index]


@EVERY_ONTOLOGY
def test_values_are_things_or_literals_as_the_property_says(ontology: URIRef) -> None:
    graph = closure(ontology)
    for property_ in declared(graph, OWL.ObjectProperty):
        assert not [value for value in graph.objects(None, property_) if isinstance(value, Literal)]
    for property_ in declared(graph, OWL.DatatypeProperty):
        assert not [value for value in graph.objects(None, property_) if not isinstance(value, Literal)]


@EVERY_ONTOLOGY
def test_no_reserved_term_is_redefined(ontology: URIRef) -> None:
    assert not [node for node in closure(ontology).subjects() if isinstance(node, URIRef) and reserved(node)]


@EVERY_ONTOLOGY
def test_composite_properties_stay_out_of_where_only_simple_ones_may_be(ontology: URIRef) -> None:
    graph = closure(ontology)
    for property_ in composite(graph):
        assert not set(graph.objects(property_, RDF.type)) & NEEDS_SIMPLE, property_
        assert not set(graph.objects(property_, OWL.propertyDisjointWith)), property_
        for restriction in graph.subjects(OWL.onProperty, property_):
            assert not set(graph.predicates(restriction)) & CARDINALITIES, property_


def test_the_core_has_composite_properties_to_check() -> None:
    found = sorted(property_.rsplit("#", 1)[1] for property_ in composite(closure(CORE)))
    assert found == ["contributesTo", "hasPart", "partOf", "providedBy", "provides"]


@EVERY_ONTOLOGY
def test_chains_are_regular(ontology: URIRef) -> None:
    """A chain's property stands in it only first or last, and nothing else in it is made from that property in turn."""
    graph = closure(ontology)
    chains = [(head, list(Collection(graph, links))) for head, links in graph.subject_objects(OWL.propertyChainAxiom)]
    needs: dict[object, set[object]] = {}
    for head, links in chains:
        assert head not in links[1:-1]
        assert links.count(head) < 2 or links == [head, head]
        needs.setdefault(head, set()).update(link for link in links if link != head)
    for below, above in graph.subject_objects(RDFS.subPropertyOf):
        needs.setdefault(above, set()).add(below)
    for head, _ in chains:
        reached, waiting = set[object](), list(needs[head])
        while waiting:
            link = waiting.pop()
            if link not in reached:
                reached.add(link)
                waiting += needs.get(link, ())
        assert head not in reached, f"{head} is made from itself"


def test_what_the_graph_borrows_is_declared() -> None:
    known = set[URIRef]().union(*(declared(whole_ontology(), kind) for kind in PROPERTY_KINDS)) | BUILT_IN_ANNOTATIONS
    used = {node for node in facts().predicates() if isinstance(node, URIRef) and not reserved(node)}
    assert used <= known


@pytest.mark.parametrize("part", ["core", "with every alignment"])
def test_owlready2_finds_the_same_classes_and_properties(part: str, tmp_path: Path) -> None:
    owlready2 = pytest.importorskip("owlready2")
    graph = Graph() + (closure(CORE) if part == "core" else whole_ontology())
    graph.remove((None, OWL.imports, None))  # all that is imported is here; owlready2 would look for it on the web
    file = tmp_path / "ontology.nt"
    graph.serialize(file, format="nt", encoding="utf-8")
    world = owlready2.World()
    world.get_ontology(file.as_uri()).load()
    for kind, found in {
        OWL.Class: world.classes(),
        OWL.ObjectProperty: world.object_properties(),
        OWL.DatatypeProperty: world.data_properties(),
        OWL.AnnotationProperty: world.annotation_properties(),
    }.items():
        expected = sorted(term for term in declared(graph, kind) if ours(term))
        assert sorted(URIRef(term.iri) for term in found if ours(URIRef(term.iri))) == expected
