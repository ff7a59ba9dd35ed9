"""Where an asserted fact is stated: its passages, and for what no passage says the file, with the line.

Imports `names`, `project`, `locate` and `terms`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.infer.terms import Atom, iri, is_named, triple_of
from mtsp_kg.layout import natural_key
from mtsp_kg.locate import TriplePosition, locate
from mtsp_kg.plan import names
from mtsp_kg.project import Project


@dataclass(frozen=True)
class Source:
    """One graph that states a fact. A passage's graph is what the plan says; another is a curator's file.

    notes: what the curator notes there of the fact, by language.
    """

    graph: str
    is_passage: bool
    file: str = ""
    line: int | None = None
    notes: dict[str, str] = field(default_factory=dict, hash=False)

    def note(self, language: str) -> str:
        """The curator's note in a language, else in English, else in any; empty where there is none."""
        return self.notes.get(language) or self.notes.get("en") or next(iter(self.notes.values()), "")


class Stated:
    """Finds where facts are stated in a project's store."""

    def __init__(self, project: Project, store: ox.Store) -> None:
        self._project = project
        self._store = store

    def graphs(self, fact: Atom) -> list[str]:
        """The graphs that state a fact, inferred ones apart, in the order of their numbers."""
        subject, predicate, object_ = (node(term) for term in triple_of(fact))
        if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode):
            return []
        quads = self._store.quads_for_pattern(subject, predicate, object_, None)
        found = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}
        stated = (graph for graph in found if not graph.startswith(names.INFERRED))
        return sorted(stated, key=lambda graph: (graph.startswith(names.GRAPH), natural_key(graph)))

    def holds(self, fact: Atom) -> bool:
        """Whether any graph states a fact."""
        return bool(self.graphs(fact))

    def sources(self, fact: Atom, *, lines: bool = True) -> list[Source]:
        """Where a fact is stated; lines: whether the lines of files are looked for. Raises DataError."""
        found = [self._source(fact, graph, lines) for graph in self.graphs(fact)]
        return [one if one.is_passage else replace(one, notes=self._notes(fact, one.graph)) for one in found]

    def _notes(self, fact: Atom, graph: str) -> dict[str, str]:
        """The notes, in a graph, of a node that names subject and object (as an alignment does), by language."""
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

    def _source(self, fact: Atom, graph: str, lines: bool) -> Source:
        is_passage = not graph.startswith(names.GRAPH)
        paths = self._passage_files if is_passage else [self._files[graph]] if graph in self._files else []
        if not lines:
            return Source(graph, is_passage, self._project.relative(paths[0]) if len(paths) == 1 else "")
        for path in paths:
            if is_passage and not self._speaks_of(path, graph):
                continue
            line = _line(path, fact, graph, self._project.graph_of(path))
            if line is not None:
                return Source(graph, is_passage, self._project.relative(path), line)
        return Source(graph, is_passage)

    @cached_property
    def _files(self) -> dict[str, Path]:
        files = (*self._project.ontology_files(), *self._project.graph_files())
        return {self._project.graph_of(path): path for path in files}

    @cached_property
    def _passage_files(self) -> list[Path]:
        return [path for path in self._project.graph_files() if path.suffix.lower() in (".trig", ".nq", ".jsonld")]

    def _speaks_of(self, path: Path, graph: str) -> bool:
        """Whether a file can hold a graph, by its text: its local name opens a block (quick, and wrong on one side)."""
        short = names.shrink(graph, names.plan_of(graph))
        text = self._texts.setdefault(path, path.read_text(encoding="utf-8"))
        return short in text or graph in text

    @cached_property
    def _texts(self) -> dict[Path, str]:
        return {}


def node(term: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """A term in N-Triples form as pyoxigraph has it."""
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
