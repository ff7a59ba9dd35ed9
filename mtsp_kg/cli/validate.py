"""`mtsp validate`: hold the graph, or files of one's own, against the shapes."""

from __future__ import annotations

import click


@click.command("validate")
@click.argument("files", nargs=-1, metavar="[FILES]...")
@click.option("--shapes", multiple=True, metavar="FILE", help="A file or folder of SHACL shapes in place of ours.")
@click.option("--engine", type=click.Choice(["shacl", "pyshacl"]), help="Default: the fastest that is installed.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language of messages.")
@click.option(
    "--show",
    type=click.Choice(["violation", "warning", "info"]),
    default="warning",
    show_default=True,
    help="The least grave findings to show; those below are counted only.",
)
@click.option("--checks/--no-checks", default=True, help="Run the check queries, too (not for FILES).")
@click.pass_obj
def command(
    project: str | None,
    files: tuple[str, ...],
    shapes: tuple[str, ...],
    engine: str | None,
    lang: str,
    show: str,
    checks: bool,
) -> int:
    """Hold the graph against the shapes and the check queries; with FILES, these against the shapes.

    Each finding says what to mend and where: the passage, the file, the line. Exit code 0 when nothing must be mended
    (warnings are allowed), 1 when something must, 2 when a file cannot be read.
    """
    from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK
    from mtsp_kg.graph import open_graph
    from mtsp_kg.validate.findings import Severity
    from mtsp_kg.validate.report import as_text
    from mtsp_kg.validate.run import places_of

    kg = open_graph(project)
    report = kg.validate(files, shapes=shapes, engine=engine, checks=checks)
    places = places_of(kg.project, files)
    click.echo(as_text(report, lang, kg.plan, places, Severity(show)), nl=False)
    return EXIT_OK if report.conforms else EXIT_FINDINGS
