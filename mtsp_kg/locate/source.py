"""The text of a source file, and offsets in it as lines and columns. Imports `errors` and `places`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from mtsp_kg.errors import DataError
from mtsp_kg.locate.places import Point

_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(r"\r\n|\n|\r")


def read_source(path: Path) -> bytes:
    """The bytes of a file without a byte order mark. Raises DataError when it cannot be read."""
    try:
        return path.read_bytes().removeprefix(_BOM)
    except OSError as error:
        raise DataError(
            f"The file cannot be read: {error.strerror}.", remedy="Check its name and its rights.", file=path
        ) from error


def decode(source: bytes, path: Path) -> str:
    """The text of a file, line ends kept. Raises DataError, which names the byte, when it is not UTF-8."""
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError as error:
        line = len(_LINE_END.findall(source[: error.start].decode("utf-8"))) + 1
        raise DataError(
            f"Byte {error.start} (0x{source[error.start]:02x}) is not UTF-8.",
            remedy="Save the file as UTF-8.",
            file=path,
            line=line,
        ) from error


def points(text: str, offsets: Iterable[int]) -> dict[int, Point]:
    """The line and column of each offset, in one walk over the text.

    >>> points("a\\r\\nbc", [0, 4])
    {0: Point(line=1, column=1), 4: Point(line=2, column=2)}
    """
    found: dict[int, Point] = {}
    returns = "\r" in text
    line, start, before = 1, 0, 0
    for offset in sorted(set(offsets)):
        if returns:
            for end in _LINE_END.finditer(text, before, offset):
                line, start = line + 1, end.end()
        else:
            line += text.count("\n", before, offset)
            start = text.rfind("\n", before, offset) + 1 or start
        before = offset
        found[offset] = Point(line, offset - start + 1)
    return found


def source_line(path: str | Path, line: int) -> str:
    """One line of a file, without its end; `line` counts from 1. Raises DataError when there is none such."""
    path = Path(path)
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        changed = 0
    lines = _lines(path, changed)
    if not 0 < line <= len(lines):
        raise DataError(f"The file has no line {line}.", remedy="It changed meanwhile: run again.", file=path)
    return lines[line - 1]


@lru_cache(maxsize=4)
def _lines(path: Path, changed: int) -> list[str]:
    return _LINE_END.split(decode(read_source(path), path))
