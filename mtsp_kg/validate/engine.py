"""The SHACL engines behind one small interface: N-Triples of shapes, then of data, in; the W3C report's N-Triples out.

`shacl` is native and the default where it is installed (it has no wheel for every platform); `pyshacl` is the
reference. Both are given the same RDF merge, which is taken once, by `merged`. Imports `errors`; the engines are
imported where they are used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib.util import find_spec

import pyoxigraph as ox

from mtsp_kg.errors import DataError, MissingExtraError, NotFoundError

_NUMBERED = re.compile(r"_:0_b(\d+)(?=[ \n])")

# From shapes, which are read once, to what makes the report on data.
Engine = Callable[[bytes], Callable[[bytes], bytes]]


def shacl(shapes: bytes) -> Callable[[bytes], bytes]:
    """The native engine. Raises MissingExtraError, DataError for shapes that are none."""
    try:
        from shacl import Shapes
    except ImportError as error:
        raise MissingExtraError(
            "The engine 'shacl' is not installed.", remedy="pip install shacl, or use --engine pyshacl."
        ) from error
    try:
        compiled = Shapes.from_text(shapes.decode(), format="ntriples")
    except ValueError as error:
        raise _not_shapes(error) from error

    def run(data: bytes) -> bytes:
        try:
            report: str = compiled.validate_text(data.decode(), format="ntriples").serialize("ntriples")
        except ValueError as error:
            raise _not_shapes(error) from error
        return _own_labels(report, data, shapes).encode() if "_:0_b" in report else report.encode()

    return run


def _own_labels(report: str, data: bytes, shapes: bytes) -> str:
    """The report with the data's labels of blank nodes: the engine numbers them as they come, after the shapes' own."""
    labels = [*_labels(shapes), *(f"_:{label}" for label in _labels(data))]
    return _NUMBERED.sub(lambda found: labels[int(found.group(1))], report)


def _labels(ntriples: bytes) -> dict[str, None]:
    """The labels of blank nodes, in the order of their first triples."""
    found: dict[str, None] = {}
    for triple in ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES):
        for term in (triple.subject, triple.object):
            if isinstance(term, ox.BlankNode):
                found[term.value] = None
    return found


def pyshacl(shapes: bytes) -> Callable[[bytes], bytes]:
    """The reference, on rdflib graphs. What it makes raises DataError for shapes that are none."""
    import rdflib
    from pyshacl import validate
    from pyshacl.errors import ReportableRuntimeError, ShapeLoadError

    def graph(ntriples: bytes) -> rdflib.Graph:
        known = {label: rdflib.BNode(label) for label in _labels(ntriples)}
        return rdflib.Graph().parse(data=ntriples.decode(), format="nt", bnode_context=known)

    def run(data: bytes) -> bytes:
        try:
            _, report, text = validate(graph(data), shacl_graph=graph(shapes), inference="none", inplace=True)
        except (ReportableRuntimeError, ShapeLoadError, re.error) as error:
            raise _not_shapes(error) from error
        if not isinstance(report, rdflib.Graph):
            raise _not_shapes(text)
        written: str = report.serialize(format="nt")
        return written.encode()

    return run


ENGINES: Mapping[str, Engine] = {"shacl": shacl, "pyshacl": pyshacl}


def choose(name: str | None = None) -> str:
    """The name of the engine to use: the one asked for, or the fastest installed. Raises NotFoundError."""
    if name is None:
        return next(found for found in ENGINES if find_spec(found) is not None)
    if name not in ENGINES:
        raise NotFoundError(f"There is no engine called '{name}'.", remedy=f"Choose one of: {', '.join(ENGINES)}.")
    return name


def _not_shapes(why: object) -> DataError:
    reason = " ".join(str(why).split()).rstrip(".")
    return DataError(f"The shapes are not SHACL: {reason}.", remedy="Mend the shape and run the command again.")
