"""A text of Turtle or TriG to its triples with their offsets. Imports `statement`, `terms` and `tokens`.

Statements about what is not wanted are passed over by one regular expression, without a look at each token.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from mtsp_kg import names
from mtsp_kg.locate.statement import Row, Statement
from mtsp_kg.locate.terms import Names
from mtsp_kg.locate.tokens import HEAD, REST, REST_WITHOUT_BLANKS


def scan(
    text: str, base: str | None = None, subjects: Container[str] | None = None, *, blanks: bool = False
) -> Iterator[Row]:
    """The triples of a text that a parser has accepted (Turtle 1.1, section 7; TriG 1.1, section 5).

    subjects: those whose triples are wanted, None for all; blanks: triples with a blank node are wanted in any case.
    Other triples of the same statements may come too. An anonymous blank node is called for its offset.
    """
    known = Names(base)
    statement = Statement(text, known)
    rest = REST_WITHOUT_BLANKS if blanks or (subjects is not None and names.RDF_NIL in subjects) else REST
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
