"""What an engine is known to answer otherwise than SPARQL 1.1 and our questions need; the list is in `stores.toml`.

Imports, of this room, `address`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from mtsp_kg.remote.address import known

# Comments, IRIs and texts, in which no keyword is one.
_ASIDE = re.compile(
    r"<[^<>\"{}|^`\\\s]*>|\"\"\".*?\"\"\"|'''.*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|#[^\n]*", re.DOTALL
)
_WORD = r"(?<![\w:?$@-])({})\b(?!\s*:|-)"
_FORM = re.compile(_WORD.format("SELECT|ASK|CONSTRUCT|DESCRIBE"), re.IGNORECASE)
_HEADER = "#+"


@dataclass(frozen=True)
class Trap:
    """What an engine does not do as it should: which engine, found by what in a query, why."""

    engine: str
    text: re.Pattern[str]
    says: str


def bare(sparql: str) -> str:
    """A query without comments, and with IRIs and texts emptied: what is left is SPARQL's own words.

    >>> bare('ASK { ?s ?p "FROM" } # FROM')
    'ASK { ?s ?p "" } '
    """
    return _ASIDE.sub(lambda found: {"#": "", "<": "<>"}.get(found.group(0)[0], '""'), sparql)


def form(sparql: str) -> str:
    """Which of SELECT, ASK, CONSTRUCT, DESCRIBE a query is; empty where it is none."""
    found = _FORM.search(bare(sparql))
    return found.group(1).upper() if found else ""


def says(sparql: str, word: str) -> bool:
    """Whether a query has a keyword, such as FROM."""
    return bool(re.search(_WORD.format(word), bare(sparql), re.IGNORECASE))


def is_of_catalogue(sparql: str) -> bool:
    """Whether a query has the header of one of the catalogue, whose answer is promised."""
    return sparql.lstrip().startswith(_HEADER)


@cache
def traps(server: str) -> tuple[Trap, ...]:
    """What is known of the engine that gives itself this name in the header Server."""
    return tuple(
        Trap(engine["name"], re.compile(trap["text"], re.IGNORECASE), trap["says"])
        for engine in known()["engine"]
        if re.search(engine["server"], server)
        for trap in engine["trap"]
    )


def trapped(sparql: str, server: str) -> Trap | None:
    """The first trap of an engine that a query walks into."""
    words = bare(sparql)
    return next((trap for trap in traps(server) if trap.text.search(words)), None)
