"""A text of N-Triples or N-Quads to its triples with their offsets. Imports `statement`, `terms` and `tokens`."""

from __future__ import annotations

from collections.abc import Container, Iterator

from mtsp_kg.locate.statement import Row
from mtsp_kg.locate.terms import Key, Names, literal
from mtsp_kg.locate.tokens import LINE, LINE_BREAK, LINE_END, LINE_OTHER, LINE_SUBJECT, TOKEN


def scan_lines(text: str, subjects: Container[str] | None = None) -> Iterator[Row]:
    """The triples of a text that a parser has accepted (N-Triples 1.1, section 7; N-Quads 1.1, section 6).

    subjects: those whose triples are wanted, None for all.
    """
    known = Names()
    if subjects is None:
        at = 0
        while at < len(text):
            row = _line(text, at, known)
            if row is not None:
                at = row.end
                yield row
                ended = LINE_END.match(text, at)
                at = ended.end() if ended else at
            else:
                other = LINE_OTHER.match(text, at)
                if other is None or other.end() == at:
                    return
                at = other.end()
        return
    for at in _starts(text):
        # The line's subject, cut out: where it is written as usual, nothing more is looked at.
        token = text[at + 1 : text.find(">", at)] if text.startswith("<", at) else None
        if token is None or "\\" in token:
            found = LINE_SUBJECT.match(text, at)
            if found is None:
                continue
            token = known[found[1]]
        if token in subjects:
            row = _line(text, at, known)
            if row is not None:
                yield row


def _starts(text: str) -> Iterator[int]:
    """Where each line begins. A string of N-Triples has no line ends in it."""
    yield 0
    if text.count("\r") != text.count("\r\n"):
        yield from (found.end() for found in LINE_BREAK.finditer(text))
        return
    at = text.find("\n")
    while at >= 0:
        yield at + 1
        at = text.find("\n", at + 1)


def _line(text: str, at: int, known: Names) -> Row | None:
    """The triple of the line at an offset."""
    found = LINE.match(text, at)
    if found is None:
        return None
    object_: Key
    if found["object"] is not None:
        start, end = found.span("object")
        graph = found["graph"]
        if found["quoted"] is not None:
            object_ = literal(found["quoted"], found["datatype"], found["language"], known)
        else:
            object_ = known[found["object"]]
    else:
        object_, start, end = _object(text, found.end(), known)
        ended = LINE_END.match(text, end)
        graph = ended["graph"] if ended else None
    return Row(
        known[graph] if graph is not None else None,
        known[found["subject"]],
        known[found["predicate"]],
        object_,
        found.start("subject"),
        found.start("predicate"),
        start,
        end,
    )


def _object(text: str, at: int, known: Names) -> tuple[Key, int, int]:
    """A term with a triple term in it (N-Triples 1.2, production `tripleTerm`), and its first and last offset."""
    open_: list[tuple[int, list[Key]]] = []
    for found in TOKEN.finditer(text, at):
        kind = found.lastgroup
        assert kind is not None  # every alternative is a named group
        start, end = found.span(kind)
        if found[kind] == "<<(":
            open_.append((start, []))
            continue
        term: Key
        if found[kind] == ")>>":
            start, (subject, predicate, object_) = open_.pop()
            term = (subject, str(predicate), object_)
        elif kind == "literal":
            term = literal(found["quoted"], found["datatype"], found["language"], known)
        else:
            term = known[found[kind]]
        if not open_:
            return term, start, end
        open_[-1][1].append(term)
    raise ValueError("the text ends inside a triple term")  # pragma: no cover - a parser has accepted it
