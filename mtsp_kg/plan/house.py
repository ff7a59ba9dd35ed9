"""The strategy house as a picture: vision and mission as its roof, pillars with their outcomes, the foundation.

A plan without pillars has its outcomes in rows below its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import NamedTuple

from mtsp_kg.layout import natural_key
from mtsp_kg.plan import names
from mtsp_kg.plan.picture import Picture, Typeface, rectangle

_WIDTH, _MARGIN, _GAP, _LINE, _PAD = 1200, 20, 12, 19, 12
_INNER = _WIDTH - 2 * _MARGIN
_OUTCOMES_IN_ROW = 4
_TYPEFACE = Typeface(narrow=7.3, wide=14.0)
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


class HouseRow(NamedTuple):
    """A strategic element. number: empty without one; whole: what it is a direct part of."""

    element: str
    kind: str
    number: str
    whole: str


def draw(
    rows: Iterable[HouseRow],
    label: Callable[[str], str],
    language: str,
    link: Callable[[str], str] | None = None,
) -> Picture:
    """The house, each element of it a link. label: IRI to label; language: of the labels.

    link: IRI to link target, for a picture inside a page, which has the page's style; without it the elements link to
    their IRIs and the picture has its own style.
    """
    elements = list({row.element: row for row in rows}.values())
    pillars, foundations = _of(elements, "Pillar"), _of(elements, "Foundation")
    drawing = _Drawing(label, language, link)
    top = drawing.roof([*_of(elements, "Vision"), *_of(elements, "Mission")])
    if pillars or foundations:
        top = drawing.pillars([(pillar, _outcomes(elements, pillar)) for pillar in pillars], top)
        for foundation in foundations:
            top = drawing.foundation(foundation, _outcomes(elements, foundation), top)
    else:
        for plan in _of(elements, "StrategicPlan"):
            top = drawing.plan(plan, _outcomes(elements, plan), top)
    return drawing.picture(top + _MARGIN)


def _of(elements: Sequence[HouseRow], kind: str) -> list[HouseRow]:
    found = (row for row in elements if row.kind == names.term(kind))
    return sorted(found, key=lambda row: (natural_key(row.number), natural_key(row.element)))


def _outcomes(elements: Sequence[HouseRow], whole: HouseRow) -> list[HouseRow]:
    return [row for row in _of(elements, "Outcome") if row.whole == whole.element]


class _Drawing:
    """The parts of the picture, top to bottom; each method takes the top of its part and returns its bottom edge."""

    def __init__(self, label: Callable[[str], str], language: str, link: Callable[[str], str] | None) -> None:
        self._link = link
        self._label = label
        self._language = language
        self._background: list[str] = []
        self._foreground: list[str] = []

    def roof(self, elements: list[HouseRow]) -> float:
        top = float(_MARGIN)
        for element in elements:
            kind = "roof" if element.kind == names.term("Vision") else "beam"
            top += self._box(element, _MARGIN, top, _INNER, kind, self._label(element.kind)) + _GAP
        return top

    def pillars(self, columns: list[tuple[HouseRow, list[HouseRow]]], top: float) -> float:
        width = (_INNER - _GAP * (len(columns) - 1)) / max(len(columns), 1)
        lefts = [_MARGIN + index * (width + _GAP) for index in range(len(columns))]
        bottom = top
        for left, (pillar, outcomes) in zip(lefts, columns, strict=True):
            at = top + self._text(pillar, left, top, width, f"{self._label(pillar.kind)} {pillar.number}") + _GAP
            for outcome in outcomes:
                at += self._box(outcome, left + _PAD, at, width - 2 * _PAD, "outcome", outcome.number) + _GAP
            bottom = max(bottom, at)
        self._background += [rectangle("pillar", left, top, width, bottom - top, 1) for left in lefts]
        return bottom + _GAP

    def foundation(self, element: HouseRow, outcomes: list[HouseRow], top: float) -> float:
        inner = top + self._text(element, _MARGIN, top, _INNER, self._label(element.kind)) + _GAP
        bottom = self._row(outcomes, inner, len(outcomes)) + _PAD
        self._background.append(rectangle("base", _MARGIN, top, _INNER, bottom - top, 1))
        return bottom

    def plan(self, element: HouseRow, outcomes: list[HouseRow], top: float) -> float:
        at = top + self._text(element, _MARGIN, top, _INNER, self._label(element.kind)) + _GAP
        for start in range(0, len(outcomes), _OUTCOMES_IN_ROW):
            row = outcomes[start : start + _OUTCOMES_IN_ROW]
            at = self._row(row, at, min(len(outcomes), _OUTCOMES_IN_ROW)) + _GAP
        self._background.append(rectangle("base", _MARGIN, top, _INNER, at - top, 1))
        return at

    def picture(self, height: float) -> Picture:
        body = "\n".join([*self._background, *self._foreground])
        title = escape(self._label(names.term("StrategyHouse")))
        style, role = (f"<style>{_STYLE}</style>\n", "img") if self._link is None else ("", "group")
        return Picture(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" role="{role}" '
            f'lang="{escape(self._language)}">\n<title>{title}</title>\n{style}{body}\n</svg>\n'
        )

    def _row(self, outcomes: Sequence[HouseRow], top: float, columns: int) -> float:
        width = (_INNER - 2 * _PAD - _GAP * (columns - 1)) / max(columns, 1)
        heights = [
            self._box(outcome, _MARGIN + _PAD + index * (width + _GAP), top, width, "outcome", outcome.number)
            for index, outcome in enumerate(outcomes)
        ]
        return top + max(heights, default=0.0)

    def _box(self, element: HouseRow, left: float, top: float, width: float, kind: str, above: str) -> float:
        """An element's text in a rectangle, and the height of the rectangle."""
        height = self._text(element, left, top, width, above)
        self._foreground.insert(len(self._foreground) - 1, rectangle(kind, left, top, width, height, 1))
        return height

    def _text(self, element: HouseRow, left: float, top: float, width: float, above: str) -> float:
        """An element's label, below a line that names its kind or number, and the height of both."""
        x, at = left + _PAD, top + _PAD + 11
        parts = [f'<text class="kind" x="{x:.1f}" y="{at:.1f}">{escape(above)}</text>'] if above else []
        at -= 0 if above else _LINE
        for line in _TYPEFACE.wrapped(self._label(element.element), width - 2 * _PAD):
            at += _LINE
            parts.append(f'<text x="{x:.1f}" y="{at:.1f}">{escape(line)}</text>')
        target = self._link(element.element) if self._link else element.element
        self._foreground.append(f'<a href="{escape(target)}">{"".join(parts)}</a>')
        return at + _PAD - top
