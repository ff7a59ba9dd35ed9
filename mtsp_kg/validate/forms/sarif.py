"""SARIF 2.1.0 (OASIS Standard, errata 01), for code scanning: rules with help, results with stable fingerprints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mtsp_kg import __version__
from mtsp_kg.validate.findings import Finding, Position, Severity
from mtsp_kg.validate.forms import fingerprint
from mtsp_kg.validate.report import ReportRule
from mtsp_kg.validate.report_view import ReportView

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PRECISION = "very-high"


def write(view: ReportView) -> str:
    """A SARIF log with one run."""
    used = sorted({finding.shape for finding in view.findings})
    rules = [_rule(view.report.rules.get(name) or ReportRule(name), view) for name in used]
    index = {name: number for number, name in enumerate(used)}
    driver: dict[str, Any] = {"name": "mtsp-kg", "semanticVersion": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index[finding.shape], view) for finding in view.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: ReportRule, view: ReportView) -> dict[str, Any]:
    id_ = view.shape(rule.id)
    name = _text(rule.name, view) or id_
    help_ = _text(rule.help, view) or name
    written: dict[str, Any] = {
        "id": id_,
        "shortDescription": {"text": name},
        "fullDescription": {"text": help_},
        "help": {"text": help_},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["SHACL" if rule.is_shape else "check"], "precision": _PRECISION},
    }
    if rule.position:
        written["properties"]["definedAt"] = str(rule.position)
    return written


def _text(texts: Mapping[str, str], view: ReportView) -> str:
    return texts.get(view.language) or texts.get("en") or next(iter(texts.values()), "")


def _result(finding: Finding, index: int, view: ReportView) -> dict[str, Any]:
    logical = [{"fullyQualifiedName": finding.focus, "kind": "resource"}]
    locations: list[dict[str, Any]] = [
        {"physicalLocation": _physical(position), "logicalLocations": logical} for position in finding.positions
    ]
    graphs = [view.graph(graph) if graph.startswith("file:") else graph for graph in finding.graphs]
    return {
        "ruleId": view.shape(finding.shape),
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": view.message(finding)},
        "locations": locations[:1] or [{"logicalLocations": logical}],
        **({"relatedLocations": locations[1:]} if locations[1:] else {}),
        "partialFingerprints": {"mtspkg/v1": fingerprint(finding)},
        "properties": {"path": finding.path, "value": finding.value, "graphs": graphs},
    }


def _physical(position: Position) -> dict[str, Any]:
    region = {"startLine": position.line, "startColumn": position.column, "endColumn": position.end_column}
    known: dict[str, Any] = {key: number for key, number in region.items() if number}
    if position.text and known:
        known["snippet"] = {"text": position.text}
    return {"artifactLocation": {"uri": quote(position.file)}, **({"region": known} if known else {})}
