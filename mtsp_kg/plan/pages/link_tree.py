"""The links from a resource up to the plan, or down to what contributes to it, as a tree for its page."""

from __future__ import annotations

from dataclasses import dataclass, field

import networkx as nx

from mtsp_kg.layout import natural_key

_LEVELS_UP, _LEVELS_DOWN, _MOST_BRANCHES = 7, 2, 24


@dataclass
class LinkTree:
    """A resource in a tree of links, and the branches below it.

    relation, forward, passages: the property that leads here from above, whether it reads in that direction, the
    passages that state it; omitted: number of branches left out; known: whether the resource is in the tree already.
    """

    iri: str
    relation: str = ""
    forward: bool = True
    passages: list[str] = field(default_factory=list)
    branches: list[LinkTree] = field(default_factory=list)
    omitted: int = 0
    known: bool = False


def link_tree(graph: nx.MultiDiGraph[str], start: str, *, up: bool) -> LinkTree:
    """The links upwards or downwards from a resource; each resource is followed once, where it is nearest to it."""
    tree = LinkTree(start)
    if start not in graph:
        return tree
    seen = {start}
    level = [tree]
    for _ in range(_LEVELS_UP if up else _LEVELS_DOWN):
        below: list[LinkTree] = []
        for parent in level:
            found = _branches(graph, parent.iri, up=up)
            parent.omitted = max(len(found) - _MOST_BRANCHES, 0)
            parent.branches = found[:_MOST_BRANCHES]
            for branch in parent.branches:
                branch.known = branch.iri in seen
                seen.add(branch.iri)
                if not branch.known:
                    below.append(branch)
        level = below
    return tree


def _branches(graph: nx.MultiDiGraph[str], iri: str, *, up: bool) -> list[LinkTree]:
    edges = graph.out_edges(iri, data=True) if up else graph.in_edges(iri, data=True)
    found = [
        LinkTree(edge[1] if up else edge[0], edge[2]["relation"], bool(edge[2]["inverse"]) != up, edge[2]["passages"])
        for edge in edges
    ]
    return sorted(found, key=lambda branch: (branch.relation, natural_key(branch.iri)))
