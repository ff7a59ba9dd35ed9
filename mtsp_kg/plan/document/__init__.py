"""A plan's document: its plain text becomes structure, and a copy is held against the structure in the graph.

`read_document` reads a copy; `write_structure` writes what the graph keeps of it (no sentence); `compare` says how a
copy differs; `passages` gives the text and headings of each passage by name; `normalise` is the one definition of the
text that lengths, digests and offsets count in. What is known of the layout stands in `layout-<language>.toml`.
Imports `errors` and `names`.
"""

from __future__ import annotations

from mtsp_kg.plan.document.model import Document, Kind, Passage, Section, Statement, passages
from mtsp_kg.plan.document.read import read_document
from mtsp_kg.plan.document.structure import Change, Difference, compare, structure, write_structure
from mtsp_kg.plan.document.text import digest, normalise

__all__ = [
    "Change",
    "Difference",
    "Document",
    "Kind",
    "Passage",
    "Section",
    "Statement",
    "compare",
    "digest",
    "normalise",
    "passages",
    "read_document",
    "structure",
    "write_structure",
]
