"""Findings that are known and accepted: who says so, why, and until when.

    - query: target-group-nobody-serves
      row: group:commuters
      who: the curators
      why: The plan names them only as an example.
      until: 2027-12-31

`query` is the check query, the shape or the kind of finding; `row` is the row's key, or the focus, as the report prints
it. A waiver that waives nothing any more is itself a finding. Imports `cache`, `errors`, `names` and, of this room,
`findings`.

A baseline: findings that were there when somebody began to look. They do not fail a run; new ones do.

A file of JSON, sorted, one finding a line, so that a change to it reads well in a review. Imports `errors`, `names`,
`output` and, of this room, `findings`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from mtsp_kg.cache import cached_json
from mtsp_kg.errors import DataError
from mtsp_kg.output import write_whole
from mtsp_kg.plan import names
from mtsp_kg.validate.findings import Finding, Report, Severity, Spot
from mtsp_kg.validate.report_words import short_shape

FILE = "waivers.yaml"
KIND = "waivers"
_FIELDS = ("query", "row", "who", "why")
_EXPIRED = {
    "en": "The waiver for '{row}' of {query} ended on {until}: mend the row, or say until when it holds and why.",
    "zh": "{query} 中“{row}”的豁免已于 {until} 到期：请更正该行，或写明新的期限和理由。",
}
_IDLE = {
    "en": "The waiver for '{row}' of {query} waives nothing any more: take it out.",
    "zh": "{query} 中“{row}”的豁免已无对应的行：请将其删除。",
}


class Waiver(NamedTuple):
    """One accepted row: of which query, its key, who accepted it, why, and until when (None: for good)."""

    query: str
    row: str
    who: str
    why: str
    until: date | None = None


def read_waivers(path: Path) -> list[Waiver]:
    """The waivers in a YAML file; none where there is no file. Raises DataError."""
    if not path.is_file():
        return []
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The waivers cannot be read: {error}.", file=path) from error
    # Importing YAML takes longer than all the rest of waiving.
    told = cached_json("waivers", text, lambda: [_plain(waiver) for waiver in _parsed(text, path)])
    return [
        Waiver(query, row, who, why, date.fromisoformat(until) if until else None)
        for query, row, who, why, until in told
    ]


def _plain(waiver: Waiver) -> list[str | None]:
    return [waiver.query, waiver.row, waiver.who, waiver.why, waiver.until.isoformat() if waiver.until else None]


def _parsed(text: str, path: Path) -> list[Waiver]:
    import yaml

    try:
        try:
            entries = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or []
        except yaml.YAMLError:  # libyaml is ten times as fast, where the wheel has it, but its messages are other ones
            entries = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DataError(f"This is not YAML: {error.problem}.", file=path, line=line) from error
    if not isinstance(entries, list):
        raise DataError("Waivers are a list.", file=path, remedy="Begin each with '- query: ...'.")
    return [_waiver(entry, number, path) for number, entry in enumerate(entries, start=1)]


def _waiver(entry: object, number: int, path: Path) -> Waiver:
    if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) and entry[key] for key in _FIELDS):
        raise DataError(f"Waiver {number} needs {', '.join(_FIELDS)}.", file=path, remedy="Write each as text.")
    until = entry.get("until")
    if unknown := set(entry) - {*_FIELDS, "until"}:
        raise DataError(f"Waiver {number} has unknown fields: {', '.join(sorted(map(str, unknown)))}.", file=path)
    if until is not None and type(until) is not date:
        raise DataError(f"Waiver {number}: 'until' is no day.", file=path, remedy="Write it as 2027-12-31.")
    return Waiver(entry["query"], entry["row"], entry["who"], entry["why"], until)


def waive(
    findings: list[Finding],
    waivers: list[Waiver],
    path: Path,
    name: str,
    today: date,
    plan: str | None = None,
    ran: bool = True,
) -> tuple[list[Finding], int]:
    """Findings without those that waivers accept, with those about waivers; and how many were waived.

    path: where the waivers were read; name: what a report calls this file; plan: whose short names waivers use; ran:
    whether everything ran, so that a waiver that met nothing is stale.
    """
    holding = {
        (waiver.query, waiver.row): waiver for waiver in waivers if waiver.until is None or waiver.until >= today
    }
    kept, used = [], set()
    for finding in findings:
        key = (_rule(finding), finding.row or names.shrink(finding.focus, plan))
        if key in holding:
            used.add(key)
        else:
            kept.append(finding)
    counted = len(findings) - len(kept)
    if ran:
        kept += stale(waivers, used, today, path, name)
    return kept, counted


def _rule(finding: Finding) -> str:
    return finding.shape.removeprefix(names.SHAPES) if ":" in finding.shape else finding.shape


def stale(
    waivers: Iterable[Waiver], used: set[tuple[str, str]], today: date, path: Path, name: str
) -> Iterator[Finding]:
    """A finding for each waiver that has ended or met no row; used: those that met one."""
    for waiver in waivers:
        ended = waiver.until is not None and waiver.until < today
        if ended or (waiver.query, waiver.row) not in used:
            texts = _EXPIRED if ended else _IDLE
            messages = {
                language: text.format(row=waiver.row, query=waiver.query, until=waiver.until)
                for language, text in texts.items()
            }
            spot = _spot(waiver, path, name)
            yield Finding(
                waiver.row,
                "",
                "",
                KIND,
                Severity.WARNING,
                messages,
                (name,),
                spots=(spot,),
                row=f"{waiver.query} {waiver.row}",
            )


def _spot(waiver: Waiver, path: Path, name: str) -> Spot:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        key, _, value = line.strip().removeprefix("- ").partition(":")
        if key == "row" and value.strip().strip("\"'") == waiver.row:
            column = line.index(":") + 3
            return Spot(name, number, column, len(line) + 1, line)
    return Spot(name)


_KEY_FIELDS = ("focus", "rule", "path", "value")
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
    return {tuple(entry[name] for name in _KEY_FIELDS) for entry in entries}


def _is_entry(entry: object) -> bool:
    return isinstance(entry, dict) and all(isinstance(entry.get(name), str) for name in _KEY_FIELDS)


def against(report: Report, known: set[_Key]) -> Report:
    """A report of what a baseline does not know; what it knows and is found no more, is told as fixed."""
    found = {finding.order for finding in report.findings}
    fixed = tuple(f"{short_shape(rule)} {focus}" for focus, rule, _, _ in sorted(known - found))
    new = tuple(finding for finding in report.findings if finding.order not in known)
    return replace(report, findings=new, known=report.known + len(report.findings) - len(new), fixed=fixed)


def write_baseline(findings: Iterable[Finding], path: Path) -> int:
    """Writes a baseline that knows some findings; gives back how many. Raises DataError when it cannot be written."""
    entries = [dict(zip(_KEY_FIELDS, order, strict=True)) for order in sorted({finding.order for finding in findings})]
    lines = ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in entries)
    write_whole(path, f'{{"version": 1, "findings": [\n{lines}\n]}}\n'.encode())
    return len(entries)
