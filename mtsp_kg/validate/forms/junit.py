"""JUnit XML, as Jenkins, GitLab and Azure read it: one test case for each rule that ran or has findings."""

from __future__ import annotations

from collections import defaultdict
from xml.sax.saxutils import escape, quoteattr

from mtsp_kg.validate.findings import Finding
from mtsp_kg.validate.forms import xml_text
from mtsp_kg.validate.report_view import ReportView, first_position


def write(view: ReportView) -> str:
    """A test suite: findings with at least the severity of `fail_on` are failures of their case, others its output."""
    report = view.report
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in view.findings:
        by_rule[finding.shape].append(finding)
    for name, rule in report.rules.items():
        if not rule.is_shape:  # the others run whether or not they have findings
            by_rule.setdefault(name, [])
    cases = []
    failures = 0
    for name in sorted(by_rule):
        failing = [finding for finding in by_rule[name] if finding.severity.rank <= report.fail_on.rank]
        others = [finding for finding in by_rule[name] if finding.severity.rank > report.fail_on.rank]
        failures += bool(failing)
        cases += _case(name, failing, others, view)
    head = f'tests="{len(by_rule)}" failures="{failures}" errors="0" skipped="0"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="mtsp validate" {head}>',
        f'  <testsuite name="mtsp validate" {head}>',
        *cases,
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _case(name: str, failing: list[Finding], others: list[Finding], view: ReportView) -> list[str]:
    position = next(filter(None, map(first_position, (*failing, *others))), None)
    file = f' file={quoteattr(xml_text(position.file))} line="{position.line}"' if position else ""
    lines = [f'    <testcase classname="mtsp.validate" name={quoteattr(view.shape(name))}{file}>']
    if failing:
        message = f"{len(failing)}: {view.message(failing[0])}"
        lines.append(f'      <failure message={quoteattr(xml_text(message))} type="{failing[0].severity}">')
        lines += [_line(finding, view) for finding in failing]
        lines.append("      </failure>")
    if others:
        lines.append("      <system-out>")
        lines += [_line(finding, view) for finding in others]
        lines.append("      </system-out>")
    return [*lines, "    </testcase>"]


def _line(finding: Finding, view: ReportView) -> str:
    line = f"{first_position(finding) or '-'}: {view.message(finding)} ({view.about(finding)})"
    return escape(xml_text(line))
