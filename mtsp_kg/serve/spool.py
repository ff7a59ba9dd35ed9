"""A result between worker and client: in memory while it is small, in a file without a name when it is not.

So the web process stays small and a slow reader holds no worker. Imports nothing of the package.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO

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
