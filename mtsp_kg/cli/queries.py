"""`mtsp queries`: the catalogue."""

from __future__ import annotations

import click


@click.command("queries")
@click.argument("name", required=False)
@click.option("--kind", default="ask", show_default=True, help="ask: questions; check: any row is a finding.")
@click.option("--tag", help="Only queries with this tag.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def command(project: str | None, name: str | None, kind: str, tag: str | None, form: str) -> None:
    """List the questions that are ready to ask; with NAME, one of them in full."""
    from mtsp_kg.plan.project import find_project
    from mtsp_kg.query import catalogue

    found = find_project(project)
    click.echo(catalogue.one(found, name, form) if name else catalogue.every(found, kind, tag, form), nl=False)
