"""The layout of an edition, read from its data file: the words and patterns that identify the parts of a document.

`split` divides the lines of a document into front matter, cover note and body, without the table of contents and notes
such as "annex follows".
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mtsp_kg.errors import DocumentError
from mtsp_kg.plan.document.text import Line, normalise


@dataclass(frozen=True)
class HeadingRule:
    """A kind of heading: its pattern, the names of its section, and the strategic element that it stands for.

    level: of the section, from 1; slug, eid, label: templates; under: a template of the element's local name; nested:
    whether its sections are counted inside their parent; statement: the heading as printed, if every document has it
    with the official wording of the element under it.
    """

    kind: str
    level: int
    pattern: re.Pattern[str]
    slug: str
    eid: str
    label: str
    under: str | None = None
    nested: bool = False
    statement: str = ""


@dataclass(frozen=True)
class PassageRule:
    """A kind of passage: its class, and templates of its AKN4UN element identifier and of its labels by language."""

    class_name: str
    eid: str
    label: dict[str, str]


@dataclass(frozen=True)
class Layout:
    """The words and patterns of one layout.

    end_shown: the end mark as printed; figure_gap: the number of empty lines in place of a figure; numerals: of
    sections, in order; elements: the title of a section to the local name of the strategic element that it names.
    """

    language: str
    document: dict[str, Any]
    akn: dict[str, Any]
    line: dict[str, re.Pattern[str]]
    end_shown: str
    figure_gap: int
    numerals: tuple[str, ...]
    passage: dict[str, PassageRule]
    cover: dict[str, Any]
    headings: tuple[HeadingRule, ...]
    elements: dict[str, str]

    def heading(self, text: str) -> tuple[HeadingRule, re.Match[str]] | None:
        """The rule whose pattern a line matches, and the match; None if the line is not a heading."""
        wanted = normalise(text)
        for rule in self.headings:
            found = rule.pattern.match(wanted)
            if found:
                return rule, found
        return None

    def numbered(self, text: str) -> re.Match[str] | None:
        """The match, with `number` and `text`, for a line that begins a numbered paragraph; None for another line."""
        return self.line["paragraph"].match(text)

    def is_toc_entry(self, text: str) -> bool:
        """Whether a line can be an entry of a table of contents: it ends in a page number."""
        return self.line["toc_entry"].search(text) is not None

    def begins_part(self, text: str) -> bool:
        """Whether a line is a heading of the first level."""
        known = self.heading(text)
        return known is not None and known[0].level == 1

    def matches(self, pattern: str, text: str) -> bool:
        """Whether the normalised form of a line matches a pattern (`item`, `toc`, `forward`, `closing`, `end` ...)."""
        return self.line[pattern].search(normalise(text)) is not None

    def ended(self, text: str) -> bool:
        """Whether a text ends like a sentence."""
        return self.matches("ended", text)

    def broken_off(self, text: str) -> bool:
        """Whether a text stops in the middle of a sentence."""
        return not self.ended(text) and not self.matches("may_go_on", text)


@cache
def layout(language: str = "zh") -> Layout:
    """The layout of the editions in a language, from `layout-<language>.toml` beside this module.

    Raises DocumentError if there is none.
    """
    source = Path(__file__).with_name(f"layout-{language}.toml")
    if not source.is_file():
        known = sorted(path.stem.partition("-")[2] for path in source.parent.glob("layout-*.toml"))
        raise DocumentError(
            f"Documents in '{language}' are not supported.", remedy=f"Supported languages: {', '.join(known)}."
        )
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    line = table["line"]
    numerals, end_shown, figure_gap = line.pop("numerals"), line.pop("end_shown"), line.pop("figure_gap")
    return Layout(
        language=table["language"],
        document=table["document"],
        akn=table["akn"],
        line={name: re.compile(pattern) for name, pattern in line.items()},
        end_shown=end_shown,
        figure_gap=figure_gap,
        numerals=tuple(numerals),
        passage={
            name: PassageRule(rule["class"], rule["eid"], rule["label"]) for name, rule in table["passage"].items()
        },
        cover=table["cover"],
        headings=tuple(HeadingRule(**{**rule, "pattern": re.compile(rule["pattern"])}) for rule in table["heading"]),
        elements=table["elements"],
    )


@dataclass(frozen=True)
class DocumentParts:
    """The lines of a document by part: front matter, cover note, body. end: the line of the end mark."""

    front: list[Line]
    cover: list[Line]
    body: list[Line]
    end: Line


def split(layout: Layout, lines: list[Line], file: Path) -> DocumentParts:
    """The parts of a document. Raises DocumentError if it is not a plan, is cut off or continues after its end."""
    stop = next((at for at, line in enumerate(lines) if _stops_cover(layout, line)), len(lines))
    begin = next((at for at, line in enumerate(lines[:stop]) if layout.numbered(line.text)), stop)
    body = _body(layout, lines, stop, file)
    if not any(layout.numbered(line.text) for line in body):
        raise DocumentError(
            "This is not a plan document: it has no numbered paragraph under a heading.",
            file=file, line=lines[0].number,
            remedy="Provide the whole document, with its headings and paragraph numbers.",
        )  # fmt: skip
    ends = [at for at, line in enumerate(body) if layout.matches("end", line.text)]
    if not ends:
        raise DocumentError(
            f"The document ends without {layout.end_shown}.",
            file=file, line=body[-1].number, remedy="The end is missing: provide the whole document.",
        )  # fmt: skip
    end = ends[0]
    if end + 1 < len(body):
        raise DocumentError(
            f"There is text after {layout.end_shown}.",
            file=file, line=body[end + 1].number, remedy="Remove what follows the end of the document.",
        )  # fmt: skip
    return DocumentParts(lines[:begin], lines[begin:stop], body[:end], body[end])


def _stops_cover(layout: Layout, line: Line) -> bool:
    return layout.matches("toc", line.text) or layout.matches("forward", line.text) or layout.begins_part(line.text)


def _body(layout: Layout, lines: list[Line], at: int, file: Path) -> list[Line]:
    """The lines from the first heading of the first level on."""
    while at < len(lines) and not layout.begins_part(lines[at].text):
        if layout.matches("forward", lines[at].text):
            at = _after_bracket(layout, lines, at, file)
        elif layout.matches("toc", lines[at].text):
            at = _after_toc(layout, lines, at)
        else:
            at += 1
    return lines[at:]


def _after_bracket(layout: Layout, lines: list[Line], at: int, file: Path) -> int:
    for index in range(at, min(at + 3, len(lines))):
        if layout.matches("closing", lines[index].text):
            return index + 1
    raise DocumentError(
        "The bracket that opens here is not closed.", file=file, line=lines[at].number, remedy="Close it with ]."
    )


def _after_toc(layout: Layout, lines: list[Line], at: int) -> int:
    """The line where the text continues: after the last entry before a numbered paragraph."""
    after = at + 1
    for index in range(at + 1, len(lines)):
        if layout.is_toc_entry(lines[index].text):
            after = index + 1
        elif layout.numbered(lines[index].text):
            break
    return after
