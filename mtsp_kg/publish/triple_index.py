"""All that a store's named graphs say, by subject, by object and by graph: what documents and pages are cut from.

Built once for a store, in tens of milliseconds; a document is then a few look-ups. Quads are in canonical order, and
blank nodes have the names that RDF Dataset Canonicalization (RDFC-1.0) gives them, so that every document has the same
bytes each time. Imports `names` and `publish.paths`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.plan import names
from mtsp_kg.publish import paths

Node = ox.NamedNode | ox.BlankNode

_STATEMENT = frozenset(names.term(name) for name in ("under", "figureOf"))
# Nodes that are about one thing: a name found in a passage, a curator's alignment.
_OF_ONE = frozenset(names.term(name) for name in ("inPassage", "alignedThing"))
_IN_DOCUMENT = names.term("inDocument")


class Index:
    """The quads of a store's named graphs. Keys are IRIs, or `_:` and a label for blank nodes."""

    def __init__(self, store: ox.Store) -> None:
        self.quads = _canonical(quad for quad in store if not isinstance(quad.graph_name, ox.DefaultGraph))
        self.by_subject: dict[str, list[ox.Quad]] = {}
        self.by_object: dict[str, list[ox.Quad]] = {}
        self.by_graph: dict[str, list[ox.Quad]] = {}
        for quad in self.quads:
            self.by_subject.setdefault(key(quad.subject), []).append(quad)
            self.by_graph.setdefault(key(quad.graph_name), []).append(quad)
            if isinstance(quad.object, Node):
                self.by_object.setdefault(key(quad.object), []).append(quad)
        self._place = {id(quad): place for place, quad in enumerate(self.quads)}

    @cached_property
    def stems(self) -> dict[str, str]:
        """Stem of documents to IRI, for every IRI below the base that the graph speaks of; terms are in their
        vocabulary's document, mentions in their passage's."""
        found: dict[str, str] = {}
        for iri in sorted({*self.by_subject, *self.by_object, *self.by_graph}):
            place = paths.split(iri)
            if place:
                found.setdefault(place[0], names.passage_of_mention(iri) or (iri.split("#")[0] if place[1] else iri))
        return dict(sorted(found.items()))

    @cached_property
    def statements(self) -> frozenset[str]:
        """The nodes that are made of a passage's words: statements in one of the voices, and figures."""
        return frozenset(key(quad.subject) for quad in self.quads if quad.predicate.value in _STATEMENT)

    @cached_property
    def _mentions(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for iri in {*self.by_subject, *self.by_object}:
            passage = names.passage_of_mention(iri) if "/mention/" in iri else None
            if passage:
                found.setdefault(passage, []).append(iri)
        return found

    @cached_property
    def passages(self) -> frozenset[str]:
        """The passages: what stands in a document."""
        return frozenset(key(quad.subject) for quad in self.quads if quad.predicate.value == _IN_DOCUMENT)

    @cached_property
    def ontologies(self) -> dict[str, list[str]]:
        """Ontology, and each of its version IRIs, to the graphs that it is: its own and those that it imports."""
        declared: dict[str, str] = {}
        imports: dict[str, list[str]] = {}
        versions: dict[str, str] = {}
        for quad in self.quads:
            subject, predicate = key(quad.subject), quad.predicate.value
            if predicate == vocab.RDF_TYPE and key(quad.object) == vocab.OWL + "Ontology":
                declared[subject] = key(quad.graph_name)
            elif predicate == vocab.OWL + "imports":
                imports.setdefault(subject, []).append(key(quad.object))
            elif predicate == vocab.OWL + "versionIRI":
                versions[key(quad.object)] = subject
        found: dict[str, list[str]] = {}
        for name in sorted({*declared, *versions}):
            reached: list[str] = []
            waiting = [versions.get(name, name)]
            while waiting:
                one = waiting.pop(0)
                if one not in reached:
                    reached.append(one)
                    waiting += imports.get(one, [])
            found[name] = [declared[one] for one in reached if one in declared]
        return found

    @cached_property
    def _elsewhere(self) -> list[ox.Quad]:
        # What defines the terms of our namespace in ontologies that ours does not import: each term's address leads to
        # the document of the namespace.
        own = names.ONTOLOGY.removesuffix("#")
        others = {graphs[0] for name, graphs in self.ontologies.items() if graphs} - set(self.ontologies.get(own, ()))
        found = []
        for graph in sorted(others):
            inside = [quad for quad in self.by_graph[graph] if key(quad.subject).startswith(names.ONTOLOGY)]
            defined = {quad.subject for quad in inside if quad.predicate.value == vocab.RDF_TYPE}
            found += [quad for quad in inside if quad.subject in defined]
        return found

    def objects(self, subject: str, predicate: str) -> list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]:
        """What a subject has for a property, in any graph, without repetition."""
        return list(
            dict.fromkeys(quad.object for quad in self.by_subject.get(subject, ()) if quad.predicate.value == predicate)
        )

    def about(self, iri: str) -> list[ox.Quad]:
        """What the document about an IRI tells, in canonical order.

        What is said of it as subject and as object, each in the graph that says it; of a statement or figure that
        concerns it, or an alignment of it, all that is said; for a passage or a file's graph all that stands in it, and
        for a passage the names found in its text; for an ontology its graphs and those it imports;
        for ours every term of its namespace.
        """
        found: dict[int, ox.Quad] = {}
        for graph in self.ontologies.get(iri, ()):
            _take(found, self.by_graph[graph])
        for term in self._elsewhere if iri == names.ONTOLOGY.removesuffix("#") else ():
            _take(found, (term,))
            self._follow(term.object, found)
        _take(found, self.by_graph.get(iri, ()))
        for mention in self._mentions.get(iri, ()):
            _take(found, (*self.by_subject.get(mention, ()), *self.by_object.get(mention, ())))
        for quad in (*self.by_subject.get(iri, ()), *self.by_object.get(iri, ())):
            _take(found, (quad,))
            self._follow(quad.object, found)
            self._climb(quad.subject, found)
            other = key(quad.subject)
            if other != iri and (other in self.statements or quad.predicate.value in _OF_ONE):
                _take(found, self.by_subject[other])
        return sorted(found.values(), key=lambda quad: self._place[id(quad)])

    def _follow(self, node: object, found: dict[int, ox.Quad]) -> None:
        if isinstance(node, ox.BlankNode):
            for quad in self.by_subject.get(key(node), ()):
                if id(quad) not in found:
                    found[id(quad)] = quad
                    self._follow(quad.object, found)

    def _climb(self, node: object, found: dict[int, ox.Quad]) -> None:
        # What is said of a thing inside an expression is told from the name that the expression belongs to.
        if isinstance(node, ox.BlankNode):
            self._follow(node, found)
            for quad in self.by_object.get(key(node), ()):
                if id(quad) not in found:
                    found[id(quad)] = quad
                    self._climb(quad.subject, found)


def key(node: object) -> str:
    """A node's IRI, or `_:` and its label; of a literal its text."""
    return f"_:{node.value}" if isinstance(node, ox.BlankNode) else str(getattr(node, "value", node))


def _take(found: dict[int, ox.Quad], quads: Iterable[ox.Quad]) -> None:
    found.update((id(quad), quad) for quad in quads)


def _canonical(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    # Blank nodes are named by the quads that hold them alone: the others need no canonicalization.
    plain, blank = [], ox.Dataset()
    for quad in quads:
        if any(isinstance(node, ox.BlankNode) for node in (quad.subject, quad.object, quad.graph_name)):
            blank.add(quad)
        else:
            plain.append(quad)
    blank.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted([*plain, *blank], key=lambda quad: (str(quad.graph_name), str(quad.triple)))
