"""Traces from an entity up to the plan, and down from it: as a graph, as a tree and in every form."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from itertools import pairwise

import networkx as nx
import pytest

from mtsp_kg.errors import NotFoundError, ParameterError
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.plan import names
from mtsp_kg.plan.trace import LinkTree, Trace, link_tree

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

LIBRARY_UP = """\
Reading Hour  (service:reading-hour)
├─ → contributes to Reading for all  (outcome:reading-for-all)  [para:reading-for-all-1]
│  └─ → part of City Library Plan 2030-2033  (id:city-library-plan)
└─ ← delivers offer the Reading Hour to newcomers  (commitment:reading-for-all-2.1)  [para:reading-for-all-2]
   └─ → under Reading for all  (outcome:reading-for-all)  [para:reading-for-all-2]  …
"""


def plan(kg: KnowledgeGraph) -> Trace:
    return kg.trace(names.plan_iri(str(kg.plan)), up=False)


def test_a_service_is_traced_up_to_the_plan(kg: KnowledgeGraph) -> None:
    assert str(kg.trace("Atlas")) == UP


def test_a_pillar_is_traced_down_to_what_contributes_to_it(kg: KnowledgeGraph) -> None:
    assert str(kg.trace("pillar:1", up=False)).startswith(DOWN)


def test_a_plan_without_pillars_is_traced_too(library: KnowledgeGraph) -> None:
    assert str(library.trace("Reading Hour")) == LIBRARY_UP


def test_the_trace_is_a_graph_with_relations_and_passages(kg: KnowledgeGraph) -> None:
    trace = kg.trace("Atlas")
    assert isinstance(trace.graph, nx.MultiDiGraph)
    assert (trace.start.label, trace.start.short, trace.up) == ("Atlas", "service:atlas", True)
    outcome = kg.entities.find("outcome:1.1")
    edge = trace.graph.edges[trace.start, outcome, names.term("contributesTo")]
    assert edge == {
        "relation": names.term("contributesTo"),
        "inverse": False,
        "passages": [kg.entities.find("para:11")],
    }
    top = kg.entities.find("id:mtsp-2032-2035")
    path = nx.shortest_path(trace.graph, trace.start, top)
    assert [trace.resource(iri).short for iri in path] == [
        "service:atlas", "outcome:1.1", "pillar:1", "plan:house", "id:mtsp-2032-2035",
    ]  # fmt: skip


def test_a_partnership_of_two_paragraphs_names_both_in_reading_order(kg: KnowledgeGraph) -> None:
    trace = kg.trace("灯塔协会")
    (passages,) = [
        data["passages"]
        for _, _, data in trace.graph.edges(data=True)
        if data["relation"] == names.term("partnersWith")
    ]
    assert [trace.resource(passage).short for passage in passages] == ["para:10", "para:11"]


def test_depth_limits_a_trace(either: KnowledgeGraph) -> None:
    whole = plan(either)
    depths = [max(nx.shortest_path_length(whole.graph, target=whole.start).values())]
    for depth in (2, 1):
        cut = either.trace(whole.start, up=False, depth=depth)
        assert max(nx.shortest_path_length(cut.graph, target=cut.start).values()) == depth
        depths.append(depth)
        assert set(cut.graph) < set(whole.graph)
    assert depths[0] > 2
    assert all(more > less for more, less in pairwise(depths))


def entities(tree: LinkTree) -> list[str]:
    return [tree.iri, *(iri for branch in tree.branches for iri in entities(branch))]


def followed(tree: LinkTree) -> list[str]:
    """The entities whose branches the tree has."""
    return ([] if tree.known else [tree.iri]) + [iri for branch in tree.branches for iri in followed(branch)]


@pytest.mark.parametrize("nearest_first", [True, False])
def test_a_tree_follows_each_entity_once(either: KnowledgeGraph, nearest_first: bool) -> None:
    graph, start = plan(either).graph, plan(either).start
    tree = link_tree(graph, start, up=False, nearest_first=nearest_first)
    assert sorted(followed(tree)) == sorted(graph)
    assert len(entities(tree)) == graph.number_of_edges() + 1
    assert not tree.omitted


def test_nearest_first_follows_an_entity_where_it_is_nearest() -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for lower, upper in (("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")):
        graph.add_edge(lower, upper, key="r", relation="r", inverse=False, passages=[])
    near = link_tree(graph, "a", up=True, nearest_first=True)
    first = link_tree(graph, "a", up=True)
    assert [[one.iri for one in branch.branches] for branch in near.branches] == [["c"], ["d"]]
    assert near.branches[0].branches[0].known
    assert [[one.iri for one in branch.branches] for branch in first.branches] == [["c"], []]
    assert first.branches[1].known
    cut = link_tree(graph, "a", up=True, depth=1, most=1)
    assert ([branch.iri for branch in cut.branches], cut.omitted, cut.branches[0].branches) == (["b"], 1, [])


@pytest.mark.parametrize("up", [True, False])
def test_every_form_has_the_same_links(either: KnowledgeGraph, up: bool) -> None:
    trace = either.trace("outcome:1.1" if either.plan == "mtsp-2032-2035" else "outcome:open-doors", up=up)
    nodes, links = trace.graph.number_of_nodes(), trace.graph.number_of_edges()
    assert links >= 1
    body = json.loads(trace.write("json"))
    assert {node["iri"] for node in body["nodes"]} == set(trace.graph)
    assert len(body["links"]) == links
    mermaid = trace.write("mermaid")
    assert (mermaid.count('["'), mermaid.count("-->")) == (nodes, links)
    dot = trace.write("dot")
    assert (dot.count(" -> "), dot.count("[label=")) == (links, nodes + links)
    graphml = ET.fromstring(trace.write("graphml"))
    space = "{http://graphml.graphdrawing.org/xmlns}"
    assert len(list(graphml.iter(f"{space}node"))) == nodes
    assert len(list(graphml.iter(f"{space}edge"))) == links


def test_a_plan_is_a_trace_of_one(kg: KnowledgeGraph) -> None:
    assert str(kg.trace("id:mtsp-2032-2035")) == "Charting plan 2032-2035  (id:mtsp-2032-2035)\n"


def test_labels_have_the_language_that_is_asked_for(kg: KnowledgeGraph) -> None:
    trace = kg.trace("Atlas", language="zh")
    assert trace.start.label == "海图集"
    assert "港口更安全" in trace.write("mermaid")


def test_what_cannot_be_traced(library: KnowledgeGraph) -> None:
    with pytest.raises(NotFoundError, match="'Atlantis'"):
        library.trace("Atlantis")
    with pytest.raises(ParameterError, match=r"'Open doors'.*outcome:open-doors, section:open-doors"):
        library.trace("Open doors")
    with pytest.raises(NotFoundError, match=r"A trace cannot be written as 'svg'\. Choose one of: tree, json"):
        library.trace("Bookmobile").write("svg")
