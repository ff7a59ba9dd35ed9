"""Responses as ASGI messages: whole bodies, results of queries, and errors as problem details (RFC 9457)."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus

from starlette.types import Send

from mtsp_kg.errors import MtspError

PROBLEM = "application/problem+json"
MAX_IN_MEMORY = 1 << 20
_READ_SIZE = 256 * 1024
_PHRASES = {413: "Content Too Large"}  # as RFC 9110 has it; Python 3.11 has the older phrase


@dataclass
class QueryResult:
    """The result of a query between its worker and its client.

    Its body is in memory up to MAX_IN_MEMORY bytes, beyond that in an unnamed file, so that the web process stays small
    and a slow client occupies no worker. form: `boolean`, `table` or `graph`; length: of the body, in bytes.
    """

    form: str = ""
    length: int = 0
    _body: tempfile.SpooledTemporaryFile[bytes] = field(
        default_factory=partial(tempfile.SpooledTemporaryFile, MAX_IN_MEMORY), repr=False
    )

    def write(self, part: bytes) -> None:
        """Appends a part. Raises OSError if the disk is full."""
        self._body.write(part)
        self.length += len(part)

    def parts(self) -> Iterator[bytes]:
        """The body from its beginning, in parts."""
        self._body.seek(0)
        while part := self._body.read(_READ_SIZE):
            yield part

    def read(self) -> bytes:
        """The whole body."""
        return b"".join(self.parts())

    def close(self) -> None:
        """Frees the memory or the file."""
        self._body.close()


async def send_body(send: Send, status: int, media_type: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Sends a response with a complete body."""
    await _start(send, status, media_type, len(body), headers)
    await send({"type": "http.response.body", "body": body})


async def send_result(
    send: Send,
    media_type: str,
    result: QueryResult,
    headers: Mapping[str, str],
    before: bytes = b"",
    after: bytes = b"",
) -> None:
    """Sends the result of a query with its length. before, after: bytes around its body."""
    await _start(send, 200, media_type, len(before) + result.length + len(after), headers)
    if result.length <= _READ_SIZE:
        await send({"type": "http.response.body", "body": before + result.read() + after})
        return
    if before:
        await send({"type": "http.response.body", "body": before, "more_body": True})
    for part in result.parts():
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": after})


async def send_problem(send: Send, error: MtspError, headers: Mapping[str, str] | None = None) -> None:
    """Sends an error as problem details, with Retry-After and Allow if it has them."""
    extra = dict(headers or {})
    retry_after, allow = getattr(error, "retry_after", None), getattr(error, "allow", None)
    if retry_after is not None:
        extra["Retry-After"] = str(retry_after)
    if allow is not None:
        extra["Allow"] = allow
    await send_body(send, error.http_status, PROBLEM, problem(error), extra)


def problem(error: MtspError) -> bytes:
    """An error as a problem details object in JSON (RFC 9457, section 3), whose type is `about:blank`.

    It has the line and column of an error in the visitor's query, and never the name of a file.
    """
    status = error.http_status
    details = {"title": _PHRASES.get(status) or HTTPStatus(status).phrase, "status": status, "detail": error.what}
    details |= {"remedy": error.remedy} if error.remedy else {}
    if error.file is None:
        details |= {"line": error.line} if error.line is not None else {}
        details |= {"column": error.column} if error.column is not None else {}
    return json.dumps(details, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n"


def encoded(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Headers in ASGI form, without those whose value is not ASCII or could inject another header.

    >>> encoded([("Vary", "Accept"), ("Location", "/a\\r\\nSet-Cookie: b=c")])
    [(b'vary', b'Accept')]
    """
    return [
        (name.lower().encode("ascii"), value.encode("ascii"))
        for name, value in headers
        if value.isascii() and value.isprintable()
    ]


async def _start(send: Send, status: int, media_type: str, length: int, headers: Mapping[str, str]) -> None:
    lines = [("Content-Type", media_type)] if media_type else []
    lines += [("Content-Length", str(length)), *headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded(lines)})
