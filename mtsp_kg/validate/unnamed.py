"""Shapes without an IRI of their own get one, the same in each run, so that findings can point at them.

Imports `names` and `locate`.
"""

from __future__ import annotations

import pyoxigraph as ox

from mtsp_kg import names

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
    for quad in store.quads_for_pattern(None, ox.NamedNode(names.SH_PROPERTY), None, _DEFAULT):
        if isinstance(quad.object, ox.BlankNode):
            found.add(quad.object)
    for declaration in names.SH_TARGETS:
        for quad in store.quads_for_pattern(None, ox.NamedNode(declaration), None, _DEFAULT):
            if isinstance(quad.subject, ox.BlankNode):
                found.add(quad.subject)
    return found


def _parent(node: ox.BlankNode, store: ox.Store) -> str | None:
    """The IRI of the shape that a property shape hangs on; empty for a shape with targets of its own; else None."""
    for quad in store.quads_for_pattern(None, ox.NamedNode(names.SH_PROPERTY), node, _DEFAULT):
        if isinstance(quad.subject, ox.NamedNode):
            return quad.subject.value
    targeted = any(
        True
        for declaration in names.SH_TARGETS
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
