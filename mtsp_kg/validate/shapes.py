"""Shapes, read from files: as N-Triples for the engines, and as `Shape` objects for reports.

A shape without an IRI that can have results gets an IRI, the same in each run, so that findings can name it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.load import load_files
from mtsp_kg.profile import Profile
from mtsp_kg.validate.findings import Severity, SourceLookup
from mtsp_kg.validate.inputs import SourceFile
from mtsp_kg.validate.report import ReportRule

Node = ox.NamedNode | ox.BlankNode
Term = Node | ox.Literal | ox.Triple

_DEFAULT = ox.DefaultGraph()
_NIL = ox.NamedNode(vocab.RDF_NIL)
_SHAPE_TYPES = (ox.NamedNode(vocab.SH_NODE_SHAPE), ox.NamedNode(vocab.SH_PROPERTY_SHAPE))
_CLASS_TYPES = (ox.NamedNode(vocab.VOCABULARIES["rdfs"] + "Class"), ox.NamedNode(vocab.OWL + "Class"))
_SEVERITIES = {vocab.SH_WARNING: Severity.WARNING, vocab.SH_INFO: Severity.INFO}
_PATH_OPERATORS = {
    vocab.SH_INVERSE: "^{}",
    vocab.SH_ZERO_OR_MORE: "{}*",
    vocab.SH_ONE_OR_MORE: "{}+",
    vocab.SH_ZERO_OR_ONE: "{}?",
}
_MAX_PATH_DEPTH = 100


class ShapeTriples:
    """The default graph of a store, read once, because a lookup in the store takes ten times as long.

    about: for each subject, the objects by the IRI of their property.
    """

    def __init__(self, store: ox.Store) -> None:
        self.about: dict[Term, dict[str, list[Term]]] = {}
        self._by_property: dict[str, list[tuple[Term, Term]]] = defaultdict(list)
        for quad in store.quads_for_pattern(None, None, None, _DEFAULT):
            subject, predicate, object_ = quad.subject, quad.predicate.value, quad.object
            self.about.setdefault(subject, {}).setdefault(predicate, []).append(object_)
            self._by_property[predicate].append((subject, object_))

    def pairs(self, predicate: str) -> list[tuple[Term, Term]]:
        """Subjects and objects of a property; the order of those with an IRI is the same in each run."""
        return sorted(self._by_property.get(predicate, ()), key=lambda pair: (str(pair[0]), str(pair[1])))

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        """The objects of a subject and a property."""
        return self.about.get(subject, {}).get(predicate, [])

    def members(self, node: Term) -> Iterator[Term]:
        """The members of a list; a list that leads back to itself is read once."""
        seen: set[Term] = set()
        while node != _NIL and node not in seen:
            seen.add(node)
            yield from self.objects(node, vocab.RDF_FIRST)
            node = next(iter(self.objects(node, vocab.RDF_REST)), _NIL)


@dataclass(frozen=True)
class Shape:
    """One shape with an IRI.

    path: its sh:path as a SPARQL property path with prefixed names; predicates: the IRIs of the properties that lead to
    its values in one step, each with whether it is inverse; targets: its target declarations, as pairs of the declaring
    property's IRI and its object; messages: by language; parameters: those of its constraint parameters that have a
    single plain value, by the local name of their property.
    """

    iri: str
    path: str = ""
    predicates: tuple[tuple[str, bool], ...] = ()
    targets: tuple[tuple[str, Term], ...] = ()
    messages: Mapping[str, str] = field(default_factory=dict, hash=False)
    parameters: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Shapes:
    """Shapes by IRI, and all of their triples: as N-Triples for the engines, in a store, and in Python.

    unnamed: for a shape that was given an IRI here, its blank node and the quads that identify it; files: where the
    shapes were read from.
    """

    by_iri: Mapping[str, Shape]
    ntriples: bytes
    store: ox.Store
    triples: ShapeTriples
    profile: Profile
    unnamed: Mapping[str, tuple[ox.BlankNode, tuple[ox.Quad, ...]]] = field(default_factory=dict)
    files: tuple[SourceFile, ...] = ()

    def targeted(self) -> list[Shape]:
        """The shapes that declare a target, by IRI."""
        return [shape for _, shape in sorted(self.by_iri.items()) if shape.targets]

    def rule(self, iri: str) -> ReportRule:
        """A shape as a rule of the report."""
        node = ox.NamedNode(iri)
        severities = [
            _SEVERITIES.get(_iri(found), Severity.VIOLATION) for found in self._objects(node, vocab.SH_SEVERITY)
        ]
        return ReportRule(
            id=iri,
            name=self._texts(node, vocab.SH_NAME),
            help=self._texts(node, vocab.SH_DESCRIPTION) or self._texts(node, vocab.SH_MESSAGE),
            severity=next(iter(severities), Severity.VIOLATION),
            path=tuple(self._path_triples(node)),
            is_shape=True,
            lookup=self.lookup(iri),
        )

    def lookup(self, iri: str) -> SourceLookup:
        """The lookup for the position of a shape."""
        if iri in self.unnamed:
            from mtsp_kg.locate import fingerprints

            node, quads = self.unnamed[iri]
            return SourceLookup((node,), _graphs(quads), {node: fingerprints(quads)[node]})
        named = ox.NamedNode(iri)
        return SourceLookup((named,), _graphs(self.store.quads_for_pattern(named, None, None, None)))

    def _path_triples(self, node: ox.NamedNode) -> Iterator[ox.Triple]:
        """The triples of a shape's path: first that of sh:path, then those that describe the path."""
        waiting: list[Node] = []
        for found in self._objects(node, vocab.SH_PATH):
            yield ox.Triple(node, ox.NamedNode(vocab.SH_PATH), found)
            waiting += [found] if isinstance(found, ox.BlankNode) else []
        seen = set(waiting)
        while waiting:
            for quad in self.store.quads_for_pattern(waiting.pop(0), None, None, _DEFAULT):
                yield quad.triple
                if isinstance(quad.object, ox.BlankNode) and quad.object not in seen:
                    seen.add(quad.object)
                    waiting.append(quad.object)

    def _objects(self, node: ox.NamedNode, predicate: str) -> Iterator[Node | ox.Literal]:
        for quad in self.store.quads_for_pattern(node, ox.NamedNode(predicate), None, _DEFAULT):
            if not isinstance(quad.object, ox.Triple):
                yield quad.object

    def _texts(self, node: ox.NamedNode, predicate: str) -> dict[str, str]:
        return {
            found.language or "": found.value
            for found in sorted(self._objects(node, predicate), key=str)
            if isinstance(found, ox.Literal)
        }


