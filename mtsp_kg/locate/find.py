"""From what is wanted to where it stands. Imports `load`; of this room, all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg.load import oxigraph_format, parse_file, read_file
from mtsp_kg.locate.document import scan
from mtsp_kg.locate.lines import lines_about, scan_lines
from mtsp_kg.locate.places import GraphName, Place
from mtsp_kg.locate.search import Search, Wanted
from mtsp_kg.locate.source import decode
from mtsp_kg.locate.statement import Row
from mtsp_kg.locate.terms import key

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
