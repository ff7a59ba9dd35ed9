"""Every file of the ontology parses; every term of ours is declared once, named and defined; every term used exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rdflib import RDF, Literal, URIRef
from rdflib.namespace import OWL, SKOS
from reading import ONTOLOGY_FILES, PROPERTY_KINDS, closure, facts, ontologies, ours, parsed, whole_ontology

SENTENCE = {"en": re.compile(r"[A-Z]\S* \S+ \S.*\."), "zh": re.compile(r"[^ ].{4,}。")}
TERMS = sorted({str(term) for term in whole_ontology().subjects(RDF.type) if ours(term)})


@pytest.mark.parametrize("path", ONTOLOGY_FILES, ids=lambda path: path.name)
def test_a_file_is_one_ontology_named_for_it(path: Path) -> None:
    (iri,) = parsed(path).subjects(RDF.type, OWL.Ontology)
    assert path.stem == "mtsp" or iri == URIRef(f"https://w3id.org/mtsp-kg/ontology/{path.stem}")
    assert str(iri) + "/" in str(parsed(path).value(iri, OWL.versionIRI))


@pytest.mark.parametrize("ontology", ontologies())
def test_what_an_ontology_imports_is_ours_and_here(ontology: URIRef) -> None:
    assert closure(ontology)


@pytest.mark.parametrize("term", TERMS)
@pytest.mark.parametrize("language", SENTENCE)
def test_a_term_has_one_label_and_a_sentence_that_defines_it(term: str, language: str) -> None:
    def texts(property_: URIRef) -> list[str]:
        found = whole_ontology().objects(URIRef(term), property_)
        return [str(text) for text in found if isinstance(text, Literal) and text.language == language]

    assert len(texts(SKOS.prefLabel)) == 1
    (definition,) = texts(SKOS.definition)
    assert SENTENCE[language].fullmatch(definition)


def test_no_term_is_both_class_and_property() -> None:
    classes = set(whole_ontology().subjects(RDF.type, OWL.Class))
    properties = {term for kind in PROPERTY_KINDS for term in whole_ontology().subjects(RDF.type, kind)}
    assert not {term for term in classes & properties if ours(term)}


def test_a_term_is_declared_in_one_file() -> None:
    declared = [term for graph in ontologies().values() for term in graph.subjects(SKOS.definition, unique=True)]
    assert sorted(declared) == sorted(set(declared))


def test_every_term_of_ours_that_is_used_is_declared() -> None:
    used = {node for graph in (whole_ontology(), facts()) for triple in graph for node in triple if ours(node)}
    assert {str(term) for term in used} <= set(TERMS)


def test_classes_are_used_as_classes_and_properties_as_properties() -> None:
    classes = {term for term in whole_ontology().subjects(RDF.type, OWL.Class) if ours(term)}
    properties = {term for kind in PROPERTY_KINDS for term in whole_ontology().subjects(RDF.type, kind) if ours(term)}
    assert {found for found in facts().objects(None, RDF.type) if ours(found)} <= classes
    assert {found for found in facts().predicates() if ours(found)} <= properties


@pytest.mark.parametrize("path", ONTOLOGY_FILES, ids=lambda path: path.name)
def test_foreign_terms_exist_where_rdflib_knows_the_vocabulary(path: Path) -> None:
    from rdflib.namespace import ORG, PROV, QB, SDO  # not at the top: SDO warns of what doctest asks it

    for node in {node for triple in parsed(path) for node in triple if isinstance(node, URIRef)}:
        for namespace in (ORG, PROV, QB, SDO, SKOS):
            if node.startswith(str(namespace._NS)) and node != namespace._NS:
                assert node in namespace, f"{node} is not in its vocabulary"


@pytest.mark.parametrize("ontology", ontologies())
def test_a_file_declares_or_imports_the_terms_of_ours_that_it_speaks_of(ontology: URIRef) -> None:
    used = {node for triple in ontologies()[ontology] for node in triple if ours(node)}
    assert used <= set(closure(ontology).subjects(SKOS.definition))
