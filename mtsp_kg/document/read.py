"""From a file to a Document: the one entrance of this room.

Imports the modules beside it and `errors`, `names`.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from mtsp_kg import names
from mtsp_kg.document.checks import check_numbers, check_whole, tie_notes
from mtsp_kg.document.headings import Sections
from mtsp_kg.document.layout import Layout, layout
from mtsp_kg.document.lines import Line, read_lines
from mtsp_kg.document.model import Document, Kind, Passage
from mtsp_kg.document.reader import Draft, Reader
from mtsp_kg.document.split import split
from mtsp_kg.document.text import normalise
from mtsp_kg.errors import DocumentError


def read_document(path: str | Path, language: str = "zh") -> Document:
    """Reads a copy of a plan's document, plain UTF-8 text, and checks that nothing in it is missing or doubled.

    Raises NotFoundError where there is no such file, DocumentError (with the line) where it is not laid out as a plan.
    """
    file = Path(path)
    known = layout(language)
    lines = read_lines(file)
    parts = split(known, lines, file)
    head = [*parts.front, *parts.cover]
    title = _find(known, "title", head, file, "a plan's title with its years")
    symbol = _find(known, "symbol", head, file, "the document's symbol")["symbol"]
    began = _date(_find(known, "date", head, file, "the date of the session"), head, file)
    reader = Reader(known, file)
    reader.read_cover(parts.cover)
    reader.read_body(parts.body)
    check_numbers(reader.drafts, file)
    check_whole(reader.drafts, known, file)
    hosts = tie_notes(reader.drafts, file)
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
        sections=tuple(reader.sections.found.values()),
        passages=tuple(_passages(_in_reading_order(reader.drafts, hosts), hosts, reader.sections)),
        statements=tuple(reader.statements),
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
        f"The page before the plan's text does not give {named}.",
        file=file,
        line=head[0].number if head else 1,
        remedy="Give the document with its cover page.",
    )


def _date(found: re.Match[str], head: list[Line], file: Path) -> date:
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        raise _missing("a date that there is", head, file) from None


def _work(known: Layout, symbol: str, began: date) -> str:
    akn = known.akn
    organization, body = symbol.split("/")[:2]
    actor = f"{akn['organizations'].get(organization, organization)}-{body}".lower()
    number = symbol.replace("/", "-")
    return f"{names.AKN_UN}{akn['type']}/{akn['subtype']}/{actor}/{began.isoformat()}/{number}"


def _in_reading_order(drafts: list[Draft], hosts: dict[int, Draft]) -> list[Draft]:
    """Each footnote directly after the passage that carries its mark, wherever it is printed."""
    notes = {draft.number: draft for draft in drafts if draft.kind is Kind.FOOTNOTE}
    ordered: list[Draft] = []
    for draft in drafts:
        if draft.kind is not Kind.FOOTNOTE:
            ordered.append(draft)
            ordered.extend(notes[number] for number in sorted(hosts) if hosts[number] is draft)
    return ordered


def _passages(drafts: list[Draft], hosts: dict[int, Draft], sections: Sections) -> list[Passage]:
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


def _name(draft: Draft | None) -> str | None:
    return f"{draft.kind.value}/{draft.number}" if draft else None
