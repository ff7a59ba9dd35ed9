"""GitHub: a workflow command for each finding, which GitHub shows beside the line, and a page for the job's summary.

Imports `names` and, of this room, `findings`, `forms` and `words`.
"""

from __future__ import annotations

from mtsp_kg.plan import names
from mtsp_kg.validate.findings import Finding, Report, Severity, Spot
from mtsp_kg.validate.forms import View
from mtsp_kg.validate.report_words import severity_word, short_shape, short_value, summary

_COMMANDS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_MOST = 1000  # rows: GitHub refuses a summary of more than 1 MiB


def write(report: Report, view: View) -> str:
    """A workflow command for each place of each finding, and the summary as plain text."""
    lines = [_annotation(finding, spot, view) for finding in view.shown(report) for spot in finding.spots or (None,)]
    return "\n".join([*lines, summary(report, view.language)]) + "\n"


def _annotation(finding: Finding, spot: Spot | None, view: View) -> str:
    at = []
    if spot:
        at.append(f"file={_property(spot.file)}")
        at += [f"{key}={number}" for key, number in (("line", spot.line), ("col", spot.column)) if number]
        at += [f"endColumn={spot.end}"] if spot.column and spot.end else []
    at.append(f"title={_property(short_shape(finding.shape))}")
    return f"::{_COMMANDS[finding.severity]} {','.join(at)}::{_escaped(_said(finding, view))}"


def _said(finding: Finding, view: View) -> str:
    about = (names.shrink(finding.focus, view.plan), finding.path, short_value(finding.value, view.plan))
    return f"{finding.message(view.language)} ({' '.join(filter(None, about))})"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def summary_page(report: Report, view: View) -> str:
    """The summary of a job, in Markdown."""
    lines = ["## mtsp validate", "", *summary(report, view.language).splitlines(), ""]
    shown = view.shown(report)
    if shown:
        lines += ["| | | | |", "| --- | --- | --- | --- |"]
    for finding in shown[:_MOST]:
        place = str(finding.spots[0]) if finding.spots else ""
        cells = (
            severity_word(finding.severity, view.language),
            f"`{place}`" if place else "",
            short_shape(finding.shape),
            _said(finding, view),
        )
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    if len(shown) > _MOST:
        lines.append(f"| | | | + {len(shown) - _MOST:,} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
