"""What a plan's document is once it is read: the document, its sections, its passages, its statements.

Imports `text` only. Things are named by their local name inside the plan: `para/55`, `section/2.4`, `outcome/2.4`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from mtsp_kg.plan.document.text import digest


class Kind(StrEnum):
    """The kinds of passages, as the first part of their names."""

    PARAGRAPH = "para"
    COVER = "cover"
    FOOTNOTE = "note"
    CAPTION = "caption"


@dataclass(frozen=True)
class Section:
    """A titled stretch of the document.

    heading: the whole normalised heading, empty for the cover note, which has none; title: the heading without its
    number; label: what it is called in English; number: in digits, empty where none is printed; parent: the slug of the
    section around it; stands_under: the strategic element that it belongs to; line: where its heading stands.
    """

    slug: str
    heading: str
    title: str
    label: str
    number: str
    order: int
    parent: str | None
    stands_under: str | None
    eid: str
    line: int

    @property
    def name(self) -> str:
        """Its local name inside the plan."""
        return f"section/{self.slug}"


@dataclass(frozen=True)
class Passage:
    """A piece of text that can be cited by number.

    text: normalised; order: in reading order from 1, each footnote directly after the passage that carries its mark;
    section: the slug of the innermost section (for a footnote, that of its host); headings: those it stands under,
    outermost first; line: where it begins in the file; note_to: for a footnote, the name of its host; follows: for a
    caption, the name of the paragraph after which, or inside which, it is printed.
    """

    kind: Kind
    number: str
    order: int
    section: str
    headings: tuple[str, ...]
    stands_under: str | None
    text: str
    line: int
    note_to: str | None = None
    follows: str | None = None

    @property
    def name(self) -> str:
        """Its local name inside the plan, as `para/55`."""
        return f"{self.kind.value}/{self.number}"

    @property
    def length(self) -> int:
        """The number of Unicode characters of the normalised text."""
        return len(self.text)

    @property
    def digest(self) -> str:
        """The SHA-256 of the normalised text."""
        return digest(self.text)


@dataclass(frozen=True)
class Statement:
    """The official wording that stands directly under a heading: of the vision, of the mission.

    element: the local name of what it words, as `vision`.
    """

    element: str
    text: str
    line: int


@dataclass(frozen=True)
class Document:
    """A plan's document, as read from one file.

    plan: the plan's slug as its title tells; date: the first day of the session that it was submitted to; work and
    expression: its AKN4UN addresses.
    """

    file: Path
    plan: str
    title: str
    symbol: str
    language: str
    date: date
    work: str
    expression: str
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]
    statements: tuple[Statement, ...]


def passages(document: Document) -> Mapping[str, Passage]:
    """The passages by local name (`para/55`, `note/8`, `caption/1`, `cover/1`), in reading order."""
    return {passage.name: passage for passage in document.passages}
