"""Which nodes shapes look at (SHACL, section 2.1.3). Imports `names`, and of this room `merged` and `shapes`."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.validate.merged import whole
from mtsp_kg.validate.shapes import Shape, Term

_TYPE = ox.NamedNode(names.RDF_TYPE)
_SUBCLASS = ox.NamedNode(names.RDFS_SUBCLASS)


class Targets:
    """The nodes of a store that targets match. What several shapes declare is looked up once."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._graph = whole(store)
        self._known: dict[tuple[str, Term], frozenset[Term]] = {}

    def of(self, shape: Shape) -> frozenset[Term]:
        """The nodes that a shape's own targets match."""
        found = [self._declared(declaration, target) for declaration, target in shape.targets]
        return found[0] if len(found) == 1 else frozenset().union(*found)

    def _declared(self, declaration: str, target: Term) -> frozenset[Term]:
        key = (declaration, target)
        if key not in self._known:
            self._known[key] = frozenset(self._matched(declaration, target))
        return self._known[key]

    def _matched(self, declaration: str, target: Term) -> Iterator[Term]:
        if declaration == names.SH_TARGET_NODE:
            yield target
        elif isinstance(target, ox.NamedNode):
            quads = self._store.quads_for_pattern
            if declaration == names.SH_TARGET_CLASS:
                for found in self._with_subclasses(target):
                    yield from (quad.subject for quad in quads(None, _TYPE, found, self._graph))
            elif declaration == names.SH_TARGET_SUBJECTS_OF:
                yield from (quad.subject for quad in quads(None, target, None, self._graph))
            elif declaration == names.SH_TARGET_OBJECTS_OF:
                yield from (quad.object for quad in quads(None, target, None, self._graph))

    def _with_subclasses(self, top: ox.NamedNode) -> set[ox.NamedNode]:
        found = {top}
        waiting = [top]
        while waiting:
            for quad in self._store.quads_for_pattern(None, _SUBCLASS, waiting.pop(), self._graph):
                if isinstance(quad.subject, ox.NamedNode) and quad.subject not in found:
                    found.add(quad.subject)
                    waiting.append(quad.subject)
        return found
