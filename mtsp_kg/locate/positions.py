"""Positions in source text: offsets as lines and columns, and lines by their numbers.

Lines and columns count from 1; columns count Unicode characters, as editors and pyoxigraph's error messages do. A line
ends with LF, CR LF or CR. A byte order mark is not counted.
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

_LINE_END = re.compile(r"\r\n|\n|\r")
_BLOCK = 1 << 20  # bytes


@dataclass(frozen=True, slots=True, order=True)
class LineColumn:
    """One character of a file."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class TriplePosition:
    """The position of a triple: the first character of each of its three tokens, and the character after its object.

    A token that is implied has the position of the token that implies it. `[ ]` and `( )` as subject or object have
    that of the opening bracket. In a list, a cell has the position of its item (the first that of the bracket),
    `rdf:first` and `rdf:rest` that of their object, and the `rdf:nil` of the last cell that of the closing bracket.
    The triple of a reifier (RDF 1.2) has that of `<<`, `~` or `{|`.
    """

    file: Path
    graph: GraphName
    subject: LineColumn
    predicate: LineColumn
    object: LineColumn
    end: LineColumn


@dataclass(frozen=True, slots=True)
class SubjectPosition:
    """A position where a node is the subject of triples: the first character of its token, and the one after it."""

    file: Path
    graph: GraphName
    subject: LineColumn
    end: LineColumn


@dataclass(frozen=True, slots=True)
class FilePosition:
    """A file with the triple, in a format for which lines are unknown (JSON-LD, RDF/XML); focus: the node."""

    file: Path
    graph: GraphName
    focus: ox.NamedNode | ox.BlankNode


Located = TriplePosition | SubjectPosition | FilePosition


def decode(source: bytes, path: Path) -> str:
    """The text of a file, with its line ends unchanged. Raises DataError, with the invalid byte, if it is not UTF-8."""
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


def line_columns(text: str, offsets: Iterable[int]) -> dict[int, LineColumn]:
    """The line and column of each offset, in one pass over the text.

    >>> line_columns("a\\r\\nbc", [0, 4])
    {0: LineColumn(line=1, column=1), 4: LineColumn(line=2, column=2)}
    """
    found: dict[int, LineColumn] = {}
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
        found[offset] = LineColumn(line, offset - start + 1)
    return found


def blocks(source: bytes) -> Iterator[list[bytes]]:
    """The lines of a file without their LF, in blocks of lines, so that memory stays small.

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
    """Whether any line ends with CR alone."""
    return b"\r" in source and source.count(b"\r") != source.count(b"\r\n")


def source_lines(path: str | Path, numbers: Iterable[int]) -> dict[int, str]:
    """Lines of a file by number, from 1, without their line ends. Raises DataError."""
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
        raise DataError(
            f"The file has no line {waiting[-1]}.", remedy="It has changed since it was read: run again.", file=path
        )
    return found
