"""Reads requests within limits: headers, parameters and body, and detects that a client has disconnected."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Coroutine
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope

from mtsp_kg.serve.problems import BadRequestError, TooLargeError, UnsupportedMediaTypeError

MAX_BODY_BYTES = 256 * 1024
MAX_FIELDS = 2000
_IPV6_CLIENT_BITS = 64
# Most queries have a result before it pays to watch the connection for a disconnect.
_WATCH_AFTER_SECONDS = 0.05

T = TypeVar("T")


class ClientDisconnectedError(Exception):
    """The client has closed its connection."""


def header(scope: Scope, name: bytes) -> str:
    """The value of a header, multiple values joined with commas (RFC 9110, section 5.3); empty if absent."""
    return ", ".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


def client_of(scope: Scope) -> str:
    """The client to which a request is attributed: its IPv4 address, or the /64 network of its IPv6 address."""
    host = str((scope.get("client") or ("unknown", 0))[0])
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6 and not address.ipv4_mapped:
        return str(ipaddress.ip_network((address, _IPV6_CLIENT_BITS), strict=False))
    return host


def fields(encoded: bytes) -> list[tuple[str, str]]:
    """The fields of a query string or a form. Raises BadRequestError."""
    try:
        return parse_qsl(
            encoded.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise BadRequestError(
            f"The parameters are not percent-encoded UTF-8, or more than {MAX_FIELDS}.",
            remedy="Encode them as application/x-www-form-urlencoded.",
        ) from error


async def body(scope: Scope, receive: Receive) -> bytes:
    """The body of a request, whose length is counted while it arrives.

    Raises TooLargeError beyond MAX_BODY_BYTES, UnsupportedMediaTypeError for a compressed body,
    ClientDisconnectedError.
    """
    if header(scope, b"content-encoding").strip().lower() not in ("", "identity"):
        raise UnsupportedMediaTypeError(
            "Compressed bodies are not supported.", remedy="Send the body without Content-Encoding."
        )
    declared = header(scope, b"content-length")
    too_large = TooLargeError(
        f"The body is longer than {MAX_BODY_BYTES // 1024} KB.", remedy="Split the query; one query has 64 KB at most."
    )
    if declared.isdecimal() and (len(declared) > 12 or int(declared) > MAX_BODY_BYTES):
        raise too_large
    content = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnectedError
        content += message.get("body", b"")
        if len(content) > MAX_BODY_BYTES:
            raise too_large
        if not message.get("more_body"):
            return bytes(content)


def text(content: bytes) -> str:
    """A body as text. Raises BadRequestError if it is not UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequestError(
            f"The body is not UTF-8: invalid byte at offset {error.start}.", remedy="Encode the query as UTF-8."
        ) from error


async def until_disconnect(work: Coroutine[Any, Any, T], receive: Receive) -> T:
    """The result of `work`, which is cancelled if the client disconnects first. Raises ClientDisconnectedError."""
    loop = asyncio.get_running_loop()
    current = asyncio.current_task()
    watch: asyncio.Task[None] | None = None
    disconnected = False

    def cancel(ended: asyncio.Task[None]) -> None:
        nonlocal disconnected
        if not ended.cancelled() and current is not None:
            disconnected = True
            current.cancel()

    def begin() -> None:
        nonlocal watch
        watch = loop.create_task(_disconnect(receive))
        watch.add_done_callback(cancel)

    later = loop.call_later(_WATCH_AFTER_SECONDS, begin)
    try:
        return await work
    except asyncio.CancelledError:
        if disconnected and current is not None:
            current.uncancel()
            raise ClientDisconnectedError from None
        raise
    finally:
        later.cancel()
        if watch is not None:
            watch.remove_done_callback(cancel)
            watch.cancel()


async def _disconnect(receive: Receive) -> None:
    # The body of a GET request has no meaning; it is read and dropped.
    while (await receive())["type"] != "http.disconnect":
        pass
