"""`mtsp coverage`: matrices with the paragraphs behind each cell."""

from __future__ import annotations

import click


@click.command("coverage")
@click.argument("name", required=False)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["table", "csv", "tsv", "md", "json", "html"]),
    default="table",
    show_default=True,
)
@click.option("--wide", is_flag=True, help="Show rows by columns, instead of a line for each cell.")
@click.option("--lang", default="en", show_default=True, help="Language of labels, where there is one.")
@click.option("--store", metavar="URL", help="Ask a remote SPARQL store: the address of its queries or graphs.")
@click.pass_obj
def command(project: str | None, name: str | None, form: str, wide: bool, lang: str, store: str | None) -> None:
    """Show the matrix NAME, with what is empty first; without NAME, list the matrices.

    A cell contains the paragraphs that state the relation; a cell without evidence is empty.
    """
    from mtsp_kg.remote_graph import open_graph

    if name is None:
        matrices = open_graph(project).queries("coverage")
        click.echo(matrices.write("json" if form == "json" else "text"), nl=False)
    else:
        click.echo(open_graph(project, store=store).coverage(name, language=lang).write(form, wide=wide), nl=False)
