"""SARIF 2.1.0 (OASIS Standard, with errata 01), for code scanning: rules with help, results with stable fingerprints.

Imports, of this room, `findings`, `forms` and `words`.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from mtsp_kg import __version__
from mtsp_kg.validate.findings import Finding, Report, Rule, Severity, Spot
from mtsp_kg.validate.forms import View, fingerprint
from mtsp_kg.validate.report_words import short_shape

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PRECISION = "very-high"


def write(report: Report, view: View) -> str:
    """A SARIF log with one run."""
    shown = view.shown(report)
    used = sorted({finding.shape for finding in shown})
    rules = [_rule(report.rules.get(name) or Rule(name), view) for name in used]
    driver: dict[str, Any] = {"name": "mtsp-kg", "semanticVersion": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, used.index(finding.shape), view) for finding in shown],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: Rule, view: View) -> dict[str, Any]:
    name = short_shape(rule.id)
    said = _text(rule.name, view) or name
    help_ = _text(rule.help, view) or said
    written: dict[str, Any] = {
        "id": name,
        "shortDescription": {"text": said},
        "fullDescription": {"text": help_},
        "help": {"text": help_},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["SHACL" if rule.place else "check"], "precision": _PRECISION},
    }
    if rule.spot:
        written["properties"]["definedAt"] = str(rule.spot)
    return written


def _text(texts: Any, view: View) -> str:
    return str(texts.get(view.language) or texts.get("en") or next(iter(texts.values()), ""))


def _result(finding: Finding, index: int, view: View) -> dict[str, Any]:
    logical = [{"fullyQualifiedName": finding.focus, "kind": "resource"}]
    locations: list[dict[str, Any]] = [
        {"physicalLocation": _physical(spot), "logicalLocations": logical} for spot in finding.spots
    ]
    return {
        "ruleId": short_shape(finding.shape),
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message(view.language)},
        "locations": locations[:1] or [{"logicalLocations": logical}],
        **({"relatedLocations": locations[1:]} if locations[1:] else {}),
        "partialFingerprints": {"mtspkg/v1": fingerprint(finding)},
        "properties": {"path": finding.path, "value": finding.value, "graphs": list(finding.graphs)},
    }


def _physical(spot: Spot) -> dict[str, Any]:
    region = {"startLine": spot.line, "startColumn": spot.column, "endColumn": spot.end}
    known: dict[str, Any] = {key: number for key, number in region.items() if number}
    if spot.text and known:
        known["snippet"] = {"text": spot.text}
    return {"artifactLocation": {"uri": quote(spot.file)}, **({"region": known} if known else {})}
