"""A plan's graph by resource: its quads, and what is stated about each resource in each voice.

`plan.show` queries the graph about one resource, voice by voice; here a few queries over the whole graph serve
thousands of pages. A test checks that both give the same results.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, cached_property
from typing import NamedTuple

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.plan import names
from mtsp_kg.plan.show import Shown, about
from mtsp_kg.plan.views import FactRow, FigureRow, PassageRow, PropertyRow, StatementRow, Views
from mtsp_kg.publish.site_layout import SiteLayout
from mtsp_kg.publish.triple_index import TripleIndex, key
from mtsp_kg.query.entities import Resource

_IN_DOCUMENT = names.term("inDocument")
_STATEMENT_PROPERTIES = frozenset(names.term(name) for name in ("under", "figureOf"))
_ANNOTATION_PROPERTIES = frozenset(names.term(name) for name in ("inPassage", "alignedThing"))


class SiteSubject(NamedTuple):
    """The subject of a site: plans, the documents that set them out, and the organizations that issue them."""

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
        """The subject of a site with this graph."""
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
    """What is stated about each resource, from the views over the whole graph.

    order: passage to its rank in reading order.
    """

    def __init__(self, index: PlanIndex, views: Views) -> None:
        self._index = index
        self.order = {passage: rank for rank, passage in enumerate(views.passages())}
        self._facts: dict[str, list[FactRow]] = {}
        self._facts_in: dict[str, list[FactRow]] = {}
        for row in views.rows(FactRow, "facts"):
            self._facts_in.setdefault(row.passage, []).append(row)
            for iri in dict.fromkeys((row.subject, row.object)):
                self._facts.setdefault(iri, []).append(row)
        self._statements = views.by_entity(StatementRow, "statements")
        self._figures = views.by_entity(FigureRow, "figures")
        self._mentions = views.by_entity(PassageRow, "passages-by-entity")

    def of(self, iri: str) -> Shown:
        """What is stated about one resource."""
        return about(iri, self, _resource)

    def facts_in(self, passage: str) -> list[FactRow]:
        """The facts of a passage."""
        return self._facts_in.get(passage, [])

    def sorted(self, passages: Iterable[str]) -> list[str]:
        """Passages in reading order, each once."""
        return sorted(dict.fromkeys(passages), key=lambda iri: self.order.get(iri, len(self.order)))

    def properties_of(self, iri: str) -> list[PropertyRow]:
        rows = set()
        for quad in self._index.by_subject.get(iri, ()):
            predicate = quad.predicate.value
            if predicate in (*vocab.LABELS, vocab.RDF_TYPE, vocab.BROADER):
                language = getattr(quad.object, "language", None) or ""
                rows.add(PropertyRow(predicate, key(quad.object), language))
        return sorted(rows)

    def facts_of(self, iri: str) -> list[FactRow]:
        return self._facts.get(iri, [])

    def statements_of(self, iri: str) -> list[StatementRow]:
        return self._statements.get(iri, [])

    def figures_of(self, iri: str) -> list[FigureRow]:
        return self._figures.get(iri, [])

    def passages_of(self, iri: str) -> list[str]:
        return [row.passage for row in self._mentions.get(iri, [])]


@cache
def _resource(iri: str) -> Resource:
    # Pages label and link resources in the language of each page.
    return Resource(iri, iri, lambda one, language: one)
