"""The SHACL engines behind one interface: shapes and data as N-Triples in, the W3C report as N-Triples out.

`shacl` is native and the default where it is installed (it has no wheel for every platform); `pyshacl` is the
reference. Both get the same RDF merge of the graphs. The engines are imported where they are used.
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
    """The native engine. Raises MissingExtraError, DataError for malformed shapes."""
    try:
        from shacl import Shapes
    except ImportError as error:
        raise MissingExtraError(
            "The SHACL engine 'shacl' is not installed.", remedy="pip install shacl, or use --engine pyshacl."
        ) from error
    try:
        compiled = Shapes.from_text(shapes.decode(), format="ntriples")
    except ValueError as error:
        raise _malformed(error) from error

    def run(data: bytes) -> bytes:
        try:
            report: str = compiled.validate_text(data.decode(), format="ntriples").serialize("ntriples")
        except ValueError as error:
            raise _malformed(error) from error
        return _own_labels(report, data, shapes).encode() if "_:0_b" in report else report.encode()

    return run


def _own_labels(report: str, data: bytes, shapes: bytes) -> str:
    """The report with the blank node labels of the data: the engine numbers those of the shapes first, then these."""
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
    """The reference engine, on rdflib graphs. The returned function raises DataError for malformed shapes."""
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
            raise _malformed(error) from error
        if not isinstance(report, rdflib.Graph):
            raise _malformed(text)
        written: str = report.serialize(format="nt")
        return written.encode()

    return run


ENGINES: Mapping[str, Engine] = {"shacl": shacl, "pyshacl": pyshacl}


def choose_engine(name: str | None = None) -> str:
    """The name of the engine to use: `name`, or by default the fastest that is installed. Raises NotFoundError."""
    if name is None:
        return next(found for found in ENGINES if find_spec(found) is not None)
    if name not in ENGINES:
        raise NotFoundError(f"Unknown SHACL engine '{name}'.", remedy=f"Choose one of: {', '.join(ENGINES)}.")
    return name


def _malformed(why: object) -> DataError:
    reason = " ".join(str(why).split()).rstrip(".")
    return DataError(f"Malformed shapes: {reason}.", remedy="Fix the shape and run the command again.")
