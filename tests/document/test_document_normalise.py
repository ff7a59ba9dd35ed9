"""The normalised text: what goes, what stays, and that normalising twice changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtsp_kg.plan.document import digest, normalise
from mtsp_kg.plan.document.text import marks

CASES = {
    "letter-spaced heading": ("愿 景", "愿景"),
    "ideographic and no-break spaces": ("愿\u3000景\u00a0图", "愿景图"),
    "a line end between CJK characters": ("深海\n海图", "深海海图"),
    "a page break between CJK characters": ("深海\f海图", "深海海图"),
    "a line end between words": ("nautical\r\nchart", "nautical chart"),
    "a space beside digits or Latin letters stays": ("共 40 年的 GPS 数据", "共 40 年的 GPS 数据"),
    "runs of white space": ("共  \t 40\n\n年", "共 40 年"),
    "spaces around CJK punctuation": ("海图 ， “ 灯塔 ” 。", "海图，“灯塔”。"),
    "several spaced characters in a row": ("海 图 组 织", "海图组织"),
    "ends": ("  海图 \n", "海图"),
    "note marks": ("海图¹，灯塔²³。", "海图，灯塔。"),
    "a mark between digit and CJK": ("建议 45⁵的", "建议 45的"),
    "a mark between spaces": ("海图 ¹ 灯塔", "海图灯塔"),
    "link": ("见[附表](#)。", "见附表。"),
    "link with a target": ("见[附表 2](https://example.org/2)。", "见附表 2。"),
    "address in angle brackets": ("<https://example.org/a>。", "https://example.org/a。"),
    "square brackets alone stay": ("[文件完]", "[文件完]"),
    "NFC": ("cafe\u0301", "café"),
    "compatibility forms stay": ("ＡＢ①", "ＡＢ①"),
    "characters that print nothing": ("海\u200b图\ufeff组\u2060织\u00ad", "海图组织"),
}


@pytest.mark.parametrize("name", CASES)
def test_normalise(name: str) -> None:
    text, expected = CASES[name]
    assert normalise(text) == expected


@given(st.text(alphabet="海图。，“ \n\t\u3000\u00a0¹²ab1e\u0301", max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(max_size=40))
def test_no_mark_and_no_wild_space_is_left(text: str) -> None:
    once = normalise(text)
    assert not marks(once)
    assert once == once.strip()
    assert "\n" not in once
    assert "  " not in once


def test_marks_are_read_as_whole_numbers() -> None:
    assert marks("一¹二²³，四⁰") == [1, 23, 0]


def test_digest_is_of_utf8() -> None:
    assert digest("海图") == "9df735212a885bdab26a9e3e072dbb5d1aa40a0357cd280c494fdcb6ff83d890"
