"""Rows of the scanner against what is wanted. Imports, of this room, all but `find` and what reads text.

From what is wanted to where it stands. Imports `load`; of this room, all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg.load import oxigraph_format, parse_file, read_file
from mtsp_kg.locate.blank_nodes import blank_nodes, fingerprints_of
from mtsp_kg.locate.ntriples_scanner import lines_about, scan_lines
from mtsp_kg.locate.positions import FilePlace, GraphName, Place, Point, SubjectPlace, TriplePlace, decode, points
from mtsp_kg.locate.terms import Key, as_stored, key
from mtsp_kg.locate.turtle_scanner import TOKEN, Row, scan

Wanted = ox.Quad | ox.Triple | ox.NamedNode | ox.BlankNode
_Spo = tuple[str, str, Key]
_ANY_BLANK = "_:"


@dataclass
class Search:
    """What is wanted, by its terms, and the rows found for it."""

    wanted: Collection[Wanted]
    graph: GraphName
    blanks: Mapping[ox.BlankNode, str] | None

    def __post_init__(self) -> None:
        self.nodes: dict[str, list[Wanted]] = defaultdict(list)
        self.exact: dict[_Spo, list[Wanted]] = defaultdict(list)
        self.rows: dict[Wanted, list[Row]] = {item: [] for item in self.wanted}
        self.alike: dict[tuple[str, str], list[Row]] = {}  # rows with the subject and predicate of something wanted
        self._names = {item: self._graph_key(item) for item in self.wanted if isinstance(item, ox.Quad)}
        labels = None if self.blanks is None else _Labels({"_:" + node.value: m for node, m in self.blanks.items()})
        for item in self.wanted:
            if isinstance(item, ox.NamedNode | ox.BlankNode):
                self.nodes[str(_renamed(key(item), labels))].append(item)
            else:
                triple = _triple(str(key(item.subject)), item.predicate.value, key(item.object), labels)
                self.exact[triple].append(item)
                self.alike[triple[:2]] = []
        self.subjects = {*self.nodes, *(subject for subject, _, _ in self.exact)}
        terms: list[Key] = [*self.nodes, *self.exact]
        self.needs_blanks = labels is not None and any(True for term in terms for _ in blank_nodes(term))

    def _graph_key(self, quad: ox.Quad) -> str | None:
        if quad.graph_name == self.graph or isinstance(quad.graph_name, ox.DefaultGraph):
            return None
        if isinstance(quad.graph_name, ox.BlankNode) and self.blanks is not None:
            return _ANY_BLANK
        return str(key(quad.graph_name))

    def look(self, rows: Iterable[Row]) -> None:
        """Keeps the rows that say what is wanted."""
        if self.needs_blanks:
            rows = list(rows)
            labels = _Labels(fingerprints_of((row.subject, row.predicate, row.object) for row in rows))
            rows = [
                row._replace(subject=str(_renamed(row.subject, labels)), object=_renamed(row.object, labels))
                for row in rows
            ]
        for row in rows:
            subject, predicate, object_ = row[1:4]
            if subject not in self.subjects:
                continue
            for item in self.nodes.get(subject, ()):
                self.rows[item].append(row)
            alike = self.alike.get((subject, predicate))
            if alike is not None:
                alike.append(row)
                self._keep(self.exact.get((subject, predicate, object_), ()), row)
        self._keep_alike()

    def _keep_alike(self) -> None:
        """Gives what was not found to the letter the rows that a Store takes as the same."""
        missing: dict[_Spo, list[Wanted]] = defaultdict(list)
        for (subject, predicate, object_), items in self.exact.items():
            if not isinstance(object_, str):
                lost = [item for item in items if not self.rows[item]]
                if lost:
                    missing[subject, predicate, as_stored(object_)] += lost
        for pair in {triple[:2] for triple in missing}:
            for row in self.alike[pair]:
                if not isinstance(row.object, str):
                    self._keep(missing.get((*pair, as_stored(row.object)), ()), row)

    def _keep(self, items: Iterable[Wanted], row: Row) -> None:
        for item in items:
            if isinstance(item, ox.Quad):
                name = self._names[item]
                if name != row.graph and not (name == _ANY_BLANK and (row.graph or "").startswith(name)):
                    continue
            self.rows[item].append(row)

    def files(self, path: Path) -> dict[Wanted, list[Place]]:
        """Each wanted thing with the file, once for each graph that says it."""
        found: dict[Wanted, list[Place]] = {}
        for item in self.wanted:
            focus = item if isinstance(item, ox.NamedNode | ox.BlankNode) else item.subject
            graphs = dict.fromkeys(self._graph(row) for row in self.rows[item])
            found[item] = [
                FilePlace(path, graph, focus) for graph in graphs if isinstance(focus, ox.NamedNode | ox.BlankNode)
            ]
        return found

    def places(self, path: Path, text: str, numbers: Sequence[int] | None = None) -> dict[Wanted, list[Place]]:
        """Each wanted thing with its places; numbers: those of the text's lines, where it is a part of the file."""
        chosen: dict[Wanted, dict[tuple[int, ...], Row]] = {}
        for item in self.wanted:
            triple = isinstance(item, ox.Quad | ox.Triple)
            spans: dict[tuple[int, ...], Row] = {}
            for row in self.rows[item]:
                rest = (row.predicate_at, row.object_at, row.end) if triple else (_end(text, row.subject_at),)
                spans[row.subject_at, *rest] = row
            chosen[item] = spans
        at = points(text, (offset for spans in chosen.values() for span in spans for offset in span))
        if numbers is not None:
            at = {offset: Point(numbers[point.line - 1], point.column) for offset, point in at.items()}
        return {
            item: [
                self._place(path, row, [at[offset] for offset in span])
                for span, row in sorted(spans.items(), key=lambda one: one[0][-2:])
            ]
            for item, spans in chosen.items()
        }

    def _place(self, path: Path, row: Row, span: list[Point]) -> Place:
        kind = SubjectPlace if len(span) == 2 else TriplePlace
        return kind(path, self._graph(row), *span)

    def _graph(self, row: Row) -> GraphName:
        if row.graph is None:
            return self.graph
        if row.graph.startswith("_:"):
            return ox.BlankNode(row.graph[2:].replace("@", "anonymous."))
        return ox.NamedNode(row.graph)


