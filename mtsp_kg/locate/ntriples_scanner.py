"""The triples of an N-Triples or N-Quads text, with the offsets of their tokens."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from mtsp_kg.locate.positions import blocks, ends_with_cr
from mtsp_kg.locate.terms import NamespaceContext, TermKey, literal_key
from mtsp_kg.locate.tokens import IRI, LABEL, LITERAL, SPACE, TOKEN, LazyPattern, ScannedTriple

# One line of N-Triples or N-Quads (N-Triples 1.1, section 7; N-Quads 1.1, section 6); it ends early before a triple
# term.
_NODE = rf"(?:{IRI}|{LABEL})"
_LINE = LazyPattern(
    rf"{SPACE}(?P<subject>{_NODE}){SPACE}(?P<predicate>{IRI}){SPACE}"
    rf"(?:(?P<object>{_NODE}|{LITERAL})(?:{SPACE}(?P<graph>{_NODE}))?+{SPACE}\.)?+"
)
_LINE_END = LazyPattern(rf"(?:{SPACE}(?P<graph>{_NODE}))?+{SPACE}\.")
_OTHER = LazyPattern(rf"{SPACE}(?:VERSION[^\r\n]*+)?+")


def scan_lines(text: str) -> Iterator[ScannedTriple]:
    """The triples of a text that a parser has accepted (N-Triples 1.1, section 7; N-Quads 1.1, section 6)."""
    known = NamespaceContext()
    at = 0
    while at < len(text):
        row = _line(text, at, known)
        if row is not None:
            at = row.end
            yield row
            ended = _LINE_END.match(text, at)
            at = ended.end() if ended else at
        else:
            other = _OTHER.match(text, at)
            if other is None or other.end() == at:
                return
            at = other.end()


def lines_about(source: bytes, subjects: Collection[str]) -> tuple[bytes, Sequence[int]] | None:
    """The lines of a file that may have one of these subjects, and their numbers, from 1.

    These lines contain all triples with these subjects, and few others. None if a line ends with CR alone, which is
    rare: then the whole file must be scanned.
    """
    if ends_with_cr(source):
        return None
    wanted = {b"<" + subject.encode() for subject in subjects}
    escapes = b"\\" in source  # one character is found much faster than two
    kept: list[bytes] = []
    numbers: list[int] = []
    first = 1
    for lines in blocks(source):
        # The subject of each line; of those that come several times, one is examined.
        heads = [line.partition(b">")[0] for line in lines]
        each = set(heads)
        kinds = {head for head in each if head[:1] != b"<" or (escapes and b"\\" in head)} | (each & wanted)
        here = [at for at, head in enumerate(heads) if head in kinds] if kinds else []
        kept += [lines[at] for at in here]
        numbers += [first + at for at in here]
        first += len(lines)
    return b"\n".join(kept), numbers


def _line(text: str, at: int, known: NamespaceContext) -> ScannedTriple | None:
    """The triple of the line at an offset."""
    found = _LINE.match(text, at)
    if found is None:
        return None
    object_: TermKey
    if found["object"] is not None:
        start, end = found.span("object")
        graph = found["graph"]
        if found["quoted"] is not None:
            object_ = literal_key(found["quoted"], found["datatype"], found["language"], known)
        else:
            object_ = known[found["object"]]
    else:
        object_, start, end = _object(text, found.end(), known)
        ended = _LINE_END.match(text, end)
        graph = ended["graph"] if ended else None
    return ScannedTriple(
        known[graph] if graph is not None else None,
        known[found["subject"]],
        known[found["predicate"]],
        object_,
        found.start("subject"),
        found.start("predicate"),
        start,
        end,
    )


def _object(text: str, at: int, known: NamespaceContext) -> tuple[TermKey, int, int]:
    """A term that contains a triple term (N-Triples 1.2, production `tripleTerm`), and its first and last offset."""
    open_: list[tuple[int, list[TermKey]]] = []
    for found in TOKEN.finditer(text, at):
        kind = found.lastgroup
        assert kind is not None  # every alternative is a named group
        start, end = found.span(kind)
        if found[kind] == "<<(":
            open_.append((start, []))
            continue
        term: TermKey
        if found[kind] == ")>>":
            start, (subject, predicate, object_) = open_.pop()
            term = (subject, str(predicate), object_)
        elif kind == "literal":
            term = literal_key(found["quoted"], found["datatype"], found["language"], known)
        else:
            term = known[found[kind]]
        if not open_:
            return term, start, end
        open_[-1][1].append(term)
    raise ValueError("the text ends inside a triple term")  # pragma: no cover - a parser has accepted it
