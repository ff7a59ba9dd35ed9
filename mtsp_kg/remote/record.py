"""What we put into a store before: a graph of its own there says it, so that any later push, from anywhere, knows.

The graph `<base>graph/record` has each graph that we put as dcterms:hasPart, with void:triples and schema:sha256 once
it was seen to be right. Imports `names` and, of this room, `digest`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.remote.digest import Mark

_RECORD = ox.NamedNode(names.RECORD)
_PART, _TRIPLES, _DIGEST = map(ox.NamedNode, (names.HAS_PART, names.VOID_TRIPLES, names.SHA256))
_INTEGER = ox.NamedNode(names.XSD + "integer")
# What stands for the store's default graph, which has no name.
DEFAULT = names.RECORD + "#default"
MERGES = (DEFAULT, names.MERGED, names.MERGED_STATED)


@dataclass(frozen=True)
class Record:
    """The graphs that are ours, each with the mark that it had when it was last seen right, as far as known."""

    parts: dict[str, Mark | None] = field(default_factory=dict)

    def graphs(self) -> list[str]:
        """The named graphs, without the merge of them all."""
        return [part for part in self.parts if part not in MERGES]


def read(triples: Iterable[ox.Triple]) -> Record:
    """The record that a graph's triples say; what is not as we write it is not taken."""
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
    return Record(
        {
            part: Mark(numbers[part], digests[part]) if part in numbers and part in digests else None
            for part in sorted(parts)
        }
    )


def triples(record: Record) -> list[ox.Triple]:
    """A record as triples."""
    found = []
    for part, mark in record.parts.items():
        node = ox.NamedNode(part)
        found.append(ox.Triple(_RECORD, _PART, node))
        if mark is not None:
            found.append(ox.Triple(node, _TRIPLES, ox.Literal(str(mark.triples), datatype=_INTEGER)))
            found.append(ox.Triple(node, _DIGEST, ox.Literal(mark.digest)))
    return found
