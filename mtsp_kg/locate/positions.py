"""What a place in a file is. Imports nothing of the package.

Lines and columns count from 1; columns count Unicode characters, as editors do and as pyoxigraph's error messages do. A
line ends with LF, CR LF or CR. A byte order mark is not counted.

The text of a source file, and offsets in it as lines and columns. Imports `errors`, `load` and `places`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg.errors import DataError
from mtsp_kg.load import read_file

GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """One character of a file."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class TriplePlace:
    """Where a triple stands: the first character of its three tokens, and the one after its object.

    What is implied has the place of what implies it. `[ ]` and `( )` as subject or object stand at the opening bracket.
    In a list, a cell stands at its item (the first at the bracket), `rdf:first` and `rdf:rest` at their object, and the
    closing bracket is the last cell's `rdf:nil`. The triple of a reifier (RDF 1.2) stands at `<<`, `~` or `{|`.
    """

    file: Path
    graph: GraphName
    subject: Point
    predicate: Point
    object: Point
    end: Point


@dataclass(frozen=True, slots=True)
class SubjectPlace:
    """Where a node opens statements about itself: the first character of its token, and the one after it."""

    file: Path
    graph: GraphName
    subject: Point
    end: Point


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A file that says it, in a format without lines to show (JSON-LD, RDF/XML): all there is besides is the node."""

    file: Path
    graph: GraphName
    focus: ox.NamedNode | ox.BlankNode


Place = TriplePlace | SubjectPlace | FilePlace


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
