"""The evidence for the rows of an answer: the triples that the query matched, each with its passages or its proof."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.errors import ParameterError, QueryError
from mtsp_kg.formats import check_form
from mtsp_kg.infer.terms import Atom, atom_of, nt, triple_of
from mtsp_kg.layout import natural_key
from mtsp_kg.query.answer import Answer, Table, Term
from mtsp_kg.query.patterns import flattened, pattern_of
from mtsp_kg.store import Store

if TYPE_CHECKING:
    from mtsp_kg.infer.reasoning import Explanations, Reasoning
    from mtsp_kg.query.values import Row

_ABSENCE = "It also depends on the absence of triples that the query excludes."
_NOTHING_FOUND = "The query does not show which triples support this row."
_LABELS = frozenset(nt(label) for label in vocab.LABELS)
Solution = dict[str, Term]
Key = tuple[Term | None, ...]


@dataclass(frozen=True)
class EvidenceRow:
    """A row of an answer and the triples that support it, in the order of the query's patterns.

    number: of the row, from 1; cells: its text by column; absence: whether it also depends on absent triples.
    """

    number: int
    row: Row
    cells: dict[str, str]
    facts: tuple[Atom, ...]
    absence: bool
    reasoning: Reasoning
    language: str = "en"

    @cached_property
    def statements(self) -> Explanations:
        """The triples as proof trees: an asserted triple with its passages, an inferred one with its premises."""
        return self.reasoning.explain_facts(self.facts, limit=1, language=self.language)

    def _lines(self) -> Iterator[str]:
        yield f"Row {self.number}: {'; '.join(f'{column} {cell}' for column, cell in self.cells.items() if cell)}"
        text = self.statements.write("text") if self.facts else _NOTHING_FOUND
        yield from (f"  {line}".rstrip() for line in text.rstrip("\n").split("\n") if line)
        if self.absence and self.facts:
            yield f"  {_ABSENCE}"

    def _as_dict(self) -> dict[str, Any]:
        statements = json.loads(self.statements.write("json"))
        return {"row": self.number, "cells": self.cells, "statements": statements, "absence": self.absence}


@dataclass(frozen=True)
class Evidence:
    """The evidence for one row of an answer, or for all."""

    rows: tuple[EvidenceRow, ...]

    forms: ClassVar[tuple[str, ...]] = ("text", "json")

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[EvidenceRow]:
        return iter(self.rows)

    def __getitem__(self, index: int) -> EvidenceRow:
        return self.rows[index]

    def write(self, form: str = "text") -> str:
        """The evidence as `text` or `json`. Raises NotFoundError."""
        check_form(form, self.forms, "Evidence")
        if form == "json":
            return json.dumps([row._as_dict() for row in self.rows], ensure_ascii=False, indent=2) + "\n"
        return "\n".join("\n".join(row._lines()) + "\n" for row in self.rows)

    def __str__(self) -> str:
        return self.write()


def evidence(
    store: Store, text: str, answer: Answer, reasoning: Reasoning, *, row: int | None = None, language: str = "en"
) -> Evidence:
    """The evidence for one row of an answer, or for all.

    store: the queried store; text: the query; row: its number, from 1; language: of labels and notes. Raises
    ParameterError if the answer does not have this row, or any row; QueryError if the query cannot be analysed.
    """
    if not isinstance(answer, Table):
        raise ParameterError("Only rows have evidence, and this answer has none.", remedy="Write a SELECT query.")
    if row is not None and not 1 <= row <= len(answer):
        rows = f"{len(answer)} row{'' if len(answer) == 1 else 's'}"
        raise ParameterError(f"Row {row} does not exist: the answer has {rows}.", remedy="Rows are counted from 1.")
    finder = EvidenceFinder(store, text, answer, reasoning)
    columns, texts = answer.columns, answer.text_rows()
    return Evidence(
        tuple(
            EvidenceRow(
                number,
                answer[number - 1],
                dict(zip(columns, texts[number - 1], strict=True)),
                finder.facts(number - 1),
                finder.pattern.absence,
                reasoning,
                language,
            )
            for number in (range(1, len(answer) + 1) if row is None else [row])
        )
    )


class EvidenceFinder:
    """Finds the triples that support the rows of an answer. store: the queried store; text: the query."""

    def __init__(self, store: Store, text: str, answer: Table, reasoning: Reasoning) -> None:
        query = flattened(text)
        assert query is not None, "a Table comes from a SELECT"
        self.pattern = pattern_of(query)
        self._store, self._query, self._answer, self._reasoning = store, query, answer, reasoning

    def facts(self, index: int) -> tuple[Atom, ...]:
        """The triples that support a row (by index): by triple pattern, then in natural order.

        Raises QueryError.
        """
        row = self._answer.terms[index]
        key = tuple(row[self._answer.columns.index(column)] for column in self._shared)
        found: dict[Atom, None] = {}
        for triple in self.pattern.triples:
            solutions = self._by_key.get(key, [])
            matched = {fact for solution in solutions for fact in self._instances(triple, solution)}
            found |= dict.fromkeys(sorted(filter(self._explained, matched), key=_natural_order))
        # Labels are left out beside other statements; where there is nothing else, they are what was asked.
        labels = {fact for fact in found if fact[0] in _LABELS}
        return tuple(found) if len(labels) == len(found) else tuple(fact for fact in found if fact not in labels)

    @cached_property
    def _triples(self) -> ox.Store:
        """All triples, since paths are followed step by step."""
        return self._store.snapshot()

    @cached_property
    def _shared(self) -> list[str]:
        """The columns that identify rows: those in the pattern, which are not aggregated."""
        return [column for column in self._answer.columns if column in self._variables]

    @cached_property
    def _variables(self) -> set[str]:
        return {variable.value for variable in self._solutions.variables}

    @cached_property
    def _solutions(self) -> ox.QuerySolutions:
        try:
            found = self._store.query(self._query)
        except QueryError as error:
            raise QueryError(f"The evidence for this query cannot be found: {error.what}") from error
        assert isinstance(found, ox.QuerySolutions)
        return found

    @cached_property
    def _by_key(self) -> dict[Key, list[Solution]]:
        found: dict[Key, list[Solution]] = {}
        for solution in self._solutions:
            bound = {name: solution[name] for name in self._variables if solution[name] is not None}
            found.setdefault(tuple(bound.get(column) for column in self._shared), []).append(bound)
        return found

    def _instances(self, triple: Sequence[Any], solution: Solution) -> Iterator[Atom]:
        """The triples that a triple pattern matches in a solution, without those that only order passages."""
        subject, predicate, object_ = triple
        if subject in self.pattern.graphs:
            return
        start, wanted = _term(subject, solution), _term(object_, solution)
        if start is None or wanted is None or isinstance(start, ox.Literal):
            return
        ways = [facts for end, facts in self._walk(predicate, start, solution) if end == wanted]
        height = self._reasoning.closure.height
        yield from min(ways, key=lambda facts: (len(facts), sum(map(height, facts)), facts), default=())

    def _walk(self, path: Any, start: Term, solution: Solution) -> Iterator[tuple[Term, tuple[Atom, ...]]]:
        """The ends of a path from a node, with the triples on the way, shortest first (SPARQL 1.1, section 9)."""
        from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath

        if isinstance(path, AlternativePath):
            for part in path.args:
                yield from self._walk(part, start, solution)
        elif isinstance(path, SequencePath):
            first, *rest = path.args
            for middle, facts in self._walk(first, start, solution):
                if not rest:
                    yield middle, facts
                elif not isinstance(middle, ox.Literal):
                    for end, more in self._walk(SequencePath(*rest) if rest[1:] else rest[0], middle, solution):
                        yield end, facts + more
        elif isinstance(path, MulPath):
            yield from self._repeated(path, start, solution)
        else:
            inverse = isinstance(path, InvPath)
            predicate = _term(path.arg if inverse else path, solution)
            if not isinstance(predicate, ox.NamedNode) or (isinstance(start, ox.Literal) and not inverse):
                return
            found = self._triples.quads_for_pattern(
                None if inverse or isinstance(start, ox.Literal) else start,
                predicate,
                start if inverse else None,
                ox.DefaultGraph(),
            )
            for quad in found:
                fact = atom_of(str(quad.subject), str(quad.predicate), str(quad.object))
                yield (quad.subject if inverse else quad.object), (fact,)

    def _repeated(self, path: Any, start: Term, solution: Solution) -> Iterator[tuple[Term, tuple[Atom, ...]]]:
        seen = {start} if path.zero else set[Term]()
        if path.zero:
            yield start, ()
        waiting: list[tuple[Term, tuple[Atom, ...]]] = [(start, ())]
        while waiting:
            node, facts = waiting.pop(0)
            for end, more in self._walk(path.path, node, solution):
                if end not in seen:
                    seen.add(end)
                    yield end, facts + more
                    if path.more and not isinstance(end, ox.Literal):
                        waiting.append((end, facts + more))

    def _explained(self, fact: Atom) -> bool:
        """Whether a triple can be explained: it holds, and is not a declaration of the ontology."""
        if fact[-1].startswith(f"<{vocab.OWL}") or fact[0].startswith(f"<{vocab.OWL}"):
            return False
        explainer = self._reasoning.explainer
        return fact in explainer.closure.facts or explainer.assertions.holds(fact)


def _natural_order(fact: Atom) -> list[list[tuple[int, str]]]:
    return list(map(natural_key, triple_of(fact)))


def _term(part: Any, solution: Solution) -> Term | None:
    """The term of a part of a pattern (an rdflib term) in a solution."""
    from rdflib import BNode, Literal, URIRef, Variable

    if isinstance(part, Variable):
        return solution.get(str(part))
    if isinstance(part, URIRef):
        return ox.NamedNode(str(part))
    if isinstance(part, Literal):
        if part.language:
            return ox.Literal(str(part), language=part.language)
        return (
            ox.Literal(str(part), datatype=ox.NamedNode(str(part.datatype))) if part.datatype else ox.Literal(str(part))
        )
    assert isinstance(part, BNode)
    return None
