"""`mtsp shapes`: the SHACL shapes, their targets, and examples."""

from __future__ import annotations

import click


@click.command("shapes")
@click.option(
    "--shapes", multiple=True, metavar="FILE", help="A file or folder of SHACL shapes; replaces the project's."
)
@click.option("--doc", is_flag=True, help="As a page in Markdown, with full messages and examples.")
@click.option("--output", "-o", metavar="FILE", help="Write to this file.")
@click.pass_obj
def command(project: str | None, shapes: tuple[str, ...], doc: bool, output: str | None) -> None:
    """List the shapes: their targets, the number of nodes that these match, a good and a bad example."""
    import shutil

    from mtsp_kg.graph import open_graph
    from mtsp_kg.output import write_whole

    width = None if output else shutil.get_terminal_size((160, 24)).columns
    text = open_graph(project).shapes(shapes).write("md" if doc else "table", width)
    if output:
        write_whole(output, text.encode())
    else:
        click.echo(text, nl=False)
