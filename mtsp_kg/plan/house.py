"""The strategy house as a picture (SVG), drawn from the graph: roof, pillars with their outcomes, foundation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape

from mtsp_kg.layout import display_width
from mtsp_kg.plan import names

_WIDTH, _MARGIN, _GAP, _LINE, _PAD = 1200, 20, 12, 19, 12
_STYLE = """
  text { font: 14px "Helvetica Neue", Arial, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; fill: #1b2733; }
  .kind { font-size: 12px; letter-spacing: .06em; fill: #5b6b7a; }
  .roof { fill: #e8eff7; stroke: #2f5d8a; } .beam { fill: #f3f6fa; stroke: #2f5d8a; }
  .pillar { fill: #ffffff; stroke: #2f5d8a; } .outcome { fill: #f3f6fa; stroke: #c3d0dd; }
  .base { fill: #e8eff7; stroke: #2f5d8a; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .kind { fill: #9fb0c0; }
    .roof, .base { fill: #1d3349; stroke: #6f9cc8; } .beam, .outcome { fill: #17222d; stroke: #40566b; }
    .pillar { fill: #101820; stroke: #6f9cc8; }
  }
"""


@dataclass(frozen=True)
class Stone:
    """One element of the house, as the view `house` gives it."""

    iri: str
    kind: str
    number: str
    whole: str


def draw(
    rows: Iterable[tuple[str, ...]],
    label: Callable[[str], str],
    language: str,
    link: Callable[[str], str] | None = None,
) -> str:
    """The house as SVG text, each stone a link; rows: the view `house`; label: IRI to label.

    link: IRI to where its stone leads, for a picture inside a page, which then has the page's style; without it the
    stones lead to the IRIs and the picture carries its own style.
    """
    stones = {row[0]: Stone(row[0], row[1], row[2], row[3]) for row in rows}
    page = _Page(label, language, link)
    top = page.roof([s for s in stones.values() if s.kind in (names.term("Vision"), names.term("Mission"))])
    pillars = _of(stones, "Pillar")
    room = (_WIDTH - 2 * _MARGIN - _GAP * (len(pillars) - 1)) / max(len(pillars), 1)
    heights = []
    for index, pillar in enumerate(pillars):
        left = _MARGIN + index * (room + _GAP)
        heights.append(page.column(pillar, _outcomes(stones, pillar), left, top, room))
    page.frame_columns(top, max(heights, default=top), room, len(pillars))
    bottom = max(heights, default=top) + _GAP
    for base in _of(stones, "Foundation"):
        bottom = page.base(base, _outcomes(stones, base), bottom)
    return page.svg(bottom + _MARGIN)


def _of(stones: dict[str, Stone], kind: str) -> list[Stone]:
    return sorted((s for s in stones.values() if s.kind == names.term(kind)), key=lambda s: s.number)


def _outcomes(stones: dict[str, Stone], whole: Stone) -> list[Stone]:
    return [stone for stone in _of(stones, "Outcome") if stone.whole == whole.iri]


class _Page:
    def __init__(self, label: Callable[[str], str], language: str, link: Callable[[str], str] | None) -> None:
        self._link = link
        self._label = label
        self._language = language
        self._under: list[str] = []
        self._over: list[str] = []

    def roof(self, stones: list[Stone]) -> float:
        top = float(_MARGIN)
        for stone in sorted(stones, key=lambda s: s.kind, reverse=True):
            kind = "roof" if stone.kind == names.term("Vision") else "beam"
            top += self._box(stone, _MARGIN, top, _WIDTH - 2 * _MARGIN, kind, self._label(stone.kind)) + _GAP
        return top

    def column(self, pillar: Stone, outcomes: list[Stone], left: float, top: float, room: float) -> float:
        at = top + self._text(pillar, left, top, room, f"{self._label(pillar.kind)} {pillar.number}") + _GAP
        for outcome in outcomes:
            at += self._box(outcome, left + _PAD, at, room - 2 * _PAD, "outcome", outcome.number) + _GAP
        return at

    def frame_columns(self, top: float, bottom: float, room: float, count: int) -> None:
        for index in range(count):
            left = _MARGIN + index * (room + _GAP)
            self._under.append(_rect("pillar", left, top, room, bottom - top))

    def base(self, stone: Stone, outcomes: list[Stone], top: float) -> float:
        room = _WIDTH - 2 * _MARGIN
        inner = top + self._text(stone, _MARGIN, top, room, self._label(stone.kind)) + _GAP
        each = (room - 2 * _PAD - _GAP * (len(outcomes) - 1)) / max(len(outcomes), 1)
        tall = 0.0
        for index, outcome in enumerate(outcomes):
            left = _MARGIN + _PAD + index * (each + _GAP)
            tall = max(tall, self._box(outcome, left, inner, each, "outcome", outcome.number))
        bottom = inner + tall + _PAD
        self._under.append(_rect("base", _MARGIN, top, room, bottom - top))
        return bottom

    def svg(self, height: float) -> str:
        body = "\n".join([*self._under, *self._over])
        title = escape(self._label(names.term("StrategyHouse")))
        style, role = (f"<style>{_STYLE}</style>\n", "img") if self._link is None else ("", "group")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" role="{role}" '
            f'lang="{escape(self._language)}">\n<title>{title}</title>\n{style}{body}\n</svg>\n'
        )

    def _box(self, stone: Stone, left: float, top: float, room: float, kind: str, above: str) -> float:
        tall = self._text(stone, left, top, room, above)
        self._over.insert(len(self._over) - 1, _rect(kind, left, top, room, tall))
        return tall

    def _text(self, stone: Stone, left: float, top: float, room: float, above: str) -> float:
        lines = _wrapped(self._label(stone.iri), room - 2 * _PAD)
        at = top + _PAD + 11
        parts = [f'<text class="kind" x="{left + _PAD:.1f}" y="{at:.1f}">{escape(above)}</text>']
        for line in lines:
            at += _LINE
            parts.append(f'<text x="{left + _PAD:.1f}" y="{at:.1f}">{escape(line)}</text>')
        target = self._link(stone.iri) if self._link else stone.iri
        self._over.append(f'<a href="{escape(target)}">{"".join(parts)}</a>')
        return at + _PAD - top


def _rect(kind: str, left: float, top: float, room: float, tall: float) -> str:
    return f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" width="{room:.1f}" height="{tall:.1f}" rx="4"/>'


def _wrapped(text: str, room: float) -> list[str]:
    # A narrow character of the 14 px face takes 7.3 px on average, a wide (CJK) one 14 px.
    words: list[str] = []
    for word in text.split(" "):
        words += _pieces(word + " ")
    lines, line = [], ""
    for word in words:
        if line and _pixels(line + word.rstrip()) > room:
            lines.append(line.rstrip())
            line = ""
        line += word
    return [*lines, line.rstrip()]


def _pieces(word: str) -> list[str]:
    # Chinese has no spaces: a line may break after any character, but not before a punctuation mark.
    pieces: list[str] = []
    for char in word:
        if pieces and (
            (display_width(char) == 1 and display_width(pieces[-1][-1]) == 1) or char in "，。、；：！？）》” "
        ):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _pixels(text: str) -> float:
    return sum(14.0 if display_width(char) == 2 else 7.3 for char in text)
