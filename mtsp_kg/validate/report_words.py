"""The words of reports, in the languages that they speak. Imports `names` and, of this room, `findings`."""

from __future__ import annotations

from mtsp_kg.plan import names
from mtsp_kg.validate.findings import Report, Severity

LANGUAGES = ("en", "zh")
_SHOWN = 8
_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "True": "conforms: {what}",
        "False": "does not conform: {what}",
        "shapes": "{count:,} shape|{count:,} shapes",
        "nodes": " over {count:,} node| over {count:,} nodes",
        "checks": ", {count:,} check|, {count:,} checks",
        "waived": " ({count:,} finding waived)| ({count:,} findings waived)",
        "unmatched": "{count:,} shape looks at nothing here: {names}.|{count:,} shapes look at nothing here: {names}.",
        "more": "and {count:,} more",
        "known": "{count:,} finding is known to the baseline.|{count:,} findings are known to the baseline.",
        "fixed": "{count:,} known finding is fixed: {names}.|{count:,} known findings are fixed: {names}.",
        "shape at": "shape at",
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
        "waived": "（豁免 {count:,} 处）",
        "unmatched": "{count:,} 个形状在此没有对应的节点：{names}。",
        "more": "另有 {count:,} 个",
        "known": "{count:,} 处已记入基线。",
        "fixed": "基线中已有 {count:,} 处得到更正：{names}。",
        "shape at": "形状见",
        "violation": "{count:,} 处违规",
        "warning": "{count:,} 处警告",
        "info": "{count:,} 处提示",
        "one": "违规|警告|提示",
        "silent": "不符合该形状",
        "in": "见",
        "marks": "；|、|。",
    },
}


def word(name: str, language: str) -> str:
    """One word or phrase."""
    return _WORDS[language][name]


def severity_word(severity: Severity, language: str) -> str:
    """What a severity is called."""
    return _WORDS[language]["one"].split("|")[severity.grave]


def summary(report: Report, language: str = "en") -> str:
    """The line that ends a report, and more for shapes that look at nothing and for what a baseline knows."""
    then, join, stop = _WORDS[language]["marks"].split("|")
    counts = report.counts()
    found = join.join(_count(severity, counts[severity], language) for severity in Severity if counts[severity])
    what = _count("shapes", report.shapes, language) + _count("nodes", report.nodes, language) if report.engine else ""
    what += _count("checks", report.checks, language) if report.checks or not report.engine else ""
    what = what.lstrip(", ，")  # a run of checks alone says nothing of shapes
    what += _count("waived", report.waived, language) if report.waived else ""
    what += then + found if found else ""
    lines = [_WORDS[language][str(report.conforms)].format(what=what) + stop]
    if report.unmatched:
        called = [short_shape(iri) for iri in report.unmatched[:_SHOWN]]
        if len(report.unmatched) > _SHOWN:
            called.append(_count("more", len(report.unmatched) - _SHOWN, language))
        lines.append(_count("unmatched", len(report.unmatched), language, names=join.join(called)))
    if report.known:
        lines.append(_count("known", report.known, language))
    if report.fixed:
        told = list(report.fixed[:_SHOWN])
        if len(report.fixed) > _SHOWN:
            told.append(_count("more", len(report.fixed) - _SHOWN, language))
        lines.append(_count("fixed", len(report.fixed), language, names=join.join(told)))
    return "\n".join(lines)


def _count(word: str, count: int, language: str, **more: str) -> str:
    """A counted word, in the singular for one where the language has a singular."""
    forms = _WORDS[language][word].split("|")
    return forms[0 if count == 1 else -1].format(count=count, **more)


def short_shape(iri: str) -> str:
    """A shape's name: without our own namespace, with a short prefix for others."""
    return iri.removeprefix(names.SHAPES) if iri.startswith(names.SHAPES) else names.shrink(iri)


def short_value(term: str, plan: str | None) -> str:
    return names.shrink(term[1:-1], plan) if term.startswith("<") else term
