"""Why a fact is not entailed: for each rule that could give it, which premises are there and which are missing.

Imports `closure`, `join`, `proofs`, `rules` and `terms`.

A proof held against the graph and the axioms as they are now, step by step, without searching.

Imports `proofs`, `rules`, `terms` and `values`.

The question "why?": from a triple, any part of which may be open, to proofs with their sources.

Imports all of the room but the command line's forms (`tell`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, islice

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.errors import NotFoundError, ParameterError
from mtsp_kg.infer.closure import Closure
from mtsp_kg.infer.compile import replacements
from mtsp_kg.infer.join import Binding, holds, satisfy
from mtsp_kg.infer.proofs import Proof, Prover, Step, head_binding
from mtsp_kg.infer.provenance import Stated
from mtsp_kg.infer.reasoner import Reasoner
from mtsp_kg.infer.rules import Guard, Rule
from mtsp_kg.infer.terms import RDF_TYPE, Atom, atom_of, is_literal, is_variable, line, nt, substitute, triple_of
from mtsp_kg.infer.wording import Words
from mtsp_kg.plan import names

_MOST = 5


@dataclass(frozen=True)
class Lack:
    """A rule that would give a fact, the premises that hold, and those that do not (a variable where any will do)."""

    rule: Rule
    holds: tuple[Atom, ...]
    lacks: tuple[Atom, ...]


def nearest(prover: Prover, fact: Atom) -> list[Lack]:
    """What each rule lacks to give a fact that is not entailed, the nearest first, at most five."""
    found = [lack for rule in prover.rules_for(fact) for lack in _lacks(rule, fact, prover.closure)]
    found.sort(key=lambda lack: (len(lack.lacks), -len(lack.holds), _open(lack), lack.rule.kind, lack.lacks))
    return list(dict.fromkeys(found))[:_MOST]


def _open(lack: Lack) -> int:
    return sum(is_variable(term) for atom in lack.lacks for term in atom[1:])


def _lacks(rule: Rule, fact: Atom, closure: Closure) -> list[Lack]:
    binding = head_binding(rule, fact)
    if binding is None:
        return []
    for number in range(1, len(rule.body) + 1):
        found = []
        for left_out in combinations(range(len(rule.body)), number):
            kept = tuple(atom for place, atom in enumerate(rule.body) if place not in left_out)
            for whole in islice(satisfy(kept, (), closure.facts, binding), _MOST):
                lacks = tuple(substitute(rule.body[place], whole) for place in left_out)
                if fact not in lacks and not any(atom in closure.facts for atom in lacks):
                    found.append(Lack(rule, tuple(substitute(atom, whole) for atom in kept), lacks))
        if found:
            return found[:_MOST]
    return []


def faults(
    proof: Proof, rules: Collection[Rule], stated: Callable[[Atom], bool], apart: Collection[Step] = ()
) -> list[str]:
    """What is wrong with a proof; nothing where it holds.

    stated: whether a fact is asserted now; apart: steps that are checked elsewhere, being those of queries.
    """
    found = [] if proof.is_sound_in_order() else ["The proof goes in a circle."]
    found += [f"Not stated: {line(fact)}" for fact in proof.asserted() if not stated(fact)]
    known = set(rules)
    for step in proof.steps.values():
        if step.rule not in known and step.rule not in replacements(step.fact[0], len(step.fact)):
            found.append(f"No axiom gives this rule any more: {step.rule.kind} for {line(step.fact)}")
        elif step not in apart and not follows(step):
            found.append(f"The rule {step.rule.kind} does not give {line(step.fact)} from these premises.")
    return found


def follows(step: Step) -> bool:
    """Whether a step is an instance of its rule: one binding makes its head the fact and its body the premises."""
    binding = head_binding(step.rule, step.fact)
    if binding is None or len(step.premises) != len(step.rule.body):
        return False
    for pattern, premise in zip(step.rule.body, step.premises, strict=True):
        if pattern[0] != premise[0] or len(pattern) != len(premise):
            return False
        for place, term in zip(pattern[1:], premise[1:], strict=True):
            if is_variable(place):
                if binding.setdefault(place, term) != term:
                    return False
            elif place != term:
                return False
    return _guarded(step.rule.guards, binding)


def _guarded(guards: tuple[Guard, ...], binding: Binding) -> bool:
    return all(holds(name, binding.get(one, one), binding.get(two, two)) for name, one, two in guards)


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
            for label in said.get(nt(vocab.PREF_LABEL), ())
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
