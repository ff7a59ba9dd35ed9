"""`mtsp coverage`: show a coverage matrix."""

from __future__ import annotations

import click

from mtsp_kg.cli import _options


@click.command("coverage")
@click.argument("name", required=False)
@_options.output_format("table", "csv", "tsv", "md", "json", "html")
@click.option("--wide", is_flag=True, help="Show rows by columns instead of one line for each cell.")
@_options.language
@_options.store
@click.pass_obj
def command(project: str | None, name: str | None, form: str, wide: bool, lang: str, store: str | None) -> None:
    """Show a coverage matrix, or list the matrices.

    Without NAME, list the matrices. Empty rows and columns come first. A cell contains the paragraphs that state
    the relation; a cell without evidence is empty.
    """
    from mtsp_kg.remote_graph import open_graph

    if name is None:
        matrices = open_graph(project).queries("coverage")
        click.echo(matrices.write("json" if form == "json" else "text"), nl=False)
    else:
        click.echo(open_graph(project, store=store).coverage(name, language=lang).write(form, wide=wide), nl=False)
