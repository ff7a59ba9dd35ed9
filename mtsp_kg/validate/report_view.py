"""A report as output formats present it: the findings to show, prefixed names, and the words of a language."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mtsp_kg.errors import ParameterError
from mtsp_kg.profile import Profile
from mtsp_kg.validate.findings import Finding, Position, Severity

if TYPE_CHECKING:
    from mtsp_kg.validate.report import Report

LANGUAGES = ("en", "zh")
_LISTED = 8
_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "True": "conforms: {what}",
        "False": "does not conform: {what}",
        "shapes": "{count:,} shape|{count:,} shapes",
        "nodes": " over {count:,} node| over {count:,} nodes",
        "checks": ", {count:,} check|, {count:,} checks",
        "waived": " ({count:,} finding waived)| ({count:,} findings waived)",
        "unmatched": "{count:,} shape matches no node: {names}.|{count:,} shapes match no node: {names}.",
        "more": "and {count:,} more",
        "known": "{count:,} known finding omitted.|{count:,} known findings omitted.",
        "fixed": "{count:,} known finding no longer occurs: {names}."
        "|{count:,} known findings no longer occur: {names}.",
        "shape at": "shape at",
        "violation": "{count:,} violation|{count:,} violations",
        "warning": "{count:,} warning|{count:,} warnings",
        "info": "{count:,} info|{count:,} infos",
        "one": "violation|warning|info",
        "no message": "the shape is not satisfied",
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
        "known": "略去 {count:,} 处已知问题。",
        "fixed": "{count:,} 处已知问题不再出现：{names}。",
        "shape at": "形状见",
        "violation": "{count:,} 处违规",
        "warning": "{count:,} 处警告",
        "info": "{count:,} 处提示",
        "one": "违规|警告|提示",
        "no message": "不符合该形状",
        "in": "见",
        "marks": "；|、|。",
    },
}


class ReportView(NamedTuple):
    """A report, its output language, and the findings to show, in order."""

    report: Report
    language: str
    findings: list[Finding]

    @classmethod
    def of(cls, report: Report, language: str = "en", show: Severity | str = Severity.INFO) -> ReportView:
        """The view of the findings with at least the severity `show`, with their positions.

        Raises ParameterError for an unknown language or severity.
        """
        if language not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise ParameterError(f"Reports are not available in '{language}'.", remedy=f"Choose one of: {known}.")
        if show not in list(Severity):
            raise ParameterError(f"Unknown severity '{show}'.", remedy=f"Choose one of: {', '.join(Severity)}.")
        show = Severity(show)
        report.find_positions(show)
        return cls(report, language, [one for one in report.findings if one.severity.rank <= show.rank])

    def word(self, name: str) -> str:
        """A word or phrase."""
        return _WORDS[self.language][name]

    def severity(self, severity: Severity) -> str:
        """The name of a severity."""
        return self.word("one").split("|")[severity.rank]

    def message(self, finding: Finding) -> str:
        """The message of a finding."""
        return finding.message(self.language)

    def about(self, finding: Finding) -> str:
        """The focus, path and value of a finding, with prefixed names."""
        value = finding.value
        if value.startswith("<"):
            value = self.report.profile.shrink(value[1:-1])
        return " ".join(filter(None, (self.report.profile.shrink(finding.focus), finding.path, value)))

    def shape(self, iri: str) -> str:
        """The name of a shape or check."""
        return short_shape(iri, self.report.profile)

    def graph(self, graph: str) -> str:
        """The name of a graph, or the path of its file if that is outside the project."""
        if graph.startswith("file:"):
            names = {source.graph: source.name for source in self.report.sources}
            return names.get(graph, graph)
        return self.report.profile.shrink(graph)

    def other_graphs(self, finding: Finding) -> list[str]:
        """The names of those graphs of a finding that none of its positions shows."""
        shown = {position.graph or position.file for position in finding.positions}
        return [self.graph(graph) for graph in finding.graphs if graph not in shown and self.graph(graph) not in shown]

    def summary(self) -> str:
        """Whether the graph conforms, and below it the unmatched shapes and the known findings."""
        report = self.report
        then, join, stop = self.word("marks").split("|")
        counts = report.counts()
        found = join.join(self._count(severity, counts[severity]) for severity in Severity if counts[severity])
        what = self._count("shapes", report.shapes) + self._count("nodes", report.nodes) if report.engine else ""
        what += self._count("checks", report.checks) if report.checks or not report.engine else ""
        what = what.lstrip(", ，")  # checks alone come first
        what += self._count("waived", report.waived) if report.waived else ""
        what += then + found if found else ""
        lines = [self.word(str(report.conforms)).format(what=what) + stop]
        if report.unmatched:
            lines.append(self._listing("unmatched", [self.shape(iri) for iri in report.unmatched]))
        if report.known:
            lines.append(self._count("known", report.known))
        if report.fixed:
            lines.append(self._listing("fixed", list(report.fixed)))
        return "\n".join(lines)

    def _listing(self, word: str, names: list[str]) -> str:
        """A phrase with the number of names and the first of them."""
        _, join, _ = self.word("marks").split("|")
        listed = names[:_LISTED] + ([self._count("more", len(names) - _LISTED)] if len(names) > _LISTED else [])
        return self._count(word, len(names), names=join.join(listed))

    def _count(self, word: str, count: int, **more: str) -> str:
        """A phrase with a count, in the singular for one if the language has a singular."""
        forms = self.word(word).split("|")
        return forms[0 if count == 1 else -1].format(count=count, **more)


def first_position(finding: Finding) -> Position | None:
    """The first position of a finding; None if it has none."""
    return next(iter(finding.positions), None)


def short_shape(iri: str, profile: Profile) -> str:
    """The name of a shape: its local name in the project's namespace, or a prefixed name."""
    return iri.removeprefix(profile.shapes) if iri.startswith(profile.shapes) else profile.shrink(iri)
