"""Atomic writes of files."""

from __future__ import annotations

import os
from pathlib import Path

from mtsp_kg.errors import DataError


def write_whole(path: str | Path, content: bytes) -> bool:
    """Writes a file through a temporary file beside it, so that a reader sees either the old content or the new.

    A file that already has this content is not written. Returns whether the file changed. Raises DataError if it
    cannot be written.
    """
    import tempfile

    target = Path(path)
    temporary = None
    try:
        if target.is_file() and target.read_bytes() == content:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(target)
        return True
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise DataError(
            f"The file cannot be written: {error.strerror}.", remedy="Check the folder's permissions.", file=target
        ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
