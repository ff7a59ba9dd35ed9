"""`mtsp validate`: hold the graph, or files of one's own, against the shapes."""

from __future__ import annotations

import click


@click.command("validate")
@click.argument("files", nargs=-1, metavar="[FILES]...")
@click.option("--shapes", multiple=True, metavar="FILE", help="A file or folder of SHACL shapes in place of ours.")
@click.option("--ontology", multiple=True, metavar="FILE", help="With FILES: where their classes are defined.")
@click.option("--engine", type=click.Choice(["shacl", "pyshacl"]), help="Default: the fastest that is installed.")
@click.option("--format", "form", default="text", show_default=True, metavar="FORM", help="See below.")
@click.option("--output", "-o", metavar="FILE", help="Write the report there, whole or not at all.")
@click.option("--report", "reports", multiple=True, metavar="FORM=FILE", help="Write the report in this form, too.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language of messages.")
@click.option(
    "--show",
    type=click.Choice(["violation", "warning", "info"]),
    default="warning",
    show_default=True,
    help="The least grave findings to show; those below are counted only.",
)
@click.option("--checks/--no-checks", default=True, help="Run the check queries, too (not for FILES).")
@click.option("--waivers", metavar="FILE", help="Findings that are known and accepted: who, why, until when.")
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "warning", "info"]),
    help="The least grave findings that make the run fail.  [default: violation]",
)
@click.option("--baseline", metavar="FILE", help="Findings that this file knows do not fail; fixed ones are told.")
@click.option("--update-baseline", is_flag=True, help="Write what is found into the baseline.")
@click.option("--changed-since", metavar="REV", help="Only what the change since a revision of git brought or touches.")
@click.option("--init", is_flag=True, help="Write settings that fit this folder: mtsp.toml, or into pyproject.toml.")
@click.option(
    "--store", metavar="URL", help="Hold a remote SPARQL store's graphs, which are fetched, against the shapes."
)
@click.pass_obj
def command(
    project: str | None,
    files: tuple[str, ...],
    shapes: tuple[str, ...],
    ontology: tuple[str, ...],
    engine: str | None,
    form: str,
    output: str | None,
    reports: tuple[str, ...],
    lang: str,
    show: str,
    checks: bool,
    waivers: str | None,
    fail_on: str | None,
    baseline: str | None,
    update_baseline: bool,
    changed_since: str | None,
    init: bool,
    store: str | None,
) -> int:
    """Hold the graph against the shapes and the check queries; with FILES, these against the shapes.

    Each finding says what to mend and where: the passage, the file, the line and column. Exit code 0 when nothing found
    is as grave as --fail-on, 1 when something is, 2 when an input cannot be read, 3 when we are at fault.

    Where neither FILES nor --project are given, the settings of the current folder count: mtsp.toml, or [tool.mtsp] in
    pyproject.toml, with data, shapes, ontology, fail-on, waivers, baseline, engine. An option counts more than they do.

    FORM is text, github (annotations, and a summary), sarif, junit, gitlab, json, html, or ttl or jsonld for the
    report that SHACL defines.
    """
    from pathlib import Path

    from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK
    from mtsp_kg.remote_graph import open_graph
    from mtsp_kg.validate import settings
    from mtsp_kg.validate.deliver import Order, deliver
    from mtsp_kg.validate.findings import Severity
    from mtsp_kg.validate.forms import View

    if init:
        click.echo(f"Wrote {settings.init(Path.cwd())}. Next: mtsp validate")
        return EXIT_OK
    order = Order.of(form, output, reports)
    said = settings.Settings() if project or store else settings.find_settings(Path.cwd())
    if said.data and not files:
        files, shapes, ontology = said.data, shapes or said.shapes, ontology or said.ontology
        waivers = waivers or (said.waivers if said.waivers and Path(said.waivers).is_file() else None)
        baseline = baseline or said.baseline
    kg = open_graph(project, store=store)
    report = kg.validate(
        files,
        shapes=shapes,
        ontology=ontology,
        engine=engine or said.engine,
        checks=checks,
        waivers=waivers,
        fail_on=fail_on or said.fail_on or Severity.VIOLATION,
        baseline=baseline,
        update_baseline=update_baseline,
        changed_since=changed_since,
    )
    told = deliver(report, order, View(lang, kg.plan, Severity(show)), kg.project.relative)
    click.echo(told, nl=False)
    return EXIT_OK if report.conforms else EXIT_FINDINGS
