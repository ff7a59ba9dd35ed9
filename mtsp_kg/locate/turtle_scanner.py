"""The tokens of Turtle, TriG, N-Triples and N-Quads as regular expressions. Imports nothing of the package.

They follow Turtle 1.1, section 6.5, TriG 1.1, section 4.5, and the drafts of RDF 1.2, for text that a parser has
accepted already: they find where a token ends and do not say whether it is well formed. What repeats is possessive, so
that no input makes them slow.

One statement of Turtle or TriG, token by token, to its triples with their offsets.

Grammar: Turtle 1.1, section 6.5, production `triples`, with RDF 1.2's reifiers, annotations and triple terms. It keeps
its own stack, so that depth of nesting is no limit. Imports `names`, `terms` and `tokens`.

A text of Turtle or TriG to its triples with their offsets. Imports `statement`, `terms` and `tokens`.

Statements about what is not wanted are passed over by one regular expression, without a look at each token.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from typing import Any, NamedTuple

from mtsp_kg import vocab
from mtsp_kg.locate.terms import Key, Names, boolean, literal, number

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


_REIFIES = vocab.VOCABULARIES["rdf"] + "reifies"


class Row(NamedTuple):
    """A triple in its graph (None: the default graph), and the offsets of its tokens and of its end."""

    graph: str | None
    subject: str
    predicate: str
    object: Key
    subject_at: int
    predicate_at: int
    object_at: int
    end: int


# What the next term is; the last is the object of a triple between << and >>.
_SUBJECT, _PREDICATE, _OBJECT, _ITEM, _INNER_OBJECT = range(5)


class _Level(NamedTuple):
    """What is to be taken up again after a closing bracket."""

    opened: int
    next: int
    asserts: int
    subject: str
    subject_at: int
    predicate: str
    predicate_at: int
    object: Key
    reifier: str | None
    reifier_at: int
    first: str | None


class Statement:
    """Reads one statement after the other; `rows` gathers their triples."""

    def __init__(self, text: str, known: Names) -> None:
        self.rows: list[Row] = []
        self._text = text
        self._known = known
        self._graph: str | None = None
        self._levels: list[_Level] = []
        self._begin()

    def _begin(self) -> None:
        self._next = _SUBJECT
        self._asserts = _OBJECT
        self._subject, self._subject_at = "", 0
        self._predicate, self._predicate_at = "", 0
        self._object: Key = ""
        self._reifier: str | None = None
        self._reifier_at = 0
        self._first: str | None = None

    def read(self, at: int, graph: str | None) -> int:
        """Reads the statement at an offset, in a graph; returns the offset behind it, or of the graph's `}`."""
        self._begin()
        self._graph = graph
        known = self._known
        for found in TOKEN.finditer(self._text, at):
            kind = found.lastgroup
            assert kind is not None  # every alternative is a named group
            start, end = found.span(kind)
            if kind in ("name", "prefixed"):
                self._term(known[found[kind]], start, end)
            elif kind == "mark":
                mark = found[kind]
                if mark == ";":
                    self._next, self._reifier = _PREDICATE, None
                elif mark == ",":
                    self._reifier = None
                elif mark == "." and not self._levels:
                    return end
                elif mark == "}":
                    return start
                else:
                    self._bracket(mark, start, end)
            elif kind == "literal":
                self._term(literal(found["quoted"], found["datatype"], found["language"], known), start, end)
            elif kind == "number":
                self._term(number(found[kind]), start, end)
            elif kind == "word":
                word = found[kind]
                self._term(known[word] if word == "a" else boolean(word), start, end)
            else:
                self._reify(found[kind], start, end)
        return len(self._text)

    def _term(self, term: Key, start: int, end: int) -> None:
        """A term, in its place in the triple."""
        place = self._next
        if place == _OBJECT:
            self._object = term
            self._add(self._subject, self._predicate, term, self._subject_at, self._predicate_at, start, end)
        elif place == _PREDICATE:
            self._predicate, self._predicate_at = str(term), start
            self._next = self._asserts
        elif place == _SUBJECT:
            self._subject, self._subject_at = str(term), start
            self._next = _PREDICATE
        elif place == _ITEM:
            self._item(term, start, end)
        else:
            self._object = term

    def _add(self, s: str, p: str, o: Key, s_at: int, p_at: int, o_at: int, end: int) -> None:
        self.rows.append(Row(self._graph, s, p, o, s_at, p_at, o_at, end))

    def _item(self, term: Key, start: int, end: int) -> None:
        """An item of a list: a cell of its own (Turtle 1.1, section 2.8)."""
        cell = f"_:@{start}i"
        if self._first is None:
            self._first = cell
            self._subject_at = self._levels[-1].opened
        else:
            self._add(self._subject, vocab.RDF_REST, cell, self._subject_at, start, start, end)
            self._subject_at = start
        self._subject = cell
        self._add(cell, vocab.RDF_FIRST, term, self._subject_at, start, start, end)

    def _bracket(self, mark: str, start: int, end: int) -> None:
        if mark == "[":
            self._open(start, _PREDICATE, f"_:@{start}")
        elif mark == "(":
            self._open(start, _ITEM)
        elif mark in ("<<", "<<("):
            self._open(start, _SUBJECT, asserts=_INNER_OBJECT)
        elif mark == "{|":
            named, at = self._reifier, self._reifier_at
            if named is None:
                self._annotate(f"_:@{start}", start, start, end)
                named, at, self._reifier = f"_:@{start}", start, None
            self._open(start, _PREDICATE, named)
            self._subject_at = at
        elif mark == "|}":  # a reifier that `~` names is that of a next block too, in oxttl's reading
            self._close()
        else:
            self._term(*self._closed(mark, start, end), end)

    def _closed(self, mark: str, start: int, end: int) -> tuple[Key, int]:
        """The term that a closing bracket ends, and where it began."""
        term: Key = self._subject
        triple = (self._subject, self._predicate, self._object)
        reifier, reifier_at, first = self._reifier, self._reifier_at, self._first
        last, last_at = self._subject, self._subject_at
        opened = self._close()
        if mark == ")":
            if first is None:
                return vocab.RDF_NIL, opened
            self._add(last, vocab.RDF_REST, vocab.RDF_NIL, last_at, start, start, end)
            return first, opened
        if mark == ")>>":
            return triple, opened
        if mark == ">>":
            if reifier is None:
                reifier, reifier_at = f"_:@{opened}", opened
            self._add(reifier, _REIFIES, triple, reifier_at, opened, opened, end)
            return reifier, opened
        return term, opened

    def _reify(self, token: str, start: int, end: int) -> None:
        """`~` and the reifier that it names, or a blank one."""
        name = token[1:].lstrip(" \t\r\n")
        if "#" in name or name.startswith("["):
            named = TOKEN.match(token, 1)
            name = named["name"] or named["prefixed"] or "" if named else ""
        reifier = self._known[name] if name else f"_:@{start}"
        self._annotate(reifier, end - len(name) if name else start, start, end)

    def _annotate(self, reifier: str, at: int, start: int, end: int) -> None:
        self._reifier, self._reifier_at = reifier, at
        if self._next == _OBJECT:
            triple = (self._subject, self._predicate, self._object)
            self._add(reifier, _REIFIES, triple, at, start, start, end)

    def _open(self, at: int, then: int, subject: str = "", asserts: int = _OBJECT) -> None:
        self._levels.append(
            _Level(
                at, self._next, self._asserts, self._subject, self._subject_at, self._predicate, self._predicate_at,
                self._object, self._reifier, self._reifier_at, self._first,
            )
        )  # fmt: skip
        self._begin()
        self._next, self._asserts = then, asserts
        self._subject, self._subject_at = subject, at

    def _close(self) -> int:
        """Takes up what was before the bracket; returns where the bracket stood."""
        (
            opened, self._next, self._asserts, self._subject, self._subject_at, self._predicate, self._predicate_at,
            self._object, self._reifier, self._reifier_at, self._first,
        ) = self._levels.pop()  # fmt: skip
        return opened


