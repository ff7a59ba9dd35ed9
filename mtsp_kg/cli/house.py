"""`mtsp house`: draw the strategy house."""

from __future__ import annotations

import click

from mtsp_kg.cli import _options


@click.command("house")
@_options.output
@_options.language
@click.pass_obj
def command(project: str | None, output: str | None, lang: str) -> None:
    """Draw the strategy house as SVG."""
    from mtsp_kg.graph import open_graph
    from mtsp_kg.output import write_whole

    picture = open_graph(project).house(lang).write()
    if output:
        write_whole(output, picture.encode())
    else:
        click.echo(picture, nl=False)
