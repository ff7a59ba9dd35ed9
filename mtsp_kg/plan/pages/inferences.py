"""The inferred triples about each resource, and their proofs, for the pages of a server.

A page separates inferred from asserted triples: each inferred triple has the kind of rule that derives it, and a
separate page shows its proofs down to the passages.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import pyoxigraph as ox

from mtsp_kg.infer.explain import Explainer
from mtsp_kg.infer.proofs import ProofNode, proof_tree
from mtsp_kg.infer.provenance import StatementSource
from mtsp_kg.infer.reasoner import Reasoner
from mtsp_kg.infer.rules import Rule
from mtsp_kg.infer.terms import Atom, atom_of, iri, is_named, nt, triple_of
from mtsp_kg.layout import natural_key
from mtsp_kg.plan.pages.plan_index import VoiceIndex
from mtsp_kg.project import Project

_MOST_PROOFS = 3


class InferredTriple(NamedTuple):
    """An inferred triple and the kind of the rule that derived it first."""

    subject: str
    predicate: str
    object: str
    rule: str


class InferredTriples:
    """The inferred triples of a project's graph, computed when first needed. store: without inferences."""

    def __init__(self, project: Project, store: ox.Store, voices: VoiceIndex) -> None:
        self._project, self._store, self._voices = project, store, voices

    def about(self, resource: str) -> list[InferredTriple]:
        """The inferred triples with a resource as subject or object, by property."""
        return self._by_resource.get(resource, [])

    def proofs(self, triple: tuple[str, str, str]) -> list[ProofNode]:
        """The proofs of an inferred triple as trees, the shortest first; none if it is not inferred."""
        if triple not in self._rules:
            return []
        found = self._explainer.explain(atom_of(*map(nt, triple)), _MOST_PROOFS)
        return [proof_tree(proof, self._sources) for proof in found.proofs]

    def axiom(self, rule: Rule) -> str:
        """The axiom of a rule in Manchester syntax, or the summary of a query rule; empty for a rule without either."""
        if rule.axiom is None:
            return ""
        return str(rule.axiom.parts[0]) if rule.axiom.kind == "query" else self._explainer.wording.axiom(rule.axiom)

    def _sources(self, fact: Atom) -> list[StatementSource]:
        """The graphs that assert a fact: passages in reading order, then others."""
        graphs = self._explainer.assertions.graphs(fact)
        passages = self._voices.sorted(graph for graph in graphs if not self._project.profile.is_file_graph(graph))
        return [StatementSource(graph, graph in passages) for graph in dict.fromkeys((*passages, *graphs))]

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer(Reasoner(self._project), self._store, str)

    @cached_property
    def _rules(self) -> dict[tuple[str, str, str], str]:
        """Every inferred triple of named resources, with the kind of its rule."""
        found: dict[tuple[str, str, str], str] = {}
        for rule, fact in self._explainer.closure.inferred():
            terms = triple_of(fact)
            if all(map(is_named, terms)):
                found[iri(terms[0]), iri(terms[1]), iri(terms[2])] = rule.kind
        return found

    @cached_property
    def _by_resource(self) -> dict[str, list[InferredTriple]]:
        found: dict[str, list[InferredTriple]] = {}
        for (subject, predicate, object_), rule in self._rules.items():
            for resource in dict.fromkeys((subject, object_)):
                found.setdefault(resource, []).append(InferredTriple(subject, predicate, object_, rule))
        for resource, rows in found.items():
            rows.sort(key=lambda row: (row[0] != resource, row[1], natural_key(row[2]), natural_key(row[0])))
        return found
