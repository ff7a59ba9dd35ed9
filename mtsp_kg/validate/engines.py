"""The SHACL engines behind one interface, and the findings in their reports.

An engine takes shapes and data as N-Triples and returns the W3C report (SHACL, section 3.6) as N-Triples. `shacl` is
native and the default where it is installed (it has no wheel for every platform); `pyshacl` is the reference. Both get
the same RDF merge of the graphs. `read_report` converts a report to findings, each with the graphs that assert it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.errors import DataError, MissingExtraError, NotFoundError
from mtsp_kg.validate.findings import Finding, Severity, SourceLookup
from mtsp_kg.validate.shapes import Shape, Shapes, Term

if TYPE_CHECKING:
    from mtsp_kg.locate import Wanted

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


_SEVERITIES = {vocab.SH_WARNING: Severity.WARNING, vocab.SH_INFO: Severity.INFO}
_NO_MESSAGE = {"en": "The constraint {what} is not satisfied.", "zh": "不满足约束 {what}。"}
_Result = dict[str, list[Term]]
_Steps = tuple[tuple[str, bool], ...]


def read_report(report: bytes, shapes: Shapes, store: ox.Store) -> list[Finding]:
    """The findings of a report in N-Triples, sorted; store: the data, from which each finding gets its graphs.

    Results that differ only in the constraint component are one finding. A blank node is identified by its fingerprint,
    which is the same in each run.
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
    reader = _ResultReader(shapes, store, _fingerprints(nodes, store))
    merged: dict[tuple[str, ...], Finding] = {}
    for result in results:
        finding = reader.finding(about[result])
        key = (*finding.key, *sorted(finding.messages.values()))
        if before := merged.get(key):
            finding = replace(finding, components=tuple(sorted((*before.components, *finding.components))))
        merged[key] = finding
    return [merged[key] for key in sorted(merged)]


def _fingerprints(nodes: set[ox.BlankNode], store: ox.Store) -> dict[ox.BlankNode, str]:
    if not nodes:
        return {}
    from mtsp_kg.locate import fingerprints, surroundings

    return fingerprints(surroundings(store, sorted(nodes, key=str)))


class _ResultReader:
    """Reads results with the shapes, the data and the fingerprints of blank nodes."""

    def __init__(self, shapes: Shapes, store: ox.Store, marks: dict[ox.BlankNode, str]) -> None:
        self._shapes = shapes
        self._store = store
        self._marks = marks

    def finding(self, result: _Result) -> Finding:
        focus = result[vocab.SH_FOCUS_NODE][0]
        source = _plain(result[vocab.SH_SOURCE_SHAPE][0])
        shape = self._shapes.by_iri.get(source, Shape(source))
        path, steps = self._path(result, shape)
        value = next(iter(result.get(vocab.SH_VALUE, [])), None)
        if value == focus and not path:
            value = None
        severity = _plain(next(iter(result.get(vocab.SH_RESULT_SEVERITY, [])), focus))
        component = _plain(next(iter(result.get(vocab.SH_COMPONENT, [])), focus))
        graphs, wanted = self._asserted(focus, steps, value)
        nodes = [node for node in (focus, value) if isinstance(node, ox.BlankNode)]
        blanks = {node: self._marks[node] for node in nodes if node in self._marks}
        return Finding(
            focus=self._name(focus),
            path=path,
            value="" if value is None else self._name(value, as_term=True),
            shape=shape.iri,
            severity=_SEVERITIES.get(severity, Severity.VIOLATION),
            messages=_messages(result, shape, component),
            graphs=graphs,
            components=(component,),
            lookup=SourceLookup(wanted, graphs, blanks),
        )

    def _path(self, result: _Result, shape: Shape) -> tuple[str, _Steps]:
        """The path of the shape or, if the shape has none (sh:closed), that of the result."""
        found = next(iter(result.get(vocab.SH_RESULT_PATH, [])), None)
        if not shape.path and isinstance(found, ox.NamedNode):
            return self._shapes.profile.shrink(found.value), ((found.value, False),)
        return shape.path, shape.predicates

    def _name(self, term: Term, as_term: bool = False) -> str:
        if isinstance(term, ox.BlankNode):
            return "_:" + self._marks.get(term, term.value)[:12]
        return str(term) if as_term else _plain(term)

    def _asserted(self, focus: Term, steps: _Steps, value: Term | None) -> tuple[tuple[str, ...], tuple[Wanted, ...]]:
        """The named graphs of the offending triple, and its quads; if there is none, those of the focus node."""
        quads = list(self._of_steps(focus, steps, value)) if value is not None else []
        if not quads and isinstance(focus, ox.Literal):
            quads = self._quads(None, None, focus)
        if quads:
            return _graphs(quads), tuple(sorted(quads, key=str))
        if not isinstance(focus, ox.NamedNode | ox.BlankNode):
            return (), ()
        found = self._quads(focus, ox.NamedNode(vocab.RDF_TYPE), None) or self._quads(focus, None, None)
        if found:
            return _graphs(found), (focus,)
        quads = self._quads(None, None, focus)
        return _graphs(quads), tuple(sorted(quads, key=str))

    def _of_steps(self, focus: Term, steps: _Steps, value: Term | None) -> Iterator[ox.Quad]:
        for predicate, inverse in steps:
            subject, object_ = (value, focus) if inverse else (focus, value)
            if isinstance(subject, ox.NamedNode | ox.BlankNode):
                yield from self._quads(subject, ox.NamedNode(predicate), object_)

    def _quads(
        self, subject: ox.NamedNode | ox.BlankNode | None, predicate: ox.NamedNode | None, object_: Term | None
    ) -> list[ox.Quad]:
        found = self._store.quads_for_pattern(subject, predicate, object_, None)
        return [quad for quad in found if isinstance(quad.graph_name, ox.NamedNode)]


def _messages(result: _Result, shape: Shape, component: str) -> dict[str, str]:
    """The messages of the shape; if it has none, a message that names the violated constraint."""
    found = [message for message in result.get(vocab.SH_RESULT_MESSAGE, []) if isinstance(message, ox.Literal)]
    own = component.startswith(vocab.SH) and component != vocab.SH_SPARQL_COMPONENT
    if found and (shape.messages or not own):
        return {message.language or "": message.value for message in sorted(found, key=str)}
    what = component.removeprefix(vocab.SH).removesuffix(vocab.SH_COMPONENT_SUFFIX)
    what = "sh:sparql" if component == vocab.SH_SPARQL_COMPONENT else f"sh:{what[:1].lower()}{what[1:]}"
    parameter = shape.parameters.get(what.removeprefix("sh:"), "")
    return {language: text.format(what=f"{what} {parameter}".strip()) for language, text in _NO_MESSAGE.items()}


def _graphs(quads: Iterable[ox.Quad]) -> tuple[str, ...]:
    return tuple(sorted({quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}))


def _plain(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)
