"""Frames between the web process and its workers: one byte for the kind, four for the length, then the content.

A short reply is one frame. A long reply is a head, its body in parts, and an end; if the end frame is missing, the
worker was lost while it was writing, and the parts are discarded.
"""

from __future__ import annotations

import asyncio
import json
import os
import struct
from typing import Any

HELLO, TASK, WHOLE, HEAD, PART, END, DATA = b"h", b"t", b"w", b"r", b"p", b"e", b"d"
PART_SIZE = 256 * 1024
_PREFIX = struct.Struct("!cI")
_LENGTH = struct.Struct("!I")


def pack(kind: bytes, content: bytes = b"") -> bytes:
    """A frame."""
    return _PREFIX.pack(kind, len(content)) + content


def pack_json(kind: bytes, content: dict[str, Any]) -> bytes:
    """A frame with a JSON object."""
    return pack(kind, json.dumps(content).encode())


def pack_whole(head: dict[str, Any], body: bytes | bytearray) -> bytes:
    """A short reply: its head and its body in one frame."""
    first = json.dumps(head).encode()
    return pack(WHOLE, _LENGTH.pack(len(first)) + first + body)


def unpack_whole(content: bytes) -> tuple[dict[str, Any], bytes]:
    """The head and the body of a short reply."""
    end = _LENGTH.size + _LENGTH.unpack_from(content)[0]
    head: dict[str, Any] = json.loads(content[_LENGTH.size : end])
    return head, content[end:]


def write(handle: int, content: bytes | memoryview) -> None:
    """Writes all of the content to a file descriptor. Raises OSError if the peer has closed."""
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]


def read(handle: int) -> tuple[bytes, bytes] | None:
    """The kind and the content of the next frame from a file descriptor; None if the peer has closed."""
    prefix = _read_exactly(handle, _PREFIX.size)
    if prefix is None:
        return None
    kind, length = _PREFIX.unpack(prefix)
    content = _read_exactly(handle, length)
    return None if content is None else (kind, content)


def _read_exactly(handle: int, length: int) -> bytes | None:
    parts = []
    while length:
        part = os.read(handle, min(length, 1 << 20))
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


async def receive(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The kind and the content of the next frame. Raises IncompleteReadError or OSError if the peer has closed."""
    kind, length = _PREFIX.unpack(await reader.readexactly(_PREFIX.size))
    return kind, await reader.readexactly(length) if length else b""
