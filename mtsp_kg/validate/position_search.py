"""The search for the positions of findings and shapes, in one pass over the files that can contain them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg.errors import DataError
from mtsp_kg.formats import format_of_file
from mtsp_kg.locate import FilePosition, LineColumn, Located, SubjectPosition, TriplePosition, locate, source_lines
from mtsp_kg.locate.search import Wanted
from mtsp_kg.validate.findings import Position, SourceLookup
from mtsp_kg.validate.inputs import SourceFile

_Lines = dict[Path, dict[int, str]]


def find_positions(files: Iterable[SourceFile], lookups: Sequence[SourceLookup]) -> None:
    """Sets the positions of lookups, in the files as they were read.

    If a file has changed since then or is no longer readable, and the graph identifies it, its position has no line.
    """
    files = tuple(dict.fromkeys(files))
    unchanged = [file for file in files if file.is_unchanged()]
    lines: _Lines = defaultdict(dict)
    found = _locate_all(unchanged, lookups, lines)
    chosen = [_chosen(lookup, found) for lookup in lookups]
    names = {file.path: file.name for file in files}
    changed = [file for file in files if file not in unchanged]
    texts = _source_lines(chain.from_iterable(chosen), lines)
    for lookup, located in zip(lookups, chosen, strict=True):
        positions = dict.fromkeys(_position(one, names, texts) for one in located)
        for file in changed:
            if file.graph in _graphs(lookup):
                positions[Position(file.name, graph=_shown_graph(file.graph))] = None
        lookup.found = tuple(sorted(positions, key=lambda position: position[:3]))


def _locate_all(
    files: Iterable[SourceFile], lookups: Iterable[SourceLookup], lines: _Lines
) -> dict[Wanted, list[Located]]:
    """All positions of the wanted items; lines: receives the source lines that are read on the way, by file."""
    files = tuple(files)
    several = {file.path for file in files if format_of_file(file.path).named_graphs}
    wanted: dict[Path, set[Wanted]] = defaultdict(set)
    blanks: dict[ox.BlankNode, str] = {}
    for lookup in lookups:
        blanks.update(lookup.blanks)
        for item in lookup.wanted:
            graphs = _graph_of_item(item) or set(lookup.graphs)
            for file in files:
                if not graphs or file.graph in graphs or file.path in several:
                    wanted[file.path].add(item)
    found: dict[Wanted, list[Located]] = defaultdict(list)
    for file in files:
        if file.path in wanted:
            graph = ox.NamedNode(file.graph)
            sought = sorted(wanted[file.path], key=str)
            try:
                here = locate(file.path, sought, graph=graph, blanks=blanks, parsed=True, lines=lines[file.path])
            except DataError:  # it changed a moment ago
                continue
            for item, located in here.items():
                found[item] += located
    return found


def _chosen(lookup: SourceLookup, found: Mapping[Wanted, list[Located]]) -> list[Located]:
    """The positions to show: all of a triple; of a node the first in each of the lookup's graphs, else in any graph."""
    chosen: list[Located] = []
    for item in lookup.wanted:
        located = found.get(item, [])
        if isinstance(item, ox.NamedNode | ox.BlankNode):
            first = {_graph_of(one): one for one in reversed(located)}
            located = [first[graph] for graph in lookup.graphs if graph in first] or located[:1]
        chosen += located
    return chosen


def _source_lines(located: Iterable[Located], known: _Lines) -> _Lines:
    numbers: dict[Path, set[int]] = defaultdict(set)
    for one in located:
        if not isinstance(one, FilePosition):
            numbers[one.file].add(_start(one).line)
    texts: _Lines = {}
    for path, wanted in numbers.items():
        if wanted <= known[path].keys():
            texts[path] = known[path]
        else:
            try:
                texts[path] = source_lines(path, wanted)
            except DataError:  # it changed a moment ago
                texts[path] = {}
    return texts


def _position(located: Located, names: Mapping[Path, str], texts: _Lines) -> Position:
    name, graph = names[located.file], _shown_graph(_graph_of(located))
    if isinstance(located, FilePosition):
        return Position(name, graph=graph)
    start = _start(located)
    end_column = located.end.column if located.end.line == start.line else 0
    text = texts[located.file].get(start.line, "")
    return Position(name, start.line, start.column, end_column, text, graph)


def _start(located: TriplePosition | SubjectPosition) -> LineColumn:
    return located.object if isinstance(located, TriplePosition) else located.subject


def _graph_of(located: Located) -> str:
    return located.graph.value if isinstance(located.graph, ox.NamedNode) else ""


def _graph_of_item(item: Wanted) -> set[str]:
    if isinstance(item, ox.Quad) and isinstance(item.graph_name, ox.NamedNode):
        return {item.graph_name.value}
    return set()


def _graphs(lookup: SourceLookup) -> set[str]:
    return set(lookup.graphs).union(*map(_graph_of_item, lookup.wanted))


def _shown_graph(graph: str) -> str:
    """The graph of a position: empty for the graph of a file outside the project, since the position has the file."""
    return "" if graph.startswith("file:") else graph
