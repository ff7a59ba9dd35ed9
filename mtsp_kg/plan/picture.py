"""Pictures in SVG: the result of a drawing, and the parts that drawings share."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import ClassVar

from mtsp_kg.formats import check_form
from mtsp_kg.layout import display_width

# Punctuation that a line of Chinese text does not begin with.
_NOT_FIRST = "，。、；：！？）》” "


@dataclass(frozen=True)
class Picture:
    """A picture as SVG; a notebook shows it."""

    svg: str = field(repr=False)

    forms: ClassVar[tuple[str, ...]] = ("svg",)

    def write(self, form: str = "svg") -> str:
        """The picture as SVG text. Raises NotFoundError for an unknown form."""
        check_form(form, self.forms, "A picture")
        return self.svg

    def __str__(self) -> str:
        return self.svg

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True)
class Typeface:
    """The mean widths of characters, in pixels: narrow ones, and wide (CJK) ones."""

    narrow: float
    wide: float

    def width(self, text: str) -> float:
        """The approximate width of a text in pixels."""
        return sum(self.wide if display_width(char) == 2 else self.narrow for char in text)

    def wrapped(self, text: str, width: float) -> list[str]:
        """A text in lines of at most a width in pixels, unless one word is wider."""
        words: list[str] = []
        for word in text.split(" "):
            words += _breakable(word + " ")
        lines, line = [], ""
        for word in words:
            if line and self.width(line + word.rstrip()) > width:
                lines.append(line.rstrip())
                line = ""
            line += word
        return [*lines, line.rstrip()]

    def cut(self, text: str, width: float) -> str:
        """A text, truncated with an ellipsis if it does not fit into a width in pixels."""
        while text and self.width(text) > width:
            text = text[:-2].rstrip() + "…" if len(text) > 2 else ""
        return text


def rectangle(kind: str, left: float, top: float, width: float, height: float, decimals: int = 0) -> str:
    """A rectangle with round corners. kind: its CSS class; decimals: of its numbers."""
    x, y, wide, high = (f"{number:.{decimals}f}" for number in (left, top, width, height))
    return f'<rect class="{escape(kind)}" x="{x}" y="{y}" width="{wide}" height="{high}" rx="4"/>'


def _breakable(word: str) -> list[str]:
    """The parts of a word between which a line can break: Chinese has no spaces, and breaks after any character."""
    parts: list[str] = []
    for char in word:
        narrow = display_width(char) == 1 and bool(parts) and display_width(parts[-1][-1]) == 1
        if parts and (narrow or char in _NOT_FIRST):
            parts[-1] += char
        else:
            parts.append(char)
    return parts
