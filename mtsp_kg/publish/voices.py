"""What is said of everything, voice by voice, from a few queries over the whole graph.

What `query.said` finds for one thing with a query each, for thousands of pages at once; a test holds the two together.
Imports `names`, `query.said` and `publish.index`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mtsp_kg import names
from mtsp_kg.publish.index import Index, key
from mtsp_kg.query.said import Said, said_of

Rows = list[tuple[str, ...]]
Ask = Callable[[str], Rows]


class Voices:
    """What is said of each thing; ask: the rows of a view over the whole graph, by its name."""

    def __init__(self, index: Index, ask: Ask) -> None:
        self._index = index
        self.order = {row[0]: place for place, row in enumerate(ask("passages"))}
        self._facts: dict[str, Rows] = {}
        self._facts_in: dict[str, Rows] = {}
        for row in ask("facts"):
            self._facts_in.setdefault(row[3], []).append(row[:3])
            for iri in dict.fromkeys((row[0], row[2])):
                self._facts.setdefault(iri, []).append(row)
        self._statements = _by_first(ask("statements"))
        self._figures = _by_first(ask("figures"))
        self._spoken = _by_first(ask("spoken-of"))

    def of(self, iri: str) -> Said:
        """What is said of one thing."""
        return said_of(iri, self._ask)

    def facts_in(self, passage: str) -> Rows:
        """The facts of a passage: subject, property, object."""
        return self._facts_in.get(passage, [])

    def sorted(self, passages: Iterable[str]) -> list[str]:
        """Passages in reading order, each once."""
        return sorted(dict.fromkeys(passages), key=lambda iri: self.order.get(iri, len(self.order)))

    def _ask(self, view: str, iri: str) -> Rows:
        if view == "names-of":
            return self._names(iri)
        table = {"facts-of": self._facts, "statements-of": self._statements, "figures-of": self._figures}
        return table.get(view, self._spoken).get(iri, [])

    def _names(self, iri: str) -> Rows:
        rows: set[tuple[str, ...]] = set()
        for quad in self._index.by_subject.get(iri, ()):
            predicate = quad.predicate.value
            if predicate in (*names.LABELS, names.RDF_TYPE, names.BROADER):
                rows.add((predicate, key(quad.object), getattr(quad.object, "language", None) or ""))
        return sorted(rows)


def _by_first(rows: Rows) -> dict[str, Rows]:
    table: dict[str, Rows] = {}
    for row in rows:
        table.setdefault(row[0], []).append(row[1:])
    return table
