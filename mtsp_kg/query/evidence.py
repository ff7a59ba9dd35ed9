"""What a SELECT looks for, apart from how it groups, counts and orders it.

`flattened` gives the query for all variables of the whole pattern, in which inner SELECTs are their patterns;
`statements` the triple patterns that a solution rests on. rdflib's parser reads them (SPARQL 1.1, section 18.2).

What the rows of an answer rest on: the statements that the query found, each with its paragraphs or its proof.

Imports `infer`, `pattern` and this room.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.errors import ParameterError, QueryError
from mtsp_kg.infer.terms import Atom, atom_of, nt
from mtsp_kg.query.answer import Rows, Term
from mtsp_kg.store import Store

if TYPE_CHECKING:
    from mtsp_kg.infer.reasoning import Reasoning

_TOKEN = re.compile(
    r"#[^\n]*|<[^<>\s]*>|\"\"\".*?\"\"\"|'''.*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|\s+|[{}()]|[^\s{}()<>\"'#]+|.",
    re.DOTALL,
)
_VARIABLE = re.compile(r"[?$](\w+)")
_SIDES = {"Join": ("p1", "p2"), "LeftJoin": ("p1", "p2"), "Union": ("p1", "p2"), "Minus": ("p1",)}


@dataclass
class Found:
    """The triple patterns of a query, as rdflib has them, those of optional parts too.

    absent: whether the query looks for something that is not to be there; graphs: the variables that stand for graphs.
    """

    triples: list[tuple[Any, Any, Any]] = field(default_factory=list)
    graphs: set[Any] = field(default_factory=set)
    absent: bool = False


def flattened(text: str) -> str | None:
    """The query for all variables of a SELECT's pattern; None for what is no SELECT."""
    tokens = [token for token in _TOKEN.findall(text) if not token.startswith("#")]
    for place, token in enumerate(tokens):
        if token.upper() in ("ASK", "CONSTRUCT", "DESCRIBE"):
            return None
        if token.upper() == "SELECT":
            pattern = _group(tokens, tokens.index("{", _projection(tokens, place)[1]), count(1))[0]
            return f"{''.join(tokens[:place])}SELECT DISTINCT * WHERE {''.join(pattern)}"
    return None


def _projection(tokens: list[str], place: int) -> tuple[set[str], int]:
    """The variables that the SELECT at a place gives on (`*` for all), and the place of its pattern's brace."""
    found: set[str] = set()
    depth = 0
    before = ""
    for here in range(place + 1, len(tokens)):
        token = tokens[here]
        depth += (token == "(") - (token == ")")
        if token == "{" and not depth:
            return found, here
        if token[0] in "?$*" and (not depth or before == "AS"):
            found.add(token.lstrip("?$"))
        before = before if token.isspace() else token.upper()
    return found, len(tokens)


def _inner(tokens: list[str], place: int, number: Iterator[int]) -> tuple[list[str], int]:
    """The pattern of an inner SELECT, its own variables renamed, and the place of the brace that closes around it."""
    given, place = _projection(tokens, place)
    pattern, place = _group(tokens, place, number)
    if "*" not in given:
        suffix = f"_{next(number)}"
        pattern = [
            token if token[0] in "<\"'" else _VARIABLE.sub(lambda found: _renamed(found, given, suffix), token)
            for token in pattern
        ]
    depth = 0
    while place < len(tokens) and (tokens[place] != "}" or depth):
        depth += (tokens[place] == "{") - (tokens[place] == "}")
        place += 1
    return pattern, place


def _renamed(found: re.Match[str], given: set[str], suffix: str) -> str:
    return found.group() if found.group(1) in given else found.group() + suffix


def _group(tokens: list[str], place: int, number: Iterator[int]) -> tuple[list[str], int]:
    """The group whose brace stands at a place, with inner SELECTs as their patterns, and the place behind it."""
    out, place = ["{"], place + 1
    while place < len(tokens):
        token = tokens[place]
        if token == "}":
            return [*out, "}"], place + 1
        if token == "{" or token.upper() == "SELECT":
            inner, place = (_group if token == "{" else _inner)(tokens, place, number)
            out += inner
        else:
            out.append(token)
            place += 1
    return out, place


def statements(query: str) -> Found:
    """The triple patterns that the solutions of a flattened query rest on."""
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    found = Found()
    _visit(translateQuery(parseQuery(query)).algebra, found)
    return found


def _visit(node: Any, found: Found) -> None:
    name = getattr(node, "name", "")
    if name == "BGP":
        found.triples += [triple for triple in node.triples if triple not in found.triples]
    elif name in _SIDES:
        for side in _SIDES[name]:
            _visit(node[side], found)
        found.absent |= name == "Minus"
    else:
        if name == "Graph":
            found.graphs.add(node.term)
        if name == "Filter":
            found.absent |= any(part == "Builtin_NOTEXISTS" for part in _names(node.expr))
        if node is not None and "p" in node:
            _visit(node.p, found)


def _names(node: Any) -> Iterator[str]:
    if hasattr(node, "name") and hasattr(node, "values"):
        yield node.name
        for part in node.values():
            for one in part if isinstance(part, list) else [part]:
                yield from _names(one)


FORMS = ("text", "json")
_ABSENT = "It also rests on what the query looks for and does not find."
_HIDDEN = "The query does not let see what this row rests on."
_CALLED = frozenset(nt(label) for label in vocab.LABELS)
Solution = dict[str, Term]
Key = tuple[Term | None, ...]


@dataclass(frozen=True)
class Opened:
    """A row's number, from 1, and the statements that it rests on, in the order of the query's patterns."""

    number: int
    facts: tuple[Atom, ...]


