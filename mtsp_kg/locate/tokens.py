"""The tokens of Turtle, TriG, N-Triples and N-Quads as regular expressions. Imports nothing of the package.

They follow Turtle 1.1, section 6.5, TriG 1.1, section 4.5, and the drafts of RDF 1.2, for text that a parser has
accepted already: they find where a token ends and do not say whether it is well formed. What repeats is possessive, so
that no input makes them slow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

_NO_NAME = r"\x00-\x20<>\"'{}()\[\],;#^@~\\|.+!$&*=/?`"  # what ends a name; `.` and escapes are met one by one
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
# With the groups that `terms.literal` is made from; a pattern holds it once.
LITERAL = (
    rf"(?P<quoted>{QUOTED})"
    rf"(?:{SPACE}(?:\^\^{SPACE}(?P<datatype>{IRI}|{PREFIXED})|@(?P<language>{LANGUAGE})))?+"
)
EMPTY = rf"\[{SPACE}\]"


class Pattern:
    """A regular expression that is compiled when it is first used: each takes as long as reading a small file."""

    match: Callable[..., re.Match[str] | None]
    finditer: Callable[..., Iterator[re.Match[str]]]

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def __getattr__(self, name: str) -> Any:
        if name not in ("match", "finditer"):
            raise AttributeError(name)
        compiled = re.compile(self._pattern, re.DOTALL)
        self.match, self.finditer = compiled.match, compiled.finditer  # from now on found without this method
        return getattr(self, name)


# One token of a statement, with the space before it. The order decides; the names of the groups are the kinds.
TOKEN = Pattern(
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

# What a statement, a directive or the edge of a graph begins with, with the space before it.
HEAD = Pattern(
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

# The rest of a statement, where it can be told without a look at each token. It refuses (which costs time, no more)
# where a dot could be either, and where another named subject could stand inside: RDF 1.2's reifiers. The second
# refuses brackets too.
_RUN = r"[^.<>\"'#{}~\\@"
_INNER_DOT = r"\.(?=[0-9])|(?<=[A-Za-z_\-])\.(?=[A-Za-z_])"
_END = r"(?:\.(?=[ \t\r\n#}]|\Z)|(?=\}))"
_QUOTED = rf"{QUOTED}(?:@{LANGUAGE}(?!\.[A-Za-z_]))?+"


def _rest(run: str) -> Pattern:
    return Pattern(rf"(?:{run}|{IRI}|{_QUOTED}|{_INNER_DOT}|\\.|#[^\r\n]*+)*+{_END}")


REST = _rest(_RUN + "]++")
REST_WITHOUT_BLANKS = _rest(_RUN + r"\[\](]++")

# One line of N-Triples or N-Quads (N-Triples 1.1, section 7; N-Quads 1.1, section 6); it ends early at a triple term.
_NODE = rf"(?:{IRI}|{LABEL})"
LINE = Pattern(
    rf"{SPACE}(?P<subject>{_NODE}){SPACE}(?P<predicate>{IRI}){SPACE}"
    rf"(?:(?P<object>{_NODE}|{LITERAL})(?:{SPACE}(?P<graph>{_NODE}))?+{SPACE}\.)?+"
)
LINE_END = Pattern(rf"(?:{SPACE}(?P<graph>{_NODE}))?+{SPACE}\.")
LINE_OTHER = Pattern(rf"{SPACE}(?:VERSION[^\r\n]*+)?+")
