"""The document that sets out a plan: from its plain text to its structure, and a copy compared with the graph.

`read_document` reads a copy. `write_structure` writes its structure, without its text, to the graph; `compare` lists
the differences between a copy and this structure. `grounding` compares the statements of each passage with its text.
"""

from __future__ import annotations

from mtsp_kg.plan.document.comparison import Change, Comparison, Difference, compare
from mtsp_kg.plan.document.model import Document, Kind, OfficialWording, Passage, Section, passages
from mtsp_kg.plan.document.read import read_document
from mtsp_kg.plan.document.structure import structure, write_structure
from mtsp_kg.plan.document.text import digest, normalise

__all__ = [
    "Change",
    "Comparison",
    "Difference",
    "Document",
    "Kind",
    "OfficialWording",
    "Passage",
    "Section",
    "compare",
    "digest",
    "normalise",
    "passages",
    "read_document",
    "structure",
    "write_structure",
]
