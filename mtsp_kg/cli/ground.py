"""`mtsp ground`: compare the graph with the text of its document."""

from __future__ import annotations

import click

from mtsp_kg.cli import _options
from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK


@click.command("ground")
@click.argument("document", type=click.Path(dir_okay=False))
@_options.output_format("text", "json", "html")
@click.option("--grounded", type=click.FloatRange(0, 100), default=100, show_default=True, help="Minimum percentage.")
@click.option("--accounted", type=click.FloatRange(0, 100), default=100, show_default=True, help="Minimum percentage.")
@click.option("--write", is_flag=True, help="Write all mentions to graph/<plan>/mentions.ttl.")
@click.pass_obj
def command(project: str | None, document: str, form: str, grounded: float, accounted: float, write: bool) -> int:
    """Compare the graph with a copy of the plan's document.

    The report has the entities that a passage's graph refers to but the passage does not name, the labels in a passage
    that its graph does not refer to, and the passages without statements. Exit code 1 if a share is below its minimum.
    """
    from mtsp_kg.graph import open_graph

    found = open_graph(project).ground(document)
    if write:
        written = found.write_mentions()
        click.echo(f"{'Wrote' if written.changed else 'No change in'} {written.path}.", err=True)
    click.echo(found.write(form), nl=False)
    return EXIT_OK if found.reaches(grounded, accounted) else EXIT_FINDINGS
