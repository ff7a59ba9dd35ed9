"""Knowledge of a layout, read from its data file: the words and patterns by which the parts of a plan are known.

Imports `text` only.

A document's lines are split into what stands before the cover note, the cover note, and the plan's own text.

Tables of contents and notes such as "annex follows" are dropped here. Imports `errors`, `layout` and `lines`.
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
    """One kind of heading: how it is known, what its section is called, and which strategic element it names."""

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
    """What a kind of passage is called: class, AKN element identifier, labels by language."""

    class_name: str
    eid: str
    label: dict[str, str]


@dataclass(frozen=True)
class Layout:
    """Everything that the reader knows about one layout."""

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
        """The rule that a line of text is a heading by, and what it found; None when the line is no heading."""
        wanted = normalise(text)
        for rule in self.headings:
            found = rule.pattern.match(wanted)
            if found:
                return rule, found
        return None

    def numbered(self, text: str) -> re.Match[str] | None:
        """The number and the text of a line that begins a numbered paragraph; None for another line."""
        return self.line["paragraph"].match(text)

    def is_toc_entry(self, text: str) -> bool:
        """Whether a line could be an entry of a table of contents: it ends in a page number."""
        return self.line["toc_entry"].search(text) is not None

    def begins_part(self, text: str) -> bool:
        """Whether a line is a heading of the first level."""
        known = self.heading(text)
        return known is not None and known[0].level == 1

    def is_(self, what: str, text: str) -> bool:
        """Whether a line is `what` (item, toc, forward, closing, end ...), tried on its normalised form."""
        return self.line[what].search(normalise(text)) is not None

    def ended(self, text: str) -> bool:
        """Whether a text ends as a sentence does."""
        return self.is_("ended", text)

    def broken_off(self, text: str) -> bool:
        """Whether a text stops in the middle of a sentence."""
        return not self.ended(text) and not self.is_("may_go_on", text)


@cache
def layout(language: str = "zh") -> Layout:
    """The layout of the editions in a language, from `layout-<language>.toml` beside this module."""
    source = Path(__file__).with_name(f"layout-{language}.toml")
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
