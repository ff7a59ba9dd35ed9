"""The links between services, partners, target groups, statements and the plan, as a networkx graph.

An edge runs from what contributes to what it contributes to, so that "up" is along the edges. Each edge has the
property that makes it (`relation`), whether it is read against its direction (`inverse`), and the passages that say so.

A trace as a tree for reading, and as JSON, Mermaid, DOT and GraphML for other tools.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import networkx as nx

from mtsp_kg.layout import natural_key
from mtsp_kg.plan import names

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


FORMS = ("tree", "json", "mermaid", "dot", "graphml")
Label = Callable[[str], str]


def write(graph: Links, start: str, *, up: bool, form: str, label: Label, plan: str | None) -> str:
    """The trace in one of FORMS."""
    if form == "tree":
        return "\n".join(_tree(graph, start, up=up, label=label, plan=plan)) + "\n"
    if form == "json":
        return _json(graph, label, plan)
    if form == "graphml":
        return _graphml(graph, label, plan)
    return _mermaid(graph, label, plan) if form == "mermaid" else _dot(graph, label, plan)


def _steps(graph: Links, node: str, *, up: bool) -> list[tuple[str, dict[str, object]]]:
    edges = graph.out_edges(node, data=True) if up else graph.in_edges(node, data=True)
    found = [(edge[1] if up else edge[0], edge[2]) for edge in edges]
    return sorted(found, key=lambda step: (str(step[1]["relation"]), natural_key(step[0])))


def _relation(data: dict[str, object], label: Label, *, up: bool) -> str:
    said = label(str(data["relation"]))
    # The property reads from the upper thing to the lower one where it is inverse: "delivers" is then "<- delivers".
    return f"{'←' if bool(data['inverse']) == up else '→'} {said}"


def _where(data: dict[str, object], plan: str | None) -> str:
    passages = data["passages"]
    assert isinstance(passages, list)
    return f"  [{' '.join(names.shrink(passage, plan) for passage in passages)}]" if passages else ""


def _tree(graph: Links, start: str, *, up: bool, label: Label, plan: str | None) -> Iterator[str]:
    yield f"{label(start)}  ({names.shrink(start, plan)})"
    seen = {start}

    def below(node: str, indent: str) -> Iterator[str]:
        steps = _steps(graph, node, up=up)
        for index, (other, data) in enumerate(steps):
            last = index == len(steps) - 1
            known = other in seen
            seen.add(other)
            more = "  …" if known and _steps(graph, other, up=up) else ""
            branch = "└─ " if last else "├─ "
            name = f"{label(other)}  ({names.shrink(other, plan)})"
            yield f"{indent}{branch}{_relation(data, label, up=up)} {name}{_where(data, plan)}{more}"
            if not known:
                yield from below(other, indent + ("   " if last else "│  "))

    yield from below(start, "")


def _edges(graph: Links) -> list[tuple[str, str, dict[str, object]]]:
    return sorted(graph.edges(data=True), key=lambda edge: (edge[0], edge[2]["relation"], edge[1]))


def _json(graph: Links, label: Label, plan: str | None) -> str:
    body = {
        "nodes": [{"iri": node, "name": names.shrink(node, plan), "label": label(node)} for node in sorted(graph)],
        "links": [
            {"lower": lower, "relation": data["relation"], "upper": upper, "passages": data["passages"]}
            for lower, upper, data in _edges(graph)
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _quoted(text: str) -> str:
    return text.replace('"', "'").replace("\n", " ")


def _mermaid(graph: Links, label: Label, plan: str | None) -> str:
    number = {node: f"n{index}" for index, node in enumerate(sorted(graph))}
    lines = ["flowchart BT"]
    lines += [f'  {number[node]}["{_quoted(label(node))}"]' for node in sorted(graph)]
    for lower, upper, data in _edges(graph):
        said = _quoted(_relation(data, label, up=True) + _where(data, plan).replace("[", "(").replace("]", ")"))
        lines.append(f'  {number[lower]} -->|"{said}"| {number[upper]}')
    return "\n".join(lines) + "\n"


def _dot(graph: Links, label: Label, plan: str | None) -> str:
    def text(value: str) -> str:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

    lines = ["digraph trace {", "  rankdir=BT;", "  node [shape=box];"]
    lines += [f"  {text(names.shrink(node, plan))} [label={text(label(node))}];" for node in sorted(graph)]
    for lower, upper, data in _edges(graph):
        said = _relation(data, label, up=True) + _where(data, plan)
        lines.append(f"  {text(names.shrink(lower, plan))} -> {text(names.shrink(upper, plan))} [label={text(said)}];")
    return "\n".join([*lines, "}"]) + "\n"


def _graphml(graph: Links, label: Label, plan: str | None) -> str:
    plain: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in sorted(graph):
        plain.add_node(names.shrink(node, plan), label=label(node), iri=node)
    for lower, upper, data in _edges(graph):
        passages = data["passages"]
        assert isinstance(passages, list)
        where = " ".join(names.shrink(passage, plan) for passage in passages)
        relation = names.shrink(str(data["relation"]), plan)
        plain.add_edge(
            names.shrink(lower, plan), names.shrink(upper, plan), key=relation, relation=relation, passages=where
        )
    return "\n".join(nx.generate_graphml(plain, named_key_ids=True)) + "\n"
