"""Plain text: the lines of a file, and the normalised form of a passage in which lengths, digests and offsets count."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from mtsp_kg.errors import DocumentError, NotFoundError

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_TO_DIGITS = str.maketrans(_SUPERSCRIPTS, "0123456789")
# A reference mark is a run of superscript digits.
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

    In this order: Unicode NFC; invisible characters (soft hyphen, zero-width space, word joiner, byte order mark) and
    reference marks of footnotes (superscript digits) are removed; a Markdown link `[text](target)` becomes its text and
    `<https://...>` loses its brackets; each run of whitespace, including line and page breaks, becomes one space, and
    leading and trailing whitespace is removed; a space between two CJK characters (ideographs, kana, CJK and full-width
    punctuation, and the quotation marks, dashes and dots of Chinese) is removed; NFC again.

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
    """The numbers of the footnotes whose reference marks are in a text, in order.

    >>> marks("《北京条约》³和《马拉喀什条约》¹²")
    [3, 12]
    """
    return [int(found.group().translate(_TO_DIGITS)) for found in MARK.finditer(text)]


_PLAIN = "Provide the document as plain UTF-8 text."
_MAGIC = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a Word or ZIP file",
    b"\xd0\xcf\x11\xe0": "an old Word file",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Line:
    """A line that is not empty: its number in the file, its text, and the number of empty lines before it."""

    number: int
    text: str
    gap: int


def read_lines(path: Path) -> list[Line]:
    """The lines of a file that are not empty. A byte order mark, and CRLF and CR as line ends, are accepted.

    Raises NotFoundError if the file does not exist, DocumentError if it is empty, binary, not readable or not UTF-8.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise NotFoundError("The file does not exist.", file=path, remedy="Check the path of the document.") from None
    except OSError as error:
        raise DocumentError(f"The file cannot be read: {error.strerror}.", file=path, remedy=_PLAIN) from None
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise DocumentError(f"This is {what}, not plain UTF-8 text.", file=path, line=1, remedy=_PLAIN)
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = len(_LINE_END.findall(data[: error.start].decode("latin-1"))) + 1
        raise DocumentError(
            f"The text is not UTF-8: byte {data[error.start]:#04x} at offset {error.start}.",
            file=path,
            line=line,
            remedy="Save the document as UTF-8.",
        ) from None
    if "\0" in text:
        line = len(_LINE_END.findall(text[: text.index("\0")])) + 1
        raise DocumentError("This is a binary file, not text.", file=path, line=line, remedy=_PLAIN)
    found = _numbered(text)
    if not found:
        raise DocumentError("The file is empty.", file=path, line=1, remedy=_PLAIN)
    return found


def _numbered(text: str) -> list[Line]:
    lines: list[Line] = []
    gap = 0
    for number, line in enumerate(_LINE_END.split(text), 1):
        if line.strip():
            lines.append(Line(number, line.strip(), gap))
            gap = 0
        else:
            gap += 1
    return lines
