"""Traces, what is said of a thing, and coverage, on a second plan in a folder of its own."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import mtsp_kg
from mtsp_kg.errors import NotFoundError
from mtsp_kg.graph import KnowledgeGraph


@pytest.fixture(scope="module")
def kg(second: Path) -> KnowledgeGraph:
    return mtsp_kg.open(second)


UP = """\
Atlas  (service:atlas)
├─ → contributes to Safer harbours  (outcome:1.1)  [para:11]
│  └─ → part of Charts for all  (pillar:1)  [para:10]
│     └─ → part of dock  (plan:house)
│        └─ → part of Charting plan 2032-2035  (id:mtsp-2032-2035)
└─ ← delivers put the Atlas into every pilot's hands  (commitment:11.1)  [para:11]
   └─ → under Safer harbours  (outcome:1.1)  [para:11]  …
"""

DOWN = """\
Charts for all  (pillar:1)
├─ ← part of Safer harbours  (outcome:1.1)  [para:10]
│  ├─ ← contributes to Atlas  (service:atlas)  [para:11]
"""


def test_a_service_is_traced_up_to_the_plan(kg: KnowledgeGraph) -> None:
    assert kg.trace("Atlas") == UP


def test_a_pillar_is_traced_down_to_what_stands_under_it(kg: KnowledgeGraph) -> None:
    assert kg.trace("pillar:1", up=False).startswith(DOWN)


def test_a_partnership_of_two_paragraphs_names_both_in_reading_order(kg: KnowledgeGraph) -> None:
    (link,) = [
        link
        for link in json.loads(kg.trace("灯塔协会", form="json"))["links"]
        if link["relation"].endswith("partnersWith")
    ]
    assert [passage.rsplit("/", 1)[-1] for passage in link["passages"]] == ["10", "11"]


def test_depth_bounds_a_trace(kg: KnowledgeGraph) -> None:
    assert kg.trace("Atlas", depth=1).count("\n") == 3


@pytest.mark.parametrize("up", [True, False])
def test_every_form_holds_the_same_links(kg: KnowledgeGraph, up: bool) -> None:
    body = json.loads(kg.trace("outcome:1.1", up=up, form="json"))
    nodes, links = len(body["nodes"]), len(body["links"])
    assert links > 1
    mermaid = kg.trace("outcome:1.1", up=up, form="mermaid")
    assert (mermaid.count('["'), mermaid.count("-->")) == (nodes, links)
    dot = kg.trace("outcome:1.1", up=up, form="dot")
    assert (dot.count(" -> "), dot.count("[label=")) == (links, nodes + links)
    graphml = ET.fromstring(kg.trace("outcome:1.1", up=up, form="graphml"))
    space = "{http://graphml.graphdrawing.org/xmlns}"
    assert len(list(graphml.iter(f"{space}node"))) == nodes
    assert len(list(graphml.iter(f"{space}edge"))) == links


def test_what_leads_nowhere_is_a_trace_of_one(kg: KnowledgeGraph) -> None:
    assert kg.trace("id:mtsp-2032-2035") == "Charting plan 2032-2035  (id:mtsp-2032-2035)\n"


SAID = """\
Lighthouse Association  (org:lighthouses; organization)
  Lighthouse Association (en) · 灯塔协会 (zh)
  also LA (en)

Facts
  Charts Organization (org:charts) partners with this  [para:10 para:11]

Commitments
  put the Atlas into every pilot's hands  (works with; commitment:11.1 under outcome:1.1)  [para:11]

Spoken of in 2 passages: para:10 para:11
"""


def test_what_is_said_of_a_thing_stands_voice_by_voice(kg: KnowledgeGraph) -> None:
    assert kg.show("LA") == SAID


def test_a_figure_is_shown_with_how_exact_it_is(kg: KnowledgeGraph) -> None:
    assert "harbours in the Atlas: almost 40 members, at the time of the plan  [para:11]" in kg.show("Atlas")
    assert json.loads(kg.show("Atlas", form="json"))["figures"][0]["value"] == "40"


def test_what_no_passage_speaks_of_says_so(kg: KnowledgeGraph) -> None:
    assert kg.show("unit:members").endswith("No passage speaks of it.\n") is False
    assert kg.show("outcome:1.2").endswith("No passage speaks of it.\n")


COVERAGE = """\
Empty: 1 of 2
  Newer charts (outcome:1.2)

Safer harbours (outcome:1.1)
  harbour pilots (group:harbour-pilots)  para:11
  pilots (group:pilots)                  para:11
"""


def test_coverage_lists_what_is_empty_first(kg: KnowledgeGraph) -> None:
    assert kg.coverage("outcomes-groups") == COVERAGE


def test_a_wide_matrix_has_a_cell_for_each_row_and_column(kg: KnowledgeGraph) -> None:
    lines = kg.coverage("outcomes-groups", form="csv", wide=True).splitlines()
    assert lines[0].endswith("group:harbour-pilots,group:pilots")
    assert lines[1:] == ["outcome:1.1,para:11,para:11", "outcome:1.2,,"]


@pytest.mark.parametrize("form", ["csv", "tsv", "md", "json", "html"])
def test_every_form_of_coverage_names_the_paragraph(kg: KnowledgeGraph, form: str) -> None:
    assert "11" in kg.coverage("outcomes-groups", form=form)


def test_a_matrix_that_there_is_not(kg: KnowledgeGraph) -> None:
    with pytest.raises(NotFoundError, match="Did you mean outcomes-groups"):
        kg.coverage("outcome-groups")


def test_the_house_is_drawn_with_a_link_for_each_stone(kg: KnowledgeGraph) -> None:
    picture = ET.fromstring(kg.house("zh"))
    links = {element.get("href") for element in picture.iter("{http://www.w3.org/2000/svg}a")}
    assert {link.rsplit("2035/", 1)[-1] for link in links if link} == {"pillar/1", "outcome/1.1", "outcome/1.2"}


def test_info_counts_what_there_is(kg: KnowledgeGraph) -> None:
    counts = json.loads(kg.info("json"))["counts"]
    assert counts["mtsp:Outcome"] == {"things": 2, "passages": 2}
    assert counts["mtsp:Commitment"] == {"things": 1, "passages": 1}
