"""`mtsp info`: show the size of the graph."""

from __future__ import annotations

import click

from mtsp_kg.cli import _options


@click.command("info")
@_options.output_format("text", "json")
@click.pass_obj
def command(project: str | None, form: str) -> None:
    """Show the number of triples, graphs and resources.

    Resources are counted by class, each class with the number of passages that refer to them.
    """
    from mtsp_kg.graph import open_graph

    click.echo(open_graph(project).info().write(form), nl=False)
