"""What has to hold of the passages of a plan: numbers in sequence, sentences whole, each mark with its footnote.

Imports `errors`, and of this room `layout`, `model`, `reader` and `text`.
"""

from __future__ import annotations

from pathlib import Path

from mtsp_kg.document.layout import Layout
from mtsp_kg.document.model import Kind
from mtsp_kg.document.reader import Draft
from mtsp_kg.document.text import marks
from mtsp_kg.errors import DocumentError

_NAMES = {Kind.PARAGRAPH: "Paragraph", Kind.COVER: "Cover note paragraph", Kind.FOOTNOTE: "Footnote"}


def check_numbers(drafts: list[Draft], file: Path) -> None:
    """Paragraphs and cover paragraphs each run from 1 without a gap. Raises DocumentError at the first gap."""
    for kind in (Kind.COVER, Kind.PARAGRAPH):
        run = [draft for draft in drafts if draft.kind is kind]
        for at, draft in enumerate(run):
            if draft.number != at + 1:
                raise _out_of_sequence(run, at, file)


def check_whole(drafts: list[Draft], layout: Layout, file: Path) -> None:
    """Every numbered passage has a text, and the text ends as a sentence does. Raises DocumentError."""
    for draft in drafts:
        if draft.kind is Kind.CAPTION or not layout.broken_off(draft.raw):
            continue
        name = f"{_NAMES[draft.kind]} {draft.number}"
        if not draft.raw.strip():
            raise _error(f"{name} has no text.", file, draft.lines[0].number, "Restore its text.")
        raise _error(
            f"{name} breaks off in the middle of a sentence.", file, draft.lines[-1].number, "Restore the rest of it."
        )


def tie_notes(drafts: list[Draft], file: Path) -> dict[int, Draft]:
    """Footnote number to the passage that carries its mark.

    Raises DocumentError where a mark or a footnote is missing or doubled, or where a footnote carries a mark.
    """
    notes: dict[int, Draft] = {}
    for draft in drafts:
        if draft.kind is Kind.FOOTNOTE:
            if draft.number in notes:
                first = notes[draft.number].lines[0].number
                raise _error(
                    f"Footnote {draft.number} is printed twice.", file, draft.lines[0].number,
                    f"It is on line {first} too; keep one.",
                )  # fmt: skip
            notes[draft.number] = draft
    hosts = _hosts(drafts, notes, file)
    for number, note in notes.items():
        if number not in hosts:
            raise _error(
                f"No passage carries the mark of footnote {number}.", file, note.lines[0].number,
                "Restore the superscript mark in the text.",
            )  # fmt: skip
    for expected, number in enumerate(sorted(notes), 1):
        if number != expected:
            raise _error(
                f"Footnote {expected} is missing: the next is {number}.", file, notes[number].lines[0].number,
                "Restore the footnote and its mark.",
            )  # fmt: skip
    return hosts


def _hosts(drafts: list[Draft], notes: dict[int, Draft], file: Path) -> dict[int, Draft]:
    hosts: dict[int, Draft] = {}
    seen: dict[int, int] = {}
    for draft in drafts:
        for line in draft.lines:
            for number in marks(line.text):
                if draft.kind is Kind.FOOTNOTE:
                    raise _error(
                        f"A mark {number} stands inside footnote {draft.number}.", file, line.number,
                        "Put each footnote on a line of its own, after an empty line.",
                    )  # fmt: skip
                if number in hosts:
                    raise _error(
                        f"The mark of footnote {number} stands twice.", file, line.number,
                        f"It is on line {seen[number]} too; keep one.",
                    )  # fmt: skip
                if number not in notes:
                    raise _error(
                        f"Footnote {number} is marked here and printed nowhere.", file, line.number,
                        "Restore the footnote, on a line that begins with its mark.",
                    )  # fmt: skip
                hosts[number], seen[number] = draft, line.number
    return hosts


def _out_of_sequence(run: list[Draft], at: int, file: Path) -> DocumentError:
    draft, expected = run[at], at + 1
    name, line = _NAMES[draft.kind], draft.lines[0].number
    if draft.number < expected:
        first = run[draft.number - 1].lines[0].number if draft.number else line
        return _error(f"{name} {draft.number} stands twice.", file, line, f"It is on line {first} too; keep one.")
    later = next((other for other in run[at:] if other.number == expected), None)
    if later:
        return _error(
            f"{name} {draft.number} stands before {name.lower()} {expected}.", file, line,
            f"Put {expected}, which is on line {later.lines[0].number}, before it.",
        )  # fmt: skip
    before = f"{draft.number} follows {at}" if at else f"the first is {draft.number}"
    return _error(f"{name} {expected} is missing: {before}.", file, line, f"Restore paragraph {expected}.")


def _error(what: str, file: Path, line: int, remedy: str) -> DocumentError:
    return DocumentError(what, file=file, line=line, remedy=remedy)
