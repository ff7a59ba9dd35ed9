"""Content negotiation: which of the offered media types or languages a client likes best.

RFC 9110, sections 12.4.2 (q-values), 12.5.1 (Accept) and 12.5.4 (Accept-Language, matched as in RFC 4647, section 3.4).
Imports nothing of the package.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_LONGEST = 4096
_MOST = 64
_RANGE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)/([!#$%&'*+.^_`|~0-9A-Za-z-]+)")
_LANGUAGE = re.compile(r"\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_WEIGHT = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


def best_media(accept: str | None, offers: Sequence[str]) -> str | None:
    """The offered media type that a client likes best; None when it takes none of them.

    accept: the Accept header; absent or empty means that anything will do. offers: media types without parameters, the
    server's favourite first, which decides between equals. The most specific range decides about an offer. What is no
    media range in the header is passed over.

    >>> best_media("text/turtle;q=0.5, application/ld+json", ["text/turtle", "application/ld+json"])
    'application/ld+json'
    >>> best_media("text/*;q=0.3, */*;q=0.1, text/csv;q=0", ["text/csv", "text/turtle"])
    'text/turtle'
    """
    if accept is None or not accept.strip():
        return offers[0] if offers else None
    return _best_media(accept[:_LONGEST], tuple(offers))


@lru_cache(maxsize=256)
def _best_media(accept: str, offers: tuple[str, ...]) -> str | None:
    ranges = [
        (found.group(1).lower(), found.group(2).lower(), weight)
        for value, weight in _weighted(accept)
        if (found := _RANGE.fullmatch(value))
    ]
    best, most = None, 0.0
    for offer in offers:
        weight = _media_weight(ranges, *offer.split("/", 1))
        if weight > most:
            best, most = offer, weight
    return best


def best_language(accept: str | None, offers: Sequence[str]) -> str:
    """The offered language that a client likes best; the first offer when it likes none or says nothing.

    >>> best_language("fr-CH, fr;q=0.9, en;q=0.8", ["en", "fr"])
    'fr'
    >>> best_language("zh-Hans-CN", ["en", "zh"])
    'zh'
    """
    best, most = offers[0], 0.0
    for value, weight in _weighted((accept or "")[:_LONGEST]):
        if not _LANGUAGE.fullmatch(value):
            continue
        tag = value.lower()
        for offer in offers:
            low = offer.lower()
            if weight > most and (tag == "*" or tag == low or tag.startswith(low + "-") or low.startswith(tag + "-")):
                best, most = offer, weight
                break
    return best


def _weighted(header: str) -> list[tuple[str, float]]:
    found = []
    for part in header.split(",")[:_MOST]:
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
            fits = 1
        elif range_type == type_ and range_subtype == "*":
            fits = 2
        elif (range_type, range_subtype) == (type_, subtype):
            fits = 3
        else:
            continue
        if fits > precision or (fits == precision and given > weight):
            precision, weight = fits, given
    return weight
