"""The strategy house, the diagram of the ontology, and the counts of a graph."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from mtsp_kg.errors import NotFoundError
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.plan import names

SVG = "{http://www.w3.org/2000/svg}"


def links(svg: str) -> set[str]:
    return {str(element.get("href")) for element in ET.fromstring(svg).iter(f"{SVG}a")}


def boxes(svg: str, kind: str) -> list[tuple[float, float, float, float]]:
    return [
        tuple(float(str(box.get(side))) for side in ("x", "y", "width", "height"))  # type: ignore[misc]
        for box in ET.fromstring(svg).iter(f"{SVG}rect")
        if box.get("class") == kind
    ]


def test_the_house_has_a_link_for_each_element(kg: KnowledgeGraph) -> None:
    picture = kg.house("zh")
    assert {link.rsplit("2035/", 1)[-1] for link in links(picture.svg)} == {"pillar/1", "outcome/1.1", "outcome/1.2"}
    assert "港口更安全" in picture.svg


def test_a_plan_without_pillars_has_its_outcomes_below_its_name(library: KnowledgeGraph) -> None:
    picture = library.house()
    plan = names.plan_iri("city-library-plan")
    assert links(picture.svg) == {plan} | {
        f"{plan}/outcome/{name}" for name in ("open-doors", "reading-for-all", "memory-of-the-city")
    }
    (base,) = boxes(picture.svg, "base")
    outcomes = boxes(picture.svg, "outcome")
    assert len(outcomes) == 3
    for left, top, width, height in outcomes:
        assert base[0] < left < left + width < base[0] + base[2]
        assert base[1] < top < top + height < base[1] + base[3]
    assert all(one[0] + one[2] < other[0] for one, other in pairwise(outcomes))


@pytest.mark.parametrize("language", ["en", "zh", "fr"])
def test_a_picture_is_svg_for_files_and_notebooks(either: KnowledgeGraph, language: str) -> None:
    for picture in (either.house(language), either.diagram(language)):
        assert ET.fromstring(picture.svg).tag == f"{SVG}svg"
        assert ET.fromstring(picture.svg).get("lang") == language
        assert picture.write("svg") == picture.write() == str(picture) == picture._repr_svg_() == picture.svg
        with pytest.raises(NotFoundError, match=r"A picture cannot be written as 'png'\. Choose one of: svg\."):
            picture.write("png")


def test_the_diagram_has_a_link_for_each_class(either: KnowledgeGraph) -> None:
    drawn = links(either.diagram().svg)
    for name in ("StrategicPlan", "Outcome", "Service", "TargetGroup", "Commitment", "partOf", "contributesTo"):
        assert names.term(name) in drawn


def test_info_counts_resources_by_class(kg: KnowledgeGraph) -> None:
    info = kg.info()
    counts = {count.kind.short: count[1:] for count in info.counts}
    assert counts["mtsp:Outcome"] == (2, 2)
    assert counts["mtsp:Commitment"] == (1, 1)
    assert info.plans == ("mtsp-2032-2035",)
    assert info.project == kg.project.root
    assert "    2  outcome" in str(info)
    assert str(info).splitlines()[2] == f"triples  {info.triples:,} in {info.graphs:,} named graphs"


def test_info_as_json_has_the_same_counts(either: KnowledgeGraph) -> None:
    info = either.info()
    body = json.loads(info.write("json"))
    assert body["counts"] == {
        count.kind.short: {"things": count.things, "passages": count.passages} for count in info.counts
    }
    assert (body["triples"], body["graphs"], body["plans"]) == (info.triples, info.graphs, list(info.plans))
    assert body["counts"]["mtsp:Outcome"]["things"] in (2, 3)
    with pytest.raises(NotFoundError, match="cannot be written as 'csv'"):
        info.write("csv")
