"""The RDF formats: name, media type, file extensions, and support for named graphs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from mtsp_kg.errors import NotFoundError


class Format(NamedTuple):
    """An RDF format.

    name: as in commands and addresses; suffixes: the file extensions with their dot, the usual one first; named_graphs:
    whether it supports named graphs; label: its name in messages.
    """

    name: str
    media_type: str
    suffixes: tuple[str, ...]
    named_graphs: bool
    label: str


# Some editors begin a UTF-8 file with it; pyoxigraph does not accept it.
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
_BY_SUFFIX = {suffix: format_ for format_ in RDF_FORMATS for suffix in format_.suffixes}


def rdf_format(name: str) -> Format:
    """The RDF format with a name or short name. Raises NotFoundError."""
    wanted = _ALIASES.get(name.lower(), name.lower())
    for candidate in RDF_FORMATS:
        if candidate.name == wanted:
            return candidate
    known = ", ".join(candidate.name for candidate in RDF_FORMATS)
    raise NotFoundError(f"Unknown RDF format '{name}'.", remedy=f"Choose one of: {known}.")


def check_form(form: str, forms: Sequence[str], what: str) -> None:
    """Raises NotFoundError unless `form` is one of `forms`; what: the subject of the message.

    >>> check_form("pdf", ("text", "json"), "Evidence")
    Traceback (most recent call last):
    mtsp_kg.errors.NotFoundError: Evidence cannot be written as 'pdf'. Choose one of: text, json.
    """
    if form not in forms:
        raise NotFoundError(f"{what} cannot be written as '{form}'.", remedy=f"Choose one of: {', '.join(forms)}.")


def format_of_file(path: Path) -> Format:
    """The RDF format of a file, by its extension. Raises NotFoundError."""
    found = _BY_SUFFIX.get(path.suffix.lower())
    if found is None:
        raise NotFoundError(
            "Unrecognised RDF file extension.", file=path, remedy=f"Use one of: {', '.join(_BY_SUFFIX)}."
        )
    return found


def is_rdf_file(path: Path) -> bool:
    """Whether a file has the extension of an RDF format."""
    return path.suffix.lower() in _BY_SUFFIX
