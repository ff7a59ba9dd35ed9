"""`mtsp info`: the size of the graph."""

from __future__ import annotations

import click


@click.command("info")
@click.option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def command(project: str | None, form: str) -> None:
    """Show the size of the graph: triples, named graphs, and the resources of each class with their passages."""
    from mtsp_kg.graph import open_graph

    click.echo(open_graph(project).info().write(form), nl=False)
