"""`mtsp validate`: validate the graph, or files, against SHACL shapes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mtsp_kg.cli import _options
from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK, ParameterError

if TYPE_CHECKING:
    from mtsp_kg.validate.report import Report

_GITHUB_SUMMARY = "GITHUB_STEP_SUMMARY"
_SEVERITIES = click.Choice(["violation", "warning", "info"])


@click.command("validate")
@click.argument("files", nargs=-1, metavar="[FILES]...")
@_options.shapes
@click.option(
    "--ontology", multiple=True, metavar="FILE", help="With FILES: a file or folder that defines their classes."
)
@click.option(
    "--engine", type=click.Choice(["shacl", "pyshacl"]), help="SHACL engine; default: the fastest that is installed."
)
@click.option(
    "-f", "--format", "form", metavar="FORM", default="text", show_default=True, help="Output format; see above."
)
@_options.output
@click.option(
    "--report", "reports", multiple=True, metavar="FORM=FILE", help="Also write the report in this format to a file."
)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language of messages.")
@click.option(
    "--show",
    type=_SEVERITIES,
    default="warning",
    show_default=True,
    help="Minimum severity of the findings to show; others are only counted.",
)
@click.option("--checks/--no-checks", default=True, help="Whether to run the check queries; they never run with FILES.")
@click.option("--waivers", metavar="FILE", help="A file of accepted findings: who accepts them, why, until when.")
@click.option("--fail-on", type=_SEVERITIES, help="Minimum severity for exit code 1.  [default: violation]")
@click.option(
    "--baseline",
    metavar="FILE",
    help="A file of known findings, which are only counted; those that no longer occur are listed.",
)
@click.option("--update-baseline", is_flag=True, help="Write the current findings to the baseline.")
@click.option(
    "--changed-since", metavar="REV", help="Only findings that are new, or on changed nodes, since this Git revision."
)
@click.option("--init", is_flag=True, help="Write settings for the current folder to mtsp.toml or pyproject.toml.")
@_options.store
@click.pass_obj
def command(
    project: str | None,
    /,
    files: tuple[str, ...],
    form: str,
    output: str | None,
    reports: tuple[str, ...],
    lang: str,
    show: str,
    init: bool,
    store: str | None,
    **options: Any,
) -> int:
    """Validate the graph, or files, with SHACL shapes.

    Without FILES, the check queries run too. Each finding states the problem, the remedy and the position: passage,
    file, line and column. Exit code 1 if a finding has at least the severity of --fail-on.

    Without FILES and --project, the settings of the current folder apply: mtsp.toml, or [tool.mtsp] in pyproject.toml,
    with data, shapes, ontology, fail-on, waivers, baseline, engine. An option takes precedence over a setting.

    FORM is text, github (annotations and a summary), sarif, junit, gitlab, json, html, or ttl or jsonld for the
    validation report that SHACL defines.
    """
    from mtsp_kg.output import write_whole
    from mtsp_kg.remote_graph import open_graph
    from mtsp_kg.validate.options import ValidationOptions
    from mtsp_kg.validate.settings import ValidationSettings, find_settings
    from mtsp_kg.validate.settings import init as write_settings

    if init:
        click.echo(f"Wrote {write_settings(Path.cwd())}. Next: mtsp validate")
        return EXIT_OK
    targets = _targets(form, output, reports)
    settings = ValidationSettings() if project or store else find_settings(Path.cwd())
    files, arguments = settings.arguments(files)
    given = {name: value for name, value in options.items() if value not in (None, ())}
    report = open_graph(project, store=store).validate(files, ValidationOptions(**{**arguments, **given}))
    texts = [(path, report.write(name, language=lang, show=show)) for name, path in targets]
    shown = "" if output else report.write(form, language=lang, show=show)
    for path, text in texts:
        write_whole(path, text.encode())
    if "github" in (form, *(name for name, _ in targets)):
        _write_github_summary(report, lang, show)
    click.echo(shown, nl=False)
    return EXIT_OK if report.conforms else EXIT_FINDINGS


def _targets(form: str, output: str | None, reports: tuple[str, ...]) -> list[tuple[str, Path]]:
    """The output formats and the files to write them to. Raises ParameterError."""
    from mtsp_kg.validate.forms import FORMS

    found = [(form, Path(output))] if output else []
    for report in reports:
        name, equals, file = report.partition("=")
        if not equals or not file:
            raise ParameterError(f"'{report}' is not FORM=FILE.", remedy="Write it as sarif=report.sarif.")
        found.append((name, Path(file)))
    for name in (form, *(name for name, _ in found)):
        if name not in FORMS:
            raise ParameterError(
                f"A report cannot be written as '{name}'.", remedy=f"Choose one of: {', '.join(FORMS)}."
            )
    return found


def _write_github_summary(report: Report, language: str, show: str) -> None:
    """Appends to the summary of the GitHub job, if there is one."""
    from mtsp_kg.validate.forms.github import summary_page
    from mtsp_kg.validate.report_view import ReportView

    if summary := os.environ.get(_GITHUB_SUMMARY):
        with Path(summary).open("a", encoding="utf-8") as page:
            page.write(summary_page(ReportView.of(report, language, show)))
