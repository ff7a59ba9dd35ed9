"""Waivers: accepted findings, with who accepted each, why, and until when.

    - query: target-group-nobody-serves
      row: group:commuters
      who: the curators
      why: The plan names them only as an example.
      until: 2027-12-31

`query` is the check query, the shape or the kind of finding; `row` is the key of the row, or the focus, as the report
shows it or as an IRI. A waiver that has expired, or matches nothing, is itself a finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from mtsp_kg.cache import cached_json
from mtsp_kg.errors import DataError
from mtsp_kg.project import Project
from mtsp_kg.validate.findings import Finding, Position, Severity, SourceLookup

FILE = "waivers.yaml"
KIND = "waivers"
_FIELDS = ("query", "row", "who", "why")
_EXPIRED = {
    "en": "The waiver for '{row}' of {query} expired on {until}: fix the finding, or set a new date and the reason.",
    "zh": "{query} 中“{row}”的豁免已于 {until} 到期：请更正该行，或写明新的期限和理由。",
}
_UNMATCHED = {
    "en": "The waiver for '{row}' of {query} no longer matches a finding: remove it.",
    "zh": "{query} 中“{row}”的豁免已无对应的行：请将其删除。",
}


class Waiver(NamedTuple):
    """One accepted finding: its query and row, who accepted it, why, and until when (None: indefinitely)."""

    query: str
    row: str
    who: str
    why: str
    until: date | None = None


def read_waivers(path: Path) -> list[Waiver]:
    """The waivers in a YAML file; none if there is no file. Raises DataError."""
    if not path.is_file():
        return []
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The waivers cannot be read: {error}.", file=path) from error
    # To import YAML takes longer than everything else here.
    entries = cached_json("waivers", text, lambda: [_as_json(waiver) for waiver in _parsed(text, path)])
    return [
        Waiver(query, row, who, why, date.fromisoformat(until) if until else None)
        for query, row, who, why, until in entries
    ]


def _as_json(waiver: Waiver) -> list[str | None]:
    return [waiver.query, waiver.row, waiver.who, waiver.why, waiver.until.isoformat() if waiver.until else None]


def _parsed(text: str, path: Path) -> list[Waiver]:
    import yaml

    try:
        try:
            entries = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or []
        except yaml.YAMLError:  # libyaml, where the wheel has it, is ten times as fast, but has other messages
            entries = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DataError(f"Invalid YAML: {error.problem}.", file=path, line=line) from error
    if not isinstance(entries, list):
        raise DataError("Waivers must be a list.", file=path, remedy="Begin each with '- query: ...'.")
    return [_waiver(entry, number, path) for number, entry in enumerate(entries, start=1)]


def _waiver(entry: object, number: int, path: Path) -> Waiver:
    if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) and entry[key] for key in _FIELDS):
        raise DataError(f"Waiver {number} needs {', '.join(_FIELDS)}.", file=path, remedy="Write each as text.")
    until = entry.get("until")
    if unknown := set(entry) - {*_FIELDS, "until"}:
        raise DataError(f"Waiver {number} has unknown fields: {', '.join(sorted(map(str, unknown)))}.", file=path)
    if until is not None and type(until) is not date:
        raise DataError(f"Waiver {number}: 'until' is not a date.", file=path, remedy="Write it as 2027-12-31.")
    return Waiver(entry["query"], entry["row"], entry["who"], entry["why"], until)


def waive(
    findings: list[Finding],
    waivers: list[Waiver],
    path: Path,
    project: Project,
    today: date | None = None,
    *,
    complete: bool = True,
) -> tuple[list[Finding], int]:
    """The findings that no waiver accepts, with findings about the waivers themselves; and the number of waived ones.

    path: the file of the waivers; today: the day on which a waiver must be valid, by default today; complete: whether
    all checks ran, so that a waiver that matches nothing is a finding.
    """
    today = today or date.today()
    valid = {(waiver.query, waiver.row) for waiver in waivers if waiver.until is None or waiver.until >= today}
    kept: list[Finding] = []
    used: set[tuple[str, str]] = set()
    for finding in findings:
        rule = finding.shape.removeprefix(project.profile.shapes) if ":" in finding.shape else finding.shape
        rows = (finding.row,) if finding.row else (project.profile.shrink(finding.focus), finding.focus)
        keys = {(rule, row) for row in rows} & valid
        used |= keys
        if not keys:
            kept.append(finding)
    waived = len(findings) - len(kept)
    if complete:
        kept += _stale(waivers, used, today, path, project.relative(path))
    return kept, waived


def _stale(waivers: list[Waiver], used: set[tuple[str, str]], today: date, path: Path, name: str) -> Iterator[Finding]:
    """A finding for each waiver that has expired or matched nothing; used: the waivers that matched."""
    for waiver in waivers:
        ended = waiver.until is not None and waiver.until < today
        if ended or (waiver.query, waiver.row) not in used:
            texts = _EXPIRED if ended else _UNMATCHED
            messages = {
                language: text.format(row=waiver.row, query=waiver.query, until=waiver.until)
                for language, text in texts.items()
            }
            lookup = SourceLookup(found=(_position(waiver, path, name),))
            row = f"{waiver.query} {waiver.row}"
            yield Finding(waiver.row, "", "", KIND, Severity.WARNING, messages, (name,), lookup=lookup, row=row)


def _position(waiver: Waiver, path: Path, name: str) -> Position:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        key, _, value = line.strip().removeprefix("- ").partition(":")
        if key == "row" and value.strip().strip("\"'") == waiver.row:
            column = line.index(":") + 3
            return Position(name, number, column, len(line) + 1, line)
    return Position(name)
