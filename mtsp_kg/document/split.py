"""A document's lines are split into what stands before the cover note, the cover note, and the plan's own text.

Tables of contents and notes such as "annex follows" are dropped here. Imports `errors`, `layout` and `lines`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mtsp_kg.document.layout import Layout
from mtsp_kg.document.lines import Line
from mtsp_kg.errors import DocumentError


@dataclass(frozen=True)
class Parts:
    """The parts of a document. end: the line of its end mark."""

    front: list[Line]
    cover: list[Line]
    body: list[Line]
    end: Line


def split(layout: Layout, lines: list[Line], file: Path) -> Parts:
    """The parts of a document. Raises DocumentError where it is no plan, or is cut off, or goes on after its end."""
    stop = next((at for at, line in enumerate(lines) if _stops_cover(layout, line)), len(lines))
    begin = next((at for at, line in enumerate(lines[:stop]) if layout.numbered(line.text)), stop)
    body = _body(layout, lines, stop, file)
    if not any(layout.numbered(line.text) for line in body):
        raise DocumentError(
            "This is no plan: no numbered paragraph stands under a heading.",
            file=file, line=lines[0].number,
            remedy="Give the plan's document in full, with its headings and paragraph numbers.",
        )  # fmt: skip
    ends = [at for at, line in enumerate(body) if layout.is_("end", line.text)]
    if not ends:
        raise DocumentError(
            f"The document ends without {layout.end_shown}.",
            file=file, line=body[-1].number, remedy="The end is missing; give the whole document.",
        )  # fmt: skip
    end = ends[0]
    if end + 1 < len(body):
        raise DocumentError(
            f"Text stands after {layout.end_shown}.",
            file=file, line=body[end + 1].number, remedy="Give one document, without anything after its end.",
        )  # fmt: skip
    return Parts(lines[:begin], lines[begin:stop], body[:end], body[end])


def _stops_cover(layout: Layout, line: Line) -> bool:
    return layout.is_("toc", line.text) or layout.is_("forward", line.text) or layout.begins_part(line.text)


def _body(layout: Layout, lines: list[Line], at: int, file: Path) -> list[Line]:
    """The lines from the plan's first heading on."""
    while at < len(lines) and not layout.begins_part(lines[at].text):
        if layout.is_("forward", lines[at].text):
            at = _after_bracket(layout, lines, at, file)
        elif layout.is_("toc", lines[at].text):
            at = _after_toc(layout, lines, at)
        else:
            at += 1
    return lines[at:]


def _after_bracket(layout: Layout, lines: list[Line], at: int, file: Path) -> int:
    for index in range(at, min(at + 3, len(lines))):
        if layout.is_("closing", lines[index].text):
            return index + 1
    raise DocumentError(
        "A bracket opens here and does not close.", file=file, line=lines[at].number, remedy="Close it with ]."
    )


def _after_toc(layout: Layout, lines: list[Line], at: int) -> int:
    """Where the text goes on: after the last entry that stands before a numbered paragraph."""
    after = at + 1
    for index in range(at + 1, len(lines)):
        if layout.is_toc_entry(lines[index].text):
            after = index + 1
        elif layout.numbered(lines[index].text):
            break
    return after
