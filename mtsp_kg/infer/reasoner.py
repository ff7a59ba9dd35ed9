"""A project's ontology as rules, and the closure of its store under them.

Imports `axioms`, `closure`, `compile`, `facts`, `rule_queries` and `sources`.
"""

from __future__ import annotations

from functools import cached_property

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.infer.axioms import Axiom, read_axioms
from mtsp_kg.infer.closure import Closure, Evaluation, needed
from mtsp_kg.infer.compile import clashes_of, rules_of
from mtsp_kg.infer.facts import read_ntriples
from mtsp_kg.infer.rule_queries import RuleQuery, rule_queries
from mtsp_kg.infer.rules import Rule
from mtsp_kg.infer.sources import Sources, axiom_files
from mtsp_kg.infer.terms import SUBCLASS, SUBPROPERTY, is_named, line
from mtsp_kg.project import Project


class Reasoner:
    """What follows in a project, and by which axioms. alignments: whether links to other vocabularies count."""

    def __init__(self, project: Project, *, alignments: bool = False) -> None:
        self.project = project
        self.alignments = alignments

    @cached_property
    def sources(self) -> Sources:
        """The ontology's files. Raises DataError."""
        files = axiom_files(self.project, alignments=self.alignments)
        return Sources((path, self.project.relative(path)) for path in files)

    @cached_property
    def axioms(self) -> list[Axiom]:
        """The ontology's axioms. Raises DataError for one of a kind that is not supported."""
        return read_axioms(self.sources)

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules that infer. Raises DataError."""
        return rules_of(self.axioms)

    @cached_property
    def clashes(self) -> list[Rule]:
        """The rules of contradiction. Raises DataError."""
        return clashes_of(self.axioms)

    @cached_property
    def queries(self) -> list[RuleQuery]:
        """The rules that are queries. Raises QueryError."""
        return rule_queries(self.project)

    def close(self, store: ox.Store) -> Closure:
        """The closure of what holds in a store (its default graph, without inferences); the store is not changed.

        Raises DataError, QueryError.
        """
        return self.close_text(dump(store))

    def close_text(self, text: bytes) -> Closure:
        """The closure of a graph given as N-Triples in canonical form, from whatever store it comes.

        Raises DataError, QueryError.
        """
        facts = read_ntriples(text, needed(self.rules))
        for schema in (SUBCLASS, SUBPROPERTY):
            facts.pairs[schema] = self._stated(schema)
        evaluation = Evaluation(facts, self.rules, lambda: read_ntriples(text))
        closure = evaluation.run()
        if self.queries:
            asked = _store_of(text, closure)
            answers = [(query.rule, query.given(asked)) for query in self.queries]
            for rule, given in answers:
                evaluation.give(rule, given)
                for fact, ways in given.items():
                    closure.given.setdefault(fact, []).extend((rule, premises) for premises in ways)
            evaluation.run()
        return closure

    def _stated(self, predicate: str) -> set[tuple[str, str]]:
        """The pairs of a schema property that the files of axioms state (others may be in the store)."""
        triples = self.sources.file_of
        return {(one, two) for one, name, two in triples if name == predicate and is_named(one) and is_named(two)}


def _store_of(text: bytes, closure: Closure) -> ox.Store:
    """A store with some N-Triples and what a closure infers."""
    store = ox.Store()
    store.bulk_load(text, format=ox.RdfFormat.N_TRIPLES)
    inferred = "".join(f"{line(fact)} .\n" for _, fact in closure.inferred())
    store.bulk_load(inferred.encode(), format=ox.RdfFormat.N_TRIPLES)
    return store


def dump(store: ox.Store) -> bytes:
    """A store's default graph as N-Triples, without the inferences that it may hold."""
    text = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
    inferred = [graph for graph in store.named_graphs() if str(graph).startswith(f"<{names.INFERRED}")]
    if not inferred:
        return text
    out: set[bytes] = set()
    for graph in inferred:
        out.update((store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b"").split(b"\n"))
    return b"\n".join(line for line in text.split(b"\n") if line not in out)
