"""How a refusal is told: with its place. Imports `errors`."""

from __future__ import annotations

import re
from pathlib import Path

from mtsp_kg.errors import DataError

NAMESPACE = 1_000  # bytes of a namespace or base, which stands before every name that is made with it


def refusal(text: bytes, path: Path, at: int, what: str, remedy: str) -> DataError:
    """What is refused at an offset in bytes, with its line and column (in characters)."""
    line, start = 1, 0
    for end in re.finditer(rb"\r\n|\n|\r", text):
        if end.end() > at:
            break
        line, start = line + 1, end.end()
    before = text[start:at]
    return DataError(
        f"{what}: this is refused.",
        remedy=f"{remedy}.",
        file=path,
        line=line,
        column=len(before.decode("utf-8", errors="replace")) + 1,
    )


def long_namespace(text: bytes, path: Path, at: int) -> DataError:
    """The refusal of a namespace or base that is too long."""
    what = f"A namespace or base is longer than {NAMESPACE:,} bytes"
    return refusal(text, path, at, what, "Shorten it, or write the IRIs whole")
