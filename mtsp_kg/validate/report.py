"""A report as a person reads it: by focus node, each finding with its remedy and its place, and one line in the end.

Imports `names` and, of this room, `findings` and `places`.
"""

from __future__ import annotations

from itertools import groupby

from mtsp_kg import names
from mtsp_kg.validate.findings import Finding, Report, Severity
from mtsp_kg.validate.places import Places

LANGUAGES = ("en", "zh")
_SHOWN = 8
_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "True": "conforms: {what}",
        "False": "does not conform: {what}",
        "shapes": "{count:,} shape|{count:,} shapes",
        "nodes": " over {count:,} node| over {count:,} nodes",
        "checks": ", {count:,} check|, {count:,} checks",
        "waived": " ({count:,} row waived)| ({count:,} rows waived)",
        "unmatched": "{count:,} shape looks at nothing here: {names}.|{count:,} shapes look at nothing here: {names}.",
        "more": "and {count:,} more",
        "violation": "{count:,} violation|{count:,} violations",
        "warning": "{count:,} warning|{count:,} warnings",
        "info": "{count:,} info|{count:,} infos",
        "one": "violation|warning|info",
        "silent": "this shape is not met",
        "in": "in",
        "marks": "; |, |.",
    },
    "zh": {
        "True": "符合：{what}",
        "False": "不符合：{what}",
        "shapes": "{count:,} 个形状",
        "nodes": "，{count:,} 个节点",
        "checks": "，{count:,} 项检查",
        "waived": "（豁免 {count:,} 行）",
        "unmatched": "{count:,} 个形状在此没有对应的节点：{names}。",
        "more": "另有 {count:,} 个",
        "violation": "{count:,} 处违规",
        "warning": "{count:,} 处警告",
        "info": "{count:,} 处提示",
        "one": "违规|警告|提示",
        "silent": "不符合该形状",
        "in": "见",
        "marks": "；|、|。",
    },
}


def as_text(
    report: Report,
    language: str = "en",
    plan: str | None = None,
    places: Places | None = None,
    least: Severity = Severity.INFO,
) -> str:
    """A report as text.

    language: of messages, one of LANGUAGES; plan: whose short names are used; places: where to find files and lines;
    least: findings less grave than this are counted and not shown.
    """
    lines = []
    grave = list(Severity)[: list(Severity).index(least) + 1]
    shown = [finding for finding in report.findings if finding.severity in grave]
    for focus, findings in groupby(shown, key=lambda finding: finding.focus):
        lines.append(names.shrink(focus, plan))
        for finding in findings:
            lines += _finding(finding, language, plan, places)
        lines.append("")
    return "\n".join([*lines, summary(report, language)]) + "\n"


def summary(report: Report, language: str = "en") -> str:
    """The line that ends a report, and one for shapes that look at nothing."""
    then, join, stop = _WORDS[language]["marks"].split("|")
    counts = report.counts()
    found = join.join(_count(severity, counts[severity], language) for severity in Severity if counts[severity])
    what = _count("shapes", report.shapes, language) + _count("nodes", report.nodes, language)
    what += _count("checks", report.checks, language) if report.checks else ""
    what += _count("waived", report.waived, language) if report.waived else ""
    what += then + found if found else ""
    lines = [_WORDS[language][str(report.conforms)].format(what=what) + stop]
    if report.unmatched:
        called = [_shape(iri) for iri in report.unmatched[:_SHOWN]]
        if len(report.unmatched) > _SHOWN:
            called.append(_count("more", len(report.unmatched) - _SHOWN, language))
        lines.append(_count("unmatched", len(report.unmatched), language, names=join.join(called)))
    return "\n".join(lines)


def _count(word: str, count: int, language: str, **more: str) -> str:
    """A counted word, in the singular for one where the language has a singular."""
    forms = _WORDS[language][word].split("|")
    return forms[0 if count == 1 else -1].format(count=count, **more)


def _finding(finding: Finding, language: str, plan: str | None, places: Places | None) -> list[str]:
    words = _WORDS[language]
    severity = words["one"].split("|")[list(Severity).index(finding.severity)]
    lines = [f"  {severity}  {_shape(finding.shape)}: {finding.message(language) or words['silent']}"]
    value = _value(finding.value, plan)
    if finding.path or value:
        lines.append("    " + f"{finding.path} {value}".strip())
    for graph in finding.graphs:
        called = names.shrink(graph, plan)
        place = places.find(finding.focus, graph) if places else ""
        # A passage is told with its place; of a file's graph, whose name is long, the place says enough.
        told = place if place and called == graph else f"{called}  {place}".rstrip()
        lines.append(f"    {words['in']} {told}")
    return lines


def _shape(iri: str) -> str:
    """A shape's name: without our own namespace, with a short prefix for others."""
    return iri.removeprefix(names.SHAPES) if iri.startswith(names.SHAPES) else names.shrink(iri)


def _value(term: str, plan: str | None) -> str:
    return names.shrink(term[1:-1], plan) if term.startswith("<") else term
