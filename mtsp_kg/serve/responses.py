"""A result between worker and client: in memory while it is small, in a file without a name when it is not.

So the web process stays small and a slow reader holds no worker. Imports nothing of the package.

Answers as ASGI messages: whole bodies with their length, problems as JSON (RFC 9457), results from a spool.

Imports `errors` and this room.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

from starlette.types import Send

from mtsp_kg.errors import MtspError

SMALL = 1 << 20
_PART = 256 * 1024


class Spool:
    """Bytes to be written once and read once."""

    def __init__(self) -> None:
        self.length = 0
        self._parts: list[bytes] = []
        self._file: IO[bytes] | None = None

    def write(self, part: bytes) -> None:
        """Adds a part. Raises OSError when the disk is full."""
        self.length += len(part)
        if self._file is None and self.length > SMALL:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
            self._file.writelines(self._parts)
            self._parts.clear()
        if self._file is None:
            self._parts.append(part)
        else:
            self._file.write(part)

    def parts(self) -> Iterator[bytes]:
        """What was written, from its beginning."""
        if self._file is None:
            yield from self._parts
            return
        self._file.seek(0)
        while part := self._file.read(_PART):
            yield part

    def whole(self) -> bytes:
        """What was written, at once."""
        return b"".join(self.parts())

    def close(self) -> None:
        """Gives the memory or the file back."""
        self._parts = []
        if self._file is not None:
            self._file.close()
            self._file = None


PROBLEM = "application/problem+json"


async def send_whole(send: Send, status: int, media_type: str, body: bytes, headers: Mapping[str, str]) -> None:
    """An answer whose body is at hand."""
    await _begin(send, status, media_type, len(body), headers)
    await send({"type": "http.response.body", "body": body})


async def send_spool(
    send: Send, media_type: str, spool: Spool, headers: Mapping[str, str], before: bytes = b"", after: bytes = b""
) -> None:
    """A result, with its length said beforehand; before, after: what its body stands between."""
    await _begin(send, 200, media_type, len(before) + spool.length + len(after), headers)
    if before:
        await send({"type": "http.response.body", "body": before, "more_body": True})
    for part in spool.parts():
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": after})


async def send_problem(send: Send, error: MtspError, headers: Mapping[str, str] | None = None) -> None:
    """A refusal or a user's mistake, as a problem document: what, what to do about it, and where."""
    extra = dict(headers or {})
    retry, allow = getattr(error, "retry_after", None), getattr(error, "allow", None)
    if retry is not None:
        extra["Retry-After"] = str(retry)
    if allow is not None:
        extra["Allow"] = allow
    await send_whole(send, error.http_status, PROBLEM, problem(error), extra)


def problem(error: MtspError) -> bytes:
    """An error as the bytes of a problem document (RFC 9457, section 3)."""
    body = {"title": type(error).__name__.removesuffix("Error"), "status": error.http_status, "detail": error.what}
    body |= {"remedy": error.remedy} if error.remedy else {}
    # A file's place is the operator's business; a query's is the visitor's.
    body |= {"line": error.line} if error.line is not None and error.file is None else {}
    body |= {"column": error.column} if error.column is not None and error.file is None else {}
    return json.dumps(body, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n"


async def _begin(send: Send, status: int, media_type: str, length: int, headers: Mapping[str, str]) -> None:
    lines = [("Content-Type", media_type)] if media_type else []
    lines += [("Content-Length", str(length)), *headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded(lines)})


def encoded(lines: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Header lines as ASGI wants them; a value that would begin another line, or is not ASCII, is dropped whole.

    >>> encoded([("Vary", "Accept"), ("Location", "/a\\r\\nSet-Cookie: b=c")])
    [(b'vary', b'Accept')]
    """
    return [
        (name.lower().encode("ascii"), value.encode("ascii"))
        for name, value in lines
        if value.isascii() and value.isprintable()
    ]
