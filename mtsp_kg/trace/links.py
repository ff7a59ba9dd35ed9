"""The links between services, partners, target groups, statements and the plan, as a networkx graph.

An edge runs from what contributes to what it contributes to, so that "up" is along the edges. Each edge has the
property that makes it (`relation`), whether it is read against its direction (`inverse`), and the passages that say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import networkx as nx

from mtsp_kg import names

_ALONG = frozenset(names.term(name) for name in ("contributesTo", "partOf", "under"))

if TYPE_CHECKING:
    Links = nx.MultiDiGraph[str]


def links(rows: Iterable[tuple[str, ...]], passages: Sequence[str]) -> Links:
    """The graph of links; rows: lower, relation, upper, graph (the view `links`); passages: all, in reading order."""
    place = {passage: index for index, passage in enumerate(passages)}
    graph: Links = nx.MultiDiGraph()
    for lower, relation, upper, where in rows:
        if not graph.has_edge(lower, upper, key=relation):
            graph.add_edge(lower, upper, key=relation, relation=relation, inverse=relation not in _ALONG, passages=[])
        if where in place:
            graph.edges[lower, upper, relation]["passages"].append(where)
    for _, _, edge in graph.edges(data=True):
        edge["passages"].sort(key=place.__getitem__)
    # What is part of nothing is the end of a walk up: what the plan itself is subject to belongs to another question.
    part_of = names.term("partOf")
    wholes = {upper for _, upper, key in graph.edges(keys=True) if key == part_of}
    tops = [node for node in wholes if not any(key in _ALONG for _, _, key in graph.out_edges(node, keys=True))]
    graph.remove_edges_from(list(graph.out_edges(tops, keys=True)))
    return graph


def walk(graph: Links, start: str, *, up: bool, depth: int | None = None) -> Links:
    """The part of the graph that a walk from `start` reaches, upwards or downwards; depth: how many steps at most."""
    view = graph if up else graph.reverse(copy=False)
    if start not in view:
        alone: Links = nx.MultiDiGraph()
        alone.add_node(start)
        return alone
    reached = nx.single_source_shortest_path_length(view, start, cutoff=depth)
    found = graph.subgraph(reached).copy()
    last = [node for node, steps in reached.items() if steps == depth]
    found.remove_edges_from(list(found.out_edges(last, keys=True) if up else found.in_edges(last, keys=True)))
    return found
