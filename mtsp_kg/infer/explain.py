"""The question "why?": from a triple, any part of which may be open, to proofs with their sources.

Imports all of the room but the command line's forms (`tell`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.errors import NotFoundError, ParameterError
from mtsp_kg.infer.closure import Closure
from mtsp_kg.infer.missing import Lack, nearest
from mtsp_kg.infer.proofs import Proof, Prover
from mtsp_kg.infer.reasoner import Reasoner
from mtsp_kg.infer.replay import faults
from mtsp_kg.infer.rules import Rule
from mtsp_kg.infer.stated import Stated
from mtsp_kg.infer.terms import RDF_TYPE, Atom, atom_of, is_literal, nt, triple_of
from mtsp_kg.infer.wording import Words

OPEN = "?"


@dataclass
class Explanation:
    """Why a fact holds: its graphs and proofs; or, where it has none, what the nearest rules lack."""

    fact: Atom
    graphs: list[str]
    proofs: list[Proof]
    lacks: list[Lack] = field(default_factory=list)


class Explainer:
    """Explains a project's closure. find: the IRI of what is called so (it raises NotFoundError)."""

    def __init__(self, reasoner: Reasoner, store: ox.Store, find: Callable[[str], str], words: Words) -> None:
        self.reasoner = reasoner
        self.words = words
        self.stated = Stated(reasoner.project, store)
        self._store = store
        self._find = find

    @cached_property
    def closure(self) -> Closure:
        """All that follows. Raises DataError, QueryError."""
        return self.reasoner.close(self._store)

    @cached_property
    def prover(self) -> Prover:
        """The search for proofs in the closure."""
        return Prover(self.closure)

    def pattern(self, subject: str, predicate: str, object_: str) -> tuple[str, str, str]:
        """A triple as a user writes it, as terms; `?` stays. Raises NotFoundError, ParameterError."""
        return self._term(subject), self._property(predicate), self._term(object_)

    def matches(self, pattern: tuple[str, str, str]) -> list[Atom]:
        """The facts that a pattern with open parts stands for, inferred ones first."""
        whole = self._everything if any(term == OPEN for term in pattern) else iter(())
        found = [
            fact
            for fact in whole
            if all(given in (OPEN, term) for given, term in zip(pattern, triple_of(fact), strict=True))
        ]
        return sorted(found, key=lambda fact: (self.closure.origin(fact) is None, triple_of(fact)))

    @property
    def _everything(self) -> Iterator[Atom]:
        return (fact for fact in self.closure.facts if not any(term.startswith("[") for term in fact))

    def explain(self, fact: Atom, limit: int) -> Explanation:
        """Why a fact holds, with at most `limit` proofs; or what is missing."""
        if fact not in self.closure.facts:
            graphs = self.stated.graphs(fact)
            if graphs:  # a property that no axiom is about: nothing but its own statement gives it
                return Explanation(fact, graphs, [Proof(fact, {})])
            return Explanation(fact, [], [], nearest(self.prover, fact))
        return Explanation(fact, self.stated.graphs(fact), self.prover.proofs(fact, limit))

    def replay(self, proof: Proof) -> list[str]:
        """What is wrong with a proof as graph and axioms are now; nothing where it holds."""
        by_query = {step for step in proof.steps.values() if step.rule in self._query_rules}
        found = faults(proof, [*self.closure.rules, *self._query_rules], self.stated.holds, by_query)
        for step in by_query:
            if (step.rule, step.premises) not in self.closure.given.get(step.fact, ()):
                found.append(f"The query {step.rule.kind} does not give {self.words.fact(step.fact)} any more.")
        return found

    @cached_property
    def _query_rules(self) -> list[Rule]:
        return [query.rule for query in self.reasoner.queries]

    def _term(self, text: str) -> str:
        if text == OPEN or is_literal(text):
            return text
        term = self._own_term(text)
        return term if term is not None else nt(self._find(text))

    def _property(self, text: str) -> str:
        if text == OPEN:
            return text
        if text in ("a", "type", "rdf:type"):
            return RDF_TYPE
        term = self._own_term(text)
        if term is None:
            raise NotFoundError(
                f"The ontology has no property '{text}'.", remedy="Name one as mtsp:contributesTo or by its label."
            )
        return term

    def _own_term(self, text: str) -> str | None:
        """A term of the ontology by its IRI, its name or its label; another IRI that is stated of something."""
        iri = names.expand(text) or (names.term(text) if text.isidentifier() else None)
        if iri is not None and (nt(iri) in self.reasoner.sources.by_subject or names.expand(text) == iri):
            known = nt(iri) in self.reasoner.sources.by_subject or self._used(iri)
            return nt(iri) if known else None
        wanted = "".join(text.casefold().split())
        found = {
            subject
            for subject, said in self.reasoner.sources.by_subject.items()
            for label in said.get(nt(names.PREF_LABEL), ())
            if "".join(label.rpartition('"')[0][1:].casefold().split()) == wanted
        }
        if len(found) > 1:
            several = ", ".join(sorted(map(self.words.short, found)))
            raise ParameterError(f"'{text}' names several terms.", remedy=f"Choose one of: {several}.")
        return found.pop() if found else None

    def _used(self, iri: str) -> bool:
        return any(True for _ in self._store.quads_for_pattern(None, ox.NamedNode(iri), None, ox.DefaultGraph()))


def fact_of(pattern: tuple[str, str, str]) -> Atom:
    """The fact that a pattern without open parts is."""
    return atom_of(*pattern)
