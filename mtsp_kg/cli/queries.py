"""`mtsp queries`: list the catalogue of queries."""

from __future__ import annotations

import click

from mtsp_kg.cli import _options


@click.command("queries")
@click.argument("name", required=False)
@click.option("--kind", default="ask", show_default=True, help="The kind of queries, a folder of queries/: ask, check.")
@click.option("--tag", help="List only queries with this tag.")
@_options.output_format("text", "json")
@click.pass_obj
def command(project: str | None, name: str | None, kind: str, tag: str | None, form: str) -> None:
    """List the questions of the catalogue.

    With NAME, show one of them in full.
    """
    from mtsp_kg.graph import open_graph

    kg = open_graph(project)
    click.echo(kg.query_details(name).write(form) if name else kg.queries(kind, tag).write(form), nl=False)
