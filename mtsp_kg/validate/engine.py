"""The SHACL engines behind one small interface: N-Triples of data and of shapes in, the W3C report's N-Triples out.

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

Engine = Callable[[bytes, bytes], bytes]


def run_shacl(data: bytes, shapes: bytes) -> bytes:
    """The report of the native engine, as N-Triples. Raises MissingExtraError, DataError for shapes that are none."""
    try:
        import shacl
    except ImportError as error:
        raise MissingExtraError(
            "The engine 'shacl' is not installed.", remedy="pip install shacl, or use --engine pyshacl."
        ) from error
    try:
        compiled = shacl.Shapes.from_text(shapes.decode(), format="ntriples")
        report: str = compiled.validate_text(data.decode(), format="ntriples").serialize("ntriples")
    except ValueError as error:
        raise _not_shapes(error) from error
    return _own_labels(report, data, shapes).encode() if "_:0_b" in report else report.encode()


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


def run_pyshacl(data: bytes, shapes: bytes) -> bytes:
    """The report of pySHACL on rdflib graphs, as N-Triples. Raises DataError for shapes that are none."""
    import pyshacl
    import rdflib
    from pyshacl.errors import ReportableRuntimeError, ShapeLoadError

    labels = [{label: rdflib.BNode(label) for label in _labels(part)} for part in (data, shapes)]
    graphs = [
        rdflib.Graph().parse(data=part.decode(), format="nt", bnode_context=known)
        for part, known in zip((data, shapes), labels, strict=True)
    ]
    try:
        _, report, text = pyshacl.validate(graphs[0], shacl_graph=graphs[1], inference="none", inplace=True)
    except (ReportableRuntimeError, ShapeLoadError, re.error) as error:
        raise _not_shapes(error) from error
    if not isinstance(report, rdflib.Graph):
        raise _not_shapes(text)
    written: str = report.serialize(format="nt")
    return written.encode()


ENGINES: Mapping[str, Engine] = {"shacl": run_shacl, "pyshacl": run_pyshacl}


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
