"""Which graphs a project has pushed to a store, and the digest of each: a graph in the store records it.

The record serves any later push, from any machine. It lists each pushed graph with dcterms:hasPart and, once the graph
has been read back and agrees, its void:triples and schema:sha256. The digest is SHA-256 over the sorted N-Triples of
the graph's canonical form (RDFC-1.0), so that neither order nor blank node labels change it. Some stores normalise
numbers (a large xsd:integer comes back as xsd:decimal); `equal_by_value` distinguishes that from a difference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.profile import Profile

_NUMBERS = {"integer", "decimal", "int", "long", "nonNegativeInteger", "positiveInteger"}
_DECIMAL, _INTEGER = ox.NamedNode(vocab.XSD + "decimal"), ox.NamedNode(vocab.XSD + "integer")
_PART, _TRIPLES, _DIGEST = map(ox.NamedNode, (vocab.HAS_PART, vocab.VOID_TRIPLES, vocab.SHA256))


@dataclass(frozen=True)
class GraphDigest:
    """triples: their number; sha256: 64 hexadecimal digits."""

    triples: int
    sha256: str


@dataclass(frozen=True)
class PushRecord:
    """parts: each pushed graph with the digest that it had when it last agreed, if any."""

    parts: dict[str, GraphDigest | None] = field(default_factory=dict)

    def graphs(self, profile: Profile) -> list[str]:
        """The named graphs of the project, without their merges."""
        return [part for part in self.parts if part not in merge_names(profile)]


def default_merge(profile: Profile) -> str:
    """The IRI that represents the store's default graph, which has no name, in the record."""
    return profile.record + "#default"


def merge_names(profile: Profile) -> tuple[str, str, str]:
    """The names of the merges in the record: default graph, named graph, named graph without inferred triples."""
    return default_merge(profile), profile.merged, profile.merged_asserted


def read_record(triples: Iterable[ox.Triple]) -> PushRecord:
    """Reads the record from the triples of its graph; other triples are ignored."""
    parts: set[str] = set()
    numbers: dict[str, int] = {}
    digests: dict[str, str] = {}
    for triple in triples:
        subject, predicate, object_ = triple.subject, triple.predicate, triple.object
        if predicate == _PART and isinstance(object_, ox.NamedNode):
            parts.add(object_.value)
        elif isinstance(subject, ox.NamedNode) and isinstance(object_, ox.Literal):
            if predicate == _TRIPLES and object_.value.isdigit():
                numbers[subject.value] = int(object_.value)
            elif predicate == _DIGEST:
                digests[subject.value] = object_.value
    return PushRecord(
        {
            part: GraphDigest(numbers[part], digests[part]) if part in numbers and part in digests else None
            for part in sorted(parts)
        }
    )


def record_triples(record: PushRecord, profile: Profile) -> list[ox.Triple]:
    """The triples of a record's graph."""
    found = []
    for part, digest in sorted(record.parts.items()):
        node = ox.NamedNode(part)
        found.append(ox.Triple(ox.NamedNode(profile.record), _PART, node))
        if digest is not None:
            found.append(ox.Triple(node, _TRIPLES, ox.Literal(str(digest.triples), datatype=_INTEGER)))
            found.append(ox.Triple(node, _DIGEST, ox.Literal(digest.sha256)))
    return found


def graph_digest(triples: Iterable[ox.Triple]) -> GraphDigest:
    """The digest of a graph; a triple that occurs twice counts once."""
    lines = _canonical_lines(triples)
    return GraphDigest(len(lines), hashlib.sha256("".join(lines).encode()).hexdigest())


def equal_by_value(one: Iterable[ox.Triple], other: Iterable[ox.Triple]) -> bool:
    """Whether two graphs are equal if numbers are compared by value."""
    return graph_digest(map(_normalised, one)) == graph_digest(map(_normalised, other))


def _canonical_lines(triples: Iterable[ox.Triple]) -> list[str]:
    graph = ox.Dataset(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    if any(isinstance(node, ox.BlankNode) for quad in graph for node in (quad.subject, quad.object)):
        graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(f"{quad.triple} .\n" for quad in graph)


def _normalised(triple: ox.Triple) -> ox.Triple:
    term = triple.object
    if not isinstance(term, ox.Literal) or term.datatype.value.rpartition("#")[2] not in _NUMBERS:
        return triple
    try:
        value = Decimal(term.value)
    except InvalidOperation:
        return triple
    return ox.Triple(triple.subject, triple.predicate, ox.Literal(f"{value.normalize():f}", datatype=_DECIMAL))
