"""The picture of the ontology: current in docs/, complete, well-formed, and the outline that it is drawn from."""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET

import pytest
from rdflib import OWL, RDF
from reading import ours, whole_ontology

from mtsp_kg import vocab
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.plan import names
from mtsp_kg.plan.pages.ontology_diagram import THING, Card, PropertyEntry, SubclassEntry, TermRow, cards, draw
from mtsp_kg.plan.project import find_project

SVG = "{http://www.w3.org/2000/svg}"
FILE = find_project().root / "docs" / "ontology.svg"
TYPE, BELOW, ABOVE_P = vocab.RDF_TYPE, vocab.RDFS_SUBCLASS, vocab.VOCABULARIES["rdfs"] + "subPropertyOf"
DOMAIN, RANGE = (vocab.VOCABULARIES["rdfs"] + end for end in ("domain", "range"))
CLASS, PROPERTY, VALUE = (vocab.OWL + kind for kind in ("Class", "ObjectProperty", "DatatypeProperty"))
INVERSE, SAME = vocab.OWL + "inverseOf", vocab.OWL + "equivalentClass"


def test_the_picture_in_docs_is_drawn_from_the_ontology() -> None:
    """UPDATE_README=1 draws it again, as it does the house."""
    drawn = KnowledgeGraph(find_project()).diagram().svg
    if os.environ.get("UPDATE_README"):
        FILE.write_text(drawn, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == drawn
    assert "Do not edit" in drawn.splitlines()[1]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_class_and_property_of_ours_is_in_the_picture_and_inside_it(language: str) -> None:
    picture = ET.fromstring(KnowledgeGraph(find_project()).diagram(language).svg)
    links = [element.get("href") for element in picture.iter(f"{SVG}a")]
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    terms = {str(node) for kind in kinds for node in whole_ontology().subjects(RDF.type, kind) if ours(node)}
    inverses = {str(node) for node in whole_ontology().objects(None, OWL.inverseOf) if ours(node)}
    assert terms - set(links) <= inverses  # an inverse stands in the row of its property
    assert len(links) == len(set(links))
    wide, tall = (float(side) for side in str(picture.get("viewBox")).split()[2:])
    for text in picture.iter(f"{SVG}text"):
        assert 0 < float(text.get("x", "0")) < wide
        assert 0 < float(text.get("y", "0")) < tall
    cards_drawn = [box for box in picture.iter(f"{SVG}rect") if box.get("class") == "card"]
    boxes = [[float(box.get(side, "0")) for side in ("x", "y", "width", "height")] for box in cards_drawn]
    for number, one in enumerate(boxes):
        assert not [other for other in boxes[:number] if _overlap(one, other)]


def _overlap(one: list[float], other: list[float]) -> bool:
    return all(one[at] < other[at] + other[at + 2] and other[at] < one[at] + one[at + 2] for at in (0, 1))


def test_it_is_drawn_alike_whatever_the_order_of_the_rows() -> None:
    rows = KnowledgeGraph(find_project()).views.rows(TermRow, "terms")
    first = draw(rows, lambda _: str, "en")
    assert draw(reversed(rows), lambda _: str, "en") == first


def _mtsp(*rows: tuple[str, str, str]) -> list[TermRow]:
    return [TermRow._make(names.ONTOLOGY + cell if cell.isalpha() else cell for cell in row) for row in rows]


def test_the_outline_follows_the_axioms() -> None:
    m = names.ONTOLOGY
    found = cards(
        _mtsp(
            ("Plant", TYPE, CLASS), ("Tree", TYPE, CLASS), ("Tree", BELOW, "Plant"), ("Oak", TYPE, CLASS),
            ("Oak", BELOW, "Tree"), ("growsIn", INVERSE, "feeds"),
            ("Shaded", TYPE, CLASS), ("Shaded", BELOW, "Plant"), ("Shaded", SAME, "_:b0"), ("Soil", TYPE, CLASS),
            ("growsIn", TYPE, PROPERTY), ("growsIn", DOMAIN, "Tree"), ("growsIn", RANGE, "Soil"),
            ("feeds", TYPE, PROPERTY), ("rootsIn", TYPE, PROPERTY), ("rootsIn", ABOVE_P, "growsIn"),
            ("height", TYPE, VALUE), ("height", RANGE, vocab.XSD + "integer"), ("likes", TYPE, PROPERTY),
        )
    )  # fmt: skip
    plant, soil, thing = found
    assert plant == Card(
        m + "Plant",
        [
            SubclassEntry(m + "Shaded", 0, True),
            SubclassEntry(m + "Tree", 0, False),
            SubclassEntry(m + "Oak", 1, False),
        ],
        [
            PropertyEntry((m + "growsIn", m + "feeds"), m + "Soil", m + "Soil"),
            PropertyEntry((m + "rootsIn",), m + "Soil", m + "Soil"),
        ],
    )
    assert soil == Card(m + "Soil")
    assert thing.iri == THING
    ends = [(entry.properties, entry.leads_to) for entry in thing.properties]
    assert ends == [((m + "height",), None), ((m + "likes",), None)]


def test_labels_are_escaped() -> None:
    rows = _mtsp(
        ("Plant", TYPE, CLASS), ("likes", TYPE, PROPERTY), ("likes", DOMAIN, "Plant"), ("likes", RANGE, "Plant")
    )
    drawn = draw(rows, lambda _: lambda iri: f'<{iri[-5:]}> & "', "en", lambda iri: 'x"y').svg
    ET.fromstring(drawn)
    assert not re.search(r"<Plant>", drawn)
