"""What a thing leads to and what leads to it, as nested steps for a page. Imports `names` and `trace.links`."""

from __future__ import annotations

from dataclasses import dataclass, field

import networkx as nx

from mtsp_kg.layout import natural_key

_UP, _DOWN, _WIDE = 7, 2, 24


@dataclass
class Step:
    """One step of a trail: the thing, the property and its direction, the passages, and what lies beyond.

    more: how many further steps of this kind are left out; known: whether the thing stands elsewhere in the trail.
    """

    iri: str
    relation: str = ""
    forward: bool = True
    passages: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    more: int = 0
    known: bool = False


def trail(graph: nx.MultiDiGraph[str], start: str, *, up: bool) -> Step:
    """The steps from a thing up to the plan, or down to what serves it; each thing is followed once, nearest first."""
    top = Step(start)
    if start not in graph:
        return top
    seen = {start}
    level = [top]
    for _ in range(_UP if up else _DOWN):
        below: list[Step] = []
        for step in level:
            found = _next(graph, step.iri, up=up)
            step.more = max(len(found) - _WIDE, 0)
            step.steps = found[:_WIDE]
            for one in step.steps:
                one.known = one.iri in seen
                seen.add(one.iri)
                if not one.known:
                    below.append(one)
        level = below
    return top


def _next(graph: nx.MultiDiGraph[str], iri: str, *, up: bool) -> list[Step]:
    edges = graph.out_edges(iri, data=True) if up else graph.in_edges(iri, data=True)
    steps = [
        Step(edge[1] if up else edge[0], edge[2]["relation"], bool(edge[2]["inverse"]) != up, edge[2]["passages"])
        for edge in edges
    ]
    return sorted(steps, key=lambda step: (step.relation, natural_key(step.iri)))
