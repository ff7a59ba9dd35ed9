"""What a file of RDF may not ask of a parser: to nest without end, or to unfold a few bytes into very many.

    from mtsp_kg.bounds import check_bounds
    check_bounds(path)

pyoxigraph recurses into triple terms and JSON, copies what is around an element of XML, and unfolds entities and
prefixes without a bound. The check looks first: once over the file, in linear time, and in little memory but for
JSON-LD, whose text is held. What is broken in other ways is left to the parser, which tells it better. Imports
`errors` and `formats`.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mtsp_kg.bounds.turtle import check_turtle, suspect
from mtsp_kg.formats import format_of_file

__all__ = ["check_bounds"]

_BLOCK = 1 << 20


def check_bounds(path: Path, source: bytes | None = None) -> None:
    """Raises DataError, with file and line, for a file of RDF that passes a bound; NotFoundError for another suffix.

    source: what the file holds, where it has been read. What cannot be opened, or is no file, is left to the parser to
    tell.
    """
    name = format_of_file(path).name
    if name not in ("rdfxml", "jsonld"):
        turtle = name in ("turtle", "trig")
        if suspect(_blocks(path, source), turtle=turtle):
            with _whole(path, source) as text:
                check_turtle(text, path, turtle=turtle)
        return
    with _whole(path, source) as text:
        if name == "rdfxml":
            from mtsp_kg.bounds.rdfxml import check_rdfxml

            check_rdfxml(text, path)
        else:
            from mtsp_kg.bounds.jsonld import check_jsonld

            check_jsonld(text, path)


def _blocks(path: Path, source: bytes | None) -> Iterator[bytes]:
    if source is not None:
        yield from (source[at : at + _BLOCK] for at in range(0, len(source), _BLOCK))
        return
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                yield block
    except OSError:
        pass


@contextmanager
def _whole(path: Path, source: bytes | None) -> Iterator[mmap.mmap | bytes]:
    """The bytes of a file, without reading them into memory where they are not; none for what has none."""
    if source is not None:
        yield source
        return
    text: mmap.mmap | bytes = b""
    try:
        with path.open("rb") as file:
            text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):  # an empty file, a device, no right to read
        pass
    try:
        yield text
    finally:
        if isinstance(text, mmap.mmap):
            text.close()
