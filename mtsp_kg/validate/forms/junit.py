"""JUnit XML, as Jenkins, GitLab and Azure read it: one test case for each rule that ran or found something.

Imports `names` and, of this room, `findings`, `forms` and `words`.
"""

from __future__ import annotations

from collections import defaultdict
from xml.sax.saxutils import escape, quoteattr

from mtsp_kg.plan import names
from mtsp_kg.validate.findings import Finding, Report
from mtsp_kg.validate.forms import View, plain
from mtsp_kg.validate.report_words import short_shape, short_value


def write(report: Report, view: View) -> str:
    """A test suite: a case with a failure for each finding that makes the run fail; the others are its output."""
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in view.shown(report):
        by_rule[finding.shape].append(finding)
    for name, rule in report.rules.items():
        if rule.place is None:  # check queries and our own kinds run whether or not they find something
            by_rule.setdefault(name, [])
    cases = []
    failures = 0
    for name in sorted(by_rule):
        grave = [finding for finding in by_rule[name] if finding.severity.grave <= report.fail_on.grave]
        light = [finding for finding in by_rule[name] if finding not in grave]
        failures += bool(grave)
        cases += _case(name, grave, light, view)
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


def _case(name: str, grave: list[Finding], light: list[Finding], view: View) -> list[str]:
    spot = next((finding.spots[0] for finding in (*grave, *light) if finding.spots), None)
    file = f' file={quoteattr(plain(spot.file))} line="{spot.line}"' if spot else ""
    lines = [f'    <testcase classname="mtsp.validate" name={quoteattr(short_shape(name))}{file}>']
    if grave:
        told = f"{len(grave)}: {grave[0].message(view.language)}"
        lines.append(f'      <failure message={quoteattr(plain(told))} type="{grave[0].severity}">')
        lines += [escape(plain(_line(finding, view))) for finding in grave]
        lines.append("      </failure>")
    if light:
        lines.append("      <system-out>")
        lines += [escape(plain(_line(finding, view))) for finding in light]
        lines.append("      </system-out>")
    return [*lines, "    </testcase>"]


def _line(finding: Finding, view: View) -> str:
    at = str(finding.spots[0]) if finding.spots else "-"
    about = (names.shrink(finding.focus, view.plan), finding.path, short_value(finding.value, view.plan))
    return f"{at}: {finding.message(view.language)} ({' '.join(filter(None, about))})"
