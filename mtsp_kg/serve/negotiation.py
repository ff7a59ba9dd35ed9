"""Content negotiation: media types of query results, and which of the available types or languages a client prefers.

RFC 9110, sections 12.4.2 (weights), 12.5.1 (Accept) and 12.5.4 (Accept-Language, matched as in RFC 4647, section 3.4).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from mtsp_kg.formats import RDF_FORMATS

TABLE_TYPES = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
"""Media type of solutions and booleans to the name of its format, the preferred one first."""
GRAPH_TYPES = {format_.media_type: format_.name for format_ in RDF_FORMATS}
"""Media type of triples to the name of its format, the preferred one first."""

_MAX_HEADER_LENGTH = 4096
_MAX_RANGES = 64
_CACHED_HEADERS = 256
_RANGE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)/([!#$%&'*+.^_`|~0-9A-Za-z-]+)")
_LANGUAGE = re.compile(r"\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_WEIGHT = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


def best_media(accept: str | None, offers: Sequence[str]) -> str | None:
    """The available media type that a client prefers; None if it accepts none of them.

    accept: the Accept header; absent or empty, it accepts everything. offers: the media types without parameters, in
    the server's order of preference, which decides between equal weights. For each offer the most specific range in the
    header counts. Invalid media ranges are ignored.

    >>> best_media("text/turtle;q=0.5, application/ld+json", ["text/turtle", "application/ld+json"])
    'application/ld+json'
    >>> best_media("text/*;q=0.3, */*;q=0.1, text/csv;q=0", ["text/csv", "text/turtle"])
    'text/turtle'
    """
    if accept is None or not accept.strip():
        return offers[0] if offers else None
    return _best_media(accept[:_MAX_HEADER_LENGTH], tuple(offers))


def best_language(accept: str | None, offers: Sequence[str]) -> str:
    """The available language that a client prefers; the first offer if it names none of them.

    >>> best_language("fr-CH, fr;q=0.9, en;q=0.8", ["en", "fr"])
    'fr'
    >>> best_language("zh-Hans-CN", ["en", "zh"])
    'zh'
    """
    best, highest = offers[0], 0.0
    for value, weight in _weighted((accept or "")[:_MAX_HEADER_LENGTH]):
        if not _LANGUAGE.fullmatch(value):
            continue
        tag = value.lower()
        for offer in offers:
            lower = offer.lower()
            matches = tag in ("*", lower) or tag.startswith(lower + "-") or lower.startswith(tag + "-")
            if weight > highest and matches:
                best, highest = offer, weight
                break
    return best


def with_charset(media_type: str) -> str:
    """A media type as the value of Content-Type: text is UTF-8."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


@lru_cache(maxsize=_CACHED_HEADERS)
def _best_media(accept: str, offers: tuple[str, ...]) -> str | None:
    ranges = [
        (found.group(1).lower(), found.group(2).lower(), weight)
        for value, weight in _weighted(accept)
        if (found := _RANGE.fullmatch(value))
    ]
    best, highest = None, 0.0
    for offer in offers:
        weight = _media_weight(ranges, *offer.split("/", 1))
        if weight > highest:
            best, highest = offer, weight
    return best


def _weighted(header: str) -> list[tuple[str, float]]:
    found = []
    for part in header.split(",")[:_MAX_RANGES]:
        value, *parameters = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            name, _, text = parameter.partition("=")
            if name.strip().lower() == "q":
                weight = float(text.strip()) if _WEIGHT.fullmatch(text.strip()) else 0.0
                break
        found.append((value, weight))
    return found


def _media_weight(ranges: list[tuple[str, str, float]], type_: str, subtype: str) -> float:
    precision, weight = 0, 0.0
    for range_type, range_subtype, given in ranges:
        if range_type == "*" and range_subtype == "*":
            matched = 1
        elif range_type == type_ and range_subtype == "*":
            matched = 2
        elif (range_type, range_subtype) == (type_, subtype):
            matched = 3
        else:
            continue
        if matched > precision or (matched == precision and given > weight):
            precision, weight = matched, given
    return weight
