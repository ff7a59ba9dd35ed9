"""Shapes, read from files: what the engines are given, and what a report needs to know of each shape.

Imports `load` and `names`, and of this room `triples` and `unnamed`; pyoxigraph reads the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.load import load_files
from mtsp_kg.validate.triples import Term, Triples
from mtsp_kg.validate.unnamed import name_shapes

_OPERATORS = {
    names.SH_INVERSE: "^{}",
    names.SH_ZERO_OR_MORE: "{}*",
    names.SH_ONE_OR_MORE: "{}+",
    names.SH_ZERO_OR_ONE: "{}?",
}
_DEEP = 100
_KINDS = (ox.NamedNode(names.SH_NODE_SHAPE), ox.NamedNode(names.SH_PROPERTY_SHAPE))
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
    """Shapes by IRI, and all of their triples: as N-Triples for the engines, in a store, and as Python has them.

    unnamed: the blank node that a shape which got its IRI here was, and the quads that tell it from others; files:
    where the shapes were read from, each with its graph.
    """

    by_iri: Mapping[str, Shape]
    ntriples: bytes
    store: ox.Store
    triples: Triples
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
    triples = Triples(store)
    found: dict[str, Shape] = {}
    for node in sorted(_shape_nodes(triples), key=str):
        about = triples.about[node]
        path = next(iter(about.get(names.SH_PATH, ())), None)
        found[node.value] = Shape(
            iri=node.value,
            path=_path(triples, path) if path is not None else "",
            predicates=tuple(_predicates(triples, path)) if path is not None else (),
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
    return Shapes(found, dumped or b"", store, triples, unnamed, files)


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


def _shape_nodes(triples: Triples) -> Iterator[ox.NamedNode]:
    for subject, about in triples.about.items():
        if isinstance(subject, ox.NamedNode) and (
            any(predicate in about for predicate in (*names.SH_TARGETS, names.SH_PATH, names.SH_PROPERTY))
            or any(type_ in _KINDS for type_ in about.get(names.RDF_TYPE, ()))
        ):
            yield subject


def _path(triples: Triples, path: Term, deep: int = 0) -> str:
    """A SHACL path as a SPARQL property path with short names; what leads into itself is cut off."""
    if isinstance(path, ox.NamedNode):
        return names.shrink(path.value)
    if deep > _DEEP or not isinstance(path, ox.BlankNode):
        return "..."
    for operator, pattern in _OPERATORS.items():
        for inner in triples.objects(path, operator):
            return pattern.format(_path(triples, inner, deep + 1))
    for joiner, sign in _JOINERS.items():
        for inner in triples.objects(path, joiner):
            return "(" + sign.join(_path(triples, member, deep + 1) for member in triples.members(inner)) + ")"
    return "(" + "/".join(_path(triples, member, deep + 1) for member in triples.members(path)) + ")"


def _predicates(triples: Triples, path: Term, backwards: bool = False, deep: int = 0) -> Iterator[tuple[str, bool]]:
    """The properties that lead from the focus to a value in one step; none for a path of several steps."""
    if isinstance(path, ox.NamedNode):
        yield path.value, backwards
    if deep > _DEEP:
        return
    for inner in triples.objects(path, names.SH_INVERSE):
        yield from _predicates(triples, inner, not backwards, deep + 1)
    for inner in triples.objects(path, names.SH_ALTERNATIVE):
        for member in triples.members(inner):
            yield from _predicates(triples, member, backwards, deep + 1)
