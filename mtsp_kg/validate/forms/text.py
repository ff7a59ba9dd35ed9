"""A report as plain text: by file, each finding with its message, its source line and a caret."""

from __future__ import annotations

from itertools import groupby

from mtsp_kg.layout import display_width
from mtsp_kg.validate.findings import Finding, Position
from mtsp_kg.validate.report_view import ReportView, first_position

_WIDTH = 140


def write(view: ReportView) -> str:
    """A report as text, grouped by the file of each finding's first position; those without one come last."""
    lines = []
    for file, findings in groupby(sorted(view.findings, key=_order), key=lambda finding: _order(finding)[1]):
        if file:
            lines.append(file)
        for finding in findings:
            lines += _finding(finding, view)
        lines.append("")
    return "\n".join([*lines, view.summary()]) + "\n"


def _order(finding: Finding) -> tuple[bool, str, int, int]:
    position = first_position(finding) or Position("")
    return not finding.positions, position.file, position.line, position.column


def _finding(finding: Finding, view: ReportView) -> list[str]:
    message = view.message(finding) or view.word("no message")
    lines = [
        f"  {view.severity(finding.severity)}  {view.shape(finding.shape)}: {message}",
        f"    {view.about(finding)}",
    ]
    for position in finding.positions:
        lines += _position(position, view)
    lines += [f"    {view.word('in')} {graph}" for graph in view.other_graphs(finding)]
    shape = finding.shape_position
    if shape and shape.line:
        lines.append(f"    {view.word('shape at')} {shape.file}:{shape.line}")
    return lines


def _position(position: Position, view: ReportView) -> list[str]:
    """`file:line:column` with the passage, the source line, and a caret below the offending text."""
    graph = view.graph(position.graph) if position.graph else ""
    passage = f"  {graph}" if graph != position.graph else ""
    lines = [f"    {position}{passage}"]
    if position.text and position.column:
        start = max(0, position.column - 1 - _WIDTH // 2) if position.column > _WIDTH else 0
        text = position.text[start : start + _WIDTH].rstrip()
        before = "".join(_blank(char) for char in text[: position.column - 1 - start])
        marked = text[position.column - 1 - start : (position.end_column or position.column + 1) - 1 - start]
        number = f"{position.line} | "
        lines.append(f"    {number}{text}")
        lines.append("    " + " " * (len(number) - 2) + "| " + before + "^" * max(1, display_width(marked)))
    return lines


def _blank(char: str) -> str:
    return char if char == "\t" else " " * display_width(char)
