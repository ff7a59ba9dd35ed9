"""The search for quads, triples and nodes in one file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg.load import oxigraph_format, parse_file, read_file
from mtsp_kg.locate.blank_nodes import blank_nodes, fingerprints_of
from mtsp_kg.locate.ntriples_scanner import lines_about, scan_lines
from mtsp_kg.locate.positions import (
    FilePosition,
    GraphName,
    LineColumn,
    Located,
    SubjectPosition,
    TriplePosition,
    decode,
    line_columns,
)
from mtsp_kg.locate.terms import TermKey, as_stored, term_key
from mtsp_kg.locate.tokens import TOKEN, ScannedTriple
from mtsp_kg.locate.turtle_scanner import scan

Wanted = ox.Quad | ox.Triple | ox.NamedNode | ox.BlankNode
_TripleKey = tuple[str, str, TermKey]
_ANY_BLANK = "_:"
_NTRIPLES_FORMATS = (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS)
_TURTLE_FORMATS = (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG)
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
) -> dict[Wanted, list[Located]]:
    """The positions of quads, triples and subjects in one file; an empty list for an item that is not in it.

    A quad is searched in its graph, a triple in all graphs, a node as the subject of triples. All positions are
    returned, in the order of the file. A literal matches its own lexical form or, if that does not occur, any form that
    a pyoxigraph Store normalises to it ("0.80" for "0.8").

    graph: the name of the graph for triples outside named graphs; blanks: the fingerprints of the wanted blank nodes;
    without them, `_:x` is searched by its label and `[ ]` cannot be found (with them, a blank graph name matches any
    other); base: the base IRI with which the file was read; parsed: whether the file has been parsed in this run, so
    that it is not parsed again; lines: receives the lines with positions if the file is read line by line, so that
    `source_lines` need not read them again.

    Raises DataError, as `load` does, if the file cannot be read or parsed; NotFoundError if its extension is not that
    of an RDF format.
    """
    path = Path(path)
    format_ = oxigraph_format(path)
    matcher = _Matcher(wanted, graph, blanks)
    if format_ not in (*_NTRIPLES_FORMATS, *_TURTLE_FORMATS):
        matcher.match(_parsed(path, base))
        return matcher.file_positions(path)
    if not parsed:
        for _ in parse_file(path, base=base):
            pass
    source = read_file(path)
    if format_ in _TURTLE_FORMATS:
        text = decode(source, path)
        matcher.match(scan(text, base, matcher.subjects, blanks=matcher.needs_blanks))
        return matcher.positions(path, text)
    part = None if matcher.needs_blanks else lines_about(source, matcher.subjects)
    source, numbers = part or (source, None)
    text = decode(source, path)
    if lines is not None and numbers is not None:
        lines.update((number, line.removesuffix("\r")) for number, line in zip(numbers, text.split("\n"), strict=False))
    matcher.match(scan_lines(text))
    return matcher.positions(path, text, numbers)


def _parsed(path: Path, base: str | None) -> Iterator[ScannedTriple]:
    for quad in parse_file(path, base=base):
        subject, object_ = str(term_key(quad.subject)), term_key(quad.object)
        graph = None if isinstance(quad.graph_name, ox.DefaultGraph) else str(term_key(quad.graph_name))
        yield ScannedTriple(graph, subject, quad.predicate.value, object_, 0, 0, 0, 0)


class _Matcher:
    """The wanted items by their terms, and the scanned triples that match them."""

    def __init__(self, wanted: Collection[Wanted], graph: GraphName, blanks: Mapping[ox.BlankNode, str] | None) -> None:
        self._wanted = wanted
        self._graph = graph
        self._blanks = blanks
        self._nodes: dict[str, list[Wanted]] = defaultdict(list)
        self._exact: dict[_TripleKey, list[Wanted]] = defaultdict(list)
        self._found: dict[Wanted, list[ScannedTriple]] = {item: [] for item in wanted}
        # Scanned triples with the subject and predicate of a wanted triple.
        self._similar: dict[tuple[str, str], list[ScannedTriple]] = {}
        self._graph_keys = {item: self._graph_key(item) for item in wanted if isinstance(item, ox.Quad)}
        marks = None if blanks is None else {"_:" + node.value: mark for node, mark in blanks.items()}
        for item in wanted:
            if isinstance(item, ox.NamedNode | ox.BlankNode):
                self._nodes[str(_marked(term_key(item), marks))].append(item)
            else:
                subject = str(_marked(term_key(item.subject), marks))
                triple = (subject, item.predicate.value, _marked(term_key(item.object), marks))
                self._exact[triple].append(item)
                self._similar[triple[:2]] = []
        self.subjects = {*self._nodes, *(subject for subject, _, _ in self._exact)}
        terms: list[TermKey] = [*self._nodes, *self._exact]
        self.needs_blanks = marks is not None and any(True for term in terms for _ in blank_nodes(term))

    def _graph_key(self, quad: ox.Quad) -> str | None:
        if quad.graph_name == self._graph or isinstance(quad.graph_name, ox.DefaultGraph):
            return None
        if isinstance(quad.graph_name, ox.BlankNode) and self._blanks is not None:
            return _ANY_BLANK
        return str(term_key(quad.graph_name))

    def match(self, triples: Iterable[ScannedTriple]) -> None:
        """Keeps the scanned triples that are wanted."""
        if self.needs_blanks:
            triples = list(triples)
            marks = fingerprints_of((one.subject, one.predicate, one.object) for one in triples)
            triples = [
                one._replace(subject=str(_marked(one.subject, marks)), object=_marked(one.object, marks))
                for one in triples
            ]
        for triple in triples:
            subject, predicate, object_ = triple[1:4]
            if subject not in self.subjects:
                continue
            for item in self._nodes.get(subject, ()):
                self._found[item].append(triple)
            similar = self._similar.get((subject, predicate))
            if similar is not None:
                similar.append(triple)
                self._keep(self._exact.get((subject, predicate, object_), ()), triple)
        self._match_stored_forms()

    def _match_stored_forms(self) -> None:
        """Matches items that were not found in their own form with triples that are equal in a Store."""
        missing: dict[_TripleKey, list[Wanted]] = defaultdict(list)
        for (subject, predicate, object_), items in self._exact.items():
            if not isinstance(object_, str):
                lost = [item for item in items if not self._found[item]]
                if lost:
                    missing[subject, predicate, as_stored(object_)] += lost
        for pair in {triple[:2] for triple in missing}:
            for triple in self._similar[pair]:
                if not isinstance(triple.object, str):
                    self._keep(missing.get((*pair, as_stored(triple.object)), ()), triple)

    def _keep(self, items: Iterable[Wanted], triple: ScannedTriple) -> None:
        for item in items:
            if isinstance(item, ox.Quad):
                graph = self._graph_keys[item]
                if graph != triple.graph and not (graph == _ANY_BLANK and (triple.graph or "").startswith(graph)):
                    continue
            self._found[item].append(triple)

    def file_positions(self, path: Path) -> dict[Wanted, list[Located]]:
        """The file itself as the position of each item, once for each graph that has it."""
        found: dict[Wanted, list[Located]] = {}
        for item in self._wanted:
            focus = item if isinstance(item, ox.NamedNode | ox.BlankNode) else item.subject
            graphs = dict.fromkeys(self._graph_of(triple) for triple in self._found[item])
            found[item] = [
                FilePosition(path, graph, focus) for graph in graphs if isinstance(focus, ox.NamedNode | ox.BlankNode)
            ]
        return found

    def positions(self, path: Path, text: str, numbers: Sequence[int] | None = None) -> dict[Wanted, list[Located]]:
        """The positions of each item; numbers: the line numbers of the text, if it is a part of the file."""
        spans: dict[Wanted, dict[tuple[int, ...], ScannedTriple]] = {}
        for item in self._wanted:
            is_triple = isinstance(item, ox.Quad | ox.Triple)
            spans[item] = {
                (one.subject_at, one.predicate_at, one.object_at, one.end)
                if is_triple
                else (one.subject_at, _token_end(text, one.subject_at)): one
                for one in self._found[item]
            }
        at = line_columns(text, (offset for here in spans.values() for span in here for offset in span))
        if numbers is not None:
            at = {offset: LineColumn(numbers[found.line - 1], found.column) for offset, found in at.items()}
        return {
            item: [
                self._position(path, triple, [at[offset] for offset in span])
                for span, triple in sorted(here.items(), key=lambda one: one[0][-2:])
            ]
            for item, here in spans.items()
        }

    def _position(self, path: Path, triple: ScannedTriple, span: list[LineColumn]) -> Located:
        kind = SubjectPosition if len(span) == 2 else TriplePosition
        return kind(path, self._graph_of(triple), *span)

    def _graph_of(self, triple: ScannedTriple) -> GraphName:
        if triple.graph is None:
            return self._graph
        if triple.graph.startswith("_:"):
            return ox.BlankNode(triple.graph[2:].replace("@", "anonymous."))
        return ox.NamedNode(triple.graph)


def _token_end(text: str, at: int) -> int:
    """The end of the token of a subject."""
    if text.startswith("<", at) and not text.startswith("<<", at):
        return text.index(">", at) + 1
    found = TOKEN.match(text, at)
    return found.end() if found else at + 1


def _marked(term: TermKey, marks: Mapping[str, str] | None) -> TermKey:
    """A term in which each blank node is named by its fingerprint, in a form that no written label can have."""
    if marks is None:
        return term
    if isinstance(term, str):
        return "_:=" + marks.get(term, "") if term.startswith("_:") else term
    if len(term) == 3:
        return _marked(term[0], marks), term[1], _marked(term[2], marks)
    return term
