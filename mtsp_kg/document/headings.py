"""Headings become a tree of sections, each with its name, its number and the strategic element that it names.

Imports `errors`, and of this room `layout`, `lines`, `model` and `text`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from mtsp_kg.document.layout import HeadingRule, Layout
from mtsp_kg.document.lines import Line
from mtsp_kg.document.model import Section
from mtsp_kg.document.text import marks, normalise
from mtsp_kg.errors import DocumentError


@dataclass
class _Open:
    """A section that later ones may stand in. count: how many sections of each element it holds directly."""

    section: Section
    level: int
    rule: HeadingRule | None
    ordinal: int = 0
    count: dict[str, int] = field(default_factory=dict)


class Sections:
    """Collects the sections of a document in the order of their headings."""

    def __init__(self, layout: Layout, file: Path) -> None:
        self._layout = layout
        self._file = file
        self._around: list[_Open] = []
        self._count: dict[str, int] = {}
        self.found: dict[str, Section] = {}

    @property
    def current(self) -> Section | None:
        """The innermost section at this point of the text; None before the first."""
        return self._around[-1].section if self._around else None

    @property
    def awaits_statement(self) -> str | None:
        """The element whose wording has to stand directly under the current heading; None for most."""
        opened = self._around[-1]
        return opened.section.stands_under if opened.rule and opened.rule.statement else None

    def open_cover(self, line: Line) -> None:
        """Begins the cover note, which has no heading."""
        cover = self._layout.cover
        self._add(
            Section(cover["slug"], "", cover["label"]["zh"], cover["label"]["en"], "", 1, None, None, cover["eid"],
                    line.number),
            1, None, 0,
        )  # fmt: skip

    def open(self, text: str, line: Line) -> None:
        """Begins the section of a heading. Raises DocumentError where it is out of place or carries a mark."""
        known = self._layout.heading(text)
        assert known is not None
        rule, found = known
        if marks(text):
            raise self._error(
                f"The mark of footnote {marks(text)[0]} stands in a heading.",
                line,
                "Put it into the text of a paragraph.",
            )
        while self._around and self._around[-1].level >= rule.level:
            self._around.pop()
        parent = self._around[-1] if self._around else None
        count = parent.count if rule.nested and parent else self._count
        ordinal = count.get(rule.eid, 0) + 1
        number = self._number(rule, found, line)
        self._in_sequence(rule, found, number, line)
        if not found.groupdict().get("major"):
            count[rule.eid] = ordinal
        values = {
            "number": number or str(ordinal),
            "parent": parent.section.slug if parent else "",
        }
        eid = f"{rule.eid}_{values['number'].replace('.', '-')}"
        label_values = values | {"parent": parent.section.label if parent else ""}
        title = found["title"].strip()
        under = rule.under.format_map(values) if rule.under else self._layout.elements.get(title)
        section = Section(
            slug=rule.slug.format_map(values).removeprefix("-"),
            heading=normalise(text),
            title=title,
            label=rule.label.format_map(label_values).removeprefix(": "),
            number=number,
            order=len(self.found) + 1,
            parent=parent.section.slug if parent else None,
            stands_under=under or (parent.section.stands_under if parent else None),
            eid=f"{parent.section.eid}__{eid}" if rule.nested and parent else eid,
            line=line.number,
        )
        if section.slug in self.found:
            raise self._error(
                f"The heading '{section.heading}' stands twice.", line,
                f"It is on line {self.found[section.slug].line} too; keep one.",
            )  # fmt: skip
        self._add(section, rule.level, rule, ordinal)

    def chain(self, slug: str) -> tuple[str, ...]:
        """The headings around and of a section, outermost first."""
        section = self.found[slug]
        above = self.chain(section.parent) if section.parent else ()
        return (*above, section.heading) if section.heading else above

    def _add(self, section: Section, level: int, rule: HeadingRule | None, ordinal: int) -> None:
        self.found[section.slug] = section
        self._around.append(_Open(section, level, rule, ordinal))

    def _number(self, rule: HeadingRule, found: re.Match[str], line: Line) -> str:
        groups = found.groupdict()
        numeral = groups.get("numeral")
        if numeral is None:
            return groups.get("number") or ""
        if numeral not in self._layout.numerals:
            raise self._error(f"'{numeral}' is no number of a section.", line, "Number the sections 一, 二, 三 ...")
        return str(self._layout.numerals.index(numeral) + 1)

    def _in_sequence(self, rule: HeadingRule, found: re.Match[str], number: str, line: Line) -> None:
        groups = found.groupdict()
        if not number:
            return
        if groups.get("major"):
            top = next((opened for opened in self._around if opened.level == 1), None)
            minor = top.count.get("minor", 0) + 1 if top else 1
            expected = f"{top.ordinal}.{minor}" if top else f"1.{minor}"
            if top:
                top.count["minor"] = minor
        else:
            expected = str(self._count.get(rule.eid, 0) + 1)
        if number != expected:
            raise self._error(
                f"The heading '{normalise(found.string)}' has number {number} where {expected} should stand.", line,
                "Restore the headings that are missing, doubled or out of order.",
            )  # fmt: skip

    def _error(self, what: str, line: Line, remedy: str) -> DocumentError:
        return DocumentError(what, file=self._file, line=line.number, remedy=remedy)
