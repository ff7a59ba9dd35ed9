"""A baseline: findings that were there when somebody began to look. They do not fail a run; new ones do.

A file of JSON, sorted, one finding a line, so that a change to it reads well in a review. Imports `errors`, `names`,
`output` and, of this room, `findings`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from mtsp_kg.errors import DataError
from mtsp_kg.output import write_whole
from mtsp_kg.validate.findings import Finding, Report
from mtsp_kg.validate.words import short_shape

_FIELDS = ("focus", "rule", "path", "value")
_Key = tuple[str, ...]


def read_baseline(path: Path) -> set[_Key]:
    """The findings that a baseline knows. Raises DataError."""
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise DataError("There is no such baseline.", file=path, remedy="Write it with --update-baseline.") from error
    except json.JSONDecodeError as error:
        raise DataError(f"This is not JSON: {error.msg}.", file=path, line=error.lineno, column=error.colno) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The baseline cannot be read: {error}.", file=path) from error
    entries = told.get("findings") if isinstance(told, dict) else None
    if not isinstance(entries, list) or not all(_is_entry(entry) for entry in entries):
        raise DataError(
            "This is no baseline: it has no list of findings.", file=path, remedy="Write it with --update-baseline."
        )
    return {tuple(entry[name] for name in _FIELDS) for entry in entries}


def _is_entry(entry: object) -> bool:
    return isinstance(entry, dict) and all(isinstance(entry.get(name), str) for name in _FIELDS)


def against(report: Report, known: set[_Key]) -> Report:
    """A report of what a baseline does not know; what it knows and is found no more, is told as fixed."""
    found = {finding.order for finding in report.findings}
    fixed = tuple(f"{short_shape(rule)} {focus}" for focus, rule, _, _ in sorted(known - found))
    new = tuple(finding for finding in report.findings if finding.order not in known)
    return replace(report, findings=new, known=report.known + len(report.findings) - len(new), fixed=fixed)


def write_baseline(findings: Iterable[Finding], path: Path) -> int:
    """Writes a baseline that knows some findings; gives back how many. Raises DataError when it cannot be written."""
    entries = [dict(zip(_FIELDS, order, strict=True)) for order in sorted({finding.order for finding in findings})]
    lines = ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in entries)
    write_whole(path, f'{{"version": 1, "findings": [\n{lines}\n]}}\n'.encode())
    return len(entries)
