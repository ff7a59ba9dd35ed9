"""A report as a person reads it: by file, each finding with its remedy, its source line and a caret.

Imports `names` and, of this room, `findings` and `words`.
"""

from __future__ import annotations

import unicodedata
from itertools import groupby

from mtsp_kg.plan import names
from mtsp_kg.validate.findings import Finding, Report, Rule, Spot
from mtsp_kg.validate.forms import View
from mtsp_kg.validate.report_words import severity_word, short_shape, short_value, summary, word

_WIDE = 140


def write(report: Report, view: View) -> str:
    """A report as text, grouped by the file of each finding's first place; what has none comes last."""
    lines = []
    shown = sorted(view.shown(report), key=_place)
    for file, findings in groupby(shown, key=lambda finding: _place(finding)[1]):
        if file:
            lines.append(file)
        for finding in findings:
            lines += _finding(finding, report.rules.get(finding.shape), view)
        lines.append("")
    return "\n".join([*lines, summary(report, view.language)]) + "\n"


def _place(finding: Finding) -> tuple[bool, str, int, int]:
    spot = finding.spots[0] if finding.spots else Spot("")
    return not finding.spots, spot.file, spot.line, spot.column


def _finding(finding: Finding, rule: Rule | None, view: View) -> list[str]:
    language = view.language
    focus = names.shrink(finding.focus, view.plan)
    value = short_value(finding.value, view.plan)
    said = finding.message(language) or word("silent", language)
    lines = [f"  {severity_word(finding.severity, language)}  {short_shape(finding.shape)}: {said}"]
    lines.append("    " + " ".join(filter(None, (focus, finding.path, value))))
    for spot in finding.spots:
        lines += _spot(spot, view)
    told = {spot.graph for spot in finding.spots}
    for graph in finding.graphs:
        if graph not in told:
            lines.append(f"    {word('in', language)} {names.shrink(graph, view.plan)}")
    if rule and rule.spot and rule.spot.line:
        lines.append(f"    {word('shape at', language)} {rule.spot.file}:{rule.spot.line}")
    return lines


def _spot(spot: Spot, view: View) -> list[str]:
    """`file:line:column` with the passage, the source line, and a caret below what is meant."""
    graph = names.shrink(spot.graph, view.plan) if spot.graph else ""
    passage = f"  {graph}" if graph and graph != spot.graph else ""
    lines = [f"    {spot}{passage}"]
    if spot.text and spot.column:
        start = max(0, spot.column - 1 - _WIDE // 2) if spot.column > _WIDE else 0
        text = spot.text[start : start + _WIDE].rstrip()
        before = "".join(_blank(char) for char in text[: spot.column - 1 - start])
        meant = text[spot.column - 1 - start : (spot.end or spot.column + 1) - 1 - start]
        number = f"{spot.line} | "
        lines.append(f"    {number}{text}")
        lines.append(
            "    " + " " * (len(number) - 2) + "| " + before + "^" * max(1, sum(_width(char) for char in meant))
        )
    return lines


def _blank(char: str) -> str:
    return char if char == "\t" else " " * _width(char)


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
