"""The closure of facts under rules, by semi-naive evaluation: each round uses what the last one derived.

A round uses the facts of earlier rounds, so the number of a fact's round is the height of its lowest proof. For every
inferred fact the rule that derived it first is kept; its premises are found again among the facts of earlier rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Set
from dataclasses import dataclass, field

from mtsp_kg import vocab
from mtsp_kg.errors import DataError
from mtsp_kg.infer.compile import SAMENESS, replacements
from mtsp_kg.infer.facts import Facts, Row
from mtsp_kg.infer.join import derived
from mtsp_kg.infer.rules import Rule
from mtsp_kg.infer.terms import DIFFERENT_FROM, SAME_AS, SUBCLASS, SUBPROPERTY, Atom, iri, is_named, nt

_LANGUAGES = (vocab.VOCABULARIES["rdf"], vocab.OWL)
Key = tuple[str, int]


@dataclass
class Derivation:
    """The new rows of a rule in a round: members of a class (arity 2), or pairs of a property (arity 3)."""

    round: int
    rule: Rule
    name: str
    arity: int
    rows: Set[Row]


@dataclass
class Closure:
    """The facts, asserted and inferred, and how each inferred one was derived.

    by_query: the facts that query rules derive, each with the rule and its premises.
    """

    facts: Facts
    rules: Collection[Rule]
    derivations: list[Derivation]
    by_query: dict[Atom, list[tuple[Rule, tuple[Atom, ...]]]] = field(default_factory=dict)
    _by_name: dict[Key, list[Derivation]] = field(default_factory=dict)

    def origin(self, fact: Atom) -> Derivation | None:
        """The first derivation of a fact; None if it is asserted or not a fact."""
        if not self._by_name:
            for derivation in self.derivations:
                self._by_name.setdefault((derivation.name, derivation.arity), []).append(derivation)
        row: Row = fact[1] if len(fact) == 2 else (fact[1], fact[2])
        return next((found for found in self._by_name.get((fact[0], len(fact)), ()) if row in found.rows), None)

    def height(self, fact: Atom) -> int:
        """The height of a fact's lowest proof; 0 if it is asserted."""
        origin = self.origin(fact)
        return origin.round if origin is not None else 0

    def inferred(self) -> Iterator[tuple[Rule, Atom]]:
        """The inferred facts without anonymous classes, each with the rule that derived it first."""
        for derivation in self.derivations:
            name = derivation.name
            if name.startswith("["):
                continue
            for row in derivation.rows:
                if name == SUBCLASS and ("[" in (row[0][0], row[1][0])):
                    continue
                yield derivation.rule, (name, row) if isinstance(row, str) else (name, *row)

    def size(self) -> int:
        """The number of inferred facts."""
        return sum(1 for _ in self.inferred())


def needed(rules: Iterable[Rule]) -> set[str]:
    """The properties that rules use."""
    atoms = [atom for rule in rules for atom in (*rule.body, *((rule.head,) if rule.head is not None else ()))]
    return {atom[0] for atom in atoms if len(atom) == 3} | {SAME_AS, SUBCLASS, SUBPROPERTY}


def close(
    facts: Facts,
    rules: Collection[Rule],
    all_facts: Callable[[], Facts] | None = None,
    shrink: Callable[[str], str] = nt,
) -> Closure:
    """The closure of facts under rules; the facts are extended.

    all_facts: returns all triples; called when individuals are inferred to be the same, since then the statements about
    one hold for the other, with any property. shrink: returns the short name of an IRI, for messages. Raises DataError
    if terms of the ontology are inferred to be the same.
    """
    return Evaluation(facts, rules, all_facts, shrink).run()