def _end(text: str, at: int) -> int:
    """The end of the token that a subject is."""
    if text.startswith("<", at) and not text.startswith("<<", at):
        return text.index(">", at) + 1
    found = TOKEN.match(text, at)
    return found.end() if found else at + 1


def _triple(subject: str, predicate: str, object_: Key, labels: _Labels | None) -> _Spo:
    return str(_renamed(subject, labels)), predicate, _renamed(object_, labels)


def _renamed(term: Key, labels: _Labels | None) -> Key:
    """A term with fingerprints in place of labels."""
    if labels is None:
        return term
    if isinstance(term, str):
        return labels[term] if term.startswith("_:") else term
    if len(term) == 3:
        return _renamed(term[0], labels), term[1], _renamed(term[2], labels)
    return term


class _Labels:
    """From a blank node's label to a name made of its fingerprint, which no label that is written can be."""

    def __init__(self, marks: Mapping[str, str]) -> None:
        self._marks = marks

    def __getitem__(self, label: str) -> str:
        return "_:=" + self._marks.get(label, "")


_LINES = (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS)
_TURTLES = (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG)
_DEFAULT = ox.DefaultGraph()


def locate(
    path: str | Path,
    wanted: Collection[Wanted],
    *,
    graph: GraphName = _DEFAULT,
    blanks: Mapping[ox.BlankNode, str] | None = None,
    base: str | None = None,
    parsed: bool = False,
    lines: dict[int, str] | None = None,
) -> dict[Wanted, list[Place]]:
    """Where quads, triples and subjects stand in one file; what does not stand there has an empty list.

    A quad is looked for in its graph, a triple in any; a node where it opens statements about itself. Each place is
    given, in the order of the file. A literal is found in its own form; failing that, in any that a pyoxigraph Store
    turns into it ("0.80" for "0.8").

    graph: the name of the graph for what the file says outside any; blanks: the fingerprints of the wanted blank nodes,
    without which `_:x` is looked for by its label as written, and `[ ]` cannot be (with them, a blank graph name is
    taken for any such); base: the IRI against which the file was read; parsed: the file has been parsed in this run, so
    that it need not be again; lines: is given the lines in which places stand, where they are read one by one, so that
    `source_lines` need not read them again.

    Raises DataError, as `load` does, when the file cannot be read or parsed; NotFoundError when its suffix is none of
    an RDF file.
    """
    path = Path(path)
    format_ = oxigraph_format(path)
    search = Search(wanted, graph, blanks)
    if format_ not in (*_LINES, *_TURTLES):
        search.look(_parsed(path, base))
        return search.files(path)
    if not parsed:
        for _ in parse_file(path, base=base):
            pass
    source = read_file(path)
    if format_ in _TURTLES:
        text = decode(source, path)
        search.look(scan(text, base, search.subjects, blanks=search.needs_blanks))
        return search.places(path, text)
    part = None if search.needs_blanks else lines_about(source, search.subjects)
    told, numbers = part or (source, None)
    text = decode(told, path)
    if lines is not None and numbers is not None:
        lines.update((number, line.removesuffix("\r")) for number, line in zip(numbers, text.split("\n"), strict=False))
    search.look(scan_lines(text))
    return search.places(path, text, numbers)


def _parsed(path: Path, base: str | None) -> Iterator[Row]:
    for quad in parse_file(path, base=base):
        subject, object_ = str(key(quad.subject)), key(quad.object)
        graph = None if isinstance(quad.graph_name, ox.DefaultGraph) else str(key(quad.graph_name))
        yield Row(graph, subject, quad.predicate.value, object_, 0, 0, 0, 0)
