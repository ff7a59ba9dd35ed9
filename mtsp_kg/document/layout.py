"""Knowledge of a layout, read from its data file: the words and patterns by which the parts of a plan are known.

Imports `text` only.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mtsp_kg.document.text import normalise


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
