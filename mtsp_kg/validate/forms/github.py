"""GitHub: a workflow command for each finding, which GitHub shows beside the line, and a page for the job's summary."""

from __future__ import annotations

from mtsp_kg.validate.findings import Finding, Position, Severity
from mtsp_kg.validate.report_view import ReportView, first_position

_COMMANDS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_MAX_ROWS = 1000  # GitHub rejects a summary of more than 1 MiB


def write(view: ReportView) -> str:
    """A workflow command for each position of each finding, and the summary as plain text."""
    lines = [
        _command(finding, position, view) for finding in view.findings for position in finding.positions or (None,)
    ]
    return "\n".join([*lines, view.summary()]) + "\n"


def _command(finding: Finding, position: Position | None, view: ReportView) -> str:
    properties = []
    if position:
        properties.append(f"file={_property(position.file)}")
        numbers = (("line", position.line), ("col", position.column))
        properties += [f"{key}={number}" for key, number in numbers if number]
        properties += [f"endColumn={position.end_column}"] if position.column and position.end_column else []
    properties.append(f"title={_property(view.shape(finding.shape))}")
    return f"::{_COMMANDS[finding.severity]} {','.join(properties)}::{_escaped(_message(finding, view))}"


def _message(finding: Finding, view: ReportView) -> str:
    return f"{view.message(finding)} ({view.about(finding)})"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def summary_page(view: ReportView) -> str:
    """The summary of a job, in Markdown."""
    lines = ["## mtsp validate", "", *view.summary().splitlines(), ""]
    if view.findings:
        lines += ["| | | | |", "| --- | --- | --- | --- |"]
    for finding in view.findings[:_MAX_ROWS]:
        position = first_position(finding)
        cells = (
            view.severity(finding.severity),
            f"`{position}`" if position else "",
            view.shape(finding.shape),
            _message(finding, view),
        )
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    if len(view.findings) > _MAX_ROWS:
        lines.append(f"| | | | + {len(view.findings) - _MAX_ROWS:,} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
