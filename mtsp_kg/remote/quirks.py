"""Queries that an engine is known to answer differently from SPARQL 1.1; the list is in `stores.toml`.

A query is matched as text, without its comments, IRIs and strings; it is not parsed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from mtsp_kg.remote.address import known_stores

# Comments, IRIs and strings, in which nothing is a keyword.
_NOT_KEYWORDS = re.compile(
    r"<[^<>\"{}|^`\\\s]*>|\"\"\".*?\"\"\"|'''.*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|#[^\n]*", re.DOTALL
)
_KEYWORD = r"(?<![\w:?$@-])({})\b(?!\s*:|-)"
_FORM = re.compile(_KEYWORD.format("SELECT|ASK|CONSTRUCT|DESCRIBE"), re.IGNORECASE)
_HEADER = "#+"


@dataclass(frozen=True)
class Quirk:
    """A known deviation of an engine: its name, the pattern of affected queries, and what the engine does."""

    engine: str
    pattern: re.Pattern[str]
    description: str


def without_strings(text: str) -> str:
    """A query without comments, and with empty IRIs and strings.

    >>> without_strings('ASK { ?s ?p "FROM" } # FROM')
    'ASK { ?s ?p "" } '
    """
    return _NOT_KEYWORDS.sub(lambda found: {"#": "", "<": "<>"}.get(found.group(0)[0], '""'), text)


def query_form(text: str) -> str:
    """The form of a query: SELECT, ASK, CONSTRUCT or DESCRIBE; empty if it has none of these."""
    found = _FORM.search(without_strings(text))
    return found.group(1).upper() if found else ""


def has_keyword(text: str, keyword: str) -> bool:
    """Whether a query uses a keyword, such as FROM."""
    return bool(re.search(_KEYWORD.format(keyword), without_strings(text), re.IGNORECASE))


def is_from_catalogue(text: str) -> bool:
    """Whether a query has the header of the catalogue, whose queries must have the same answer in every engine."""
    return text.lstrip().startswith(_HEADER)


@cache
def quirks(server: str) -> tuple[Quirk, ...]:
    """The known deviations of the engine with this value of the HTTP header Server."""
    return tuple(
        Quirk(engine["name"], re.compile(quirk["pattern"], re.IGNORECASE), quirk["description"])
        for engine in known_stores()["engine"]
        if re.search(engine["server"], server)
        for quirk in engine["quirk"]
    )


def quirk_of(text: str, server: str) -> Quirk | None:
    """The first known deviation of an engine that affects a query."""
    keywords = without_strings(text)
    return next((quirk for quirk in quirks(server) if quirk.pattern.search(keywords)), None)
