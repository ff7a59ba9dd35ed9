"""The one table of formats: what each is called, its media type, its suffix, and whether it can hold named graphs.

Imports `errors` only.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from mtsp_kg.errors import NotFoundError


class Format(NamedTuple):
    """One way to write RDF."""

    name: str
    media_type: str
    suffixes: tuple[str, ...]
    named_graphs: bool
    label: str


# What some editors begin UTF-8 with, and pyoxigraph does not read.
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

RDF_FORMATS = (
    Format("turtle", "text/turtle", (".ttl",), False, "Turtle"),
    Format("trig", "application/trig", (".trig",), True, "TriG"),
    Format("ntriples", "application/n-triples", (".nt",), False, "N-Triples"),
    Format("nquads", "application/n-quads", (".nq",), True, "N-Quads"),
    Format("jsonld", "application/ld+json", (".jsonld",), True, "JSON-LD"),
    Format("rdfxml", "application/rdf+xml", (".rdf", ".owl", ".xml"), False, "RDF/XML"),
)

_ALIASES = {"ttl": "turtle", "nt": "ntriples", "nq": "nquads", "json-ld": "jsonld", "xml": "rdfxml", "rdf": "rdfxml"}


def rdf_format(name: str) -> Format:
    """The RDF format of that name or short name. Raises NotFoundError."""
    wanted = _ALIASES.get(name.lower(), name.lower())
    for candidate in RDF_FORMATS:
        if candidate.name == wanted:
            return candidate
    known = ", ".join(candidate.name for candidate in RDF_FORMATS)
    raise NotFoundError(f"There is no RDF format called '{name}'.", remedy=f"Choose one of: {known}.")


def format_of_file(path: Path) -> Format:
    """The RDF format that a file's suffix tells. Raises NotFoundError."""
    for candidate in RDF_FORMATS:
        if path.suffix.lower() in candidate.suffixes:
            return candidate
    known = ", ".join(suffix for candidate in RDF_FORMATS for suffix in candidate.suffixes)
    raise NotFoundError(
        f"'{path.suffix or path.name}' is no suffix of an RDF file.", file=path, remedy=f"Use one of: {known}."
    )
