"""A report as one page of HTML that needs nothing else. Imports `names` and, of this room, `findings`, `words`."""

from __future__ import annotations

from html import escape

from mtsp_kg.plan import names
from mtsp_kg.validate.findings import Finding, Report
from mtsp_kg.validate.forms import View
from mtsp_kg.validate.report_words import severity_word, short_shape, short_value, summary

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
li{margin:0 0 1.2rem}ul{list-style:none;padding:0}code,pre{font-family:ui-monospace,monospace;font-size:.9em}
pre{background:#f4f4f4;padding:.5rem;overflow-x:auto;margin:.3rem 0}mark{background:#ffe08a}
.violation{color:#9b1c1c}.warning{color:#7a4b00}.info{color:#1c4f7a}
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}pre{background:#262626}
.violation{color:#ff9a9a}.warning{color:#ffc777}.info{color:#9cd1ff}mark{background:#7a5c00;color:#fff}}
"""


def write(report: Report, view: View) -> str:
    """A page with the verdict first, then each finding with its source line."""
    told = "".join(f"<p>{escape(line)}</p>\n" for line in summary(report, view.language).splitlines())
    findings = "".join(_finding(finding, view) for finding in view.shown(report))
    return (
        f'<!DOCTYPE html>\n<html lang="{view.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n<title>mtsp validate</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>mtsp validate</h1>\n"
        f"{told}<ul>\n{findings}</ul>\n</body>\n</html>\n"
    )


def _finding(finding: Finding, view: View) -> str:
    severity = severity_word(finding.severity, view.language)
    about = (names.shrink(finding.focus, view.plan), finding.path, short_value(finding.value, view.plan))
    lines = [
        f'<li><strong class="{finding.severity}">{escape(severity)}</strong> <code>{escape(short_shape(finding.shape))}'
        f"</code> {escape(finding.message(view.language))}<br>",
        f"<code>{escape(' '.join(filter(None, about)))}</code>",
    ]
    for spot in finding.spots:
        graph = f" {escape(names.shrink(spot.graph, view.plan))}" if spot.graph else ""
        lines.append(f"<br><code>{escape(str(spot))}</code>{graph}")
        if spot.text and spot.column:
            start, end = spot.column - 1, (spot.end or len(spot.text) + 1) - 1
            parts = (escape(spot.text[:start]), escape(spot.text[start:end]), escape(spot.text[end:]))
            lines.append("<pre>{}<mark>{}</mark>{}</pre>".format(*parts))
    return "\n".join([*lines, "</li>\n"])
