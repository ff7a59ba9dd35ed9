"""Limits on RDF/XML.

Ontologies use entities as short names, so plain ones are accepted; an entity that refers to another entity or to a file
is not (XML 1.0, section 4.1, "No Recursion"; section 4.2.2, external entities).
"""

from __future__ import annotations

import re
from pathlib import Path

from mtsp_kg.parser_limits import MAX_NAMESPACE, limit_error, long_namespace

_MAX_DEPTH = 500  # levels of elements
_MAX_ATTRIBUTES = 500  # of one element: the parser compares each with the others
_MAX_ENTITIES = 1_000
_MAX_ENTITY = 1_000  # bytes of an entity
_MAX_EXPANDED = 1 << 20, 10  # bytes that entity references may expand to, or this many times the size of the file
_SMALL = 1_000  # bytes of a tag that can have neither too many attributes nor, without entities, a long namespace

_TAG = re.compile(
    rb"<(?:!--(?:.*?-->|.*)|!\[CDATA\[(?:.*?\]\]>|.*)|\?(?:.*?\?>|.*)"
    rb"|(?P<close>/)|(?P<doctype>![dD][oO][cC][tT][yY][pP][eE])"
    rb"|(?P<open>[^<>\"'!?/](?:[^\"'<>]++|\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))*+>?))",
    re.DOTALL,
)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_VALUE = re.compile(rb"=\s*+(?:\"[^\"]*+\"|'[^']*+')")
_ENTITY = re.compile(
    rb"<!ENTITY\s++(?P<parameter>%\s*+)?(?P<name>[^\s\"'<>]++)\s++(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|)"
)
_REFERS = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);|#)|&#0*+38;|&#[xX]0*+26;")
_REFERENCE = re.compile(rb"&([^&;#\s<>\"']++);")
_NAMESPACE = re.compile(rb"\sxml(?:ns(?::[^=\s]*+)?|(?P<base>:base))\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
_EXTERNAL = re.compile(rb"\s++[^\s\[>]++\s++(?:SYSTEM|PUBLIC)\b")


def check_rdfxml(text: bytes, path: Path) -> None:
    """Raises DataError for external entities, for entities that expand beyond a limit, and for excessive nesting."""
    if control := _CONTROL.search(text):
        what = f"The character U+{ord(control[0]):04X} is not allowed in XML"
        raise limit_error(text, path, control.start(), what, "Remove it")
    lengths = _entities(text, path)
    if lengths:
        expanded = sum(lengths.get(found[1], 0) for found in _REFERENCE.finditer(text))
        if expanded > max(_MAX_EXPANDED[0], _MAX_EXPANDED[1] * len(text)):
            raise limit_error(
                text,
                path,
                text.find(b"<!ENTITY"),
                "Entities expand to many times the size of the file",
                "Replace them with their text",
            )
    depth = relative = 0
    for tag in _TAG.finditer(text):
        if tag["doctype"]:
            if _EXTERNAL.match(text, tag.end()):
                raise limit_error(text, path, tag.start(), "External DTDs are not supported", "Remove it from DOCTYPE")
        elif tag["close"]:
            depth -= 1
        elif tag["open"]:
            written = tag["open"]
            depth += not written.endswith(b"/>")
            if depth > _MAX_DEPTH:
                raise limit_error(
                    text,
                    path,
                    tag.start(),
                    f"Elements are nested more than {_MAX_DEPTH:,} levels deep",
                    "Give the nodes IRIs",
                )
            if len(written) > _SMALL and len(_VALUE.findall(written)) > _MAX_ATTRIBUTES:
                raise limit_error(
                    text, path, tag.start(), f"An element has more than {_MAX_ATTRIBUTES:,} attributes", "Split it"
                )
            if len(written) > _SMALL or b"xml:base" in written or (b"xmlns" in written and b"&" in written):
                for found in _NAMESPACE.finditer(written):
                    value = found[2] or found[3] or b""
                    length = len(value) + sum(lengths.get(one[1], 0) for one in _REFERENCE.finditer(value))
                    relative += length if found["base"] and b":" not in value and b"&" not in value else 0
                    if length > MAX_NAMESPACE or relative > MAX_NAMESPACE:
                        raise long_namespace(text, path, tag.start())


def _entities(text: bytes, path: Path) -> dict[bytes, int]:
    """The entities that a file declares, each with its length. Raises DataError for one that is not allowed."""
    lengths: dict[bytes, int] = {}
    for found in _ENTITY.finditer(text):
        value = found["double"] if found["double"] is not None else found["single"]
        if value is None:
            what, remedy = "External entities are not supported", "Replace it with its text"
        elif found["parameter"]:
            what, remedy = "Parameter entities are not supported", "Remove it"
        elif _REFERS.search(value):
            what, remedy = "An entity refers to another entity", "Replace the inner entity with its text"
        elif len(value) > _MAX_ENTITY:
            what, remedy = f"An entity is longer than {_MAX_ENTITY:,} bytes", "Write it where it is used"
        elif len(lengths) >= _MAX_ENTITIES:
            what, remedy = f"More than {_MAX_ENTITIES:,} entities are declared", "Replace them with their text"
        else:
            lengths[found["name"]] = max(len(value), lengths.get(found["name"], 0))
            continue
        raise limit_error(text, path, found.start(), what, remedy)
    return lengths
