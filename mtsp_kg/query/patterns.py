"""The pattern of a SELECT, without grouping, aggregation and ordering.

`flattened` returns the query for all variables of the whole pattern, with subselects replaced by their patterns;
`pattern_of` returns its triple patterns as parsed by rdflib (SPARQL 1.1 Query Language, section 18.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from mtsp_kg.errors import QueryError

_TOKEN = re.compile(
    r"#[^\n]*|<[^<>\s]*>|\"\"\".*?\"\"\"|'''.*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|\s+|[{}()]|[^\s{}()<>\"'#]+|.",
    re.DOTALL,
)
_VARIABLE = re.compile(r"[?$](\w+)")
_SIDES = {"Join": ("p1", "p2"), "LeftJoin": ("p1", "p2"), "Union": ("p1", "p2"), "Minus": ("p1",)}


@dataclass
class QueryPattern:
    """The triple patterns of a query as parsed by rdflib, including those of optional parts.

    graphs: the variables for graphs; absence: whether solutions also depend on the absence of triples.
    """

    triples: list[tuple[Any, Any, Any]] = field(default_factory=list)
    graphs: set[Any] = field(default_factory=set)
    absence: bool = False


def flattened(text: str) -> str | None:
    """The query for all variables of a SELECT's pattern; None if the text is not a SELECT."""
    tokens = [token for token in _TOKEN.findall(text) if not token.startswith("#")]
    for index, token in enumerate(tokens):
        if token.upper() in ("ASK", "CONSTRUCT", "DESCRIBE"):
            return None
        if token.upper() == "SELECT":
            pattern = _group(tokens, tokens.index("{", _projection(tokens, index)[1]), count(1))[0]
            return f"{''.join(tokens[:index])}SELECT DISTINCT * WHERE {''.join(pattern)}"
    return None


def pattern_of(query: str) -> QueryPattern:
    """The triple patterns of a flattened query that support its solutions. Raises QueryError."""
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    found = QueryPattern()
    try:
        _visit(translateQuery(parseQuery(query)).algebra, found)
    except Exception as error:  # the parser's, and many kinds from the translation
        raise QueryError(f"The evidence for this query cannot be found: {error}") from error
    return found


def _projection(tokens: list[str], start: int) -> tuple[set[str], int]:
    """The variables that the SELECT at an index projects (`*` for all), and the index of its pattern's brace."""
    found: set[str] = set()
    depth = 0
    before = ""
    for index in range(start + 1, len(tokens)):
        token = tokens[index]
        depth += (token == "(") - (token == ")")
        if token == "{" and not depth:
            return found, index
        if token[0] in "?$*" and (not depth or before == "AS"):
            found.add(token.lstrip("?$"))
        before = before if token.isspace() else token.upper()
    return found, len(tokens)


def _subselect(tokens: list[str], index: int, number: Iterator[int]) -> tuple[list[str], int]:
    """The pattern of a subselect, with its own variables renamed, and the index of the closing brace around it."""
    given, index = _projection(tokens, index)
    pattern, index = _group(tokens, index, number)
    if "*" not in given:
        suffix = f"_{next(number)}"
        pattern = [
            token if token[0] in "<\"'" else _VARIABLE.sub(lambda found: _renamed(found, given, suffix), token)
            for token in pattern
        ]
    depth = 0
    while index < len(tokens) and (tokens[index] != "}" or depth):
        depth += (tokens[index] == "{") - (tokens[index] == "}")
        index += 1
    return pattern, index


def _renamed(found: re.Match[str], given: set[str], suffix: str) -> str:
    return found.group() if found.group(1) in given else found.group() + suffix


def _group(tokens: list[str], index: int, number: Iterator[int]) -> tuple[list[str], int]:
    """The group that starts at an index, with subselects replaced by their patterns, and the index after it."""
    out, index = ["{"], index + 1
    while index < len(tokens):
        token = tokens[index]
        if token == "}":
            return [*out, "}"], index + 1
        if token == "{" or token.upper() == "SELECT":
            inner, index = (_group if token == "{" else _subselect)(tokens, index, number)
            out += inner
        else:
            out.append(token)
            index += 1
    return out, index


def _visit(node: Any, found: QueryPattern) -> None:
    name = getattr(node, "name", "")
    if name == "BGP":
        found.triples += [triple for triple in node.triples if triple not in found.triples]
    elif name in _SIDES:
        for side in _SIDES[name]:
            _visit(node[side], found)
        found.absence |= name == "Minus"
    else:
        if name == "Graph":
            found.graphs.add(node.term)
        if name == "Filter":
            found.absence |= any(part == "Builtin_NOTEXISTS" for part in _names(node.expr))
        if node is not None and "p" in node:
            _visit(node.p, found)


def _names(node: Any) -> Iterator[str]:
    if hasattr(node, "name") and hasattr(node, "values"):
        yield node.name
        for part in node.values():
            for one in part if isinstance(part, list) else [part]:
                yield from _names(one)