class Evaluation:
    """The computation of a closure: `add` adds derived facts from elsewhere, and `run` continues."""

    def __init__(
        self,
        facts: Facts,
        rules: Collection[Rule],
        all_facts: Callable[[], Facts] | None = None,
        shrink: Callable[[str], str] = nt,
    ) -> None:
        """See `close` for the parameters."""
        self.closure = Closure(facts, rules, [])
        self._all_facts = all_facts
        self._shrink = shrink
        self._latest = facts
        self._number = 0
        self._same: dict[str, list[str]] = {}
        self._terms = _terms(rules)
        _without_anonymous(facts)

    def run(self) -> Closure:
        """Applies the rules until they derive nothing new. Raises DataError."""
        facts = self.closure.facts
        while len(self._latest):
            self._number += 1
            if self._all_facts is not None and self._latest.has((SAME_AS, "", "")):
                facts.merge(_without_anonymous(_about_individuals(self._all_facts())))
                self._all_facts = None
            fresh = Facts()
            for rule in self.closure.rules:
                assert rule.head is not None
                rows = derived(rule, facts, self._latest)
                _keep(self.closure, fresh, self._number, rule, rule.head[0], len(rule.head), rows)
            self._replace(fresh)
            facts.merge(fresh)
            self._latest = fresh
        return self.closure

    def add(self, rule: Rule, given: Iterable[Atom]) -> int:
        """Adds the facts that a query rule derives, as a separate round; returns the number of new ones."""
        rows: dict[Key, set[Row]] = {}
        for fact in given:
            rows.setdefault((fact[0], len(fact)), set()).add(fact[1] if len(fact) == 2 else (fact[1], fact[2]))
        fresh = Facts()
        self._number += 1
        for (name, arity), of_name in sorted(rows.items()):
            _keep(self.closure, fresh, self._number, rule, name, arity, of_name)
        self.closure.facts.merge(fresh)
        self._latest.merge(fresh) if self._latest is not self.closure.facts else None
        return len(fresh)

    def _replace(self, fresh: Facts) -> None:
        """Copies statements to individuals that are the same: all statements for new ones, the latest for others."""
        new_same: dict[str, list[str]] = {}
        for one, other in self._latest.pairs.get(SAME_AS, ()):
            if one == other:
                continue
            if one in self._terms or other in self._terms:
                raise DataError(
                    f"{self._shrink(iri(one))} and {self._shrink(iri(other))} are inferred or asserted to be the same; "
                    "terms of the ontology cannot be.",
                    remedy="Use owl:equivalentClass or owl:equivalentProperty.",
                )
            new_same.setdefault(one, []).append(other)
            self._same.setdefault(one, []).append(other)
        for source, table in ((self.closure.facts, new_same), (self._latest, self._same)):
            if not table:
                continue
            for name, members in list(source.members.items()):
                rows: set[Row] = {other for member in members & table.keys() for other in table[member]}
                self._keep_replaced(fresh, replacements(name, 2)[0], rows)
            for name, given in list(source.pairs.items()):
                if name == SAME_AS:
                    continue
                of_subject, of_object = replacements(name, 3)
                left: set[Row] = {(other, two) for one, two in given if one in table for other in table[one]}
                self._keep_replaced(fresh, of_subject, left)
                right: set[Row] = {(one, other) for one, two in given if two in table for other in table[two]}
                self._keep_replaced(fresh, of_object, right)

    def _keep_replaced(self, fresh: Facts, rule: Rule, rows: set[Row]) -> None:
        assert rule.head is not None
        _keep(self.closure, fresh, self._number, rule, rule.head[0], len(rule.head), rows)


def _keep(closure: Closure, fresh: Facts, number: int, rule: Rule, name: str, arity: int, rows: set[Row]) -> None:
    if not rows:
        return
    rows = rows.difference(closure.facts.rows(name, arity))
    known = fresh.rows(name, arity)
    if known:
        rows.difference_update(known)
    if rows:
        fresh.extend(name, arity, rows)
        closure.derivations.append(Derivation(number, rule, name, arity, rows))


def _terms(rules: Iterable[Rule]) -> set[str]:
    return {atom[0] for rule in rules if rule not in SAMENESS for atom in (rule.head or (), *rule.body) if atom} - {
        SAME_AS, SUBCLASS, SUBPROPERTY,
    }  # fmt: skip


def _about_individuals(facts: Facts) -> Facts:
    """Facts without the triples that encode lists, restrictions and axioms."""
    for name in list(facts.pairs):
        if iri(name).startswith(_LANGUAGES) and name not in (SAME_AS, DIFFERENT_FROM, SUBCLASS, SUBPROPERTY):
            del facts.pairs[name]
    return facts


def _without_anonymous(facts: Facts) -> Facts:
    for name in (SUBCLASS, SUBPROPERTY):
        if name in facts.pairs:
            facts.pairs[name] = {
                pair for pair in facts.pairs[name] if is_named(pair[0]) and is_named(pair[1]) and pair[0] != pair[1]
            }
    return facts
