"""`mtsp show`: what a plan states about an entity."""

from __future__ import annotations

import click


@click.command("show")
@click.argument("entity")
@click.option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--lang", default="en", show_default=True, help="Language of labels, where there is one.")
@click.pass_obj
def command(project: str | None, entity: str, form: str, lang: str) -> None:
    """Show what the plan states about ENTITY: facts, commitments, conditions, figures, each with its paragraph.

    ENTITY is an IRI, a prefixed name (org:who) or a label in any language (世界卫生组织).
    """
    from mtsp_kg.graph import open_graph

    click.echo(open_graph(project).show(entity, language=lang).write(form), nl=False)
