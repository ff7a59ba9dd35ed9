"""`mtsp house`: the strategy house as a picture."""

from __future__ import annotations

import click


@click.command("house")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, writable=True), help="Output file; default: standard output."
)
@click.option("--lang", default="en", show_default=True, help="Language of labels, where there is one.")
@click.pass_obj
def command(project: str | None, output: str | None, lang: str) -> None:
    """Draw the strategy house as SVG, from the graph."""
    from mtsp_kg.graph import open_graph
    from mtsp_kg.output import write_whole

    picture = open_graph(project).house(lang).write()
    if output:
        write_whole(output, picture.encode())
    else:
        click.echo(picture, nl=False)
