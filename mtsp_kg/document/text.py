"""The one definition of a passage's normalised text, and of the marks that tie footnotes to it.

Lengths, digests and offsets all count in this text. Imports nothing of the package.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_TO_DIGITS = str.maketrans(_SUPERSCRIPTS, "0123456789")
# One mark: as many superscript digits as stand together.
MARK = re.compile(f"[{_SUPERSCRIPTS}]+")

_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_AUTOLINK = re.compile(r"<([a-z][a-z0-9+.-]*:[^<>\s]*)>")
_SPACE = re.compile(r"\s+")
# Ideographs, kana, CJK symbols and punctuation, full-width forms, and the dashes, dots and quotation marks of Chinese.
_CJK = (
    "\u00b7\u2014\u2018\u2019\u201c\u201d\u2026"
    "\u2e80-\u312f\u3190-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
)
_CJK_SPACE = re.compile(f"(?<=[{_CJK}]) (?=[{_CJK}])")


def normalise(text: str) -> str:
    """The normalised form of a text, in which lengths, digests and offsets are counted.

    In this order: Unicode NFC; characters that print nothing (soft hyphen, zero-width space, word joiner, byte order
    mark) go; note marks (superscript digits) go; a markdown link `[text](target)` becomes its text and `<https://...>`
    loses its brackets; each run of white space, line ends and page breaks among it, becomes one space, and none is left
    at the ends; a space between two CJK characters (ideographs, kana, CJK and full-width punctuation, and the quotation
    marks, dashes and dots of Chinese) goes; NFC once more.

    >>> normalise("愿 景")
    '愿景'
    >>> normalise("占 90%。¹这是一\\n个[趋势](#)")
    '占 90%。这是一个趋势'
    """
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    text = MARK.sub("", text)
    text = _AUTOLINK.sub(r"\1", _LINK.sub(r"\1", text))
    text = _SPACE.sub(" ", text).strip()
    return unicodedata.normalize("NFC", _CJK_SPACE.sub("", text))


def digest(text: str) -> str:
    """The SHA-256 of a text in UTF-8, as 64 hexadecimal digits.

    >>> digest("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(text.encode()).hexdigest()


def marks(text: str) -> list[int]:
    """The numbers of the footnotes whose marks stand in a text, in order.

    >>> marks("《北京条约》³和《马拉喀什条约》¹²")
    [3, 12]
    """
    return [int(found.group().translate(_TO_DIGITS)) for found in MARK.finditer(text)]
