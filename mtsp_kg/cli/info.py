"""`mtsp info`: what the graph holds."""

from __future__ import annotations

import click


@click.command("info")
@click.option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def command(project: str | None, form: str) -> None:
    """Show what the graph holds: triples, graphs, and how many things of each kind, in how many passages."""
    from mtsp_kg.graph import open_graph

    click.echo(open_graph(project).info(form), nl=False)
