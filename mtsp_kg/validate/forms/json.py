"""A report as JSON, with everything that it holds. Imports, of this room, `findings` and `forms`."""

from __future__ import annotations

import json
from typing import Any

from mtsp_kg.validate.findings import Finding, Report, Severity, Spot
from mtsp_kg.validate.forms import View, fingerprint


def write(report: Report, view: View) -> str:
    """An object with the verdict, what was looked at, counts and findings, each of these on a line of its own."""
    counts = report.counts()
    told = {
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
    # A finding a line: as good to read and to compare, and written several times as fast as with indents.
    lines = [json.dumps(_finding(finding, report), ensure_ascii=False) for finding in view.shown(report)]
    findings = "[\n    " + ",\n    ".join(lines) + "\n  ]" if lines else "[]"
    return json.dumps(told, ensure_ascii=False, indent=2).removesuffix("\n}") + f',\n  "findings": {findings}\n}}\n'


def _finding(finding: Finding, report: Report) -> dict[str, Any]:
    rule = report.rules.get(finding.shape)
    return {
        "severity": finding.severity,
        "rule": finding.shape,
        "focus": finding.focus,
        "path": finding.path,
        "value": finding.value,
        "messages": dict(sorted(finding.messages.items())),
        "components": list(finding.components),
        "graphs": list(finding.graphs),
        "places": [_spot(spot) for spot in finding.spots],
        "shape": _spot(rule.spot) if rule and rule.spot else None,
        "fingerprint": fingerprint(finding),
    }


def _spot(spot: Spot) -> dict[str, Any]:
    told = {"file": spot.file, "line": spot.line, "column": spot.column, "endColumn": spot.end, "graph": spot.graph}
    return {key: value for key, value in told.items() if value}
