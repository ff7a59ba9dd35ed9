"""`mtsp trace`: the links from an entity up to the plan, or down from it."""

from __future__ import annotations

import click


@click.command("trace")
@click.argument("entity")
@click.option("--up/--down", "up", default=True, help="Up to the plan, or down to what contributes to ENTITY.")
@click.option("--depth", type=click.IntRange(min=1), help="Maximum number of steps.")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["tree", "json", "mermaid", "dot", "graphml"]),
    default="tree",
    show_default=True,
)
@click.option("--lang", default="en", show_default=True, help="Language of labels, where there is one.")
@click.option("--store", metavar="URL", help="Ask a remote SPARQL store: the address of its queries or graphs.")
@click.pass_obj
def command(
    project: str | None, entity: str, up: bool, depth: int | None, form: str, lang: str, store: str | None
) -> None:
    """Trace ENTITY through services, commitments and outcomes to the plan, each step with its paragraphs."""
    from mtsp_kg.remote_graph import open_graph

    found = open_graph(project, store=store).trace(entity, up=up, depth=depth, language=lang)
    click.echo(found.write(form), nl=False)
