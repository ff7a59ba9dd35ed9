"""Content negotiation: which of the offered media types or languages a client likes best.

RFC 9110, sections 12.4.2 (q-values), 12.5.1 (Accept) and 12.5.4 (Accept-Language, matched as in RFC 4647, section 3.4).
Imports nothing of the package.

What endpoint and API have in common: reading a request within its limits, and asking the pool while the client is
there. Imports this room.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Coroutine, Sequence
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope

from mtsp_kg.serve.problems import BadRequestError, MediaTypeError, TooLargeError

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


LONGEST_BODY = 256 * 1024
MOST_FIELDS = 2000
_MOMENT = 0.05

T = TypeVar("T")


class ClientGoneError(Exception):
    """The client has closed its connection: nobody is left to answer."""


def header(scope: Scope, name: bytes) -> str:
    """A header's value, several joined with commas (RFC 9110, section 5.3); empty when absent."""
    return ", ".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


def client_of(scope: Scope) -> str:
    """Who asks, for the shares: the address; of IPv6 the network of 64 bits, for one client has them all."""
    host = str((scope.get("client") or ("unknown", 0))[0])
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6 and not address.ipv4_mapped:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host


def fields(encoded: bytes) -> list[tuple[str, str]]:
    """The fields of a query string or a form. Raises BadRequestError when it is not percent-encoded UTF-8."""
    try:
        return parse_qsl(
            encoded.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise BadRequestError(
            "The parameters are not percent-encoded UTF-8, or too many.", remedy="Encode them as a form."
        ) from error


async def body(scope: Scope, receive: Receive) -> bytes:
    """The request's body, counted as it comes, whether or not its length was said.

    Raises TooLargeError beyond LONGEST_BODY, MediaTypeError when it is compressed, ClientGoneError.
    """
    if header(scope, b"content-encoding").strip().lower() not in ("", "identity"):
        raise MediaTypeError("Compressed bodies are not taken.", remedy="Send it without Content-Encoding.")
    said = header(scope, b"content-length")
    too_large = TooLargeError(
        f"The body is longer than {LONGEST_BODY // 1024} KB.", remedy="Ask for less at once; a query has 64 KB at most."
    )
    if said.isdecimal() and (len(said) > 12 or int(said) > LONGEST_BODY):
        raise too_large
    content = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        content += message.get("body", b"")
        if len(content) > LONGEST_BODY:
            raise too_large
        if not message.get("more_body"):
            return bytes(content)


def text(content: bytes) -> str:
    """A body as text. Raises BadRequestError when it is not UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequestError(
            f"The body is not UTF-8: byte {error.start} of it.", remedy="Send the query as UTF-8."
        ) from error


async def while_there(work: Coroutine[Any, Any, T], receive: Receive) -> T:
    """What `work` gives; when the client goes before it is done, it is cancelled. Raises ClientGoneError then.

    Only work that takes a moment is watched over: most is done before.
    """
    loop = asyncio.get_running_loop()
    here = asyncio.current_task()
    watch: asyncio.Task[None] | None = None
    gone = False

    def cancel(ended: asyncio.Task[None]) -> None:
        nonlocal gone
        if not ended.cancelled() and here is not None:
            gone = True
            here.cancel()

    def begin() -> None:
        nonlocal watch
        watch = loop.create_task(_gone(receive))
        watch.add_done_callback(cancel)

    later = loop.call_later(_MOMENT, begin)
    try:
        return await work
    except asyncio.CancelledError:
        if gone and here is not None:
            here.uncancel()
            raise ClientGoneError from None
        raise
    finally:
        later.cancel()
        if watch is not None:
            watch.remove_done_callback(cancel)
            watch.cancel()


async def _gone(receive: Receive) -> None:
    # A body that nobody asked for (a GET's) is read and dropped.
    while (await receive())["type"] != "http.disconnect":
        pass
