"""What endpoint and API have in common: reading a request within its limits, and asking the pool while the client is
there. Imports this room.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Coroutine
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope

from mtsp_kg.serve.refusals import BadRequestError, MediaTypeError, TooLargeError

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