def read_shapes(files: Iterable[SourceFile], profile: Profile) -> Shapes:
    """The shapes in files; profile: the prefixes for names, and the namespace for shapes without an IRI.

    Raises DataError.
    """
    files = tuple(files)
    store = load_files((file.path, file.graph) for file in files)
    unnamed = _name_shapes(store, profile.shapes)
    triples = ShapeTriples(store)
    reader = _ShapeReader(triples, profile)
    found = {node.value: reader.shape(node) for node in sorted(reader.nodes(), key=str)}
    dumped = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=_DEFAULT) or b""
    return Shapes(found, dumped, store, triples, profile, unnamed, files)


class _ShapeReader:
    """Reads single shapes from their triples."""

    def __init__(self, triples: ShapeTriples, profile: Profile) -> None:
        self._triples = triples
        self._profile = profile

    def nodes(self) -> Iterator[ox.NamedNode]:
        """The shapes that have an IRI."""
        for subject, about in self._triples.about.items():
            if isinstance(subject, ox.NamedNode) and (
                any(predicate in about for predicate in (*vocab.SH_TARGETS, vocab.SH_PATH, vocab.SH_PROPERTY))
                or any(type_ in _SHAPE_TYPES for type_ in about.get(vocab.RDF_TYPE, ()))
            ):
                yield subject

    def shape(self, node: ox.NamedNode) -> Shape:
        """The shape with an IRI."""
        about = self._triples.about[node]
        path = next(iter(about.get(vocab.SH_PATH, ())), None)
        return Shape(
            iri=node.value,
            path=self._path(path) if path is not None else "",
            predicates=tuple(self._predicates(path)) if path is not None else (),
            targets=self._targets(node, about),
            messages={
                message.language or "": message.value
                for message in about.get(vocab.SH_MESSAGE, ())
                if isinstance(message, ox.Literal)
            },
            parameters={
                predicate.removeprefix(vocab.SH): self._short(objects[0])
                for predicate, objects in about.items()
                if predicate.startswith(vocab.SH) and len(objects) == 1 and not isinstance(objects[0], ox.BlankNode)
            },
        )

    def _targets(self, node: ox.NamedNode, about: Mapping[str, list[Term]]) -> tuple[tuple[str, Term], ...]:
        """The target declarations (SHACL, section 2.1.3), including the implicit class target."""
        if any(self._short(value) == "true" for value in about.get(vocab.SH_DEACTIVATED, ())):
            return ()
        found = [
            (declaration, target)
            for declaration in vocab.SH_TARGETS
            for target in sorted(about.get(declaration, ()), key=str)
        ]
        types = about.get(vocab.RDF_TYPE, ())
        if any(type_ in _CLASS_TYPES for type_ in types) and any(type_ in _SHAPE_TYPES for type_ in types):
            found.append((vocab.SH_TARGET_CLASS, node))
        return tuple(found)

    def _short(self, term: Term) -> str:
        if isinstance(term, ox.NamedNode):
            return self._profile.shrink(term.value)
        return getattr(term, "value", str(term))

    def _path(self, path: Term, depth: int = 0) -> str:
        """A SHACL path as a SPARQL property path with prefixed names; a cyclic path is cut off."""
        if isinstance(path, ox.NamedNode):
            return self._profile.shrink(path.value)
        if depth > _MAX_PATH_DEPTH or not isinstance(path, ox.BlankNode):
            return "..."
        for operator, pattern in _PATH_OPERATORS.items():
            for inner in self._triples.objects(path, operator):
                return pattern.format(self._path(inner, depth + 1))
        for inner in self._triples.objects(path, vocab.SH_ALTERNATIVE):
            return "(" + "|".join(self._path(member, depth + 1) for member in self._triples.members(inner)) + ")"
        return "(" + "/".join(self._path(member, depth + 1) for member in self._triples.members(path)) + ")"

    def _predicates(self, path: Term, inverse: bool = False, depth: int = 0) -> Iterator[tuple[str, bool]]:
        """The properties that lead from the focus to a value in one step; none for a path of several steps."""
        if isinstance(path, ox.NamedNode):
            yield path.value, inverse
        if depth > _MAX_PATH_DEPTH:
            return
        for inner in self._triples.objects(path, vocab.SH_INVERSE):
            yield from self._predicates(inner, not inverse, depth + 1)
        for inner in self._triples.objects(path, vocab.SH_ALTERNATIVE):
            for member in self._triples.members(inner):
                yield from self._predicates(member, inverse, depth + 1)


