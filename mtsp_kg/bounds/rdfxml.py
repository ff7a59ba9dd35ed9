"""What a file of RDF/XML may not ask of a parser. Imports `refusals`.

Entities are the way in which ontologies write short names, so that plain ones are read; one that refers to another, or
to a file, is not (XML 1.0, section 4.1: "No Recursion"; 4.2.2: external entities).
"""

from __future__ import annotations

import re
from pathlib import Path

from mtsp_kg.bounds.refusals import NAMESPACE, long_namespace, refusal

DEEP = 500  # elements within each other
ATTRIBUTES = 500  # of one element, each of which is compared with the others
ENTITIES = 1_000
ENTITY = 1_000  # bytes of an entity
UNFOLDED = 1 << 20, 10  # bytes that references to entities may become, or so many times the size of the file
_SMALL = 1_000  # bytes of a tag that can hold neither too many attributes nor a long namespace, but by entities

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
    """Raises DataError for entities that unfold without a bound or stand elsewhere, and for what is nested too deep."""
    if control := _CONTROL.search(text):
        what = f"The character U+{ord(control[0]):04X} may not stand in XML"
        raise refusal(text, path, control.start(), what, "Take it out")
    lengths = _entities(text, path)
    if lengths:
        unfolded = sum(lengths.get(found[1], 0) for found in _REFERENCE.finditer(text))
        if unfolded > max(UNFOLDED[0], UNFOLDED[1] * len(text)):
            raise refusal(
                text, path, text.find(b"<!ENTITY"), "Entities unfold into many times the file", "Write them out"
            )
    depth = relative = 0
    for tag in _TAG.finditer(text):
        if tag["doctype"]:
            if _EXTERNAL.match(text, tag.end()):
                raise refusal(
                    text, path, tag.start(), "A DTD that stands elsewhere is never read", "Take it out of DOCTYPE"
                )
        elif tag["close"]:
            depth -= 1
        elif tag["open"]:
            written = tag["open"]
            depth += not written.endswith(b"/>")
            if depth > DEEP:
                raise refusal(text, path, tag.start(), f"Elements are nested more than {DEEP:,} deep", "Name the nodes")
            if len(written) > _SMALL and len(_VALUE.findall(written)) > ATTRIBUTES:
                raise refusal(text, path, tag.start(), f"An element has more than {ATTRIBUTES:,} attributes", "Part it")
            if len(written) > _SMALL or b"xml:base" in written or (b"xmlns" in written and b"&" in written):
                for found in _NAMESPACE.finditer(written):
                    value = found[2] or found[3] or b""
                    length = len(value) + sum(lengths.get(one[1], 0) for one in _REFERENCE.finditer(value))
                    relative += length if found["base"] and b":" not in value and b"&" not in value else 0
                    if length > NAMESPACE or relative > NAMESPACE:
                        raise long_namespace(text, path, tag.start())


def _entities(text: bytes, path: Path) -> dict[bytes, int]:
    """The entities that a file declares, each with its length. Raises DataError for what they may not be."""
    lengths: dict[bytes, int] = {}
    for found in _ENTITY.finditer(text):
        value = found["double"] if found["double"] is not None else found["single"]
        if value is None:
            what, remedy = "An entity that stands elsewhere is never read", "Write its text here"
        elif found["parameter"]:
            what, remedy = "A parameter entity is not read", "Take it out"
        elif _REFERS.search(value):
            what, remedy = "An entity refers to another", "Write its text whole"
        elif len(value) > ENTITY:
            what, remedy = f"An entity is longer than {ENTITY:,} bytes", "Write it where it is used"
        elif len(lengths) >= ENTITIES:
            what, remedy = f"There are more than {ENTITIES:,} entities", "Write them out"
        else:
            lengths[found["name"]] = max(len(value), lengths.get(found["name"], 0))
            continue
        raise refusal(text, path, found.start(), what, remedy)
    return lengths
