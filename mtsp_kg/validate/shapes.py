"""Shapes, read from files: what the engines are given, and what a report needs to know of each shape.

Imports `errors`, `load` and `names`; pyoxigraph reads the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.errors import DataError
from mtsp_kg.load import load_files

Node = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_OPERATORS = {
    names.SH_INVERSE: "^{}",
    names.SH_ZERO_OR_MORE: "{}*",
    names.SH_ONE_OR_MORE: "{}+",
    names.SH_ZERO_OR_ONE: "{}?",
}
_JOINERS = {names.SH_ALTERNATIVE: "|"}


@dataclass(frozen=True)
class Shape:
    """One shape that has an IRI.

    path: the property that it looks at, as a SPARQL property path with short names; predicates: the IRIs of the
    properties that its values may hang on, each with whether it is followed backwards; targets: what declares its
    targets, as pairs of the declaring property's IRI and its object.
    """

    iri: str
    path: str = ""
    predicates: tuple[tuple[str, bool], ...] = ()
    targets: tuple[tuple[str, Term], ...] = ()
    messages: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Shapes:
    """Shapes by IRI, and all of their triples as N-Triples for the engines."""

    by_iri: Mapping[str, Shape]
    ntriples: bytes

    def targeted(self) -> list[Shape]:
        """The shapes that have a target of their own, by IRI."""
        return [shape for _, shape in sorted(self.by_iri.items()) if shape.targets]


def read_shapes(files: Iterable[tuple[Path, str]]) -> Shapes:
    """The shapes of some files, each given with the graph that it stands in.

    A property shape without an IRI gets one made of its parent's, so that findings can point at it. Raises DataError.
    """
    store = load_files(files)
    _name_property_shapes(store)
    found: dict[str, Shape] = {}
    for node in sorted(set(_shape_nodes(store)), key=str):
        path = next(_objects(store, node, names.SH_PATH), None)
        found[node.value] = Shape(
            iri=node.value,
            path=_path(store, path) if path is not None else "",
            predicates=tuple(_predicates(store, path)) if path is not None else (),
            targets=tuple(
                (declaration, target)
                for declaration in names.SH_TARGETS
                for target in _objects(store, node, declaration)
            ),
            messages={
                message.language or "": message.value
                for message in _objects(store, node, names.SH_MESSAGE)
                if isinstance(message, ox.Literal)
            },
        )
    dumped = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    return Shapes(found, dumped or b"")


def _shape_nodes(store: ox.Store) -> Iterator[ox.NamedNode]:
    for predicate in (*names.SH_TARGETS, names.SH_PATH, names.SH_PROPERTY):
        for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph()):
            if isinstance(quad.subject, ox.NamedNode):
                yield quad.subject


def _name_property_shapes(store: ox.Store) -> None:
    """Puts an IRI in the place of each blank property shape that hangs on a named shape.

    Raises DataError for a property shape without a path: not every engine does.
    """
    hanging = list(store.quads_for_pattern(None, ox.NamedNode(names.SH_PROPERTY), None, ox.DefaultGraph()))
    for quad in hanging:
        if next(_objects(store, quad.object, names.SH_PATH), None) is None:
            raise DataError(
                f"The shapes are not SHACL: a property shape of {quad.subject} has no sh:path.",
                remedy="Give it one, or mend its name in sh:property.",
            )
    blank = sorted(
        (str(quad.subject), _path(store, path), quad.object)
        for quad in hanging
        if isinstance(quad.object, ox.BlankNode) and isinstance(quad.subject, ox.NamedNode)
        for path in _objects(store, quad.object, names.SH_PATH)
    )
    for number, (parent, _, old) in enumerate(blank, start=1):
        new = ox.NamedNode(f"{parent[1:-1]}-property-{number}")
        for quad in list(store.quads_for_pattern(old, None, None, ox.DefaultGraph())):
            store.remove(quad)
            store.add(ox.Quad(new, quad.predicate, quad.object))
        for quad in list(store.quads_for_pattern(None, None, old, ox.DefaultGraph())):
            store.remove(quad)
            store.add(ox.Quad(quad.subject, quad.predicate, new))


def _objects(store: ox.Store, subject: Term, predicate: str) -> Iterator[Term]:
    if isinstance(subject, Node):
        pattern = store.quads_for_pattern(subject, ox.NamedNode(predicate), None, ox.DefaultGraph())
        yield from (quad.object for quad in pattern)


def _members(store: ox.Store, node: Term) -> Iterator[Term]:
    while isinstance(node, ox.BlankNode):
        yield from _objects(store, node, names.RDF_FIRST)
        node = next(_objects(store, node, names.RDF_REST), ox.NamedNode(names.RDF_NIL))


def _path(store: ox.Store, path: Term) -> str:
    """A SHACL path as a SPARQL property path with short names."""
    if isinstance(path, ox.NamedNode):
        return names.shrink(path.value)
    for operator, pattern in _OPERATORS.items():
        for inner in _objects(store, path, operator):
            return pattern.format(_path(store, inner))
    for joiner, sign in _JOINERS.items():
        for inner in _objects(store, path, joiner):
            return "(" + sign.join(_path(store, member) for member in _members(store, inner)) + ")"
    return "(" + "/".join(_path(store, member) for member in _members(store, path)) + ")"


def _predicates(store: ox.Store, path: Term, backwards: bool = False) -> Iterator[tuple[str, bool]]:
    """The properties that lead from the focus to a value in one step; none for a path of several steps."""
    if isinstance(path, ox.NamedNode):
        yield path.value, backwards
    for inner in _objects(store, path, names.SH_INVERSE):
        yield from _predicates(store, inner, not backwards)
    for inner in _objects(store, path, names.SH_ALTERNATIVE):
        for member in _members(store, inner):
            yield from _predicates(store, member, backwards)
