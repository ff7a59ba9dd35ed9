"""`mtsp queries`: the catalogue."""

from __future__ import annotations

import click


@click.command("queries")
@click.argument("name", required=False)
@click.option("--kind", default="ask", show_default=True, help="ask: questions; check: every row is a finding.")
@click.option("--tag", help="Only queries with this tag.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def command(project: str | None, name: str | None, kind: str, tag: str | None, form: str) -> None:
    """List the questions of the catalogue, or show the one called NAME in full."""
    from mtsp_kg.graph import open_graph

    kg = open_graph(project)
    click.echo(kg.query_details(name).write(form) if name else kg.queries(kind, tag).write(form), nl=False)
