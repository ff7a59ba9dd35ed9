"""The made-up plan is read as a person reads it: every trap of the layout has its test."""

from __future__ import annotations

from pathlib import Path

import pytest

from mtsp_kg.plan.document import Document, Kind, passages, read_document

PLAN = Path(__file__).parent.parent / "data" / "plan" / "plan-zh.txt"


@pytest.fixture(scope="module")
def plan() -> Document:
    return read_document(PLAN)


def _read(text: str, tmp_path: Path) -> Document:
    copy = tmp_path / "copy.txt"
    copy.write_bytes(text.encode())
    return read_document(copy)


def _texts(document: Document) -> dict[str, str]:
    return {name: passage.text for name, passage in passages(document).items()}


def test_the_document_is_known_by_its_cover_page(plan: Document) -> None:
    assert (plan.plan, plan.symbol, plan.date.isoformat()) == ("mtsp-2032-2035", "HT/CSC/7/2", "2031-03-04")
    assert plan.work == "/akn/un/doc/paper/ht-csc/2031-03-04/HT-CSC-7-2"
    assert plan.expression == f"{plan.work}/zho@2031-03-04"


def test_every_kind_of_passage_is_counted(plan: Document) -> None:
    count = {kind: sum(passage.kind is kind for passage in plan.passages) for kind in Kind}
    assert count == {Kind.PARAGRAPH: 16, Kind.COVER: 4, Kind.FOOTNOTE: 4, Kind.CAPTION: 2}


JOINED = {
    "interrupted by a footnote": ("para/3", "多耗的燃料折合成运费以后，最终由岛上居民承担。"),
    "interrupted by a caption": ("para/10", "而且要等到季风过去才能出发。"),
    "interrupted by a page break": ("para/11", "并把数据交给公开的数据库。渔民保留署名，也可以随时撤回。"),
    "a list that goes on": ("para/2", "先后次序如下： (a) 先补测近岸浅滩； (b) 再更新深海图幅。"),
    "a line that looks like an expected result": ("para/4", "十年前的 2.5 倍以下 2.9 倍以上的精度却仍要靠测量船。"),
    "two lines of the cover note": ("cover/2", "说明很短，因为计划本身已经写得明白。"),
    "indented": ("cover/4", "航海图与测深委员会收到了2032-2035年中期战略计划（文件HT/CSC/7/2）。"),
    "a footnote on two lines, with a link": (
        "note/2", "这里指《青屿航运统计》第 12 卷；运费按当年汇率折算，参见附表。",
    ),
    "an address": ("note/1", "https://example.org/paper-charts。"),
    "a figure's title": ("caption/1", "2021 至 2030 年测量船到访的小港数目"),
    "a pull quote": ("caption/2", "看不见的礁石，最贵。"),
}  # fmt: skip


@pytest.mark.parametrize("name", JOINED)
def test_passages_are_whole(plan: Document, name: str) -> None:
    passage, text = JOINED[name]
    assert _texts(plan)[passage].endswith(text)


def test_a_footnote_belongs_to_the_passage_with_its_mark(plan: Document) -> None:
    notes = [passage for passage in plan.passages if passage.kind is Kind.FOOTNOTE]
    assert {note.number: (note.note_to, note.section) for note in notes} == {
        "1": ("para/3", "2"),
        "2": ("para/3", "2"),
        "3": ("para/11", "1.1"),
        "4": ("para/13", "pillar-2-background"),
    }


def test_reading_order_puts_a_footnote_after_its_host(plan: Document) -> None:
    names = list(passages(plan))
    assert names[6:9] == ["para/3", "note/1", "note/2"]
    assert names.index("note/3") == names.index("para/11") + 1
    assert [passage.order for passage in plan.passages] == list(range(1, 27))


def test_a_caption_follows_a_paragraph(plan: Document) -> None:
    found = passages(plan)
    assert (found["caption/1"].follows, found["caption/2"].follows) == ("para/10", "para/10")


def test_a_mark_may_stand_in_a_caption(tmp_path: Path) -> None:
    text = PLAN.read_text(encoding="utf-8").replace("最贵。", "最贵⁴。").replace("各管各的⁴", "各管各的")
    assert passages(_read(text, tmp_path))["note/4"].note_to == "caption/2"


def test_what_each_paragraph_stands_under(plan: Document) -> None:
    under = {passage.number: passage.stands_under for passage in plan.passages if passage.kind is Kind.PARAGRAPH}
    expected = [None] * 4 + ["house", "vision", "mission", "house", "pillar/1", "pillar/1"]
    expected += ["outcome/1.1", "outcome/1.2", "pillar/2", "outcome/2.1", "foundation", "outcome/3.1"]
    assert list(under.values()) == expected


def test_headings_are_a_chain(plan: Document) -> None:
    found = passages(plan)
    assert found["para/14"].headings == ("支柱 2：和各方一起守护航道", "未来方向", "2.1 邻国共用一套浮标")
    assert found["para/6"].headings == ("三、战略屋", "愿景")
    assert found["cover/1"].headings == ()


def test_official_wordings_are_not_passages(plan: Document) -> None:
    assert [(wording.element, wording.text, wording.line) for wording in plan.wordings] == [
        ("vision", "每一条船都能看清前方的水。", 59),
        ("mission", "海图组织测量、绘制并公开世界各地的水深。", 65),
    ]


def test_lines_are_those_of_the_file(plan: Document) -> None:
    lines = PLAN.read_text(encoding="utf-8").split("\n")
    for passage in plan.passages:
        if passage.kind in (Kind.PARAGRAPH, Kind.COVER):
            assert lines[passage.line - 1].strip().startswith(f"{passage.number}. ")
    for section in plan.sections[1:]:
        assert section.title[-2:] in lines[section.line - 1].replace(" ", "")


SAME = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "byte order mark": lambda text: "\ufeff" + text,
    "form feeds": lambda text: text.replace("\n \n", "\n\f\n"),
    "form feed before a heading": lambda text: text.replace("三、战略屋", "\f三、战略屋"),
    "no table of contents": lambda text: text[: text.index("目 录")] + text[text.index("一、简介") :],
    "no empty lines before headings": lambda text: text.replace("\n\n支柱 2", "\n支柱 2").replace("\n\n背景", "\n背景"),
    "more space in a table of contents": lambda text: text.replace("支柱 1.....\t4", "支柱 1：让每个港口\t 4"),
    "letter-spaced heading": lambda text: text.replace("未来方向", "未 来 方 向"),
    "no empty line at the end": lambda text: text.rstrip("\n"),
    "indented paragraphs": lambda text: text.replace("\n9. ", "\n\u3000\u30009. "),
    "full-width full stop after a number": lambda text: text.replace("\n9. ", "\n9．"),
    "a line end inside a sentence": lambda text: text.replace("引航员和小渔船", "引航员和\n小渔船"),
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_text_in_another_dress(plan: Document, name: str, tmp_path: Path) -> None:
    text = PLAN.read_text(encoding="utf-8")
    dressed = SAME[name](text)
    assert dressed != text
    again = _read(dressed, tmp_path)
    assert _texts(again) == _texts(plan)
    assert [section.name for section in again.sections] == [section.name for section in plan.sections]
    assert [passage.stands_under for passage in again.passages] == [passage.stands_under for passage in plan.passages]
