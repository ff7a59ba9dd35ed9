"""What a graph is told by: how many triples it has, and a digest that no order and no name of a blank node changes.

The digest is SHA-256 over the sorted N-Triples of the graph's canonical form (RDFC-1.0). Stores that keep numbers as
numbers write some of them otherwise than they were sent (a large xsd:integer comes back as xsd:decimal); `same_values`
tells that from a difference. Imports `names`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from mtsp_kg import names

_NUMBERS = {"integer", "decimal", "int", "long", "nonNegativeInteger", "positiveInteger"}
_DECIMAL = ox.NamedNode(names.XSD + "decimal")


@dataclass(frozen=True)
class Mark:
    """triples: how many; digest: 64 hexadecimal digits."""

    triples: int
    digest: str


def mark(triples: Iterable[ox.Triple]) -> Mark:
    """The mark of a graph; the same triple twice counts once."""
    lines = _canonical(triples)
    return Mark(len(lines), hashlib.sha256("".join(lines).encode()).hexdigest())


def same_values(one: Iterable[ox.Triple], other: Iterable[ox.Triple]) -> bool:
    """Whether two graphs are the same, numbers being taken by their value."""
    return mark(map(_by_value, one)) == mark(map(_by_value, other))


def _canonical(triples: Iterable[ox.Triple]) -> list[str]:
    graph = ox.Dataset(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    if any(isinstance(node, ox.BlankNode) for quad in graph for node in (quad.subject, quad.object)):
        graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(f"{quad.triple} .\n" for quad in graph)


def _by_value(triple: ox.Triple) -> ox.Triple:
    term = triple.object
    if not isinstance(term, ox.Literal) or term.datatype.value.rpartition("#")[2] not in _NUMBERS:
        return triple
    try:
        value = Decimal(term.value)
    except InvalidOperation:
        return triple
    return ox.Triple(triple.subject, triple.predicate, ox.Literal(f"{value.normalize():f}", datatype=_DECIMAL))
