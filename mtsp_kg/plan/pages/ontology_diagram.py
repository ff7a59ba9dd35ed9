"""The ontology as a diagram, drawn from its axioms: a card for each top class with its subclasses and properties.

A line leads from a property to the card with its range. Properties without a domain are on the card of owl:Thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import NamedTuple

from mtsp_kg import vocab
from mtsp_kg.plan import names
from mtsp_kg.plan.picture import Picture, Typeface, rectangle

_RDFS = vocab.VOCABULARIES["rdfs"]
THING = vocab.OWL + "Thing"
_PROPERTIES = (vocab.OWL + "ObjectProperty", vocab.OWL + "DatatypeProperty")


class TermRow(NamedTuple):
    """A relation between two terms of the ontology."""

    term: str
    relation: str
    other: str


@dataclass(frozen=True)
class SubclassEntry:
    """A subclass on a card. depth: 0 for a direct subclass, and so on; defined: whether it is a defined class."""

    iri: str
    depth: int
    defined: bool


@dataclass(frozen=True)
class PropertyEntry:
    """A property on a card. properties: it, and its inverse if any; range: a class or datatype.

    leads_to: the class on whose card the range is; None for a datatype.
    """

    properties: tuple[str, ...]
    range: str | None = None
    leads_to: str | None = None


@dataclass
class Card:
    """A class that is a subclass of no other class of the ontology, or owl:Thing."""

    iri: str
    subclasses: list[SubclassEntry] = field(default_factory=list)
    properties: list[PropertyEntry] = field(default_factory=list)


def cards(rows: Iterable[TermRow]) -> list[Card]:
    """A card for each top class, in the order of their IRIs."""
    outline = _Outline(rows)
    found = {iri: Card(iri) for iri in sorted(outline.classes) if outline.top(iri) == iri}
    for card in found.values():
        card.subclasses += outline.subclasses(card.iri, 0)
    for row, home in outline.properties():
        found.setdefault(home, Card(home)).properties.append(row)
    return list(found.values())


class _Outline:
    def __init__(self, rows: Iterable[TermRow]) -> None:
        self._related: dict[tuple[str, str], list[str]] = {}
        self.classes: set[str] = set()
        self._properties: list[str] = []
        for term, relation, other in rows:
            self._related.setdefault((term, relation), []).append(other)
            if relation == vocab.RDF_TYPE and other == vocab.OWL + "Class":
                self.classes.add(term)
            elif relation == vocab.RDF_TYPE and other in _PROPERTIES:
                self._properties.append(term)
        self._inverse = {other: term for term in self._properties for other in self._get(term, vocab.OWL + "inverseOf")}

    def _get(self, term: str, relation: str) -> list[str]:
        return self._related.get((term, relation), [])

    def _above(self, class_: str) -> str | None:
        return next((one for one in self._get(class_, vocab.RDFS_SUBCLASS) if one in self.classes), None)

    def top(self, class_: str) -> str:
        """The topmost class above a class, or itself."""
        seen = {class_}
        while (above := self._above(class_)) and above not in seen:
            seen.add(above)
            class_ = above
        return class_

    def subclasses(self, class_: str, depth: int) -> Iterator[SubclassEntry]:
        """The subclasses of a class, each followed by its own."""
        for below in sorted(one for one in self.classes if self._above(one) == class_):
            yield SubclassEntry(below, depth, bool(self._get(below, vocab.OWL + "equivalentClass")))
            yield from self.subclasses(below, depth + 1)

    def properties(self) -> Iterator[tuple[PropertyEntry, str]]:
        """Each property with its inverse, and the class on whose card it is."""
        for property_ in sorted(self._properties):
            if property_ in self._inverse:
                continue
            domain, range_ = self._end(property_, "domain"), self._end(property_, "range")
            pair = (
                property_,
                *(one for one in self._get(property_, vocab.OWL + "inverseOf") if one in self._properties),
            )
            leads_to = self.top(range_) if range_ in self.classes else None
            yield PropertyEntry(pair, range_, leads_to), self.top(domain) if domain in self.classes else THING

    def _end(self, property_: str, end: str, seen: tuple[str, ...] = ()) -> str:
        """A property's domain or range: its own, its inverse's, or that of a property above; empty without one."""
        for one in self._get(property_, _RDFS + end):
            return one
        across = "range" if end == "domain" else "domain"
        for inverse in self._get(property_, vocab.OWL + "inverseOf"):
            for one in self._get(inverse, _RDFS + across):
                return one
        for above in self._get(property_, _RDFS + "subPropertyOf"):
            if above not in seen and (one := self._end(above, end, (*seen, property_))):
                return one
        return ""


_MARGIN, _CARD, _GAP, _BETWEEN = 16, 236, 56, 14
_HEAD, _ROW, _PAD, _INDENT = 40, 18, 9, 13
_STYLE = """
  text { font: 13px "Helvetica Neue", Arial, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; fill: #1b2733; }
  .name { font-weight: 600; } .also, .range { font-size: 12px; fill: #54636f; } .defined { font-style: italic; }
  .card { fill: #ffffff; stroke: #2f5d8a; } .head { fill: #e8eff7; stroke: #2f5d8a; } .rule { stroke: #c3d0dd; }
  .line { fill: none; stroke: #7d95ab; stroke-width: 1.2; } .tip { fill: #7d95ab; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .also, .range { fill: #a3b2bf; }
    .card { fill: #101820; stroke: #6f9cc8; } .head { fill: #1d3349; stroke: #6f9cc8; } .rule { stroke: #40566b; }
    .line { stroke: #5f7d99; } .tip { fill: #5f7d99; }
  }
"""
# The typeface of 13 pixels.
_TYPEFACE = Typeface(narrow=6.8, wide=13.0)
_SECOND_LANGUAGE, _SECOND_LANGUAGES = "zh", {"zh": "en"}
_NOTE = "<!-- Drawn from ontology/ by 'mtsp diagram'. Do not edit: change the ontology and draw it again. -->\n"


def draw(
    rows: Iterable[TermRow],
    labels: Callable[[str], Callable[[str], str]],
    language: str,
    link: Callable[[str], str] | None = None,
) -> Picture:
    """The ontology as a diagram in which each label is a link. labels: language to IRI to label.

    Cards have a second label in Chinese, or in English if the language is Chinese. link: IRI to link target, for a
    picture inside a page, which has the page's style; without it the labels link to their IRIs and the picture has its
    own style.
    """
    columns = _columns(cards(rows))
    diagram = _Diagram(
        labels(language), labels(_SECOND_LANGUAGES.get(language, _SECOND_LANGUAGE)), link or (lambda iri: iri)
    )
    for number, column in enumerate(columns):
        top = float(_MARGIN)
        for card in column:
            diagram.place(card, _MARGIN + number * (_CARD + _GAP), top, number)
            top += _tall(card) + _BETWEEN
    for column in columns:
        for card in column:
            diagram.card(card)
    return diagram.picture(len(columns), language, alone=link is None)


def _columns(found: list[Card]) -> list[list[Card]]:
    """Cards by column: cards are left of those that they lead to; cards without lines fill up the shorter columns."""
    by_iri = {card.iri: card for card in found}
    ahead = {card.iri: [row.leads_to for row in card.properties if row.leads_to in by_iri] for card in found}
    rank: dict[str, int] = {}

    def ranked(iri: str, above: tuple[str, ...] = ()) -> int:
        if iri not in rank:
            further = [one for one in ahead[iri] if one not in (*above, iri)]
            rank[iri] = 1 + max((ranked(one, (*above, iri)) for one in further), default=-1)
        return rank[iri]

    sources: dict[str, set[str]] = {}
    for iri, others in ahead.items():
        for one in set(others) - {iri}:
            sources.setdefault(one, set()).add(iri)
    tied = [card for card in found if card.iri in sources or set(ahead[card.iri]) - {card.iri}]
    most = max((ranked(card.iri) for card in tied), default=0)
    columns: list[list[Card]] = [[] for _ in range(most + 2)]
    for card in tied:  # a card that leads nowhere is next to one that leads to it
        near = [most - rank[one] for one in sources.get(card.iri, ())]
        columns[max(near) + 1 if near and not rank[card.iri] else most - rank[card.iri]].append(card)
    for left, right in pairwise(columns):
        place = {iri: index for index, card in reversed(list(enumerate(left))) for iri in ahead[card.iri]}
        right.sort(key=lambda card: (place.get(card.iri, len(left)), card.iri))
    for card in sorted((card for card in found if card not in tied), key=lambda card: (-_tall(card), card.iri)):
        min(columns, key=lambda column: sum(_tall(one) + _BETWEEN for one in column)).append(card)
    return [column for column in columns if column]


def _tall(card: Card) -> float:
    lines = len(card.subclasses) + len(card.properties)
    parts = (2 if card.subclasses and card.properties else 1) if lines else 0
    return _HEAD + lines * _ROW + parts * 2 * _PAD


class _Diagram:
    def __init__(self, label: Callable[[str], str], also: Callable[[str], str], link: Callable[[str], str]) -> None:
        self._label, self._also, self._link = label, also, link
        self._at: dict[str, tuple[float, float, int]] = {}
        self._arrived: dict[str, int] = {}
        self._under: list[str] = []
        self._over: list[str] = []
        self._bottom = 0.0

    def place(self, card: Card, left: float, top: float, column: int) -> None:
        self._at[card.iri] = (left, top, column)
        self._bottom = max(self._bottom, top + _tall(card))

    def card(self, card: Card) -> None:
        left, top, _ = self._at[card.iri]
        add = self._over.append
        add(rectangle("card", left, top, _CARD, _tall(card)))
        add(rectangle("head", left, top, _CARD, _HEAD))
        label, other = self._label(card.iri), self._also(card.iri)
        add(self._link_text(card.iri, label, left + _PAD, top + (17 if other != label else 25), "name"))
        if other != label:
            add(_text(other, left + _PAD, top + 33, "also"))
        at = top + _HEAD + _PAD
        for subclass in card.subclasses:
            text = self._label(subclass.iri) + (" ≡" if subclass.defined else "")
            style = "defined" if subclass.defined else ""
            add(self._link_text(subclass.iri, text, left + _PAD + subclass.depth * _INDENT, at + 13, style))
            at += _ROW
        if card.subclasses and card.properties:
            at += _PAD
            add(f'<path class="rule" d="M{left:.0f} {at:.0f}h{_CARD}"/>')
            at += _PAD
        for row in card.properties:
            label = " / ".join(map(self._label, row.properties))
            range_ = self._label(row.range) if row.leads_to and row.range else names.profile().shrink(row.range or "")
            range_ = _TYPEFACE.cut(range_, _CARD - 2 * _PAD - _TYPEFACE.width(label + " → "))
            add(self._link_text(row.properties[0], label, left + _PAD, at + 13, "", f" → {range_}" if range_ else ""))
            if row.leads_to and row.leads_to != card.iri and row.leads_to in self._at:
                self._line(card.iri, at + _ROW / 2, row.leads_to)
            at += _ROW

    def _line(self, start: str, y: float, end: str) -> None:
        left, _, column = self._at[start]
        to_left, to_top, to_column = self._at[end]
        arrived = self._arrived[end] = self._arrived.get(end, -1) + 1
        into = to_top + 8 + (arrived * 7) % (_HEAD - 14)
        # To the right it leaves on the right; back, on the left; within a column it goes around the right side.
        x = left if to_column < column else left + _CARD
        end_x, side = (to_left, -1) if to_column > column else (to_left + _CARD, 1)
        bend = max(abs(end_x - x) / 2, 28)
        first = x - bend if to_column < column else x + bend
        tip_x = end_x + side * 6
        path = f"M{x:.0f} {y:.0f}C{first:.0f} {y:.0f} {tip_x + side * bend:.0f} {into:.0f} {tip_x:.0f} {into:.0f}"
        tip = f"M{end_x:.0f} {into:.0f}l{side * 8} -3.5v7z"
        self._under.append(f'<path class="line" d="{path}"/><path class="tip" d="{tip}"/>')

    def _link_text(self, iri: str, text: str, x: float, y: float, style: str, more: str = "") -> str:
        return f'<a href="{escape(self._link(iri))}">{_text(text, x, y, style, more)}</a>'

    def picture(self, columns: int, language: str, *, alone: bool) -> Picture:
        wide = 2 * _MARGIN + columns * _CARD + (columns - 1) * _GAP
        style, role, note = (f"<style>{_STYLE}</style>\n", "img", _NOTE) if alone else ("", "group", "")
        body = "\n".join([*self._under, *self._over])
        return Picture(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {self._bottom + _MARGIN:.0f}" role="{role}" '
            f'lang="{escape(language)}">\n{note}<title>{escape(names.ONTOLOGY[:-1])}</title>\n{style}{body}\n</svg>\n'
        )


def _text(text: str, x: float, y: float, style: str, more: str = "") -> str:
    named = f' class="{style}"' if style else ""
    added = f'<tspan class="range">{escape(more)}</tspan>' if more else ""
    return f'<text{named} x="{x:.0f}" y="{y:.0f}">{escape(text)}{added}</text>'
