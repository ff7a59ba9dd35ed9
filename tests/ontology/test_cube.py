"""The key figures as a data cube, held to the integrity constraints of "The RDF Data Cube Vocabulary", section 11.1.

Not tested, since the cube has nothing that they speak of: IC-7 to IC-10 (slices), IC-15 to IC-18 (several measures),
IC-19 to IC-21 (code lists); IC-2 and IC-3 are about the structure, the others about the figures.
"""

from __future__ import annotations

from functools import cache

from rdflib import RDF, Graph, Node, URIRef
from rdflib.namespace import QB, RDFS, SKOS
from reading import dataset, facts, whole_ontology

from mtsp_kg.plan import names


@cache
def figures() -> list[Node]:
    return sorted(facts().subjects(RDF.type, URIRef(names.term("KeyFigure"))))


@cache
def everything() -> Graph:
    return whole_ontology() + facts()


def components(kind: URIRef) -> list[Node]:
    (structure,) = everything().subjects(RDF.type, QB.DataStructureDefinition)
    return [
        property_
        for component in everything().objects(structure, QB.component)
        for property_ in everything().objects(component, kind)
    ]


def values(figure: Node, property_: Node) -> frozenset[Node]:
    return frozenset(everything().objects(figure, property_))


def test_there_are_figures() -> None:
    assert figures()


def test_ic_1_a_figure_is_in_one_data_set() -> None:
    assert {figure: len(values(figure, QB.dataSet)) for figure in figures()} == dict.fromkeys(figures(), 1)


def test_ic_2_a_data_set_has_one_structure() -> None:
    sets = set(everything().objects(None, QB.dataSet))
    assert sets == set(everything().subjects(RDF.type, QB.DataSet))
    assert all(len(values(set_, QB.structure)) == 1 for set_ in sets)


def test_ic_3_the_structure_has_a_measure() -> None:
    assert components(QB.measure) == [URIRef(names.term("value"))]


def test_ic_4_a_dimension_has_a_range() -> None:
    assert [dimension for dimension in components(QB.dimension) if not values(dimension, RDFS.range)] == []


def test_ic_5_no_dimension_needs_a_code_list() -> None:
    assert not [dimension for dimension in components(QB.dimension) if SKOS.Concept in values(dimension, RDFS.range)]


def test_ic_6_only_attributes_may_be_optional() -> None:
    for component in everything().subjects(QB.componentRequired):
        assert values(component, QB.attribute)


def test_the_components_are_declared_as_what_they_are() -> None:
    kinds = {QB.dimension: QB.DimensionProperty, QB.measure: QB.MeasureProperty, QB.attribute: QB.AttributeProperty}
    for role, kind in kinds.items():
        assert set(components(role)) == set(everything().subjects(RDF.type, kind))


def test_ic_11_a_figure_has_every_dimension() -> None:
    for dimension in components(QB.dimension):
        assert [figure for figure in figures() if not values(figure, dimension)] == []


def test_ic_12_no_two_figures_have_the_same_dimensions() -> None:
    """Compared as sets, since a figure may be of several things."""
    seen: dict[tuple[frozenset[Node], ...], Node] = {}
    for figure in figures():
        key = tuple(values(figure, dimension) for dimension in components(QB.dimension))
        assert key not in seen, f"{figure} and {seen[key]} are the same observation"
        seen[key] = figure


def test_only_the_subject_of_a_figure_has_several_values() -> None:
    for dimension in set(components(QB.dimension)) - {URIRef(names.term("figureOf"))}:
        assert [figure for figure in figures() if len(values(figure, dimension)) > 1] == []


def test_ic_13_a_figure_has_every_required_attribute() -> None:
    for component, required in everything().subject_objects(QB.componentRequired):
        (attribute,) = values(component, QB.attribute)
        assert not required.toPython() or [figure for figure in figures() if not values(figure, attribute)] == []


def test_ic_14_a_figure_has_one_value() -> None:
    assert [figure for figure in figures() if len(values(figure, URIRef(names.term("value")))) != 1] == []


def test_a_figure_is_stated_in_the_passage_whose_graph_holds_it() -> None:
    said = {figure: values(figure, URIRef(names.term("statedIn"))) for figure in figures()}
    graphs = {
        figure: frozenset(graph for _, _, _, graph in dataset().quads((figure, RDF.type, None, None)))
        for figure in figures()
    }
    assert said == graphs
