"""A report as one self-contained HTML page."""

from __future__ import annotations

from html import escape

from mtsp_kg.validate.findings import Finding
from mtsp_kg.validate.report_view import ReportView

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
li{margin:0 0 1.2rem}ul{list-style:none;padding:0}code,pre{font-family:ui-monospace,monospace;font-size:.9em}
pre{background:#f4f4f4;padding:.5rem;overflow-x:auto;margin:.3rem 0}mark{background:#ffe08a}
.violation{color:#9b1c1c}.warning{color:#7a4b00}.info{color:#1c4f7a}
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}pre{background:#262626}
.violation{color:#ff9a9a}.warning{color:#ffc777}.info{color:#9cd1ff}mark{background:#7a5c00;color:#fff}}
"""


def write(view: ReportView) -> str:
    """A page with the verdict first, then each finding with its source line."""
    summary = "".join(f"<p>{escape(line)}</p>\n" for line in view.summary().splitlines())
    findings = "".join(_finding(finding, view) for finding in view.findings)
    return (
        f'<!DOCTYPE html>\n<html lang="{view.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n<title>mtsp validate</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>mtsp validate</h1>\n"
        f"{summary}<ul>\n{findings}</ul>\n</body>\n</html>\n"
    )


def _finding(finding: Finding, view: ReportView) -> str:
    severity = escape(view.severity(finding.severity))
    lines = [
        f'<li><strong class="{finding.severity}">{severity}</strong> <code>{escape(view.shape(finding.shape))}'
        f"</code> {escape(view.message(finding))}<br>",
        f"<code>{escape(view.about(finding))}</code>",
    ]
    for position in finding.positions:
        graph = f" {escape(view.graph(position.graph))}" if position.graph else ""
        lines.append(f"<br><code>{escape(str(position))}</code>{graph}")
        if position.text and position.column:
            start, end = position.column - 1, (position.end_column or len(position.text) + 1) - 1
            parts = (position.text[:start], position.text[start:end], position.text[end:])
            lines.append("<pre>{}<mark>{}</mark>{}</pre>".format(*map(escape, parts)))
    return "\n".join([*lines, "</li>\n"])
