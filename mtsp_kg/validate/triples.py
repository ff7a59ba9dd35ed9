"""The triples of shapes, looked up by subject and property. Imports `names`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pyoxigraph as ox

from mtsp_kg import names

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
            yield from self.objects(node, names.RDF_FIRST)
            node = next(iter(self.objects(node, names.RDF_REST)), _NIL)


_NIL = ox.NamedNode(names.RDF_NIL)
