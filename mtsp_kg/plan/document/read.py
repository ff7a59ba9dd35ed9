"""Reads a copy of a document and checks that it is complete.

Paragraph numbers are in sequence, sentences are whole, and each footnote has its reference mark.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from mtsp_kg.errors import DocumentError
from mtsp_kg.plan import names
from mtsp_kg.plan.document.layout import Layout, layout, split
from mtsp_kg.plan.document.model import Document, Kind, Passage
from mtsp_kg.plan.document.parser import DocumentParser, DraftPassage, SectionTree
from mtsp_kg.plan.document.text import Line, marks, normalise, read_lines

_NAMES = {Kind.PARAGRAPH: "Paragraph", Kind.COVER: "Cover note paragraph", Kind.FOOTNOTE: "Footnote"}


def check_numbers(drafts: list[DraftPassage], file: Path) -> None:
    """Checks that paragraphs and cover paragraphs are each numbered from 1 without a gap. Raises DocumentError."""
    for kind in (Kind.COVER, Kind.PARAGRAPH):
        run = [draft for draft in drafts if draft.kind is kind]
        for at, draft in enumerate(run):
            if draft.number != at + 1:
                raise _out_of_sequence(run, at, file)


def check_whole(drafts: list[DraftPassage], layout: Layout, file: Path) -> None:
    """Checks that every numbered passage has a text that ends like a sentence. Raises DocumentError."""
    for draft in drafts:
        if draft.kind is Kind.CAPTION or not layout.broken_off(draft.raw):
            continue
        name = f"{_NAMES[draft.kind]} {draft.number}"
        if not draft.raw.strip():
            raise _error(f"{name} has no text.", file, draft.lines[0].number, "Restore its text.")
        raise _error(
            f"{name} breaks off in the middle of a sentence.", file, draft.lines[-1].number, "Restore the rest of it."
        )


def tie_notes(drafts: list[DraftPassage], file: Path) -> dict[int, DraftPassage]:
    """Footnote number to the passage that contains the reference mark.

    Raises DocumentError if a mark or a footnote is missing or duplicated, or if a footnote contains a mark.
    """
    notes: dict[int, DraftPassage] = {}
    for draft in drafts:
        if draft.kind is Kind.FOOTNOTE:
            if draft.number in notes:
                first = notes[draft.number].lines[0].number
                raise _error(
                    f"Footnote {draft.number} occurs twice.", file, draft.lines[0].number,
                    f"It is also on line {first}: keep one.",
                )  # fmt: skip
            notes[draft.number] = draft
    hosts = _hosts(drafts, notes, file)
    for number, note in notes.items():
        if number not in hosts:
            raise _error(
                f"No passage contains the reference mark of footnote {number}.", file, note.lines[0].number,
                "Restore the superscript mark in the text.",
            )  # fmt: skip
    for expected, number in enumerate(sorted(notes), 1):
        if number != expected:
            raise _error(
                f"Footnote {expected} is missing: the next is {number}.", file, notes[number].lines[0].number,
                "Restore the footnote and its mark.",
            )  # fmt: skip
    return hosts


def _hosts(drafts: list[DraftPassage], notes: dict[int, DraftPassage], file: Path) -> dict[int, DraftPassage]:
    hosts: dict[int, DraftPassage] = {}
    seen: dict[int, int] = {}
    for draft in drafts:
        for line in draft.lines:
            for number in marks(line.text):
                if draft.kind is Kind.FOOTNOTE:
                    raise _error(
                        f"Footnote {draft.number} contains the reference mark of footnote {number}.", file, line.number,
                        "Put each footnote on a separate line, after an empty line.",
                    )  # fmt: skip
                if number in hosts:
                    raise _error(
                        f"The reference mark of footnote {number} occurs twice.", file, line.number,
                        f"It is also on line {seen[number]}: keep one.",
                    )  # fmt: skip
                if number not in notes:
                    raise _error(
                        f"Footnote {number} has a reference mark here, but no text.", file, line.number,
                        "Restore the footnote on a line that begins with its mark.",
                    )  # fmt: skip
                hosts[number], seen[number] = draft, line.number
    return hosts


def _out_of_sequence(run: list[DraftPassage], at: int, file: Path) -> DocumentError:
    draft, expected = run[at], at + 1
    name, line = _NAMES[draft.kind], draft.lines[0].number
    if draft.number < expected:
        first = run[draft.number - 1].lines[0].number if draft.number else line
        return _error(f"{name} {draft.number} occurs twice.", file, line, f"It is also on line {first}: keep one.")
    later = next((other for other in run[at:] if other.number == expected), None)
    if later:
        return _error(
            f"{name} {draft.number} comes before {name.lower()} {expected}.", file, line,
            f"Move {name.lower()} {expected}, on line {later.lines[0].number}, before it.",
        )  # fmt: skip
    before = f"{draft.number} follows {at}" if at else f"the first is {draft.number}"
    return _error(f"{name} {expected} is missing: {before}.", file, line, f"Restore paragraph {expected}.")


def _error(what: str, file: Path, line: int, remedy: str) -> DocumentError:
    return DocumentError(what, file=file, line=line, remedy=remedy)


def read_document(path: str | Path, language: str = "zh") -> Document:
    """Reads a copy of a plan's document, plain UTF-8 text, and checks that nothing is missing or duplicated.

    language: of the edition, which must have a layout. Raises NotFoundError if the file does not exist, DocumentError
    (with the line) if it does not have the layout of a plan.
    """
    file = Path(path)
    known = layout(language)
    lines = read_lines(file)
    parts = split(known, lines, file)
    head = [*parts.front, *parts.cover]
    title = _find(known, "title", head, file, "the title of a plan with its years")
    symbol = _find(known, "symbol", head, file, "the document's symbol")["symbol"]
    began = _date(_find(known, "date", head, file, "the date of the session"), head, file)
    parser = DocumentParser(known, file)
    parser.read_cover(parts.cover)
    parser.read_body(parts.body)
    check_numbers(parser.drafts, file)
    check_whole(parser.drafts, known, file)
    hosts = tie_notes(parser.drafts, file)
    work = _work(known, symbol, began)
    return Document(
        file=file,
        plan=known.document["plan"].format_map(title.groupdict()),
        title=title.group(),
        symbol=symbol,
        language=known.language,
        date=began,
        work=work,
        expression=f"{work}/{known.akn['language']}@{began.isoformat()}",
        sections=tuple(parser.sections.found.values()),
        passages=tuple(_passages(_in_reading_order(parser.drafts, hosts), hosts, parser.sections)),
        wordings=tuple(parser.wordings),
    )


def _find(known: Layout, what: str, head: list[Line], file: Path, named: str) -> re.Match[str]:
    pattern = re.compile(known.document[what])
    for line in head:
        found = pattern.search(normalise(line.text))
        if found:
            return found
    raise _missing(named, head, file)


def _missing(named: str, head: list[Line], file: Path) -> DocumentError:
    return DocumentError(
        f"The cover page does not contain {named}.",
        file=file,
        line=head[0].number if head else 1,
        remedy="Provide the document with its cover page.",
    )


def _date(found: re.Match[str], head: list[Line], file: Path) -> date:
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        raise _missing("a valid date", head, file) from None


def _work(known: Layout, symbol: str, began: date) -> str:
    akn = known.akn
    organization, body = symbol.split("/")[:2]
    actor = f"{akn['organizations'].get(organization, organization)}-{body}".lower()
    number = symbol.replace("/", "-")
    return f"{names.AKN_UN}{akn['type']}/{akn['subtype']}/{actor}/{began.isoformat()}/{number}"


def _in_reading_order(drafts: list[DraftPassage], hosts: dict[int, DraftPassage]) -> list[DraftPassage]:
    """Each footnote directly after the passage with its reference mark, wherever it is printed."""
    notes = {draft.number: draft for draft in drafts if draft.kind is Kind.FOOTNOTE}
    ordered: list[DraftPassage] = []
    for draft in drafts:
        if draft.kind is not Kind.FOOTNOTE:
            ordered.append(draft)
            ordered.extend(notes[number] for number in sorted(hosts) if hosts[number] is draft)
    return ordered


def _passages(drafts: list[DraftPassage], hosts: dict[int, DraftPassage], sections: SectionTree) -> list[Passage]:
    found = []
    for order, draft in enumerate(drafts, 1):
        host = hosts[draft.number] if draft.kind is Kind.FOOTNOTE else None
        section = sections.found[(host or draft).section]
        found.append(
            Passage(
                kind=draft.kind,
                number=str(draft.number),
                order=order,
                section=section.slug,
                headings=sections.chain(section.slug),
                stands_under=section.stands_under,
                text=normalise(draft.raw),
                line=draft.lines[0].number,
                note_to=_name(host),
                follows=_name(draft.after),
            )
        )
    return found


def _name(draft: DraftPassage | None) -> str | None:
    return f"{draft.kind.value}/{draft.number}" if draft else None
