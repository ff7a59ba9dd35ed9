"""The nodes that targets match (SHACL, section 2.1.3), and the subjects of the data.

A node is represented by its TSV form (SPARQL 1.1 Query Results CSV and TSV Formats, section 4.2): the store writes all
nodes of a query at once, without holding the interpreter lock, and no Python object is created for each term.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

import pyoxigraph as ox

from mtsp_kg import sparql, vocab
from mtsp_kg.validate.merged_data import merge_graph
from mtsp_kg.validate.shapes import Shape, Term

Nodes = frozenset[bytes]

_QUERIES = {
    vocab.SH_TARGET_SUBJECTS_OF: "subjects-of.rq",
    vocab.SH_TARGET_OBJECTS_OF: "objects-of.rq",
}
_SUBCLASS = ox.NamedNode(vocab.RDFS_SUBCLASS)


def iri_of(node: bytes) -> str:
    """The IRI of a node; empty for a blank node or a literal.

    >>> iri_of(b"<http://a/b>"), iri_of(b'"text"')
    ('http://a/b', '')
    """
    return node[1:-1].decode() if node.startswith(b"<") and not node.startswith(b"<<") else ""


def subjects(store: ox.Store, without: Collection[str] = ()) -> Nodes:
    """The subjects in the named graphs of a store; without: graphs to leave out."""
    graphs = ", ".join(str(ox.NamedNode(graph)) for graph in without)
    query = sparql.text("subjects-outside.rq", graphs=graphs) if graphs else sparql.text("subjects.rq")
    return _nodes(store, query, merged=True)


class Targets:
    """The nodes of a store that targets match. A target that several shapes declare is evaluated once."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._merged = merge_graph(store) is not None
        self._known: dict[tuple[str, Term], Nodes] = {}

    @cached_property
    def by_class(self) -> dict[bytes, Nodes]:
        """The direct instances of each class, without those of its subclasses."""
        found: dict[bytes, list[bytes]] = defaultdict(list)
        for row in _written(self._store, sparql.text("instances.rq"), self._merged):
            node, _, class_ = row.partition(b"\t")
            found[class_].append(node)
        return {class_: frozenset(nodes) for class_, nodes in found.items()}

    def of(self, shape: Shape) -> Nodes:
        """The nodes that the targets of a shape match."""
        return _union([self._declared(declaration, target) for declaration, target in shape.targets])

    def of_all(self, shapes: Iterable[Shape]) -> tuple[Nodes, list[str]]:
        """The nodes that the targets of several shapes match, and the IRIs of the shapes whose targets match none."""
        found = {shape.iri: self.of(shape) for shape in shapes}
        return frozenset().union(*found.values()), [iri for iri, nodes in found.items() if not nodes]

    def _declared(self, declaration: str, target: Term) -> Nodes:
        key = (declaration, target)
        if key not in self._known:
            self._known[key] = self._matched(declaration, target)
        return self._known[key]

    def _matched(self, declaration: str, target: Term) -> Nodes:
        if declaration == vocab.SH_TARGET_NODE:
            # Written by a store, as the others are: it returns `2.50` as `2.5`.
            alone = ox.Store()
            alone.add(ox.Quad(_SUBCLASS, _SUBCLASS, target))
            return _nodes(alone, sparql.text("objects-of.rq", property=_SUBCLASS), merged=True)
        if not isinstance(target, ox.NamedNode):
            return frozenset()
        if declaration == vocab.SH_TARGET_CLASS:
            classes = (str(class_).encode() for class_ in self._with_subclasses(target))
            return _union([self.by_class[class_] for class_ in classes if class_ in self.by_class])
        return _nodes(self._store, sparql.text(_QUERIES[declaration], property=target), self._merged)

    def _with_subclasses(self, top: ox.NamedNode) -> set[ox.NamedNode]:
        found = {top}
        waiting = [top]
        while waiting:
            for quad in self._store.quads_for_pattern(None, _SUBCLASS, waiting.pop(), None):
                if isinstance(quad.subject, ox.NamedNode) and quad.subject not in found:
                    found.add(quad.subject)
                    waiting.append(quad.subject)
        return found


def _union(found: Sequence[Nodes]) -> Nodes:
    return found[0] if len(found) == 1 else frozenset().union(*found)


def _nodes(store: ox.Store, query: str, merged: bool) -> Nodes:
    return frozenset(_written(store, query, merged))


def _written(store: ox.Store, query: str, merged: bool) -> list[bytes]:
    """The rows of a query in TSV form."""
    found = store.query(query, use_default_graph_as_union=not merged)
    assert isinstance(found, ox.QuerySolutions)
    written = found.serialize(format=ox.QueryResultsFormat.TSV)
    assert written is not None
    return written.split(b"\n")[1:-1]  # without the heading, and the empty text after the last line end
