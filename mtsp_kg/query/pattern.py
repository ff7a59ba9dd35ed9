"""What a SELECT looks for, apart from how it groups, counts and orders it.

`flattened` gives the query for all variables of the whole pattern, in which inner SELECTs are their patterns;
`statements` the triple patterns that a solution rests on. rdflib's parser reads them (SPARQL 1.1, section 18.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

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
