"""Shapes, read from files: what the engines are given, and what a report needs to know of each shape.

Imports `load` and `names`, and of this room `unnamed`; pyoxigraph reads the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.load import load_files
from mtsp_kg.validate.unnamed import name_shapes

Node = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_OPERATORS = {
    names.SH_INVERSE: "^{}",
    names.SH_ZERO_OR_MORE: "{}*",
    names.SH_ONE_OR_MORE: "{}+",
    names.SH_ZERO_OR_ONE: "{}?",
}
_DEEP = 100
_JOINERS = {names.SH_ALTERNATIVE: "|"}


@dataclass(frozen=True)
class Shape:
    """One shape that has an IRI.

    path: the property that it looks at, as a SPARQL property path with short names; predicates: the IRIs of the
    properties that its values may hang on, each with whether it is followed backwards; targets: what declares its
    targets, as pairs of the declaring property's IRI and its object; messages: by language; parameters: its constraints
    by the local name of their property, where they have one plain value.
    """

    iri: str
    path: str = ""
    predicates: tuple[tuple[str, bool], ...] = ()
    targets: tuple[tuple[str, Term], ...] = ()
    messages: Mapping[str, str] = field(default_factory=dict, hash=False)
    parameters: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Shapes:
    """Shapes by IRI, and all of their triples: as N-Triples for the engines, and in a store.

    unnamed: the blank node that a shape which got its IRI here was, and the quads that tell it from others; files:
    where the shapes were read from, each with its graph.
    """

    by_iri: Mapping[str, Shape]
    ntriples: bytes
    store: ox.Store
    unnamed: Mapping[str, tuple[ox.BlankNode, tuple[ox.Quad, ...]]] = field(default_factory=dict)
    files: tuple[tuple[Path, str], ...] = ()

    def targeted(self) -> list[Shape]:
        """The shapes that have a target of their own, by IRI."""
        return [shape for _, shape in sorted(self.by_iri.items()) if shape.targets]


def read_shapes(files: Iterable[tuple[Path, str]]) -> Shapes:
    """The shapes of some files, each given with the graph that it stands in.

    A shape without an IRI that can report gets one, so that findings can point at it. Raises DataError.
    """
    files = tuple(files)
    store = load_files(files)
    unnamed = name_shapes(store)
    found: dict[str, Shape] = {}
    for node in sorted(set(_shape_nodes(store)), key=str):
        about: dict[str, list[Term]] = {}
        for quad in store.quads_for_pattern(node, None, None, ox.DefaultGraph()):
            about.setdefault(quad.predicate.value, []).append(quad.object)
        path = next(iter(about.get(names.SH_PATH, ())), None)
        found[node.value] = Shape(
            iri=node.value,
            path=_path(store, path) if path is not None else "",
            predicates=tuple(_predicates(store, path)) if path is not None else (),
            targets=_targets(node, about),
            messages={
                message.language or "": message.value
                for message in about.get(names.SH_MESSAGE, ())
                if isinstance(message, ox.Literal)
            },
            parameters={
                predicate.removeprefix(names.SH): _short(objects[0])
                for predicate, objects in about.items()
                if predicate.startswith(names.SH) and len(objects) == 1 and not isinstance(objects[0], ox.BlankNode)
            },
        )
    dumped = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    return Shapes(found, dumped or b"", store, unnamed, files)


def _targets(node: ox.NamedNode, about: Mapping[str, list[Term]]) -> tuple[tuple[str, Term], ...]:
    """What declares targets (SHACL, section 2.1.3), and the shape itself where it is a class, too."""
    if any(_short(value) == "true" for value in about.get(names.SH_DEACTIVATED, ())):
        return ()
    found = [
        (declaration, target)
        for declaration in names.SH_TARGETS
        for target in sorted(about.get(declaration, ()), key=str)
    ]
    types = {_short(type_) for type_ in about.get(names.RDF_TYPE, ())}
    if types & {"rdfs:Class", "owl:Class"} and types & {"sh:NodeShape", "sh:PropertyShape"}:
        found.append((names.SH_TARGET_CLASS, node))
    return tuple(found)


def _short(term: Term) -> str:
    return names.shrink(term.value) if isinstance(term, ox.NamedNode) else getattr(term, "value", str(term))


def _shape_nodes(store: ox.Store) -> Iterator[ox.NamedNode]:
    for predicate in (*names.SH_TARGETS, names.SH_PATH, names.SH_PROPERTY):
        for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph()):
            if isinstance(quad.subject, ox.NamedNode):
                yield quad.subject
    for kind in (names.SH_NODE_SHAPE, names.SH_PROPERTY_SHAPE):
        for quad in store.quads_for_pattern(None, ox.NamedNode(names.RDF_TYPE), ox.NamedNode(kind), ox.DefaultGraph()):
            if isinstance(quad.subject, ox.NamedNode):
                yield quad.subject


def _objects(store: ox.Store, subject: Term, predicate: str) -> Iterator[Term]:
    if isinstance(subject, Node):
        pattern = store.quads_for_pattern(subject, ox.NamedNode(predicate), None, ox.DefaultGraph())
        yield from (quad.object for quad in pattern)


def _members(store: ox.Store, node: Term) -> Iterator[Term]:
    seen: set[Term] = set()
    while isinstance(node, ox.BlankNode) and node not in seen:
        seen.add(node)
        yield from _objects(store, node, names.RDF_FIRST)
        node = next(_objects(store, node, names.RDF_REST), ox.NamedNode(names.RDF_NIL))


def _path(store: ox.Store, path: Term, deep: int = 0) -> str:
    """A SHACL path as a SPARQL property path with short names; what leads into itself is cut off."""
    if isinstance(path, ox.NamedNode):
        return names.shrink(path.value)
    if deep > _DEEP or not isinstance(path, ox.BlankNode):
        return "..."
    for operator, pattern in _OPERATORS.items():
        for inner in _objects(store, path, operator):
            return pattern.format(_path(store, inner, deep + 1))
    for joiner, sign in _JOINERS.items():
        for inner in _objects(store, path, joiner):
            return "(" + sign.join(_path(store, member, deep + 1) for member in _members(store, inner)) + ")"
    return "(" + "/".join(_path(store, member, deep + 1) for member in _members(store, path)) + ")"


def _predicates(store: ox.Store, path: Term, backwards: bool = False, deep: int = 0) -> Iterator[tuple[str, bool]]:
    """The properties that lead from the focus to a value in one step; none for a path of several steps."""
    if isinstance(path, ox.NamedNode):
        yield path.value, backwards
    if deep > _DEEP:
        return
    for inner in _objects(store, path, names.SH_INVERSE):
        yield from _predicates(store, inner, not backwards, deep + 1)
    for inner in _objects(store, path, names.SH_ALTERNATIVE):
        for member in _members(store, inner):
            yield from _predicates(store, member, backwards, deep + 1)
