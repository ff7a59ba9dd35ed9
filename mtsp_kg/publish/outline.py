"""The outline of the ontology: its classes that are below no other, with the kinds of each and the properties of each.

Imports `names`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mtsp_kg import names

_RDFS = names.VOCABULARIES["rdfs"]
THING = names.OWL + "Thing"
_PROPERTIES = (names.OWL + "ObjectProperty", names.OWL + "DatatypeProperty")


@dataclass(frozen=True)
class Kind:
    """A class below another. depth: how far below the card's, from 0; defined: whether its members are defined."""

    iri: str
    depth: int
    defined: bool


@dataclass(frozen=True)
class Row:
    """A property of a card's class. properties: it, and its inverse if there is one; range: a class or datatype.

    leads_to: the class whose card holds the range; none for datatypes.
    """

    properties: tuple[str, ...]
    range: str | None = None
    leads_to: str | None = None


@dataclass
class Card:
    """A class that is below no other of ours, or owl:Thing."""

    iri: str
    kinds: list[Kind] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def cards(rows: Iterable[tuple[str, ...]]) -> list[Card]:
    """A card for each top class, in the order of their IRIs; rows: the view `terms`."""
    outline = _Outline(rows)
    found = {iri: Card(iri) for iri in sorted(outline.classes) if outline.top(iri) == iri}
    for card in found.values():
        card.kinds += outline.kinds(card.iri, 0)
    for row, home in outline.properties():
        found.setdefault(home, Card(home)).rows.append(row)
    return list(found.values())


class _Outline:
    def __init__(self, rows: Iterable[tuple[str, ...]]) -> None:
        self._said: dict[tuple[str, str], list[str]] = {}
        self.classes: set[str] = set()
        self._properties: list[str] = []
        for term, relation, other in rows:
            self._said.setdefault((term, relation), []).append(other)
            if relation == names.RDF_TYPE and other == names.OWL + "Class":
                self.classes.add(term)
            elif relation == names.RDF_TYPE and other in _PROPERTIES:
                self._properties.append(term)
        self._inverse = {other: term for term in self._properties for other in self._get(term, names.OWL + "inverseOf")}

    def _get(self, term: str, relation: str) -> list[str]:
        return self._said.get((term, relation), [])

    def _above(self, class_: str) -> str | None:
        return next((one for one in self._get(class_, names.RDFS_SUBCLASS) if one in self.classes), None)

    def top(self, class_: str) -> str:
        """The topmost class above a class, or itself."""
        seen = {class_}
        while (above := self._above(class_)) and above not in seen:
            seen.add(above)
            class_ = above
        return class_

    def kinds(self, class_: str, depth: int) -> Iterator[Kind]:
        """The classes below a class, each followed by those below it."""
        for below in sorted(one for one in self.classes if self._above(one) == class_):
            yield Kind(below, depth, bool(self._get(below, names.OWL + "equivalentClass")))
            yield from self.kinds(below, depth + 1)

    def properties(self) -> Iterator[tuple[Row, str]]:
        """Each property, its inverse with it, and the class at whose card it begins."""
        for property_ in sorted(self._properties):
            if property_ in self._inverse:
                continue
            domain, range_ = self._end(property_, "domain"), self._end(property_, "range")
            pair = (
                property_,
                *(one for one in self._get(property_, names.OWL + "inverseOf") if one in self._properties),
            )
            leads_to = self.top(range_) if range_ in self.classes else None
            yield Row(pair, range_, leads_to), self.top(domain) if domain in self.classes else THING

    def _end(self, property_: str, end: str, seen: tuple[str, ...] = ()) -> str:
        """A property's domain or range: its own, its inverse's, or that of a property above; empty without one."""
        for one in self._get(property_, _RDFS + end):
            return one
        across = "range" if end == "domain" else "domain"
        for inverse in self._get(property_, names.OWL + "inverseOf"):
            for one in self._get(inverse, _RDFS + across):
                return one
        for above in self._get(property_, _RDFS + "subPropertyOf"):
            if above not in seen and (one := self._end(above, end, (*seen, property_))):
                return one
        return ""
