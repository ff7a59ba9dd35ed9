"""From the bytes of a file to its numbered lines; whatever is no plain UTF-8 text is turned away here.

Imports `errors` only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from mtsp_kg.errors import DocumentError, NotFoundError

_PLAIN = "Give the plan as plain UTF-8 text."
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
    """A line with something on it: its number in the file, its text, and how many empty lines stand before it."""

    number: int
    text: str
    gap: int


def read_lines(path: Path) -> list[Line]:
    """The lines of a file that are not empty. A byte order mark, CRLF and CR line ends are accepted.

    Raises NotFoundError where there is no file, DocumentError where it is empty, binary, not readable or not UTF-8.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise NotFoundError("There is no such file.", file=path, remedy="Check the path of the document.") from None
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