def _name_shapes(store: ox.Store, namespace: str) -> dict[str, tuple[ox.BlankNode, tuple[ox.Quad, ...]]]:
    """Gives IRIs to the blank shapes that have targets, and to the blank property shapes of named shapes.

    Returns for each IRI the blank node, and the quads that identify it.
    """
    waiting = _blank_shapes(store)
    if not waiting:
        return {}
    from mtsp_kg.locate import fingerprints, surroundings

    around = {node: tuple(surroundings(store, [node])) for node in waiting}
    marks = {node: fingerprints(quads)[node] for node, quads in around.items()}
    named: dict[str, tuple[ox.BlankNode, tuple[ox.Quad, ...]]] = {}
    rank = {node: number for number, node in enumerate(sorted(waiting, key=lambda node: (marks[node], node.value)))}
    counted: dict[str, int] = {}
    while waiting:
        ready = {node: parent for node in waiting if (parent := _parent(node, store)) is not None}
        if not ready:
            break
        for node in sorted(ready, key=lambda node: (ready[node], rank[node])):
            parent = ready[node]
            counted[parent] = counted.get(parent, 0) + 1
            iri = f"{parent}-property-{counted[parent]}" if parent else f"{namespace}unnamed-{counted[parent]}"
            _rename(store, node, ox.NamedNode(iri))
            named[iri] = (node, around[node])
            waiting.remove(node)
    return named


def _blank_shapes(store: ox.Store) -> set[ox.BlankNode]:
    found = set()
    for quad in store.quads_for_pattern(None, ox.NamedNode(vocab.SH_PROPERTY), None, _DEFAULT):
        if isinstance(quad.object, ox.BlankNode):
            found.add(quad.object)
    for declaration in vocab.SH_TARGETS:
        for quad in store.quads_for_pattern(None, ox.NamedNode(declaration), None, _DEFAULT):
            if isinstance(quad.subject, ox.BlankNode):
                found.add(quad.subject)
    return found


def _parent(node: ox.BlankNode, store: ox.Store) -> str | None:
    """The IRI of the shape that a property shape belongs to; empty for a shape that declares targets; else None."""
    for quad in store.quads_for_pattern(None, ox.NamedNode(vocab.SH_PROPERTY), node, _DEFAULT):
        if isinstance(quad.subject, ox.NamedNode):
            return quad.subject.value
    targeted = any(
        True
        for declaration in vocab.SH_TARGETS
        for _ in store.quads_for_pattern(node, ox.NamedNode(declaration), None, _DEFAULT)
    )
    return "" if targeted else None


def _rename(store: ox.Store, old: ox.BlankNode, new: ox.NamedNode) -> None:
    for quad in list(store.quads_for_pattern(old, None, None, _DEFAULT)):
        store.remove(quad)
        store.add(ox.Quad(new, quad.predicate, quad.object))
    for quad in list(store.quads_for_pattern(None, None, old, _DEFAULT)):
        store.remove(quad)
        store.add(ox.Quad(quad.subject, quad.predicate, new))


def _graphs(quads: Iterable[ox.Quad]) -> tuple[str, ...]:
    return tuple(sorted({_iri(quad.graph_name) for quad in quads} - {""}))


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""
