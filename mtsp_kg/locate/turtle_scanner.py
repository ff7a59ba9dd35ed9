"""The triples of a Turtle or TriG text, with the offsets of their tokens.

Grammar: Turtle 1.1, section 6.5, production `triples`, and TriG 1.1, section 4, with the reifiers, annotations and
triple terms of RDF 1.2. Statements that are not wanted are skipped by one regular expression, without a look at each
token.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import NamedTuple

from mtsp_kg import vocab
from mtsp_kg.locate.terms import NamespaceContext, TermKey, boolean_key, literal_key, number_key
from mtsp_kg.locate.tokens import HEAD, IRI, LANGUAGE, QUOTED, TOKEN, LazyPattern, ScannedTriple

# The rest of a statement, where it can be found without a look at each token. There is no match (which costs only time)
# where a dot is ambiguous, and where the statement may have another named subject inside: reifiers of RDF 1.2. The
# second does not match brackets either.
_RUN = r"[^.<>\"'#{}~\\@"
_INNER_DOT = r"\.(?=[0-9])|(?<=[A-Za-z_\-])\.(?=[A-Za-z_])"
_END = r"(?:\.(?=[ \t\r\n#}]|\Z)|(?=\}))"
_QUOTED = rf"{QUOTED}(?:@{LANGUAGE}(?!\.[A-Za-z_]))?+"


def _rest(run: str) -> LazyPattern:
    return LazyPattern(rf"(?:{run}|{IRI}|{_QUOTED}|{_INNER_DOT}|\\.|#[^\r\n]*+)*+{_END}")


_REST = _rest(_RUN + "]++")
_REST_WITHOUT_BLANKS = _rest(_RUN + r"\[\](]++")

_REIFIES = vocab.VOCABULARIES["rdf"] + "reifies"


def scan(
    text: str, base: str | None = None, subjects: Container[str] | None = None, *, blanks: bool = False
) -> Iterator[ScannedTriple]:
    """The triples of a text that a parser has accepted (Turtle 1.1, section 7; TriG 1.1, section 5).

    subjects: those whose triples are wanted, None for all; blanks: whether all triples with a blank node are wanted
    too. Other triples of the same statements may be included. The label of an anonymous blank node is its offset.
    """
    known = NamespaceContext(base)
    statement = StatementScanner(text, known)
    rest = _REST_WITHOUT_BLANKS if blanks or (subjects is not None and vocab.RDF_NIL in subjects) else _REST
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
                # Without a name, the match begins at the bracket itself, which `rest` may not accept.
                skipped = rest.match(text, at if name is not None else start)
                if skipped and not (blanks and "_:" in text[start : skipped.end()]):
                    at = skipped.end()
                    continue
            at = statement.read(start, graph)
            yield from statement.triples
            statement.triples.clear()
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


# The role of the next term; the last is the object of a triple between << and >>.
_SUBJECT, _PREDICATE, _OBJECT, _ITEM, _INNER_OBJECT = range(5)


class _Nesting(NamedTuple):
    """The state to return to after a closing bracket."""

    opened: int
    next: int
    asserts: int
    subject: str
    subject_at: int
    predicate: str
    predicate_at: int
    object: TermKey
    reifier: str | None
    reifier_at: int
    first: str | None


class StatementScanner:
    """Reads one statement after the other; `triples` collects their triples.

    It has its own stack, so that the depth of nesting is not limited.
    """

    def __init__(self, text: str, known: NamespaceContext) -> None:
        self.triples: list[ScannedTriple] = []
        self._text = text
        self._known = known
        self._graph: str | None = None
        self._levels: list[_Nesting] = []
        self._begin()

    def _begin(self) -> None:
        self._next = _SUBJECT
        self._asserts = _OBJECT
        self._subject, self._subject_at = "", 0
        self._predicate, self._predicate_at = "", 0
        self._object: TermKey = ""
        self._reifier: str | None = None
        self._reifier_at = 0
        self._first: str | None = None

    def read(self, at: int, graph: str | None) -> int:
        """Reads the statement at an offset, in a graph; returns the offset after it, or that of the graph's `}`."""
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
                self._term(literal_key(found["quoted"], found["datatype"], found["language"], known), start, end)
            elif kind == "number":
                self._term(number_key(found[kind]), start, end)
            elif kind == "word":
                word = found[kind]
                self._term(known[word] if word == "a" else boolean_key(word), start, end)
            else:
                self._reify(found[kind], start, end)
        return len(self._text)

    def _term(self, term: TermKey, start: int, end: int) -> None:
        """Uses a term in the role that is expected next."""
        role = self._next
        if role == _OBJECT:
            self._object = term
            self._add(self._subject, self._predicate, term, self._subject_at, self._predicate_at, start, end)
        elif role == _PREDICATE:
            self._predicate, self._predicate_at = str(term), start
            self._next = self._asserts
        elif role == _SUBJECT:
            self._subject, self._subject_at = str(term), start
            self._next = _PREDICATE
        elif role == _ITEM:
            self._item(term, start, end)
        else:
            self._object = term

    def _add(self, s: str, p: str, o: TermKey, s_at: int, p_at: int, o_at: int, end: int) -> None:
        self.triples.append(ScannedTriple(self._graph, s, p, o, s_at, p_at, o_at, end))

    def _item(self, term: TermKey, start: int, end: int) -> None:
        """Adds the cell of a list item (Turtle 1.1, section 2.8)."""
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
        elif mark == "|}":  # a reifier named by `~` is that of the next block too, as oxttl reads it
            self._close()
        else:
            self._term(*self._closed(mark, start, end), end)

    def _closed(self, mark: str, start: int, end: int) -> tuple[TermKey, int]:
        """The term that a closing bracket ends, and its first offset."""
        term: TermKey = self._subject
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
        """Reads `~` and the reifier that it names, or a blank one."""
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
            _Nesting(
                at, self._next, self._asserts, self._subject, self._subject_at, self._predicate, self._predicate_at,
                self._object, self._reifier, self._reifier_at, self._first,
            )
        )  # fmt: skip
        self._begin()
        self._next, self._asserts = then, asserts
        self._subject, self._subject_at = subject, at

    def _close(self) -> int:
        """Returns to the state before the bracket; returns the offset of the bracket."""
        (
            opened, self._next, self._asserts, self._subject, self._subject_at, self._predicate, self._predicate_at,
            self._object, self._reifier, self._reifier_at, self._first,
        ) = self._levels.pop()  # fmt: skip
        return opened
