"""Each kind of damage to a document gets one message with its line, and nothing is written."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mtsp_kg.errors import DocumentError, NotFoundError
from mtsp_kg.plan.document import read_document, structure, write_structure

DATA = Path(__file__).parent.parent / "data" / "plan"
PLAN = DATA / "plan-zh.txt"
CASES: list[dict[str, Any]] = tomllib.loads((DATA / "bad.toml").read_text(encoding="utf-8"))["case"]

PLAIN = "Provide the document as plain UTF-8 text."
BYTES = {
    "empty": (b"", 1, "The file is empty.", PLAIN),
    "blank": (b" \n\r\n", 1, "The file is empty.", PLAIN),
    "only a byte order mark": (b"\xef\xbb\xbf", 1, "The file is empty.", PLAIN),
    "binary": (b"one\ntwo\n\x00\x01", 3, "This is a binary file, not text.", PLAIN),
    "PDF": (b"%PDF-1.7\n", 1, "This is a PDF, not plain UTF-8 text.", PLAIN),
    "Word": (b"PK\x03\x04....", 1, "This is a Word or ZIP file, not plain UTF-8 text.", PLAIN),
    "UTF-16": ("1. 海图".encode("utf-16"), 1, "This is UTF-16 text, not plain UTF-8 text.", PLAIN),
    "GB 18030": (
        "MTSP\n海图".encode("gb18030"), 2, "The text is not UTF-8: byte 0xba at offset 5.",
        "Save the document as UTF-8.",
    ),
    "another text": (
        b"\nShopping\n\n1. Milk.\n2. Bread.\n", 2,
        "This is not a plan document: it has no numbered paragraph under a heading.",
        "Provide the whole document, with its headings and paragraph numbers.",
    ),
    "headings only": (
        "一、简介\n\n二、态势\n\n[文件完]\n".encode(), 1,
        "This is not a plan document: it has no numbered paragraph under a heading.",
        "Provide the whole document, with its headings and paragraph numbers.",
    ),
    "no cover": (
        "一、简介\n\n1. 有一段。\n\n[文件完]\n".encode(), 1,
        "The cover page does not contain the title of a plan with its years.",
        "Provide the document with its cover page.",
    ),
}  # fmt: skip


def _refused(path: Path, tmp_path: Path, line: int, what: str, remedy: str) -> None:
    target = tmp_path / "graph" / "document.ttl"
    with pytest.raises(DocumentError) as caught:
        write_structure(read_document(path), "mtsp-2032-2035", target)
    assert (caught.value.what, caught.value.line, caught.value.remedy) == (what, line, remedy)
    assert caught.value.file == str(path)
    assert not target.parent.exists()


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_damaged_plan(case: dict[str, Any], tmp_path: Path) -> None:
    text = PLAN.read_text(encoding="utf-8")
    old, new = case["replace"], case["by"]
    for before, after in zip(*((old, new) if isinstance(old, list) else ([old], [new])), strict=True):
        assert before in text, "the case replaces what is not in the plan"
        text = text.replace(before, after, 1)
    damaged = tmp_path / "damaged.txt"
    damaged.write_text(text, encoding="utf-8")
    _refused(damaged, tmp_path, case["line"], case["what"], case["remedy"])


@pytest.mark.parametrize("name", BYTES)
def test_wrong_file(name: str, tmp_path: Path) -> None:
    data, line, what, remedy = BYTES[name]
    wrong = tmp_path / "wrong.txt"
    wrong.write_bytes(data)
    _refused(wrong, tmp_path, line, what, remedy)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"The file does not exist\. Check the path"):
        read_document(tmp_path / "nowhere.txt")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"The file cannot be read: Is a directory\."):
        read_document(tmp_path)


LINES = PLAN.read_text(encoding="utf-8").split("\n")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cut=st.integers(0, len(LINES)),
    length=st.integers(0, 12),
    to=st.integers(0, len(LINES)),
    insert=st.sampled_from(
        ["", "9. 又一段。", "¹ 注。", "³", "背景", "1.3 成果", "支柱 3：名", "[后接", "目录", "[文件完]", "半句"]
    ),
)
def test_whatever_happens_to_the_lines_the_answer_is_a_document_or_a_message(
    cut: int, length: int, to: int, insert: str, tmp_path: Path
) -> None:
    moved, rest = LINES[cut : cut + length], LINES[:cut] + LINES[cut + length :]
    damaged = tmp_path / "damaged.txt"
    damaged.write_text("\n".join([*rest[:to], insert, *moved, *rest[to:]]), encoding="utf-8")
    error = _answer(damaged)
    assert error is None or (error.line and error.remedy)


def _answer(path: Path) -> DocumentError | None:
    try:
        structure(read_document(path), "mtsp-2032-2035")
    except DocumentError as error:
        return error
    return None
