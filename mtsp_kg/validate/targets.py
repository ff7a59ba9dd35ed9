"""Which nodes shapes look at (SHACL, section 2.1.3). Imports `names` and `shapes`."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.validate.shapes import Shape, Term

_DEFAULT = ox.DefaultGraph()


def targets_of(shape: Shape, store: ox.Store) -> set[Term]:
    """The nodes of a store's default graph that a shape's own targets match."""
    return {node for declaration, target in shape.targets for node in _matched(declaration, target, store)}


def _matched(declaration: str, target: Term, store: ox.Store) -> Iterator[Term]:
    if declaration == names.SH_TARGET_NODE:
        yield target
    elif isinstance(target, ox.NamedNode):
        if declaration == names.SH_TARGET_CLASS:
            for found in _with_subclasses(target, store):
                pattern = store.quads_for_pattern(None, ox.NamedNode(names.RDF_TYPE), found, _DEFAULT)
                yield from (quad.subject for quad in pattern)
        elif declaration == names.SH_TARGET_SUBJECTS_OF:
            yield from (quad.subject for quad in store.quads_for_pattern(None, target, None, _DEFAULT))
        elif declaration == names.SH_TARGET_OBJECTS_OF:
            yield from (quad.object for quad in store.quads_for_pattern(None, target, None, _DEFAULT))


def _with_subclasses(top: ox.NamedNode, store: ox.Store) -> set[ox.NamedNode]:
    found = {top}
    waiting = [top]
    while waiting:
        pattern = store.quads_for_pattern(None, ox.NamedNode(names.RDFS_SUBCLASS), waiting.pop(), _DEFAULT)
        for quad in pattern:
            if isinstance(quad.subject, ox.NamedNode) and quad.subject not in found:
                found.add(quad.subject)
                waiting.append(quad.subject)
    return found
