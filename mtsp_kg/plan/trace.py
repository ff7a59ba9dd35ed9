"""The links from services, partners, target groups and statements up to the plan, and traces along them.

An edge of the graph of links leads from an entity to what it contributes to, so "up" is along the edges. Its attributes
are `relation`, the property that links the two; `inverse`, whether that property leads from the upper entity to the
lower one; and `passages`, those that state the link, in reading order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import networkx as nx

from mtsp_kg.formats import check_form
from mtsp_kg.layout import natural_key
from mtsp_kg.plan import names

if TYPE_CHECKING:
    from mtsp_kg.query.entities import Resource

    Links = nx.MultiDiGraph[str]

# The properties that lead from the lower entity to the upper one.
_UPWARDS = frozenset(names.term(name) for name in ("contributesTo", "partOf", "under"))
_PART_OF = names.term("partOf")


class LinkRow(NamedTuple):
    """A link from an entity to what it contributes to. graph: a passage, or the file of the plan's structure."""

    lower: str
    relation: str
    upper: str
    graph: str


def links(rows: Iterable[LinkRow], passages: Sequence[str]) -> Links:
    """The graph of links. passages: all of the plan, in reading order."""
    rank = {passage: index for index, passage in enumerate(passages)}
    graph: Links = nx.MultiDiGraph()
    for lower, relation, upper, where in rows:
        if not graph.has_edge(lower, upper, key=relation):
            inverse = relation not in _UPWARDS
            graph.add_edge(lower, upper, key=relation, relation=relation, inverse=inverse, passages=[])
        if where in rank:
            graph.edges[lower, upper, relation]["passages"].append(where)
    for _, _, edge in graph.edges(data=True):
        edge["passages"].sort(key=rank.__getitem__)
    # A walk up ends at what is part of nothing: what the plan itself depends on is another question.
    wholes = {upper for _, upper, key in graph.edges(keys=True) if key == _PART_OF}
    tops = [node for node in wholes if not any(key in _UPWARDS for _, _, key in graph.out_edges(node, keys=True))]
    graph.remove_edges_from(list(graph.out_edges(tops, keys=True)))
    return graph


@dataclass
class LinkTree:
    """An entity in a tree of links, and the branches below it.

    relation, forward, passages: the property that links it to the node above, whether it leads in that direction, and
    the passages that state the link; omitted: number of branches left out; known: whether the entity is elsewhere in
    the tree, with its branches.
    """

    iri: str
    relation: str = ""
    forward: bool = True
    passages: list[str] = field(default_factory=list)
    branches: list[LinkTree] = field(default_factory=list)
    omitted: int = 0
    known: bool = False


def link_tree(
    graph: Links,
    start: str,
    *,
    up: bool,
    depth: int | None = None,
    most: int | None = None,
    nearest_first: bool = False,
) -> LinkTree:
    """The links from an entity upwards or downwards as a tree; the branches of each entity occur once.

    depth: maximum number of steps; most: maximum number of branches of an entity; nearest_first: whether an entity that
    is reached in several ways has its branches where it is nearest to the start, or where it occurs first in the text.
    """
    tree = LinkTree(start)
    seen: set[str] = set()
    waiting = deque([(tree, 0)])
    while waiting:
        node, steps = waiting.popleft() if nearest_first else waiting.pop()
        node.known = node.iri in seen
        seen.add(node.iri)
        if node.known or steps == depth or node.iri not in graph:
            continue
        branches = _branches(graph, node.iri, up=up)
        node.branches = branches if most is None else branches[:most]
        node.omitted = len(branches) - len(node.branches)
        following = [(branch, steps + 1) for branch in node.branches]
        waiting.extend(following if nearest_first else reversed(following))
    return tree


def _branches(graph: Links, iri: str, *, up: bool) -> list[LinkTree]:
    edges = graph.out_edges(iri, data=True) if up else graph.in_edges(iri, data=True)
    found = [
        LinkTree(edge[1] if up else edge[0], edge[2]["relation"], bool(edge[2]["inverse"]) != up, edge[2]["passages"])
        for edge in edges
    ]
    return sorted(found, key=lambda branch: (branch.relation, natural_key(branch.iri)))


