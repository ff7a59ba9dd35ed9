"""The triples of shapes, looked up by subject and property. Imports `names`.

Shapes without an IRI of their own get one, the same in each run, so that findings can point at them.

Imports `names` and `locate`.

Shapes, read from files: what the engines are given, and what a report needs to know of each shape.

Imports `load` and `names`, and of this room `triples` and `unnamed`; pyoxigraph reads the files.

What found something: shapes, check queries and kinds of our own, with the names, help and places that reports give.

Imports `names` and `locate`, and of this room `findings` and `shapes`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.load import load_files
from mtsp_kg.plan import names
from mtsp_kg.validate.findings import Finding, Rule, Severity, Where

Node = ox.NamedNode | ox.BlankNode
Term = Node | ox.Literal | ox.Triple


class Triples:
    """What the default graph of a store says, read once: a look-up in the store takes ten times as long.

    about: for each subject, the objects by the IRI of their property.
    """

    def __init__(self, store: ox.Store) -> None:
        self.about: dict[Term, dict[str, list[Term]]] = {}
        self._by: dict[str, list[tuple[Term, Term]]] = defaultdict(list)
        for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph()):
            subject, predicate, object_ = quad.subject, quad.predicate.value, quad.object
            self.about.setdefault(subject, {}).setdefault(predicate, []).append(object_)
            self._by[predicate].append((subject, object_))

    def by(self, predicate: str) -> list[tuple[Term, Term]]:
        """Subjects and objects of a property, in an order that is the same in each run for what has an IRI."""
        return sorted(self._by.get(predicate, ()), key=lambda pair: (str(pair[0]), str(pair[1])))

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        """The objects of a subject and a property."""
        return self.about.get(subject, {}).get(predicate, [])

    def members(self, node: Term) -> Iterator[Term]:
        """The members of a list, which may lead into itself (RDF 1.1 Semantics, section D.3, asks nothing of it)."""
        seen: set[Term] = set()
        while node != _NIL and node not in seen:
            seen.add(node)
            yield from self.objects(node, vocab.RDF_FIRST)
            node = next(iter(self.objects(node, vocab.RDF_REST)), _NIL)


_NIL = ox.NamedNode(vocab.RDF_NIL)


_DEFAULT = ox.DefaultGraph()


def name_shapes(store: ox.Store) -> dict[str, tuple[ox.BlankNode, tuple[ox.Quad, ...]]]:
    """Puts IRIs in the place of blank shapes that have targets, and of blank property shapes that hang on named shapes.

    Gives back, for each IRI, the blank node, and the quads that tell it from others.
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
            iri = f"{parent}-property-{counted[parent]}" if parent else f"{names.SHAPES}unnamed-{counted[parent]}"
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
    """The IRI of the shape that a property shape hangs on; empty for a shape with targets of its own; else None."""
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


_OPERATORS = {
    vocab.SH_INVERSE: "^{}",
    vocab.SH_ZERO_OR_MORE: "{}*",
    vocab.SH_ONE_OR_MORE: "{}+",
    vocab.SH_ZERO_OR_ONE: "{}?",
}
_DEEP = 100
_KINDS = (ox.NamedNode(vocab.SH_NODE_SHAPE), ox.NamedNode(vocab.SH_PROPERTY_SHAPE))
_JOINERS = {vocab.SH_ALTERNATIVE: "|"}


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
        path = next(iter(about.get(vocab.SH_PATH, ())), None)
        found[node.value] = Shape(
            iri=node.value,
            path=_path(triples, path) if path is not None else "",
            predicates=tuple(_predicates(triples, path)) if path is not None else (),
            targets=_targets(node, about),
            messages={
                message.language or "": message.value
                for message in about.get(vocab.SH_MESSAGE, ())
                if isinstance(message, ox.Literal)
            },
            parameters={
                predicate.removeprefix(vocab.SH): _short(objects[0])
                for predicate, objects in about.items()
                if predicate.startswith(vocab.SH) and len(objects) == 1 and not isinstance(objects[0], ox.BlankNode)
            },
        )
    dumped = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    return Shapes(found, dumped or b"", store, triples, unnamed, files)


def _targets(node: ox.NamedNode, about: Mapping[str, list[Term]]) -> tuple[tuple[str, Term], ...]:
    """What declares targets (SHACL, section 2.1.3), and the shape itself where it is a class, too."""
    if any(_short(value) == "true" for value in about.get(vocab.SH_DEACTIVATED, ())):
        return ()
    found = [
        (declaration, target)
        for declaration in vocab.SH_TARGETS
        for target in sorted(about.get(declaration, ()), key=str)
    ]
    types = {_short(type_) for type_ in about.get(vocab.RDF_TYPE, ())}
    if types & {"rdfs:Class", "owl:Class"} and types & {"sh:NodeShape", "sh:PropertyShape"}:
        found.append((vocab.SH_TARGET_CLASS, node))
    return tuple(found)


def _short(term: Term) -> str:
    return names.shrink(term.value) if isinstance(term, ox.NamedNode) else getattr(term, "value", str(term))


def _shape_nodes(triples: Triples) -> Iterator[ox.NamedNode]:
    for subject, about in triples.about.items():
        if isinstance(subject, ox.NamedNode) and (
            any(predicate in about for predicate in (*vocab.SH_TARGETS, vocab.SH_PATH, vocab.SH_PROPERTY))
            or any(type_ in _KINDS for type_ in about.get(vocab.RDF_TYPE, ()))
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
    for inner in triples.objects(path, vocab.SH_INVERSE):
        yield from _predicates(triples, inner, not backwards, deep + 1)
    for inner in triples.objects(path, vocab.SH_ALTERNATIVE):
        for member in triples.members(inner):
            yield from _predicates(triples, member, backwards, deep + 1)


_SEVERITIES = {vocab.SH_WARNING: Severity.WARNING, vocab.SH_INFO: Severity.INFO}


def rule_of(iri: str, shapes: Shapes) -> Rule:
    """A shape as a rule, and what to look for to find its place."""
    node = ox.NamedNode(iri)
    severity = next((_SEVERITIES.get(_value(found), Severity.VIOLATION) for found in
                     _objects(shapes, node, vocab.SH_SEVERITY)), Severity.VIOLATION)  # fmt: skip
    told = _texts(shapes, node, vocab.SH_NAME)
    help_ = _texts(shapes, node, vocab.SH_DESCRIPTION) or _texts(shapes, node, vocab.SH_MESSAGE)
    return Rule(iri, told, help_, severity, None, tuple(_path_triples(node, shapes)), place_of(iri, shapes))


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


def _path_triples(node: ox.NamedNode, shapes: Shapes) -> Iterator[ox.Triple]:
    """The triples of a shape's path: first that of the shape, then what describes it."""
    waiting: list[ox.NamedNode | ox.BlankNode] = []
    for found in _objects(shapes, node, vocab.SH_PATH):
        yield ox.Triple(node, ox.NamedNode(vocab.SH_PATH), found)
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
