"""The tokens of Turtle, TriG, N-Triples and N-Quads as regular expressions, and the triples that scanners return.

The expressions follow Turtle 1.1, section 6.5, TriG 1.1, section 4.5, and the drafts of RDF 1.2, for text that a parser
has accepted: they find where a token ends and do not check that it is well formed. Repetitions are possessive, so that
no input makes them slow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from mtsp_kg.locate.terms import TermKey

_NO_NAME = r"\x00-\x20<>\"'{}()\[\],;#^@~\\|.+!$&*=/?`"  # what ends a name; `.` and escapes are matched one by one
_NAME = rf"[^{_NO_NAME}%:]"
_LOCAL = rf"[^{_NO_NAME}]"

SPACE = r"(?:[ \t\r\n]++|#[^\r\n]*+)*+"
IRI = r"<[^<> ]*+>"
LABEL = rf"_:{_NAME}++(?:\.++{_NAME}++)*+"
PREFIX = rf"(?:[^{_NO_NAME}%:0-9_\-]{_NAME}*+(?:\.++{_NAME}++)*+)?+:"
PREFIXED = rf"{PREFIX}(?:(?!-)(?:{_LOCAL}++|\\.)(?:{_LOCAL}++|\\.|\.++(?=[^{_NO_NAME}]|\\))*+)?+"
NAME = rf"(?:{IRI}|{LABEL}|{PREFIXED})"
NUMBER = r"[+\-]?(?:[0-9]++\.[eE][+\-]?[0-9]++|(?:[0-9]++(?:\.[0-9]++)?+|\.[0-9]++)(?:[eE][+\-]?[0-9]++)?+)"
QUOTED = (
    r'(?:"""[^"\\]*+(?:(?:\\.|""?+(?!"))[^"\\]*+)*+"""|"[^"\\]*+(?:\\.[^"\\]*+)*+"'
    r"|'''[^'\\]*+(?:(?:\\.|''?+(?!'))[^'\\]*+)*+'''|'[^'\\]*+(?:\\.[^'\\]*+)*+')"
)
LANGUAGE = r"[a-zA-Z]++(?:-++[a-zA-Z0-9]++)*+"
# With the groups that `terms.literal_key` needs; a pattern can contain it once.
LITERAL = (
    rf"(?P<quoted>{QUOTED})"
    rf"(?:{SPACE}(?:\^\^{SPACE}(?P<datatype>{IRI}|{PREFIXED})|@(?P<language>{LANGUAGE})))?+"
)
EMPTY = rf"\[{SPACE}\]"


class LazyPattern:
    """A regular expression that is compiled at first use, since compiling takes as long as reading a small file."""

    match: Callable[..., re.Match[str] | None]
    finditer: Callable[..., Iterator[re.Match[str]]]

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def __getattr__(self, name: str) -> Any:
        if name not in ("match", "finditer"):
            raise AttributeError(name)
        compiled = re.compile(self._pattern, re.DOTALL)
        self.match, self.finditer = compiled.match, compiled.finditer  # from now on they are found without this method
        return getattr(self, name)


# One token of a statement, with the space before it. The order decides; the names of the groups are the kinds.
TOKEN = LazyPattern(
    SPACE
    + "(?:"
    + "|".join(
        (
            rf"(?P<prefixed>{PREFIXED})",
            r"(?P<mark>[;,\[\](}]|\.(?![0-9])|\{\||\|\}|<<\(|<<|>>|\)>>|\))",
            rf"(?P<name>{IRI}|{LABEL})",
            rf"(?P<literal>{LITERAL})",
            rf"(?P<number>{NUMBER})",
            r"(?P<word>[A-Za-z]++)",
            rf"(?P<reifier>~(?:{SPACE}(?:{NAME}|{EMPTY}))?+)",
        )
    )
    + ")"
)

# The first token of a statement, a directive or the delimiter of a graph, with the space before it.
HEAD = LazyPattern(
    SPACE
    + "(?:"
    + "|".join(
        (
            rf"(?P<name>{NAME})(?:{SPACE}(?P<open>\{{(?!\|)))?+",
            rf"(?:@prefix|(?i:PREFIX)){SPACE}(?P<prefix>{PREFIX}){SPACE}(?P<namespace>{IRI})(?:{SPACE}\.)?+",
            rf"(?:@base|(?i:BASE)){SPACE}(?P<base>{IRI})(?:{SPACE}\.)?+",
            rf"(?P<version>(?:@version|(?i:VERSION)){SPACE}{QUOTED}(?:{SPACE}\.)?+)",
            rf"(?P<unnamed>{EMPTY}{SPACE}\{{(?!\|))",
            r"(?P<block>\{)",
            r"(?P<close>\})",
            r"(?P<graph>(?i:GRAPH))",
            r"(?P<other>[\[(<])",
            r"(?P<end>\Z)",
        )
    )
    + ")"
)


class ScannedTriple(NamedTuple):
    """A triple with its graph (None: the default graph), the offsets of its three tokens, and the offset of its end."""

    graph: str | None
    subject: str
    predicate: str
    object: TermKey
    subject_at: int
    predicate_at: int
    object_at: int
    end: int