@dataclass(frozen=True, eq=False)
class Trace:
    """The links that are reachable from an entity, upwards to the plan or downwards.

    graph: a networkx graph of IRIs, whose edges lead upwards with the attributes `relation`, `inverse` and `passages`.
    """

    start: Resource
    up: bool
    graph: Links
    resource: Callable[[str], Resource] = field(repr=False)

    forms: ClassVar[tuple[str, ...]] = ("tree", "json", "mermaid", "dot", "graphml")

    @property
    def tree(self) -> LinkTree:
        """The trace as a tree."""
        return link_tree(self.graph, self.start, up=self.up)

    def write(self, form: str = "tree") -> str:
        """The trace in one of its `forms`. Raises NotFoundError for an unknown form."""
        check_form(form, self.forms, "A trace")
        writers = {"json": self._json, "mermaid": self._mermaid, "dot": self._dot, "graphml": self._graphml}
        return "\n".join(self._lines()) + "\n" if form == "tree" else writers[form]()

    def __str__(self) -> str:
        return self.write()

    def _lines(self) -> Iterator[str]:
        yield self._named(self.start)
        yield from self._branch_lines(self.tree, "")

    def _branch_lines(self, tree: LinkTree, indent: str) -> Iterator[str]:
        for branch in tree.branches:
            last = branch is tree.branches[-1]
            degree = self.graph.out_degree if self.up else self.graph.in_degree
            elsewhere = "  …" if branch.known and degree(branch.iri) else ""
            relation, stated = self._relation(branch.relation, forward=branch.forward), self._stated(branch.passages)
            yield f"{indent}{'└─ ' if last else '├─ '}{relation} {self._named(branch.iri)}{stated}{elsewhere}"
            yield from self._branch_lines(branch, indent + ("   " if last else "│  "))

    def _named(self, iri: str) -> str:
        resource = self.resource(iri)
        return f"{resource.label}  ({resource.short})"

    def _relation(self, relation: str, *, forward: bool) -> str:
        return f"{'→' if forward else '←'} {self.resource(relation).label}"

    def _stated(self, passages: Iterable[str]) -> str:
        short = " ".join(self.resource(passage).short for passage in passages)
        return f"  [{short}]" if short else ""

    def _edges(self) -> list[tuple[str, str, dict[str, Any]]]:
        return sorted(self.graph.edges(data=True), key=lambda edge: (edge[0], edge[2]["relation"], edge[1]))

    def _json(self) -> str:
        import json

        nodes = map(self.resource, sorted(self.graph))
        body = {
            "nodes": [{"iri": node, "name": node.short, "label": node.label} for node in nodes],
            "links": [
                {"lower": lower, "relation": edge["relation"], "upper": upper, "passages": edge["passages"]}
                for lower, upper, edge in self._edges()
            ],
        }
        return json.dumps(body, ensure_ascii=False, indent=2) + "\n"

    def _mermaid(self) -> str:
        def quoted(text: str) -> str:
            return '"' + text.replace('"', "'").replace("\n", " ") + '"'

        number = {node: f"n{index}" for index, node in enumerate(sorted(self.graph))}
        lines = ["flowchart BT"]
        lines += [f"  {number[node]}[{quoted(self.resource(node).label)}]" for node in sorted(self.graph)]
        for lower, upper, edge in self._edges():
            stated = self._stated(edge["passages"]).replace("[", "(").replace("]", ")")
            label = quoted(self._relation(edge["relation"], forward=not edge["inverse"]) + stated)
            lines.append(f"  {number[lower]} -->|{label}| {number[upper]}")
        return "\n".join(lines) + "\n"

    def _dot(self) -> str:
        def quoted(text: str) -> str:
            return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

        lines = ["digraph trace {", "  rankdir=BT;", "  node [shape=box];"]
        nodes = map(self.resource, sorted(self.graph))
        lines += [f"  {quoted(node.short)} [label={quoted(node.label)}];" for node in nodes]
        for lower, upper, edge in self._edges():
            label = self._relation(edge["relation"], forward=not edge["inverse"]) + self._stated(edge["passages"])
            ends = f"{quoted(self.resource(lower).short)} -> {quoted(self.resource(upper).short)}"
            lines.append(f"  {ends} [label={quoted(label)}];")
        return "\n".join([*lines, "}"]) + "\n"

    def _graphml(self) -> str:
        plain: Links = nx.MultiDiGraph()
        for node in map(self.resource, sorted(self.graph)):
            plain.add_node(node.short, label=node.label, iri=node.iri)
        for lower, upper, edge in self._edges():
            relation = self.resource(edge["relation"]).short
            passages = " ".join(self.resource(passage).short for passage in edge["passages"])
            plain.add_edge(
                self.resource(lower).short,
                self.resource(upper).short,
                key=relation,
                relation=relation,
                passages=passages,
            )
        return "\n".join(nx.generate_graphml(plain, named_key_ids=True)) + "\n"


def trace(
    graph: Links, start: Resource, resource: Callable[[str], Resource], *, up: bool, depth: int | None = None
) -> Trace:
    """The part of a graph of links that is reachable from `start`. depth: maximum number of steps."""
    view = graph if up else graph.reverse(copy=False)
    if start not in view:
        alone: Links = nx.MultiDiGraph()
        alone.add_node(start.iri)
        return Trace(start, up, alone, resource)
    reached = nx.single_source_shortest_path_length(view, start, cutoff=depth)
    found = graph.subgraph(reached).copy()
    last = [node for node, steps in reached.items() if steps == depth]
    found.remove_edges_from(list(found.out_edges(last, keys=True) if up else found.in_edges(last, keys=True)))
    return Trace(start, up, found, resource)
