"""Parses the lines of a document into its sections and the drafts of its passages.

Headings become a tree of sections. A paragraph may be interrupted by footnotes, the caption of a figure or a page
break; its parts are joined here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from mtsp_kg.errors import DocumentError
from mtsp_kg.plan.document.layout import HeadingRule, Layout
from mtsp_kg.plan.document.model import Kind, OfficialWording, Section
from mtsp_kg.plan.document.text import MARK, Line, marks, normalise


@dataclass
class _OpenSection:
    """A section that later ones can be in. count: AKN4UN element name to the number of sections directly inside."""

    section: Section
    level: int
    rule: HeadingRule | None
    ordinal: int = 0
    count: dict[str, int] = field(default_factory=dict)


class SectionTree:
    """Collects the sections of a document in the order of their headings."""

    def __init__(self, layout: Layout, file: Path) -> None:
        self._layout = layout
        self._file = file
        self._around: list[_OpenSection] = []
        self._count: dict[str, int] = {}
        self.found: dict[str, Section] = {}

    @property
    def current(self) -> Section | None:
        """The innermost section at this point of the text; None before the first."""
        return self._around[-1].section if self._around else None

    @property
    def awaits_wording(self) -> str | None:
        """The element whose official wording must follow the current heading; None for most headings."""
        opened = self._around[-1]
        return opened.section.stands_under if opened.rule and opened.rule.statement else None

    def open_cover(self, line: Line) -> None:
        """Opens the section of the cover note, which has no heading."""
        cover = self._layout.cover
        self._add(
            Section(cover["slug"], "", cover["label"][self._layout.language], cover["label"]["en"], "", 1, None, None,
                    cover["eid"], line.number),
            1, None, 0,
        )  # fmt: skip

    def open(self, text: str, line: Line) -> None:
        """Opens the section of a heading. Raises DocumentError if it is out of place or contains a reference mark."""
        known = self._layout.heading(text)
        assert known is not None
        rule, found = known
        if marks(text):
            raise self._error(
                f"A heading contains the reference mark of footnote {marks(text)[0]}.",
                line,
                "Move the mark into the text of a paragraph.",
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
                f"The heading '{section.heading}' occurs twice.", line,
                f"It is also on line {self.found[section.slug].line}: keep one.",
            )  # fmt: skip
        self._add(section, rule.level, rule, ordinal)

    def chain(self, slug: str) -> tuple[str, ...]:
        """The headings of a section and of those around it, outermost first."""
        section = self.found[slug]
        above = self.chain(section.parent) if section.parent else ()
        return (*above, section.heading) if section.heading else above

    def _add(self, section: Section, level: int, rule: HeadingRule | None, ordinal: int) -> None:
        self.found[section.slug] = section
        self._around.append(_OpenSection(section, level, rule, ordinal))

    def _number(self, rule: HeadingRule, found: re.Match[str], line: Line) -> str:
        groups = found.groupdict()
        numeral = groups.get("numeral")
        if numeral is None:
            return groups.get("number") or ""
        if numeral not in self._layout.numerals:
            first = ", ".join(self._layout.numerals[:3])
            raise self._error(f"'{numeral}' is not a section number.", line, f"Number the sections {first} ...")
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
                f"The heading '{normalise(found.string)}' has number {number}; expected {expected}.", line,
                "Restore headings that are missing, duplicated or out of order.",
            )  # fmt: skip

    def _error(self, what: str, line: Line, remedy: str) -> DocumentError:
        return DocumentError(what, file=self._file, line=line.number, remedy=remedy)


_NOTE = re.compile(rf"(?P<mark>{MARK.pattern})(?P<space>\s*)(?P<text>.*)")


@dataclass(eq=False)
class DraftPassage:
    """A passage that is being read. section: a slug; after: of a caption, the paragraph that it follows."""

    kind: Kind
    number: int
    section: str
    lines: list[Line] = field(default_factory=list)
    after: DraftPassage | None = None

    @property
    def raw(self) -> str:
        """Its text, line by line, with reference marks."""
        return "\n".join(line.text for line in self.lines)


class DocumentParser:
    """Reads the lines of a document into `sections`, `drafts` and `wordings`.

    The *block* is the passage of the last line; the *paragraph* is the numbered passage that no heading has closed yet,
    and which can continue after an interruption.
    """

    def __init__(self, layout: Layout, file: Path) -> None:
        self._layout = layout
        self._file = file
        self.sections = SectionTree(layout, file)
        self.drafts: list[DraftPassage] = []
        self.wordings: list[OfficialWording] = []
        self._numbered_kind = Kind.COVER
        self._block: DraftPassage | None = None
        self._paragraph: DraftPassage | None = None
        self._last: DraftPassage | None = None
        self._awaited: str | None = None
        self._wording: list[Line] = []

    def read_cover(self, lines: list[Line]) -> None:
        """Reads the lines of the cover note, if any. Raises DocumentError."""
        if lines:
            self.sections.open_cover(lines[0])
            for line in lines:
                self._line(line, headings=False)

    def read_body(self, lines: list[Line]) -> None:
        """Reads the lines from the first heading to the end mark, which is not among them. Raises DocumentError."""
        self._numbered_kind = Kind.PARAGRAPH
        self._block = self._paragraph = self._last = None
        for line in lines:
            self._line(line, headings=True)
        self._close_wording(lines[-1])
        worded = {wording.element for wording in self.wordings}
        for rule in self._layout.headings:
            if rule.statement and rule.under not in worded:
                raise self._error(
                    f"The document has no heading '{rule.statement}'.", lines[-1],
                    "Restore the heading on a separate line, followed by the wording of the statement.",
                )  # fmt: skip

    def _line(self, line: Line, *, headings: bool) -> None:
        block = self._block
        goes_on = line.gap == 0 and block is not None and block.kind is not Kind.CAPTION
        goes_on = goes_on and block is not None and self._layout.broken_off(block.raw)
        numbered = self._layout.numbered(line.text)
        note = _NOTE.fullmatch(line.text)
        if numbered and (not goes_on or int(numbered["number"]) == (self._last.number + 1 if self._last else 1)):
            self._open_paragraph(numbered, line)
        elif goes_on and block:
            block.lines.append(line)
        elif note and (note["space"] or not note["text"] or self._paragraph_ended()):
            self._open_note(note, line)
        elif headings and self._layout.heading(line.text):
            self._open_heading(line)
        elif self._awaited and (not self._wording or line.gap == 0):
            self._wording.append(line)
        elif line.gap == 0 and block:
            block.lines.append(line)
        elif line.gap == 0 and headings:
            raise self._error(
                "A heading continues on a second line, or text follows it directly.", line,
                "Write each heading on one line, followed by an empty line.",
            )  # fmt: skip
        elif self._returns(line):
            self._return(line)
        else:
            self._open_caption(line)

    def _paragraph_ended(self) -> bool:
        return self._paragraph is None or self._layout.ended(self._paragraph.raw)

    def _returns(self, line: Line) -> bool:
        """Whether an unnumbered line continues the paragraph: it has not ended, and no figure comes between."""
        if self._paragraph is None:
            return False
        return self._layout.matches("item", line.text) or (
            line.gap < self._layout.figure_gap and not self._layout.ended(self._paragraph.raw)
        )

    def _return(self, line: Line) -> None:
        assert self._paragraph is not None
        self._paragraph.lines.append(line)
        self._block = self._paragraph

    def _open_paragraph(self, found: re.Match[str], line: Line) -> None:
        self._close_wording(line)
        text = Line(line.number, found["text"], line.gap)
        self._paragraph = self._last = self._add(
            DraftPassage(self._numbered_kind, int(found["number"]), self._section(), [text])
        )

    def _open_note(self, found: re.Match[str], line: Line) -> None:
        text = Line(line.number, found["text"], line.gap)
        self._add(DraftPassage(Kind.FOOTNOTE, marks(found["mark"])[0], self._section(), [text]))

    def _open_caption(self, line: Line) -> None:
        number = 1 + sum(draft.kind is Kind.CAPTION for draft in self.drafts)
        self._add(DraftPassage(Kind.CAPTION, number, self._section(), [line], self._last))

    def _open_heading(self, line: Line) -> None:
        self._close_wording(line)
        self.sections.open(line.text, line)
        self._block = self._paragraph = None
        self._awaited = self.sections.awaits_wording

    def _close_wording(self, line: Line) -> None:
        """Ends the wording that a heading requires. Raises DocumentError if there is none."""
        if not self._awaited:
            return
        if not self._wording:
            heading = self.sections.chain(self._section())[-1]
            raise self._error(f"The heading '{heading}' has no text under it.", line, "Restore the text.")
        for worded in self._wording:
            if marks(worded.text):
                heading = self.sections.chain(self._section())[-1]
                raise self._error(
                    f"The text under '{heading}' contains the reference mark of footnote {marks(worded.text)[0]}.",
                    worded, "Move the mark into the text of a paragraph.",
                )  # fmt: skip
        text = normalise("\n".join(worded.text for worded in self._wording))
        self.wordings.append(OfficialWording(self._awaited, text, self._wording[0].number))
        self._awaited, self._wording = None, []

    def _add(self, draft: DraftPassage) -> DraftPassage:
        self.drafts.append(draft)
        self._block = draft
        return draft

    def _section(self) -> str:
        current = self.sections.current
        assert current is not None
        return current.slug

    def _error(self, what: str, line: Line, remedy: str) -> DocumentError:
        return DocumentError(what, file=self._file, line=line.number, remedy=remedy)
