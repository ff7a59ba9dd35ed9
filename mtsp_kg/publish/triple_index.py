"""An index of a graph's quads by subject, object and graph, from which documents and pages are made.

It is built once for a graph, in tens of milliseconds; a document then takes a few lookups. Quads are in canonical
order, so that a document has the same bytes each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.profile import Profile
from mtsp_kg.publish.rdf_writer import canonical
from mtsp_kg.publish.site_layout import SiteLayout

Node = ox.NamedNode | ox.BlankNode


class TripleIndex:
    """The quads of named graphs. Keys are IRIs, or `_:` and a label for blank nodes.

    statement_properties: a subject of one of these is a statement, which belongs to the documents about all resources
    that it refers to; annotation_properties: a subject of one of these belongs to the document about the object.
    """

    def __init__(
        self,
        quads: Iterable[ox.Quad],
        layout: SiteLayout,
        *,
        statement_properties: frozenset[str] = frozenset(),
        annotation_properties: frozenset[str] = frozenset(),
    ) -> None:
        self.layout = layout
        self._statement_properties = statement_properties
        self._annotation_properties = annotation_properties
        self.quads = canonical(quads)
        self.by_subject: dict[str, list[ox.Quad]] = {}
        self.by_object: dict[str, list[ox.Quad]] = {}
        self.by_graph: dict[str, list[ox.Quad]] = {}
        for quad in self.quads:
            self.by_subject.setdefault(key(quad.subject), []).append(quad)
            self.by_graph.setdefault(key(quad.graph_name), []).append(quad)
            if isinstance(quad.object, Node):
                self.by_object.setdefault(key(quad.object), []).append(quad)
        self._rank = {id(quad): rank for rank, quad in enumerate(self.quads)}

    @property
    def profile(self) -> Profile:
        """The profile of the project."""
        return self.layout.profile

    @cached_property
    def stems(self) -> dict[str, str]:
        """Stem of documents to the IRI that they are about, for every IRI of the project in the graph.

        A term is described in the document of its vocabulary.
        """
        found: dict[str, str] = {}
        for iri in sorted({*self.by_subject, *self.by_object, *self.by_graph}):
            path = self.layout.locate(iri)
            if path:
                described = self.profile.described_by(iri)
                found.setdefault(path.stem, iri.split("#")[0] if path.fragment else described)
        return dict(sorted(found.items()))

    @cached_property
    def statements(self) -> frozenset[str]:
        """The nodes that are statements."""
        return frozenset(key(quad.subject) for quad in self.quads if quad.predicate.value in self._statement_properties)

    @cached_property
    def ontologies(self) -> dict[str, list[str]]:
        """Ontology, and each of its version IRIs, to the graphs that contain it: its own and those of its imports."""
        declared: dict[str, str] = {}
        imports: dict[str, list[str]] = {}
        versions: dict[str, str] = {}
        for quad in self.quads:
            subject, predicate = key(quad.subject), quad.predicate.value
            if predicate == vocab.RDF_TYPE and key(quad.object) == vocab.OWL_ONTOLOGY:
                declared[subject] = key(quad.graph_name)
            elif predicate == vocab.OWL_IMPORTS:
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

    def objects(self, subject: str, predicate: str) -> list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]:
        """The objects of a subject and a property in any graph, each once."""
        return list(
            dict.fromkeys(quad.object for quad in self.by_subject.get(subject, ()) if quad.predicate.value == predicate)
        )

    def about(self, iri: str) -> list[ox.Quad]:
        """The quads of the document about an IRI, in canonical order.

        They are those with the IRI as subject or object, each in its graph; complete statements that refer to it and
        its annotations; the content of the graph with this name; resources that the profile describes in this document;
        for an ontology its graphs and those of its imports, for the project's own every term of its namespace.
        """
        found: dict[int, ox.Quad] = {}
        for graph in self.ontologies.get(iri, ()):
            _take(found, self.by_graph[graph])
        for term in self._terms_outside_imports if iri == self.profile.ontology.removesuffix("#") else ():
            _take(found, (term,))
            self._follow(term.object, found)
        _take(found, self.by_graph.get(iri, ()))
        for other in self._described_here.get(iri, ()):
            _take(found, (*self.by_subject.get(other, ()), *self.by_object.get(other, ())))
        for quad in (*self.by_subject.get(iri, ()), *self.by_object.get(iri, ())):
            _take(found, (quad,))
            self._follow(quad.object, found)
            self._climb(quad.subject, found)
            other = key(quad.subject)
            if other != iri and (other in self.statements or quad.predicate.value in self._annotation_properties):
                _take(found, self.by_subject[other])
        return sorted(found.values(), key=lambda quad: self._rank[id(quad)])

    @cached_property
    def _described_here(self) -> dict[str, list[str]]:
        """Resource to the other resources that its document describes."""
        found: dict[str, list[str]] = {}
        for iri in {*self.by_subject, *self.by_object}:
            described = self.profile.described_by(iri)
            if described != iri:
                found.setdefault(described, []).append(iri)
        return found

    @cached_property
    def _terms_outside_imports(self) -> list[ox.Quad]:
        # Ontologies that ours does not import define terms of our namespace too, and the address of such a term leads
        # to the document of the namespace.
        namespace = self.profile.ontology
        own = self.ontologies.get(namespace.removesuffix("#"), ())
        others = {graphs[0] for graphs in self.ontologies.values() if graphs} - set(own)
        found = []
        for graph in sorted(others):
            inside = [quad for quad in self.by_graph[graph] if key(quad.subject).startswith(namespace)]
            defined = {quad.subject for quad in inside if quad.predicate.value == vocab.RDF_TYPE}
            found += [quad for quad in inside if quad.subject in defined]
        return found

    def _follow(self, node: object, found: dict[int, ox.Quad]) -> None:
        """Adds the description of a blank node."""
        if isinstance(node, ox.BlankNode):
            for quad in self.by_subject.get(key(node), ()):
                if id(quad) not in found:
                    found[id(quad)] = quad
                    self._follow(quad.object, found)

    def _climb(self, node: object, found: dict[int, ox.Quad]) -> None:
        """Adds the expression that contains a blank node, up to the named resource that the expression describes."""
        if isinstance(node, ox.BlankNode):
            self._follow(node, found)
            for quad in self.by_object.get(key(node), ()):
                if id(quad) not in found:
                    found[id(quad)] = quad
                    self._climb(quad.subject, found)


def key(node: object) -> str:
    """A node's IRI, or `_:` and its label; for a literal its lexical form."""
    return f"_:{node.value}" if isinstance(node, ox.BlankNode) else str(getattr(node, "value", node))


def _take(found: dict[int, ox.Quad], quads: Iterable[ox.Quad]) -> None:
    found.update((id(quad), quad) for quad in quads)
