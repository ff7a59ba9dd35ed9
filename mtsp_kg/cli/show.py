"""`mtsp show`: show the statements about an entity."""

from __future__ import annotations

import click

from mtsp_kg.cli import _options


@click.command("show")
@click.argument("entity")
@_options.output_format("text", "json")
@_options.language
@click.pass_obj
def command(project: str | None, entity: str, form: str, lang: str) -> None:
    """Show the statements about an entity.

    These are facts, commitments, conditions and figures, each with its paragraph. ENTITY is an IRI, a prefixed name
    (org:who) or a label in any language (世界卫生组织).
    """
    from mtsp_kg.graph import open_graph

    click.echo(open_graph(project).show(entity, language=lang).write(form), nl=False)
