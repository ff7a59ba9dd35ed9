"""Explanations: the proofs of a fact, missing premises if it is not entailed, and whether a proof still holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.errors import NotFoundError, ParameterError
from mtsp_kg.infer.closure import Closure
from mtsp_kg.infer.compile import replacements
from mtsp_kg.infer.datatypes import holds
from mtsp_kg.infer.join import Binding, satisfy
from mtsp_kg.infer.proofs import Proof, ProofStep, Prover, head_binding
from mtsp_kg.infer.provenance import Assertions
from mtsp_kg.infer.reasoner import Reasoner
from mtsp_kg.infer.rules import Guard, Rule
from mtsp_kg.infer.terms import RDF_TYPE, Atom, Triple, is_literal, is_variable, line, nt, substitute, triple_of
from mtsp_kg.infer.wording import Wording

ANY = "?"
_MOST_RULES = 5


@dataclass(frozen=True)
class MissingPremises:
    """A rule that would derive a fact, the premises that hold, and those that do not (a variable: any term)."""

    rule: Rule
    holds: tuple[Atom, ...]
    missing: tuple[Atom, ...]


@dataclass(frozen=True)
class Explanation:
    """Why a fact holds: the graphs that assert it and its proofs; else the missing premises of the nearest rules."""

    fact: Atom
    graphs: tuple[str, ...]
    proofs: tuple[Proof, ...]
    missing: tuple[MissingPremises, ...] = ()

    @property
    def triple(self) -> Triple:
        """The fact as subject, predicate and object, in N-Triples form."""
        return triple_of(self.fact)

    @property
    def holds(self) -> bool:
        """Whether the fact is asserted or inferred."""
        return bool(self.proofs)


class Explainer:
    """Explains the facts of a project's closure.

    store: with the project's assertions; find: the IRI of an entity by any of its names (raises NotFoundError).
    """

    def __init__(self, reasoner: Reasoner, store: ox.Store, find: Callable[[str], str]) -> None:
        self.reasoner = reasoner
        self.assertions = Assertions(reasoner.project, store)
        self.wording = Wording(reasoner.project.profile)
        self._store = store
        self._find = find

    @cached_property
    def closure(self) -> Closure:
        """The closure. Raises DataError, QueryError."""
        return self.reasoner.close(self._store)

    @cached_property
    def prover(self) -> Prover:
        """The search for proofs in the closure."""
        return Prover(self.closure)

    def pattern(self, subject: str, predicate: str, object_: str) -> Triple:
        """A triple as a user writes it, as terms; `?` stays. Raises NotFoundError, ParameterError."""
        return self._term(subject), self._property(predicate), self._term(object_)

    def matches(self, pattern: Triple) -> list[Atom]:
        """The facts that match a pattern, in which `?` matches any term; inferred ones first."""
        found = [
            fact
            for fact in self._named_facts()
            if all(given in (ANY, term) for given, term in zip(pattern, triple_of(fact), strict=True))
        ]
        return sorted(found, key=lambda fact: (self.closure.origin(fact) is None, triple_of(fact)))

    def explain(self, fact: Atom, limit: int) -> Explanation:
        """Why a fact holds, with at most `limit` proofs; or which premises are missing."""
        graphs = tuple(self.assertions.graphs(fact))
        if fact in self.closure.facts:
            return Explanation(fact, graphs, tuple(self.prover.proofs(fact, limit)))
        if graphs:  # no axiom is about its property, so that only assertions give it
            return Explanation(fact, graphs, (Proof(fact, {}),))
        return Explanation(fact, (), (), tuple(nearest_rules(self.prover, fact)))

    def replay(self, proof: Proof) -> list[str]:
        """The faults of a proof for the current graph and axioms; empty if the proof holds."""
        by_query = {step for step in proof.steps.values() if step.rule in self._query_rules}
        found = faults(proof, self._rules, self.assertions.holds, by_query)
        for step in by_query:
            if (step.rule, step.premises) not in self.closure.by_query.get(step.fact, ()):
                found.append(f"The query {step.rule.kind} no longer yields: {self.wording.fact(step.fact)}")
        return found

    @cached_property
    def _query_rules(self) -> frozenset[Rule]:
        return frozenset(query.rule for query in self.reasoner.queries)

    @cached_property
    def _rules(self) -> frozenset[Rule]:
        return frozenset((*self.closure.rules, *self._query_rules))

    def _named_facts(self) -> Iterator[Atom]:
        return (fact for fact in self.closure.facts if not any(term.startswith("[") for term in fact))

    def _term(self, text: str) -> str:
        if text == ANY or is_literal(text):
            return text
        term = self._ontology_term(text)
        return term if term is not None else nt(self._find(text))

    def _property(self, text: str) -> str:
        if text == ANY:
            return text
        if text in ("a", "type", "rdf:type"):
            return RDF_TYPE
        term = self._ontology_term(text)
        if term is None:
            raise NotFoundError(
                f"The ontology has no property '{text}'.", remedy="Give its prefixed name, its IRI or its label."
            )
        return term

    def _ontology_term(self, text: str) -> str | None:
        """A term of the ontology by its IRI, name or label, or another IRI that is used as a predicate."""
        profile, index = self.reasoner.project.profile, self.reasoner.index
        iri = profile.expand(text)
        if iri is not None:
            return nt(iri) if nt(iri) in index.by_subject or self._is_predicate(iri) else None
        if text.isidentifier() and nt(profile.term(text)) in index.by_subject:
            return nt(profile.term(text))
        wanted = "".join(text.casefold().split())
        found = {
            subject
            for subject, by_predicate in index.by_subject.items()
            for label in by_predicate.get(nt(vocab.PREF_LABEL), ())
            if "".join(label.rpartition('"')[0][1:].casefold().split()) == wanted
        }
        if len(found) > 1:
            several = ", ".join(sorted(map(self.wording.short, found)))
            raise ParameterError(f"'{text}' is the label of several terms.", remedy=f"Choose one of: {several}.")
        return found.pop() if found else None

    def _is_predicate(self, iri: str) -> bool:
        return any(True for _ in self._store.quads_for_pattern(None, ox.NamedNode(iri), None, ox.DefaultGraph()))


def nearest_rules(prover: Prover, fact: Atom) -> list[MissingPremises]:
    """The rules with the fewest missing premises for a fact that is not entailed, nearest first, at most five."""
    found = [entry for rule in prover.rules_for(fact) for entry in _missing(rule, fact, prover.closure)]
    found.sort(key=lambda one: (len(one.missing), -len(one.holds), _variables(one), one.rule.kind, one.missing))
    return list(dict.fromkeys(found))[:_MOST_RULES]


def faults(
    proof: Proof, rules: Collection[Rule], is_asserted: Callable[[Atom], bool], apart: Collection[ProofStep] = ()
) -> list[str]:
    """The faults of a proof; empty if it holds. Each step is checked separately, without a search.

    is_asserted: whether a fact is asserted now; apart: steps that are checked elsewhere (those of query rules).
    """
    found = [] if proof.is_acyclic() else ["The proof is circular."]
    found += [f"Not asserted: {line(fact)}" for fact in proof.asserted() if not is_asserted(fact)]
    known = frozenset(rules)  # the same object if it is one
    for step in proof.steps.values():
        if step.rule not in known and step.rule not in replacements(step.fact[0], len(step.fact)):
            found.append(f"No axiom yields this rule any more: {step.rule.kind} for {line(step.fact)}")
        elif step not in apart and not follows(step):
            found.append(f"The rule {step.rule.kind} does not yield {line(step.fact)} from these premises.")
    return found


def follows(step: ProofStep) -> bool:
    """Whether a step is an instance of its rule: one binding makes its head the fact and its body the premises."""
    binding = head_binding(step.rule, step.fact)
    if binding is None or len(step.premises) != len(step.rule.body):
        return False
    for pattern, premise in zip(step.rule.body, step.premises, strict=True):
        if pattern[0] != premise[0] or len(pattern) != len(premise):
            return False
        for term, value in zip(pattern[1:], premise[1:], strict=True):
            if is_variable(term):
                if binding.setdefault(term, value) != value:
                    return False
            elif term != value:
                return False
    return _guards_hold(step.rule.guards, binding)


def _guards_hold(guards: tuple[Guard, ...], binding: Binding) -> bool:
    return all(holds(name, binding.get(one, one), binding.get(two, two)) for name, one, two in guards)


def _variables(entry: MissingPremises) -> int:
    return sum(is_variable(term) for atom in entry.missing for term in atom[1:])


def _missing(rule: Rule, fact: Atom, closure: Closure) -> list[MissingPremises]:
    binding = head_binding(rule, fact)
    if binding is None:
        return []
    for number in range(1, len(rule.body) + 1):
        found = []
        for left_out in combinations(range(len(rule.body)), number):
            kept = tuple(atom for index, atom in enumerate(rule.body) if index not in left_out)
            for whole in islice(satisfy(kept, (), closure.facts, binding), _MOST_RULES):
                missing = tuple(substitute(rule.body[index], whole) for index in left_out)
                if fact not in missing and not any(atom in closure.facts for atom in missing):
                    found.append(MissingPremises(rule, tuple(substitute(atom, whole) for atom in kept), missing))
        if found:
            return found[:_MOST_RULES]
    return []
