"""A copy against the graph: the passage that differs is named, with its line in the copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from mtsp_kg.errors import DataError, NotFoundError
from mtsp_kg.plan.document import Change, compare, read_document

DATA = Path(__file__).parent.parent / "data" / "plan"
GOLDEN = DATA / "document.ttl"

# What is replaced by what; and every difference: what became of it, its name, its line, the sentence.
CASES: dict[str, tuple[list[tuple[str, str]], list[tuple[Change, str, int | None, str]]]] = {
    "one character": (
        [("小渔船", "大渔船")],
        [(Change.CHANGED, "para/9", 78, "Paragraph 9 differs: its text (still 14 characters).")],
    ),
    "one character more": (
        [("小渔船", "小小渔船")],
        [(Change.CHANGED, "para/9", 78, "Paragraph 9 differs: its text (15 characters here, 14 in the graph).")],
    ),
    "a footnote": (
        [("2029 年上线", "2028 年上线")],
        [(Change.CHANGED, "note/3", 124, "Footnote 3 differs: its text (still 14 characters).")],
    ),
    "the last paragraph is not there": (
        [("16. 轮换让人按时回家。\n", "")],
        [(Change.MISSING, "para/16", None, "Paragraph 16 is not in this copy.")],
    ),
    "one paragraph more": (
        [("[文件完]", "17. 还有一段。\n\n[文件完]")],
        [(Change.EXTRA, "para/17", 138, "Paragraph 17 is not in the graph.")],
    ),
    "the last paragraph lost its number": (
        [("16. 轮换", "轮换")],
        [
            (Change.EXTRA, "caption/3", 136, "Caption 3 is not in the graph."),
            (Change.MISSING, "para/16", None, "Paragraph 16 is not in this copy."),
        ],
    ),
    "a heading": (
        [("1.2 海图保持更新", "1.2 海图不断更新")],
        [(Change.CHANGED, "section/1.2", 106, "Expected result 1.2 differs: its title differs.")],
    ),
    "a paragraph in another section": (
        [("未来方向\n\n2.1", "2.1"), ("14. 我们将", "未来方向\n\n14. 我们将")],
        [
            (Change.CHANGED, "section/2.1", 116, "Expected result 2.1 differs: it is in another section."),
            (
                Change.CHANGED, "para/14", 120,
                "Paragraph 14 differs: it is in another section; "
                "it is under another strategic element.",
            ),
        ],
    ),
    "a footnote with another mark": (
        [("数据库³。", "数据库。"), ("人只做复核。", "人只做复核³。")],
        [
            (
                Change.CHANGED, "note/3", 124,
                "Footnote 3 differs: it is in another section; its reference mark is in another passage; "
                "it is under another strategic element.",
            ),
        ],
    ),
    "the symbol": (
        [("HT/CSC/7/2", "HT/CSC/7/3")],
        [
            (
                Change.CHANGED, "document", None,
                "Document HT/CSC/7/2 differs: its identifier differs; its title differs; its aknIri differs.",
            ),
            (
                Change.CHANGED, "cover/4", 17,
                "Cover note paragraph 4 differs: its text (still 43 characters).",
            ),
        ],
    ),
}  # fmt: skip


def test_no_difference() -> None:
    comparison = compare(read_document(DATA / "plan-zh.txt"), GOLDEN, "document.ttl")
    assert comparison.same
    assert str(comparison) == f"{DATA / 'plan-zh.txt'} matches document.ttl: 26 passages.\n"


@pytest.mark.parametrize("name", CASES)
def test_differences(name: str, tmp_path: Path) -> None:
    replacements, expected = CASES[name]
    text = (DATA / "plan-zh.txt").read_text(encoding="utf-8")
    for old, new in replacements:
        text = text.replace(old, new, 1)
    copy = tmp_path / "copy.txt"
    copy.write_text(text, encoding="utf-8")
    found = compare(read_document(copy), GOLDEN)
    assert [(each.change, each.name, each.line, each.what) for each in found] == expected
    lines = [f"{copy}:{line}: {what}" if line else what for _, _, line, what in expected]
    assert found.write() == "".join(f"{line}\n" for line in lines)
    assert not found.same


def test_no_graph_file(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"The file does not exist\. Ingest the document first\."):
        compare(read_document(DATA / "plan-zh.txt"), tmp_path / "document.ttl")


def test_a_graph_file_without_document(tmp_path: Path) -> None:
    target = tmp_path / "document.ttl"
    target.write_text("@prefix mtsp: <https://w3id.org/mtsp-kg/ontology#> .\n")
    with pytest.raises(DataError, match="does not describe the document of a plan"):
        compare(read_document(DATA / "plan-zh.txt"), target)


def test_a_graph_file_that_is_not_turtle(tmp_path: Path) -> None:
    target = tmp_path / "document.ttl"
    target.write_text("\n\nno turtle")
    with pytest.raises(DataError, match="The file is not valid Turtle") as caught:
        compare(read_document(DATA / "plan-zh.txt"), target)
    assert caught.value.line == 3
