"""GitLab's Code Quality report (a subset of the Code Climate format)."""

from __future__ import annotations

import json

from mtsp_kg.validate.findings import Severity
from mtsp_kg.validate.forms import fingerprint
from mtsp_kg.validate.report_view import ReportView, first_position

_SEVERITIES = {Severity.VIOLATION: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def write(view: ReportView) -> str:
    """One entry for each finding, at its first position."""
    entries = []
    for finding in view.findings:
        position = first_position(finding)
        entries.append(
            {
                "description": view.message(finding),
                "check_name": view.shape(finding.shape),
                "fingerprint": fingerprint(finding),
                "severity": _SEVERITIES[finding.severity],
                "location": {
                    "path": position.file if position else finding.focus,
                    "lines": {"begin": max(1, position.line) if position else 1},
                },
            }
        )
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"
