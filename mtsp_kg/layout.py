"""The layout of lists and tables: natural order, display width, aligned and Markdown tables."""

from __future__ import annotations

import re
import unicodedata

# A column is not cut below this width.
_NARROWEST = 10
_NUMBER = re.compile(r"(\d+)")


def natural_key(text: str) -> list[tuple[int, str]]:
    """A sort key that compares the numbers in a text by value.

    >>> sorted(["para/10", "para/9"], key=natural_key)
    ['para/9', 'para/10']
    """
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _NUMBER.split(text)]


def display_width(text: str) -> int:
    """The number of terminal columns that a text takes: two for a wide character, none for a combining one.

    >>> display_width("WIPO 知识产权")
    13
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def aligned_table(rows: list[list[str]], width: int | None = None) -> str:
    """Rows, the first of them the heading, in aligned columns.

    width: the terminal's width; cells of the widest columns are then cut, with an ellipsis, until the table fits.
    """
    widths = [max(display_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    if width is not None:
        widths = _fitted(widths, width - 2 * (len(widths) - 1))
    lines = ["  ".join(_padded(cell, space) for cell, space in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * space for space in widths))
    return "\n".join(lines) + "\n"


def markdown_table(rows: list[list[str]]) -> str:
    """Rows, the first of them the heading, as a Markdown table."""

    def line(row: list[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"

    return "\n".join([line(rows[0]), "|" + " --- |" * len(rows[0]), *map(line, rows[1:])]) + "\n"


def _fitted(widths: list[int], total: int) -> list[int]:
    fitted = list(widths)
    while sum(fitted) > total and max(fitted) > _NARROWEST:
        fitted[fitted.index(max(fitted))] -= 1
    return fitted


def _padded(text: str, width: int) -> str:
    if display_width(text) > width:
        while display_width(text) > width - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (width - display_width(text))
