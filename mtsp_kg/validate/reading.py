"""From an engine's W3C report (SHACL, section 3.6) to findings, each with the graphs that it stands in.

Imports `names` and, of this room, `findings` and `shapes`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.validate.findings import Finding, Severity
from mtsp_kg.validate.shapes import Shape, Shapes, Term

_SEVERITIES = {names.SH_WARNING: Severity.WARNING, names.SH_INFO: Severity.INFO}
_Result = dict[str, list[Term]]


def read_report(report: bytes, shapes: Shapes, store: ox.Store) -> list[Finding]:
    """The findings of a report in N-Triples, sorted, the same once; `store` tells in which graphs they stand."""
    about: dict[Term, _Result] = defaultdict(lambda: defaultdict(list))
    results: list[Term] = []
    for quad in ox.parse(report, format=ox.RdfFormat.N_TRIPLES):
        about[quad.subject][quad.predicate.value].append(quad.object)
        if quad.predicate.value == names.SH_RESULT:
            results.append(quad.object)
    found = {finding.order: finding for finding in (_finding(about[result], shapes, store) for result in results)}
    return [found[key] for key in sorted(found)]


def _finding(result: _Result, shapes: Shapes, store: ox.Store) -> Finding:
    focus = result[names.SH_FOCUS_NODE][0]
    source = result[names.SH_SOURCE_SHAPE][0]
    shape = shapes.by_iri.get(_plain(source), Shape(_plain(source)))
    value = next(iter(result.get(names.SH_VALUE, [])), None)
    if value == focus and not shape.path:
        value = None
    severity = _plain(next(iter(result.get(names.SH_RESULT_SEVERITY, [])), focus))
    messages = result.get(names.SH_RESULT_MESSAGE, [])
    return Finding(
        focus=_plain(focus),
        path=shape.path,
        value="" if value is None else str(value),
        shape=shape.iri,
        severity=_SEVERITIES.get(severity, Severity.VIOLATION),
        messages={found.language or "": found.value for found in messages if isinstance(found, ox.Literal)},
        graphs=_graphs(focus, shape, value, store),
    )


def _graphs(focus: Term, shape: Shape, value: Term | None, store: ox.Store) -> tuple[str, ...]:
    """The named graphs of the offending triple; where it is not one triple, those that say what the focus is."""
    if isinstance(focus, ox.NamedNode):
        found = set(_of_triples(focus, shape.predicates, value, store)) if value is not None else set()
        found = found or set(_of_triples(focus, [(names.RDF_TYPE, False)], None, store))
        found = found or set(_named(store.quads_for_pattern(focus, None, None, None)))
        return tuple(sorted(found))
    return ()


def _of_triples(
    focus: ox.NamedNode, predicates: Iterable[tuple[str, bool]], value: Term | None, store: ox.Store
) -> Iterator[str]:
    for predicate, backwards in predicates:
        property_ = ox.NamedNode(predicate)
        if not backwards:
            pattern = store.quads_for_pattern(focus, property_, value, None)
        elif value is None or isinstance(value, ox.NamedNode):
            pattern = store.quads_for_pattern(value, property_, focus, None)
        else:
            continue
        yield from _named(pattern)


def _named(quads: Iterable[ox.Quad]) -> Iterator[str]:
    return (quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode))


def _plain(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)
