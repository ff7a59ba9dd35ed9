"""The text guard: one pass over a visitor's query before any parser sees it.

It refuses what no question needs and what breaks parsers or leaves the machine: queries over 64 KB, nesting over 64,
more than 512 operators, SERVICE, updates, and codepoint escapes outside strings and IRIs (SPARQL 1.1 Query, section
19.2, which could spell a keyword). It is the first line and keeps good manners; the wall is the worker's sandbox, which
holds whatever passes here. Every quantifier is possessive, so the pass is linear. Imports `errors`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mtsp_kg.errors import QueryError
from mtsp_kg.serve.problems import QueryTooLargeError

LONGEST = 64 * 1024
DEEPEST = 64
MOST_OPERATORS = 512
LONGEST_IRI = 2048

_ESCAPED = r"\\[_~.\-!$&'()*+,;=/?\#@%]|%[0-9A-Fa-f]{2}"
_LOCAL = rf"(?:(?:[\w:]|{_ESCAPED})(?:[\w.\-:]|{_ESCAPED})*+)?+"
_TOKEN = re.compile(
    rf"""
      (?P<blank>[ \t\r\n]++|\#[^\r\n]*+)
    | (?P<iri><[^<>"{{}}|^`\x00-\x20]*+>)
    | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*+'''
        |"(?!"")(?:[^"\\\r\n]|\\.)*+"|'(?!'')(?:[^'\\\r\n]|\\.)*+'|""|'')
    | (?P<variable>[?$]\w++)
    | (?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
    | (?P<number>\d++(?:\.\d*+)?+(?:[eE][+-]?\d++)?+)
    | (?P<name>[^\W\d](?:[\w\-]|\.(?=[\w\-.:]))*+(?::{_LOCAL})?+|:{_LOCAL})
    | (?P<open>[({{\[])
    | (?P<close>[)}}\]])
    | (?P<operator>\|\||&&|[!=<>|^/*+\-])
    | (?P<escape>\\[uU])
    | (?P<point>[.,;]++)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPERATORS = frozenset({"UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "EXISTS", "GRAPH", "IN", "VALUES"})
_UPDATES = frozenset({"LOAD", "INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH"})
_SERVICE = "SERVICE"


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """The kinds and texts of a query's tokens, blanks and comments left out."""
    for token in _TOKEN.finditer(text):
        if token.lastgroup != "blank":
            yield token.lastgroup or "", token.group()


def check(text: str) -> None:
    """Lets a query pass, or raises QueryError with the reason and, as far as there is one, the place.

    >>> check("SELECT * { ?s a service:x } # SERVICE in a comment, and a prefix that is called so")
    >>> check("SELECT * { SERVICE <http://a> {} }")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    mtsp_kg.errors.QueryError: line 1, column 12: SERVICE is not offered: ...
    """
    if len(text) > LONGEST or len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        raise QueryTooLargeError(
            f"The query is longer than {LONGEST // 1024} KB.", remedy="Ask for less at once, or fetch a dump."
        )
    depth = operators = strays = 0
    previous = ""
    suspect: int | None = None
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "blank":
            continue
        if suspect is not None:
            if kind == "open" and token.group() == "{":
                raise _service(text, suspect)
            suspect = None
        word = ""
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(depth - 1, 0)
        elif kind == "operator":
            operators += 1
        elif kind == "iri":
            depth = _inside_iri(text, token, depth)
        elif kind == "name":
            prefix, colon, _ = token.group().upper().partition(":")
            if not colon:
                word = prefix
                operators += _word(text, token, word, depth)
            # The engine's parser takes SERVICE:x { as SERVICE :x {, so a prefix of that name must not stand there.
            elif _SERVICE in prefix and depth and previous != "GRAPH":
                suspect = token.start()
        elif kind in ("escape", "other"):
            strays += 1
            _no_loose_end(text, token, kind, strays)
        previous = word
        if depth > DEEPEST:
            raise _refused(
                text, token.start(), f"The query is nested deeper than {DEEPEST} levels.", "Write it flatter."
            )
        if operators > MOST_OPERATORS:
            what = f"The query has more than {MOST_OPERATORS} operators (UNION, FILTER, &&, +, / ...)."
            raise _refused(text, token.start(), what, "Use VALUES for long lists, or ask in parts.")


def _word(text: str, token: re.Match[str], upper: str, depth: int) -> int:
    if _SERVICE in upper:
        raise _service(text, token.start())
    if upper in _UPDATES and depth == 0:
        raise _refused(text, token.start(), "This endpoint is read-only: it takes queries, no updates.", "Ask a query.")
    return (upper in _OPERATORS) + upper.count("-")


def _inside_iri(text: str, token: re.Match[str], depth: int) -> int:
    # What looks like an IRI may be a comparison without spaces, and its brackets the parser's.
    iri = token.group()
    if len(iri) > LONGEST_IRI:
        raise _refused(text, token.start(), f"An IRI is longer than {LONGEST_IRI} characters.", "Shorten it.")
    opened = iri.count("(") + iri.count("[")
    if not opened:
        return depth
    if depth + opened > DEEPEST:
        raise _refused(text, token.start(), f"The query is nested deeper than {DEEPEST} levels.", "Write it flatter.")
    return depth + max(opened - iri.count(")") - iri.count("]"), 0)


def _no_loose_end(text: str, token: re.Match[str], kind: str, strays: int) -> None:
    if kind == "escape":
        what = "A codepoint escape (\\u, \\U) stands outside strings and IRIs."
        raise _refused(text, token.start(), what, "Write the character.")
    if token.group() in "\"'":
        raise _refused(text, token.start(), "A string is not closed.", "Close it with the quotes that opened it.")
    if strays > MOST_OPERATORS:
        raise _refused(text, token.start(), "The query has too many stray characters.", "Write SPARQL 1.1.")


def _service(text: str, place: int) -> QueryError:
    return _refused(
        text,
        place,
        "SERVICE is not offered: this endpoint opens no connection to others.",
        "Federate from your side; before '{', end a triple pattern with '.'.",
    )


def _refused(text: str, place: int, what: str, remedy: str) -> QueryError:
    before = text[:place]
    line = before.count("\n") + 1
    return QueryError(what, remedy=remedy, line=line, column=place - (before.rfind("\n") + 1) + 1)
