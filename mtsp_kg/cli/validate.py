"""`mtsp validate`: validates the graph, or given files, against shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pathlib import Path

    from mtsp_kg.validate.report import Report

_GITHUB_SUMMARY = "GITHUB_STEP_SUMMARY"
_SEVERITIES = click.Choice(["violation", "warning", "info"])


@click.command("validate")
@click.argument("files", nargs=-1, metavar="[FILES]...")
@click.option(
    "--shapes", multiple=True, metavar="FILE", help="A file or folder of SHACL shapes; replaces the project's."
)
@click.option(
    "--ontology", multiple=True, metavar="FILE", help="With FILES: a file or folder that defines their classes."
)
@click.option("--engine", type=click.Choice(["shacl", "pyshacl"]), help="Default: the fastest that is installed.")
@click.option("--format", "form", default="text", show_default=True, metavar="FORM", help="See below.")
@click.option("--output", "-o", metavar="FILE", help="Write the report to this file.")
@click.option("--report", "reports", multiple=True, metavar="FORM=FILE", help="Write the report in another form, too.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language of messages.")
@click.option(
    "--show",
    type=_SEVERITIES,
    default="warning",
    show_default=True,
    help="The minimum severity of findings to show; less severe ones are only counted.",
)
@click.option("--checks/--no-checks", default=True, help="Whether to run the check queries (not for FILES).")
@click.option("--waivers", metavar="FILE", help="Accepted findings: who accepted them, why, until when.")
@click.option("--fail-on", type=_SEVERITIES, help="The minimum severity that fails the run.  [default: violation]")
@click.option(
    "--baseline", metavar="FILE", help="Findings in this file do not fail; those that no longer occur are reported."
)
@click.option("--update-baseline", is_flag=True, help="Write the findings into the baseline.")
@click.option(
    "--changed-since", metavar="REV", help="Only findings that are new, or on changed nodes, since a Git revision."
)
@click.option("--init", is_flag=True, help="Write settings for this folder: mtsp.toml, or into pyproject.toml.")
@click.option("--store", metavar="URL", help="Validate the graphs of a remote SPARQL store, which are fetched.")
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
    """Validate the graph against the shapes and the check queries; with FILES, these against the shapes.

    Each finding says what to fix and where: passage, file, line and column. Exit code 0 when no finding is as severe as
    --fail-on, 1 when one is, 2 for invalid input, 3 for an internal error.

    Without FILES and --project, the settings of the current folder apply: mtsp.toml, or [tool.mtsp] in pyproject.toml,
    with data, shapes, ontology, fail-on, waivers, baseline, engine. An option takes precedence over a setting.

    FORM is text, github (annotations and a summary), sarif, junit, gitlab, json, html, or ttl or jsonld for the report
    that SHACL defines.
    """
    from pathlib import Path

    from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK
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
    """The forms to write into files. Raises ParameterError."""
    from pathlib import Path

    from mtsp_kg.errors import ParameterError
    from mtsp_kg.validate.forms import FORMS

    found = [(form, Path(output))] if output else []
    for report in reports:
        name, equals, file = report.partition("=")
        if not equals or not file:
            raise ParameterError(f"'{report}' is not FORM=FILE.", remedy="Write it as sarif=report.sarif.")
        found.append((name, Path(file)))
    for name in (form, *(name for name, _ in found)):
        if name not in FORMS:
            raise ParameterError(f"Reports have no form '{name}'.", remedy=f"Choose one of: {', '.join(FORMS)}.")
    return found


def _write_github_summary(report: Report, language: str, show: str) -> None:
    """Appends to the summary of the GitHub job, where there is one."""
    import os
    from pathlib import Path

    from mtsp_kg.validate.forms.github import summary_page
    from mtsp_kg.validate.report_view import ReportView

    if summary := os.environ.get(_GITHUB_SUMMARY):
        with Path(summary).open("a", encoding="utf-8") as page:
            page.write(summary_page(ReportView.of(report, language, show)))
