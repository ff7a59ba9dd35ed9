"""`mtsp trace`: trace an entity up to the plan, or down from it."""

from __future__ import annotations

import click

from mtsp_kg.cli import _options


@click.command("trace")
@click.argument("entity")
@click.option(
    "--up/--down", "up", default=True, help="Up to the plan (default), or down to what contributes to ENTITY."
)
@click.option("--depth", type=click.IntRange(min=1), help="Maximum number of steps.")
@_options.output_format("tree", "json", "mermaid", "dot", "graphml")
@_options.language
@_options.store
@click.pass_obj
def command(
    project: str | None, entity: str, up: bool, depth: int | None, form: str, lang: str, store: str | None
) -> None:
    """Trace an entity to the plan, or down from it.

    The links lead through services, commitments and outcomes; each step cites its paragraphs.
    """
    from mtsp_kg.remote_graph import open_graph

    found = open_graph(project, store=store).trace(entity, up=up, depth=depth, language=lang)
    click.echo(found.write(form), nl=False)
