"""The sources of an asserted fact: the graphs that contain it, with the file and the line of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.infer.terms import Atom, iri, is_named, triple_of
from mtsp_kg.layout import natural_key
from mtsp_kg.locate import TriplePosition, locate
from mtsp_kg.project import Project


@dataclass(frozen=True)
class StatementSource:
    """A graph that asserts a fact: the graph of a passage, or that of a curator's file.

    notes: the curator's notes on the fact in this graph, by language.
    """

    graph: str
    is_passage: bool
    file: str = ""
    line: int | None = None
    notes: dict[str, str] = field(default_factory=dict, hash=False)

    def note(self, language: str) -> str:
        """The curator's note in a language, with English and then any other as fallback; empty if there is none."""
        return self.notes.get(language) or self.notes.get("en") or next(iter(self.notes.values()), "")


class Assertions:
    """Finds the sources of asserted facts in a project's store."""

    def __init__(self, project: Project, store: ox.Store) -> None:
        self._project = project
        self._profile = project.profile
        self._store = store
        self._texts: dict[Path, str] = {}
        self._held: dict[tuple[Path, str], bool] = {}

    def graphs(self, fact: Atom) -> list[str]:
        """The graphs that assert a fact, without inferred ones: those of passages first, in natural order."""
        subject, predicate, object_ = (node(term) for term in triple_of(fact))
        if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode):
            return []
        quads = self._store.quads_for_pattern(subject, predicate, object_, None)
        found = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}
        asserting = (graph for graph in found if not graph.startswith(self._profile.inferred))
        return sorted(asserting, key=lambda graph: (self._profile.is_file_graph(graph), natural_key(graph)))

    def holds(self, fact: Atom) -> bool:
        """Whether any graph asserts a fact."""
        return bool(self.graphs(fact))

    def sources(self, fact: Atom, *, lines: bool = True) -> list[StatementSource]:
        """The graphs that assert a fact, with their files. lines: whether to look up lines too. Raises DataError."""
        found = [self._source(fact, graph, lines) for graph in self.graphs(fact)]
        return [one if one.is_passage else replace(one, notes=self._notes(fact, one.graph)) for one in found]

    def _notes(self, fact: Atom, graph: str) -> dict[str, str]:
        """The notes, by language, of a node of a graph that refers to subject and object, as an alignment does."""
        subject, _, object_ = (node(term) for term in triple_of(fact))
        if not isinstance(object_, ox.NamedNode):
            return {}
        here = ox.NamedNode(graph)
        both = [
            {quad.subject for quad in self._store.quads_for_pattern(None, None, end, here)}
            for end in (subject, object_)
        ]
        notes: dict[str, str] = {}
        for named in sorted(both[0] & both[1], key=str):
            for quad in self._store.quads_for_pattern(named, ox.NamedNode(vocab.NOTE), None, here):
                if isinstance(quad.object, ox.Literal):
                    notes.setdefault(quad.object.language or "", quad.object.value)
        return notes

    def _source(self, fact: Atom, graph: str, lines: bool) -> StatementSource:
        is_passage = not self._profile.is_file_graph(graph)
        paths = self._dataset_files if is_passage else [self._files[graph]] if graph in self._files else []
        if not lines:
            return StatementSource(graph, is_passage, self._project.relative(paths[0]) if len(paths) == 1 else "")
        for path in paths:
            if is_passage and not self._may_hold(path, graph):
                continue
            line = _line(path, fact, graph, self._project.graph_of(path))
            if line is not None:
                return StatementSource(graph, is_passage, self._project.relative(path), line)
        return StatementSource(graph, is_passage)

    @cached_property
    def _files(self) -> dict[str, Path]:
        files = (*self._project.ontology_files(), *self._project.graph_files())
        return {self._project.graph_of(path): path for path in files}

    @cached_property
    def _dataset_files(self) -> list[Path]:
        return [path for path in self._project.graph_files() if path.suffix.lower() in (".trig", ".nq", ".jsonld")]

    def _may_hold(self, path: Path, graph: str) -> bool:
        """Whether a file may contain a graph, by its text: fast, with false positives."""
        if (path, graph) not in self._held:
            local = max(graph.rfind("/"), graph.rfind("#")) + 1
            prefixed = re.compile(rf":{re.escape(graph[local:])}(?![\w.-])")
            if path not in self._texts:
                self._texts[path] = path.read_text(encoding="utf-8")
            self._held[path, graph] = graph in self._texts[path] or bool(prefixed.search(self._texts[path]))
        return self._held[path, graph]


def node(term: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """A term in N-Triples form as a pyoxigraph term."""
    if is_named(term):
        return ox.NamedNode(iri(term))
    if term.startswith("_:"):
        return ox.BlankNode(term[2:])
    (triple,) = ox.parse(f"<urn:s> <urn:p> {term} .", format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(triple.object, ox.Literal)
    return triple.object


def _line(path: Path, fact: Atom, graph: str, own: str) -> int | None:
    subject, predicate, object_ = (node(term) for term in triple_of(fact))
    if not isinstance(subject, ox.NamedNode) or not isinstance(predicate, ox.NamedNode):
        return None
    quad = ox.Quad(subject, predicate, object_, ox.NamedNode(graph))
    places = locate(path, {quad}, graph=ox.NamedNode(own), parsed=True)[quad]
    return next((place.object.line for place in places if isinstance(place, TriplePosition)), None)
