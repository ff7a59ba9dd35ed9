"""A plan's document as read from a copy: sections, passages, and the official wording of vision and mission.

Names are local to the plan: `para/55`, `section/2.4`, `outcome/2.4`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from mtsp_kg.plan.document.text import digest


class Kind(StrEnum):
    """The kinds of passages; the value is the first part of their names."""

    PARAGRAPH = "para"
    COVER = "cover"
    FOOTNOTE = "note"
    CAPTION = "caption"


@dataclass(frozen=True)
class Section:
    """A section of the document.

    heading: the normalised heading, empty for the cover note, which has none; title: the heading without its number;
    label: the English label; number: in digits, empty if none is printed; order: in reading order, from 1; parent: the
    slug of the enclosing section; stands_under: the strategic element that the section is about; eid: the AKN4UN
    element identifier; line: the line of the heading in the file.
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
        """The local name, such as `section/2.4`."""
        return f"section/{self.slug}"


@dataclass(frozen=True)
class Passage:
    """A unit of text that can be cited.

    text: normalised; order: in reading order, from 1, each footnote directly after the passage with its reference mark;
    section: the slug of the innermost section (of a footnote, that of its host); headings: the headings above it,
    outermost first; line: its first line in the file; note_to: of a footnote, the name of its host; follows: of a
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
        """The local name, such as `para/55`."""
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
class OfficialWording:
    """The wording of a strategic element directly under its heading, as that of the vision or the mission.

    element: the local name of the element, such as `vision`.
    """

    element: str
    text: str
    line: int


@dataclass(frozen=True)
class Document:
    """A plan's document, as read from one file.

    plan: the slug of the plan, derived from the title; date: the first day of the session that the document was
    submitted to; work, expression: the AKN4UN addresses; wordings: of vision and mission.
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
    wordings: tuple[OfficialWording, ...]


def passages(document: Document) -> Mapping[str, Passage]:
    """The passages by local name (`para/55`, `note/8`, `caption/1`, `cover/1`), in reading order."""
    return {passage.name: passage for passage in document.passages}