class Evidence:
    """Opens the rows of an answer. store: what was asked; text: what it was asked."""

    def __init__(self, store: Store, text: str, rows: Rows, reasoning: Reasoning) -> None:
        query = flattened(text)
        assert query is not None, "rows come of a SELECT"
        self._store, self._query, self._rows, self._reasoning = store, query, rows, reasoning
        self._found = statements(query)

    def open(self, number: int) -> Opened:
        """The row of a number, from 1. Raises ParameterError where there is none."""
        if not 1 <= number <= len(self._rows.rows):
            has = len(self._rows.rows)
            raise ParameterError(f"There is no row {number}: the answer has {has}.", remedy=f"Give 1 to {has}, or all.")
        row = self._rows.rows[number - 1]
        key = tuple(row[self._rows.columns.index(column)] for column in self._shared)
        facts: dict[Atom, None] = {}
        for pattern in self._found.triples:
            for solution in self._solutions.get(key, []):
                facts.update(dict.fromkeys(fact for fact in self._instances(pattern, solution) if self._holds(fact)))
        # What a thing is called is told with everything else; where there is nothing else, it is what was asked.
        called = {fact for fact in facts if fact[0] in _CALLED}
        return Opened(
            number, tuple(facts) if len(called) == len(facts) else tuple(fact for fact in facts if fact not in called)
        )

    def write(self, opened: Sequence[Opened], form: str) -> str:
        """Opened rows in one of FORMS."""
        if form == "json":
            return json.dumps([self._as_dict(one) for one in opened], ensure_ascii=False, indent=2) + "\n"
        return "\n".join("\n".join(self._text(one)) + "\n" for one in opened)

    def _text(self, one: Opened) -> Iterator[str]:
        cells = zip(self._rows.columns, self._rows.text_rows()[one.number - 1], strict=True)
        yield f"Row {one.number}: {'; '.join(f'{column} {cell}' for column, cell in cells if cell)}"
        told = self._reasoning.tell([self._reasoning.explainer.explain(fact, 1) for fact in one.facts])
        yield from (f"  {line}".rstrip() for line in (told or _HIDDEN).rstrip("\n").split("\n") if line)
        if self._found.absent and one.facts:
            yield f"  {_ABSENT}"

    def _as_dict(self, one: Opened) -> dict[str, Any]:
        cells = dict(zip(self._rows.columns, self._rows.text_rows()[one.number - 1], strict=True))
        told = self._reasoning.tell([self._reasoning.explainer.explain(fact, 1) for fact in one.facts], "json")
        return {"row": one.number, "cells": cells, "statements": json.loads(told), "absence": self._found.absent}

    @cached_property
    def _triples(self) -> ox.Store:
        """All triples, since paths are followed step by step."""
        return self._store.snapshot()

    @cached_property
    def _shared(self) -> list[str]:
        """The columns that tell rows apart: those that stand in the pattern, and are not counted or put together."""
        return [column for column in self._rows.columns if column in self._columns]

    @cached_property
    def _columns(self) -> set[str]:
        return {variable.value for variable in self._answer.variables}

    @cached_property
    def _answer(self) -> ox.QuerySolutions:
        try:
            found = self._store.query(self._query)
        except QueryError as error:
            raise QueryError(f"The rows of this query cannot be opened: {error.what}") from error
        assert isinstance(found, ox.QuerySolutions)
        return found

    @cached_property
    def _solutions(self) -> dict[Key, list[Solution]]:
        found: dict[Key, list[Solution]] = {}
        for solution in self._answer:
            bound = {name: solution[name] for name in self._columns if solution[name] is not None}
            found.setdefault(tuple(bound.get(column) for column in self._shared), []).append(bound)
        return found

    def _instances(self, pattern: tuple[Any, Any, Any], solution: Solution) -> Iterator[Atom]:
        """The statements that a pattern stands for in a solution, but for what only orders passages."""
        subject, predicate, object_ = pattern
        if subject in self._found.graphs:
            return
        one, two = _term(subject, solution), _term(object_, solution)
        if one is None or two is None or isinstance(one, ox.Literal):
            return
        yield from next((way for end, way in self._ways(predicate, one, solution) if end == two), ())

    def _ways(self, path: Any, start: Term, solution: Solution) -> Iterator[tuple[Term, tuple[Atom, ...]]]:
        """Where a path leads from a thing, with the statements on the way, shortest first (SPARQL 1.1, section 9)."""
        from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath

        if isinstance(path, AlternativePath):
            for part in path.args:
                yield from self._ways(part, start, solution)
        elif isinstance(path, SequencePath):
            first, *rest = path.args
            for middle, way in self._ways(first, start, solution):
                if not rest:
                    yield middle, way
                elif not isinstance(middle, ox.Literal):
                    for end, more in self._ways(SequencePath(*rest) if rest[1:] else rest[0], middle, solution):
                        yield end, way + more
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
            here, way = waiting.pop(0)
            for end, more in self._ways(path.path, here, solution):
                if end not in seen:
                    seen.add(end)
                    yield end, way + more
                    if path.more and not isinstance(end, ox.Literal):
                        waiting.append((end, way + more))

    def _holds(self, fact: Atom) -> bool:
        """Whether a statement is one about things, and explained: the ontology's own declarations are none."""
        if fact[-1].startswith(f"<{vocab.OWL}") or fact[0].startswith(f"<{vocab.OWL}"):
            return False
        explainer = self._reasoning.explainer
        return fact in explainer.closure.facts or explainer.stated.holds(fact)


def _term(part: Any, solution: Solution) -> Term | None:
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
