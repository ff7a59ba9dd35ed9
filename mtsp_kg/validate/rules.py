"""What found something: shapes, check queries and kinds of our own, with the names, help and places that reports give.

Imports `names` and `locate`, and of this room `findings` and `shapes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.validate.findings import Finding, Rule, Severity, Where
from mtsp_kg.validate.shapes import Shapes

_DEFAULT = ox.DefaultGraph()
_SEVERITIES = {names.SH_WARNING: Severity.WARNING, names.SH_INFO: Severity.INFO}


def rule_of(iri: str, shapes: Shapes) -> Rule:
    """A shape as a rule, and what to look for to find its place."""
    node = ox.NamedNode(iri)
    severity = next((_SEVERITIES.get(_value(found), Severity.VIOLATION) for found in
                     _objects(shapes, node, names.SH_SEVERITY)), Severity.VIOLATION)  # fmt: skip
    told = _texts(shapes, node, names.SH_NAME)
    help_ = _texts(shapes, node, names.SH_DESCRIPTION) or _texts(shapes, node, names.SH_MESSAGE)
    return Rule(iri, told, help_, severity, None, tuple(_path(node, shapes)), place_of(iri, shapes))


def place_of(iri: str, shapes: Shapes) -> Finding:
    """A shape as something to look for in the shapes' files."""
    if iri in shapes.unnamed:
        from mtsp_kg.locate import fingerprints

        node, quads = shapes.unnamed[iri]
        where = Where((node,), {node: fingerprints(quads)[node]})
        graphs: Iterable[str] = {_value(quad.graph_name) for quad in quads}
    else:
        where = Where((ox.NamedNode(iri),))
        graphs = {
            _value(quad.graph_name) for quad in shapes.store.quads_for_pattern(ox.NamedNode(iri), None, None, None)
        }
    return Finding(iri, "", "", iri, Severity.INFO, {}, tuple(sorted(set(graphs) - {""})), where=where)


def _path(node: ox.NamedNode, shapes: Shapes) -> Iterator[ox.Triple]:
    """The triples of a shape's path: first that of the shape, then what describes it."""
    waiting: list[ox.NamedNode | ox.BlankNode] = []
    for found in _objects(shapes, node, names.SH_PATH):
        yield ox.Triple(node, ox.NamedNode(names.SH_PATH), found)
        waiting += [found] if isinstance(found, ox.BlankNode) else []
    seen = set(waiting)
    while waiting:
        for quad in shapes.store.quads_for_pattern(waiting.pop(0), None, None, _DEFAULT):
            yield quad.triple
            if isinstance(quad.object, ox.BlankNode) and quad.object not in seen:
                seen.add(quad.object)
                waiting.append(quad.object)


def _objects(shapes: Shapes, node: ox.NamedNode, predicate: str) -> Iterator[ox.NamedNode | ox.BlankNode | ox.Literal]:
    for quad in shapes.store.quads_for_pattern(node, ox.NamedNode(predicate), None, _DEFAULT):
        if not isinstance(quad.object, ox.Triple):
            yield quad.object


def _texts(shapes: Shapes, node: ox.NamedNode, predicate: str) -> dict[str, str]:
    return {
        found.language or "": found.value
        for found in sorted(_objects(shapes, node, predicate), key=str)
        if isinstance(found, ox.Literal)
    }


def _value(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""
