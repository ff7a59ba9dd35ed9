"""The text of a source file, and offsets in it as lines and columns. Imports `errors`, `load` and `places`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from mtsp_kg.errors import DataError
from mtsp_kg.load import read_file
from mtsp_kg.locate.places import Point

_LINE_END = re.compile(r"\r\n|\n|\r")
_BLOCK = 1 << 20  # bytes


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


def blocks(source: bytes) -> Iterator[list[bytes]]:
    """The lines of a file without their LF, some at a time, so that memory stays small.

    >>> list(blocks(b"a\\nb"))
    [[b'a', b'b']]
    """
    at = 0
    while at < len(source):
        end = source.find(b"\n", at + _BLOCK)
        end = len(source) if end < 0 else end
        yield source[at:end].split(b"\n")
        at = end + 1


def ends_with_cr(source: bytes) -> bool:
    """Whether some line ends with CR alone."""
    return b"\r" in source and source.count(b"\r") != source.count(b"\r\n")


def source_lines(path: str | Path, numbers: Iterable[int]) -> dict[int, str]:
    """Some lines of a file by their numbers, which count from 1, without their ends. Raises DataError."""
    path = Path(path)
    waiting = sorted(set(numbers), reverse=True)
    found: dict[int, str] = {}
    source = read_file(path)
    if ends_with_cr(source):
        source = source.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    before = 0
    for lines in blocks(source):
        while waiting and waiting[-1] <= before + len(lines):
            number = waiting.pop()
            found[number] = decode(lines[number - before - 1].removesuffix(b"\r"), path)
        before += len(lines)
    if waiting:
        raise DataError(f"The file has no line {waiting[-1]}.", remedy="It changed meanwhile: run again.", file=path)
    return found
