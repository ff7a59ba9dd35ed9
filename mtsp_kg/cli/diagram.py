"""`mtsp diagram`: the ontology as a picture."""

from __future__ import annotations

import click


@click.command("diagram")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, writable=True), help="Output file; default: standard output."
)
@click.option("--lang", default="en", show_default=True, help="Language of labels; the second is zh, or en.")
@click.pass_obj
def command(project: str | None, output: str | None, lang: str) -> None:
    """Draw the ontology as SVG, from its axioms: classes with their subclasses, and properties from domain to range."""
    from mtsp_kg.graph import open_graph
    from mtsp_kg.output import write_whole

    picture = open_graph(project).diagram(lang).write()
    if output:
        write_whole(output, picture.encode())
    else:
        click.echo(picture, nl=False)
