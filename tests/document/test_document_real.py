"""The real document, where a copy of it is at hand: counts, footnotes, outcomes, the shipped structure."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from mtsp_kg.plan.document import Document, Kind, compare, normalise, passages, read_document, write_structure

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "graph" / "mtsp-2022-2026" / "document.ttl"
# Passages up to this many characters are titles and phrases that others could have written too.
SHORT = 25


@pytest.fixture(scope="module")
def document(copy_of_document: Path) -> Document:
    return read_document(copy_of_document)


def test_counts(document: Document) -> None:
    count = Counter(passage.kind for passage in document.passages)
    assert count == {Kind.PARAGRAPH: 140, Kind.FOOTNOTE: 9, Kind.COVER: 4, Kind.CAPTION: 6}
    assert (document.plan, document.symbol) == ("mtsp-2022-2026", "WO/PBC/32/3")
    assert document.work == "/akn/un/doc/paper/wipo-pbc/2021-07-12/WO-PBC-32-3"
    assert [wording.element for wording in document.wordings] == ["vision", "mission"]


def test_footnotes_belong_to_the_paragraphs_with_their_marks(document: Document) -> None:
    hosts = {passage.number: passage.note_to for passage in document.passages if passage.kind is Kind.FOOTNOTE}
    expected = {1: 10, 2: 10, 3: 43, 4: 43, 5: 51, 6: 62, 7: 70, 8: 84, 9: 87}
    assert hosts == {str(note): f"para/{host}" for note, host in expected.items()}


def test_captions_follow_paragraphs(document: Document) -> None:
    follows = [passage.follows for passage in document.passages if passage.kind is Kind.CAPTION]
    assert follows == ["para/39", "para/62", "para/70", "para/83", "para/98", "para/115"]


def test_paragraphs_under_each_element(document: Document) -> None:
    spans: dict[str | None, list[int]] = {}
    for passage in document.passages:
        if passage.kind is Kind.PARAGRAPH:
            spans.setdefault(passage.stands_under, []).append(int(passage.number))
    expected: dict[str | None, list[int]] = {
        None: [*range(1, 20)],
        "house": [*range(20, 24), 26, 27],
        "vision": [24],
        "mission": [25],
        "pillar/1": [28],
        "outcome/1.1": [*range(29, 36)],
        "pillar/2": [*range(36, 43)],
        "outcome/2.1": [*range(43, 47)],
        "outcome/2.2": [*range(47, 50)],
        "outcome/2.3": [*range(50, 53)],
        "outcome/2.4": [*range(53, 58)],
        "pillar/3": [*range(58, 67)],
        "outcome/3.1": [*range(67, 73)],
        "outcome/3.2": [*range(73, 82)],
        "outcome/3.3": [*range(82, 85)],
        "pillar/4": [*range(85, 93)],
        "outcome/4.1": [*range(93, 96)],
        "outcome/4.2": [*range(96, 98)],
        "outcome/4.3": [*range(98, 101)],
        "outcome/4.4": [*range(101, 114)],
        "outcome/4.5": [*range(114, 118)],
        "foundation": [*range(118, 128)],
        "outcome/5.1": [*range(128, 134)],
        "outcome/5.2": [*range(134, 138)],
        "outcome/5.3": [*range(138, 141)],
    }
    assert spans == expected


@pytest.mark.parametrize("number", [10, 44, 75, 97, 115])
def test_interrupted_paragraphs_are_whole(document: Document, number: int) -> None:
    text = passages(document)[f"para/{number}"].text
    assert text.endswith("。")
    assert text.count("。") >= 2
    assert not re.search(r"[¹²³⁴⁵⁶⁷⁸⁹]|\n", text)


def test_shipped_structure_is_what_ingest_writes(document: Document, tmp_path: Path) -> None:
    target = tmp_path / "document.ttl"
    assert write_structure(document, document.plan, target) == (target, True, 159)
    assert write_structure(document, document.plan, target) == (target, False, 159)
    assert target.read_bytes() == SHIPPED.read_bytes()
    assert compare(document, SHIPPED).same


def test_no_sentence_of_the_document_is_in_the_project(document: Document) -> None:
    """Neither a whole passage nor a whole sentence of one, other than the official wordings."""
    names = {section.title for section in document.sections} | {wording.text for wording in document.wordings}
    sentences = {
        sentence: passage.name
        for passage in document.passages
        for sentence in (passage.text, *re.split(r"(?<=[。！？])", passage.text))
        if len(sentence) > SHORT and not any(sentence.rstrip("。") in name for name in names)
    }
    found = []
    for path in _files():
        text = normalise(path.read_text(encoding="utf-8"))
        found += [(path.relative_to(ROOT).as_posix(), name) for sentence, name in sentences.items() if sentence in text]
    assert found == []


def _files() -> list[Path]:
    """The text files of the project, generated ones too."""
    suffixes = {".ttl", ".trig", ".rq", ".md", ".txt", ".toml", ".py", ".csv", ".json", ".jsonld", ".yml", ".cff"}
    return [
        path
        for path in sorted(ROOT.rglob("*"))
        if path.suffix in suffixes
        and path.is_file()
        and not any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(ROOT).parts)
    ]
