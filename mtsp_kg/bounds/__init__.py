"""What a file of RDF may not ask of a parser: to nest without end, or to unfold a few bytes into very many.

    from mtsp_kg.bounds import check_bounds
    check_bounds(path, source)

pyoxigraph recurses into triple terms and JSON, copies what is around an element of XML, and unfolds entities and
prefixes without a bound. The check looks first: once over the bytes, in linear time, and in little memory but for
JSON-LD, whose text is held. What is broken in other ways is left to the parser, which tells it better. Imports
`errors` and `formats`.
"""

from __future__ import annotations

from pathlib import Path

from mtsp_kg.bounds.turtle import check_turtle, suspect
from mtsp_kg.formats import format_of_file

__all__ = ["check_bounds"]

_BLOCK = 1 << 20


def check_bounds(path: Path, source: bytes) -> None:
    """Raises DataError, with file and line, for a file of RDF that passes a bound; NotFoundError for another suffix.

    source: what the file holds, without a byte order mark.
    """
    name = format_of_file(path).name
    if name == "rdfxml":
        from mtsp_kg.bounds.rdfxml import check_rdfxml

        check_rdfxml(source, path)
    elif name == "jsonld":
        from mtsp_kg.bounds.jsonld import check_jsonld

        check_jsonld(source, path)
    else:
        turtle = name in ("turtle", "trig")
        if suspect((source[at : at + _BLOCK] for at in range(0, len(source), _BLOCK)), turtle=turtle):
            check_turtle(source, path, turtle=turtle)