def scan(
    text: str, base: str | None = None, subjects: Container[str] | None = None, *, blanks: bool = False
) -> Iterator[Row]:
    """The triples of a text that a parser has accepted (Turtle 1.1, section 7; TriG 1.1, section 5).

    subjects: those whose triples are wanted, None for all; blanks: triples with a blank node are wanted in any case.
    Other triples of the same statements may come too. An anonymous blank node is called for its offset.
    """
    known = Names(base)
    statement = Statement(text, known)
    rest = REST_WITHOUT_BLANKS if blanks or (subjects is not None and vocab.RDF_NIL in subjects) else REST
    graph: str | None = None
    at = 0
    while found := HEAD.match(text, at):
        at = found.end()
        name = found["name"]
        if name is not None and found["open"]:
            graph = known[name]
        elif name is not None or found["other"]:
            start = found.start("name") if name is not None else found.start("other")
            if subjects is not None and not (name is not None and known[name] in subjects):
                # Without a name, the bracket itself is looked at again: it may be one that `rest` refuses.
                skipped = rest.match(text, at if name is not None else start)
                if skipped and not (blanks and "_:" in text[start : skipped.end()]):
                    at = skipped.end()
                    continue
            at = statement.read(start, graph)
            yield from statement.rows
            statement.rows.clear()
        elif found["prefix"]:
            known.declare(found["prefix"], found["namespace"])
        elif found["base"]:
            known.rebase(found["base"])
        elif found["unnamed"]:
            graph = f"_:@{found.start('unnamed')}"
        elif found["block"] or found["close"]:
            graph = None
        elif found["end"] is not None:
            return
