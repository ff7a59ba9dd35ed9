"""A plan's graph by resource: its quads, and what is stated about each resource in each voice.

`plan.show` asks the graph about one resource with a query for each voice; here a few queries over the whole graph serve
thousands of pages. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import NamedTuple

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.plan import names
from mtsp_kg.plan.show import Said, said_of
from mtsp_kg.publish.site_layout import SiteLayout
from mtsp_kg.publish.triple_index import TripleIndex, key

Rows = list[tuple[str, ...]]
ViewRows = Callable[[str], Rows]

_IN_DOCUMENT = names.term("inDocument")
_STATEMENT_PROPERTIES = frozenset(names.term(name) for name in ("under", "figureOf"))
_ANNOTATION_PROPERTIES = frozenset(names.term(name) for name in ("inPassage", "alignedThing"))


class SiteSubject(NamedTuple):
    """What a site is about: plans, the documents that set them out, and the organizations that issue them."""

    plans: tuple[str, ...]
    documents: tuple[str, ...]
    issuers: tuple[str, ...]


class PlanIndex(TripleIndex):
    """The quads of a plan's named graphs. Statements in the voices and figures are part of the documents about all that
    they refer to; mentions and alignments, of those about their passage and their resource."""

    def __init__(self, quads: Iterable[ox.Quad], layout: SiteLayout) -> None:
        super().__init__(
            quads,
            layout,
            statement_properties=_STATEMENT_PROPERTIES,
            annotation_properties=_ANNOTATION_PROPERTIES,
        )

    @cached_property
    def passages(self) -> frozenset[str]:
        """The passages of documents."""
        return frozenset(key(quad.subject) for quad in self.quads if quad.predicate.value == _IN_DOCUMENT)

    @cached_property
    def subject(self) -> SiteSubject:
        """What a site with this graph is about."""
        plans = self._subjects(vocab.RDF_TYPE, names.term("StrategicPlan"))
        documents, issuers = (
            [iri for plan in plans for iri in self._subjects(names.term(name), plan)]
            for name in ("documents", "issues")
        )
        return SiteSubject(tuple(plans), tuple(dict.fromkeys(documents)), tuple(dict.fromkeys(issuers)))

    def _subjects(self, predicate: str, iri: str) -> list[str]:
        quads = self.by_object.get(iri, ())
        return sorted({key(quad.subject) for quad in quads if quad.predicate.value == predicate})


class VoiceIndex:
    """What is stated about each resource. rows: the rows of a view over the whole graph, by its name.

    order: passage to its rank in reading order.
    """

    def __init__(self, index: PlanIndex, rows: ViewRows) -> None:
        self._index = index
        self.order = {row[0]: rank for rank, row in enumerate(rows("passages"))}
        self._facts: dict[str, Rows] = {}
        self._facts_in: dict[str, Rows] = {}
        for row in rows("facts"):
            self._facts_in.setdefault(row[3], []).append(row[:3])
            for iri in dict.fromkeys((row[0], row[2])):
                self._facts.setdefault(iri, []).append(row)
        self._statements = _by_first(rows("statements"))
        self._figures = _by_first(rows("figures"))
        self._mentions = _by_first(rows("spoken-of"))

    def of(self, iri: str) -> Said:
        """What is stated about one resource."""
        return said_of(iri, self._rows)

    def facts_in(self, passage: str) -> Rows:
        """The facts of a passage: subject, property, object."""
        return self._facts_in.get(passage, [])

    def sorted(self, passages: Iterable[str]) -> list[str]:
        """Passages in reading order, each once."""
        return sorted(dict.fromkeys(passages), key=lambda iri: self.order.get(iri, len(self.order)))

    def _rows(self, view: str, iri: str) -> Rows:
        """The rows that a view about one resource would give."""
        if view == "names-of":
            return self._names(iri)
        table = {"facts-of": self._facts, "statements-of": self._statements, "figures-of": self._figures}
        return table.get(view, self._mentions).get(iri, [])

    def _names(self, iri: str) -> Rows:
        rows: set[tuple[str, ...]] = set()
        for quad in self._index.by_subject.get(iri, ()):
            predicate = quad.predicate.value
            if predicate in (*vocab.LABELS, vocab.RDF_TYPE, vocab.BROADER):
                rows.add((predicate, key(quad.object), getattr(quad.object, "language", None) or ""))
        return sorted(rows)


def _by_first(rows: Rows) -> dict[str, Rows]:
    table: dict[str, Rows] = {}
    for row in rows:
        table.setdefault(row[0], []).append(row[1:])
    return table
