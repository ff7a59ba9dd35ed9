"""All that follows: rules applied round by round to what the last round found, until a round finds nothing.

Each round uses what earlier rounds know, so the number of a fact's round is the height of its lowest proof. Kept is,
for every inferred fact, the rule that gave it first; its premises are found again from the facts of earlier rounds.
Imports `errors`, `compile`, `facts`, `join`, `rules` and `terms`.
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
from mtsp_kg.infer.terms import DIFFERENT_FROM, SAME_AS, SUBCLASS, SUBPROPERTY, Atom, iri, is_named
from mtsp_kg.plan import names

LANGUAGES = (vocab.VOCABULARIES["rdf"], vocab.OWL)
Key = tuple[str, int]


@dataclass
class Found:
    """What a rule gave in a round: new members of a class (arity 2), or new pairs of a property (arity 3)."""

    round: int
    rule: Rule
    name: str
    arity: int
    rows: Set[Row]


@dataclass
class Closure:
    """The facts, asserted and inferred, and where each inferred one comes from.

    given: what rules that are queries give, each fact with its premises.
    """

    facts: Facts
    rules: Collection[Rule]
    found: list[Found]
    given: dict[Atom, list[tuple[Rule, tuple[Atom, ...]]]] = field(default_factory=dict)
    _by_name: dict[Key, list[Found]] = field(default_factory=dict)

    def origin(self, fact: Atom) -> Found | None:
        """What first gave a fact; None when it is asserted, or no fact."""
        if not self._by_name:
            for given in self.found:
                self._by_name.setdefault((given.name, given.arity), []).append(given)
        row: Row = fact[1] if len(fact) == 2 else (fact[1], fact[2])
        return next((given for given in self._by_name.get((fact[0], len(fact)), ()) if row in given.rows), None)

    def height(self, fact: Atom) -> int:
        """The height of a fact's lowest proof; 0 when it is asserted."""
        origin = self.origin(fact)
        return origin.round if origin is not None else 0

    def inferred(self) -> Iterator[tuple[Rule, Atom]]:
        """The inferred facts on named things and terms, each with the rule that gave it first."""
        for given in self.found:
            if given.name.startswith("["):
                continue
            for row in given.rows:
                if given.name == SUBCLASS and ("[" in (row[0][0], row[1][0])):
                    continue
                yield given.rule, (given.name, row) if isinstance(row, str) else (given.name, *row)

    def size(self) -> int:
        """The number of inferred facts."""
        return sum(1 for _ in self.inferred())


def needed(rules: Iterable[Rule]) -> set[str]:
    """The properties that facts are needed of."""
    atoms = [atom for rule in rules for atom in (*rule.body, *((rule.head,) if rule.head is not None else ()))]
    return {atom[0] for atom in atoms if len(atom) == 3} | {SAME_AS, SUBCLASS, SUBPROPERTY}


def close(facts: Facts, rules: Collection[Rule], everything: Callable[[], Facts] | None = None) -> Closure:
    """The closure of facts under rules; the facts are extended.

    everything: gives all the triples there are, called when things turn out to be the same, since then what is said of
    one is said of the other by whatever property. Raises DataError when terms of the ontology turn out to be the same.
    """
    return Evaluation(facts, rules, everything).run()


class Evaluation:
    """A closure in the making; what comes from elsewhere can be given to it, and it goes on."""

    def __init__(self, facts: Facts, rules: Collection[Rule], everything: Callable[[], Facts] | None = None) -> None:
        self.closure = Closure(facts, rules, [])
        self._everything = everything
        self._news = facts
        self._number = 0
        self._same: dict[str, list[str]] = {}
        self._terms = _terms(rules)
        _without_unnamed(facts)

    def run(self) -> Closure:
        """Applies the rules until nothing new is found. Raises DataError."""
        facts = self.closure.facts
        while len(self._news):
            self._number += 1
            if self._everything is not None and self._news.has((SAME_AS, "", "")):
                facts.merge(_without_unnamed(_of_things(self._everything())))
                self._everything = None
            fresh = Facts()
            for rule in self.closure.rules:
                assert rule.head is not None
                rows = derived(rule, facts, self._news)
                _keep(self.closure, fresh, self._number, rule, rule.head[0], len(rule.head), rows)
            self._replace(fresh)
            facts.merge(fresh)
            self._news = fresh
        return self.closure

    def give(self, rule: Rule, given: Iterable[Atom]) -> int:
        """Adds facts that something else than the rules infers, as news of a round of their own; how many were new."""
        rows: dict[Key, set[Row]] = {}
        for fact in given:
            rows.setdefault((fact[0], len(fact)), set()).add(fact[1] if len(fact) == 2 else (fact[1], fact[2]))
        fresh = Facts()
        self._number += 1
        for (name, arity), of_name in sorted(rows.items()):
            _keep(self.closure, fresh, self._number, rule, name, arity, of_name)
        self.closure.facts.merge(fresh)
        self._news.merge(fresh) if self._news is not self.closure.facts else None
        return len(fresh)

    def _replace(self, fresh: Facts) -> None:
        """What is said of a thing is said of what is the same: of those newly found the same, and of new facts."""
        new_same: dict[str, list[str]] = {}
        for one, other in self._news.pairs.get(SAME_AS, ()):
            if one == other:
                continue
            if one in self._terms or other in self._terms:
                raise DataError(
                    f"{names.shrink(iri(one))} and {names.shrink(iri(other))} are said to be the same, and terms of "
                    "the ontology cannot be.",
                    remedy="Write owl:equivalentClass or owl:equivalentProperty.",
                )
            new_same.setdefault(one, []).append(other)
            self._same.setdefault(one, []).append(other)
        for source, table in ((self.closure.facts, new_same), (self._news, self._same)):
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
        closure.found.append(Found(number, rule, name, arity, rows))


def _terms(rules: Iterable[Rule]) -> set[str]:
    return {atom[0] for rule in rules if rule not in SAMENESS for atom in (rule.head or (), *rule.body) if atom} - {
        SAME_AS, SUBCLASS, SUBPROPERTY,
    }  # fmt: skip


def _of_things(facts: Facts) -> Facts:
    """What is said of things: the triples that make up lists, restrictions and axioms say nothing of them."""
    for name in list(facts.pairs):
        if iri(name).startswith(LANGUAGES) and name not in (SAME_AS, DIFFERENT_FROM, SUBCLASS, SUBPROPERTY):
            del facts.pairs[name]
    return facts


def _without_unnamed(facts: Facts) -> Facts:
    for name in (SUBCLASS, SUBPROPERTY):
        if name in facts.pairs:
            facts.pairs[name] = {
                pair for pair in facts.pairs[name] if is_named(pair[0]) and is_named(pair[1]) and pair[0] != pair[1]
            }
    return facts
