"""GitLab's Code Quality report (a subset of the Code Climate format). Imports, of this room, `findings` and `forms`."""

from __future__ import annotations

import json

from mtsp_kg.validate.findings import Report, Severity
from mtsp_kg.validate.forms import View, fingerprint
from mtsp_kg.validate.report_words import short_shape

_SEVERITIES = {Severity.VIOLATION: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def write(report: Report, view: View) -> str:
    """One entry for each finding, at its first place."""
    entries = []
    for finding in view.shown(report):
        spot = finding.spots[0] if finding.spots else None
        entries.append(
            {
                "description": finding.message(view.language),
                "check_name": short_shape(finding.shape),
                "fingerprint": fingerprint(finding),
                "severity": _SEVERITIES[finding.severity],
                "location": {
                    "path": spot.file if spot else finding.focus,
                    "lines": {"begin": max(1, spot.line) if spot else 1},
                },
            }
        )
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"
