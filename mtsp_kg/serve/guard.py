"""The query guard: one linear pass over the text of a visitor's query before a parser reads it.

It rejects queries that crash parsers or open connections, and features that no legitimate query needs: more than 64 KB,
64 levels of nesting or 512 operators, SERVICE, updates, and codepoint escapes outside strings and IRIs, which could
spell a keyword (SPARQL 1.1 Query, section 19.2). The guard gives early and clear messages; the worker's sandbox
contains queries that pass it. Every quantifier of its pattern is possessive, so that the pass takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mtsp_kg.errors import QueryError
from mtsp_kg.serve.problems import QueryTooLargeError

MAX_BYTES = 64 * 1024
MAX_DEPTH = 64
MAX_OPERATORS = 512
MAX_IRI_LENGTH = 2048

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
    """The kind and the text of each token of a query, without white space and comments."""
    for token in _TOKEN.finditer(text):
        if token.lastgroup != "blank":
            yield token.lastgroup or "", token.group()


def check(text: str) -> None:
    """Checks the text of a query. Raises QueryError with line and column, QueryTooLargeError.

    >>> check("SELECT * { ?s a service:x } # SERVICE in a comment, and a prefix of that name")
    >>> check("SELECT * { SERVICE <http://a> {} }")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    mtsp_kg.errors.QueryError: line 1, column 12: SERVICE is not supported: ...
    """
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise QueryTooLargeError(
            f"The query is longer than {MAX_BYTES // 1024} KB.", remedy="Split the query, or download a dump."
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
                raise _service_error(text, suspect)
            suspect = None
        word = ""
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(depth - 1, 0)
        elif kind == "operator":
            operators += 1
        elif kind == "iri":
            depth = _depth_after_iri(text, token, depth)
        elif kind == "name":
            prefix, colon, _ = token.group().upper().partition(":")
            if not colon:
                word = prefix
                operators += _operators_of_word(text, token, word, depth)
            # The engine's parser reads SERVICE:x { as SERVICE :x {, so such a prefix is rejected before a brace.
            elif _SERVICE in prefix and depth and previous != "GRAPH":
                suspect = token.start()
        elif kind in ("escape", "other"):
            strays += 1
            _check_stray(text, token, kind, strays)
        previous = word
        if depth > MAX_DEPTH:
            raise _depth_error(text, token)
        if operators > MAX_OPERATORS:
            what = f"The query has more than {MAX_OPERATORS} operators (UNION, FILTER, &&, +, / ...)."
            raise _error(text, token.start(), what, "Use VALUES for long lists, or split the query.")


def _operators_of_word(text: str, token: re.Match[str], upper: str, depth: int) -> int:
    if _SERVICE in upper:
        raise _service_error(text, token.start())
    if upper in _UPDATES and depth == 0:
        what = "This endpoint is read-only: it accepts queries, not updates."
        raise _error(text, token.start(), what, "Send a SELECT, ASK, CONSTRUCT or DESCRIBE query.")
    return (upper in _OPERATORS) + upper.count("-")


def _depth_after_iri(text: str, token: re.Match[str], depth: int) -> int:
    # What looks like an IRI may be a comparison without spaces, whose brackets the parser nests.
    iri = token.group()
    if len(iri) > MAX_IRI_LENGTH:
        raise _error(text, token.start(), f"An IRI is longer than {MAX_IRI_LENGTH} characters.", "Use a shorter IRI.")
    opened = iri.count("(") + iri.count("[")
    if not opened:
        return depth
    if depth + opened > MAX_DEPTH:
        raise _depth_error(text, token)
    return depth + max(opened - iri.count(")") - iri.count("]"), 0)


def _check_stray(text: str, token: re.Match[str], kind: str, strays: int) -> None:
    if kind == "escape":
        what = "Codepoint escapes (\\u, \\U) are accepted only in strings and IRIs."
        raise _error(text, token.start(), what, "Write the character itself.")
    if token.group() in "\"'":
        raise _error(text, token.start(), "Unterminated string.", "Add the closing quotation mark.")
    if strays > MAX_OPERATORS:
        what = f"The query has more than {MAX_OPERATORS} characters that do not start a SPARQL token."
        raise _error(text, token.start(), what, "Send SPARQL 1.1.")


def _depth_error(text: str, token: re.Match[str]) -> QueryError:
    what = f"The query is nested deeper than {MAX_DEPTH} levels."
    return _error(text, token.start(), what, "Reduce the nesting.")


def _service_error(text: str, offset: int) -> QueryError:
    return _error(
        text,
        offset,
        "SERVICE is not supported: this endpoint does not connect to other endpoints.",
        "Run federated queries on your own engine. If 'service' is a prefix here, write '.' between it and '{'.",
    )


def _error(text: str, offset: int, what: str, remedy: str) -> QueryError:
    before = text[:offset]
    line = before.count("\n") + 1
    return QueryError(what, remedy=remedy, line=line, column=offset - (before.rfind("\n") + 1) + 1)
