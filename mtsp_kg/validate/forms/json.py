"""A report as JSON, with all of its data."""

from __future__ import annotations

import json
from typing import Any

from mtsp_kg.validate.findings import Finding, Position, Severity
from mtsp_kg.validate.forms import fingerprint
from mtsp_kg.validate.report_view import ReportView


def write(view: ReportView) -> str:
    """An object with the verdict, what was validated, counts and findings, one finding per line."""
    report = view.report
    counts = report.counts()
    summary = {
        "conforms": report.conforms,
        "failOn": report.fail_on,
        "engine": report.engine,
        "shapes": report.shapes,
        "nodes": report.nodes,
        "checks": report.checks,
        "waived": report.waived,
        "known": report.known,
        "fixed": list(report.fixed),
        "counts": {severity: counts[severity] for severity in Severity},
        "unmatched": list(report.unmatched),
    }
    # One finding a line reads and compares as well as indented JSON, and is written several times as fast.
    lines = [json.dumps(_finding(finding, view), ensure_ascii=False) for finding in view.findings]
    findings = "[\n    " + ",\n    ".join(lines) + "\n  ]" if lines else "[]"
    head = json.dumps(summary, ensure_ascii=False, indent=2).removesuffix("\n}")
    return f'{head},\n  "findings": {findings}\n}}\n'


def _finding(finding: Finding, view: ReportView) -> dict[str, Any]:
    shape = finding.shape_position
    return {
        "severity": finding.severity,
        "rule": finding.shape,
        "focus": finding.focus,
        "path": finding.path,
        "value": finding.value,
        "messages": dict(sorted(finding.messages.items())),
        "components": list(finding.components),
        "graphs": [view.graph(graph) if graph.startswith("file:") else graph for graph in finding.graphs],
        "positions": [_position(position) for position in finding.positions],
        "shape": _position(shape) if shape else None,
        "fingerprint": fingerprint(finding),
    }


def _position(position: Position) -> dict[str, Any]:
    fields = {
        "file": position.file,
        "line": position.line,
        "column": position.column,
        "endColumn": position.end_column,
        "graph": position.graph,
    }
    return {key: value for key, value in fields.items() if value}
