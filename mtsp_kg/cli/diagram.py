"""`mtsp diagram`: draw the ontology."""

from __future__ import annotations

import click

from mtsp_kg.cli import _options


@click.command("diagram")
@_options.output
@click.option("--lang", default="en", show_default=True, help="First language of labels; the second is zh, or en.")
@click.pass_obj
def command(project: str | None, output: str | None, lang: str) -> None:
    """Draw the ontology as SVG.

    The picture has the classes with their subclasses, and the properties from domain to range.
    """
    from mtsp_kg.graph import open_graph
    from mtsp_kg.output import write_whole

    picture = open_graph(project).diagram(lang).write()
    if output:
        write_whole(output, picture.encode())
    else:
        click.echo(picture, nl=False)
