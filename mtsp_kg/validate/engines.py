"""The SHACL engines behind one small interface: N-Triples of shapes, then of data, in; the W3C report's N-Triples out.

`shacl` is native and the default where it is installed (it has no wheel for every platform); `pyshacl` is the
reference. Both are given the same RDF merge, which is taken once, by `merged`. Imports `errors`; the engines are
imported where they are used.

From an engine's W3C report (SHACL, section 3.6) to findings, each with the graphs that it stands in.

Imports `names` and `locate`, and of this room `findings`, `shapes` and `triples`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from importlib.util import find_spec

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.errors import DataError, MissingExtraError, NotFoundError
from mtsp_kg.plan import names
from mtsp_kg.validate.findings import Finding, Severity, Wanted, Where
from mtsp_kg.validate.shapes import Shape, Shapes, Term

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


_SEVERITIES = {vocab.SH_WARNING: Severity.WARNING, vocab.SH_INFO: Severity.INFO}
_UNSAID = {"en": "This is not met: {what}.", "zh": "不满足：{what}。"}
_Result = dict[str, list[Term]]
_Steps = tuple[tuple[str, bool], ...]


def read_report(report: bytes, shapes: Shapes, store: ox.Store) -> list[Finding]:
    """The findings of a report in N-Triples, sorted; `store` tells in which graphs they stand.

    Results that differ in the constraint component alone are one finding. A blank node is called by its fingerprint,
    the same in each run.
    """
    about: dict[Term, _Result] = defaultdict(lambda: defaultdict(list))
    results: list[Term] = []
    for quad in ox.parse(report, format=ox.RdfFormat.N_TRIPLES):
        about[quad.subject][quad.predicate.value].append(quad.object)
        if quad.predicate.value == vocab.SH_RESULT:
            results.append(quad.object)
    nodes = {
        node
        for result in results
        for role in (vocab.SH_FOCUS_NODE, vocab.SH_VALUE)
        for node in about[result].get(role, ())
        if isinstance(node, ox.BlankNode)
    }
    reader = _Reader(shapes, store, _fingerprints(nodes, store))
    merged: dict[tuple[str, ...], Finding] = {}
    for result in results:
        finding = reader.finding(about[result])
        key = (*finding.order, *sorted(finding.messages.values()))
        before = merged.get(key)
        components = (*before.components, *finding.components) if before else finding.components
        merged[key] = replace(finding, components=tuple(sorted(components)))
    return [merged[key] for key in sorted(merged)]


def _fingerprints(nodes: set[ox.BlankNode], store: ox.Store) -> dict[ox.BlankNode, str]:
    if not nodes:
        return {}
    from mtsp_kg.locate import fingerprints, surroundings

    return fingerprints(surroundings(store, sorted(nodes, key=str)))


class _Reader:
    """What results are read with: the shapes, the graph, the names of blank nodes."""

    def __init__(self, shapes: Shapes, store: ox.Store, marks: dict[ox.BlankNode, str]) -> None:
        self.shapes = shapes
        self.store = store
        self.marks = marks

    def finding(self, result: _Result) -> Finding:
        focus = result[vocab.SH_FOCUS_NODE][0]
        source = result[vocab.SH_SOURCE_SHAPE][0]
        shape = self.shapes.by_iri.get(_plain(source), Shape(_plain(source)))
        path, steps = _path(result, shape)
        value = next(iter(result.get(vocab.SH_VALUE, [])), None)
        if value == focus and not path:
            value = None
        severity = _plain(next(iter(result.get(vocab.SH_RESULT_SEVERITY, [])), focus))
        component = _plain(next(iter(result.get(vocab.SH_COMPONENT, [])), focus))
        graphs, wanted = self._stands(focus, steps, value)
        nodes = [node for node in (focus, value) if isinstance(node, ox.BlankNode)]
        blanks = {node: self.marks[node] for node in nodes if node in self.marks}
        return Finding(
            focus=self._name(focus),
            path=path,
            value="" if value is None else self._name(value, whole=True),
            shape=shape.iri,
            severity=_SEVERITIES.get(severity, Severity.VIOLATION),
            messages=_messages(result, shape, component),
            graphs=graphs,
            components=(component,),
            where=Where(wanted, blanks),
        )

    def _name(self, term: Term, whole: bool = False) -> str:
        if isinstance(term, ox.BlankNode):
            return "_:" + self.marks.get(term, term.value)[:12]
        return str(term) if whole else _plain(term)

    def _stands(self, focus: Term, steps: _Steps, value: Term | None) -> tuple[tuple[str, ...], tuple[Wanted, ...]]:
        """The named graphs of the offending triple, and its quads; where it is not one triple, of the focus node."""
        quads = list(self._of_triples(focus, steps, value)) if value is not None else []
        if not quads and isinstance(focus, ox.Literal):
            quads = self._named(None, None, focus)
        if quads:
            return _graphs(quads), tuple(sorted(quads, key=str))
        if not isinstance(focus, ox.NamedNode | ox.BlankNode):
            return (), ()
        found = self._named(focus, ox.NamedNode(vocab.RDF_TYPE), None) or self._named(focus, None, None)
        if found:
            return _graphs(found), (focus,)
        quads = self._named(None, None, focus)
        return _graphs(quads), tuple(sorted(quads, key=str))

    def _of_triples(self, focus: Term, steps: _Steps, value: Term | None) -> Iterator[ox.Quad]:
        for predicate, backwards in steps:
            subject, object_ = (value, focus) if backwards else (focus, value)
            if isinstance(subject, ox.NamedNode | ox.BlankNode):
                yield from self._named(subject, ox.NamedNode(predicate), object_)

    def _named(
        self, subject: ox.NamedNode | ox.BlankNode | None, predicate: ox.NamedNode | None, object_: Term | None
    ) -> list[ox.Quad]:
        found = self.store.quads_for_pattern(subject, predicate, object_, None)
        return [quad for quad in found if isinstance(quad.graph_name, ox.NamedNode)]


def _path(result: _Result, shape: Shape) -> tuple[str, _Steps]:
    """The property that was looked at: the shape's, or that which a shape without one (sh:closed) tells."""
    told = next(iter(result.get(vocab.SH_RESULT_PATH, [])), None)
    if not shape.path and isinstance(told, ox.NamedNode):
        return names.shrink(told.value), ((told.value, False),)
    return shape.path, shape.predicates


def _messages(result: _Result, shape: Shape, component: str) -> dict[str, str]:
    """What the shape says; where it says nothing, the constraint that is not met, whatever the engine makes up."""
    told = [found for found in result.get(vocab.SH_RESULT_MESSAGE, []) if isinstance(found, ox.Literal)]
    own = component.startswith(vocab.SH) and component != vocab.SH_SPARQL_COMPONENT
    if told and (shape.messages or not own):
        return {found.language or "": found.value for found in sorted(told, key=str)}
    what = component.removeprefix(vocab.SH).removesuffix(vocab.SH_COMPONENT_SUFFIX)
    what = "sh:sparql" if component == vocab.SH_SPARQL_COMPONENT else f"sh:{what[:1].lower()}{what[1:]}"
    asked = shape.parameters.get(what.removeprefix("sh:"), "")
    return {language: text.format(what=f"{what} {asked}".strip()) for language, text in _UNSAID.items()}


def _graphs(quads: Iterable[ox.Quad]) -> tuple[str, ...]:
    return tuple(sorted({quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}))


def _plain(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)
