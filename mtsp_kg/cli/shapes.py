"""`mtsp shapes`: list the SHACL shapes."""

from __future__ import annotations

import click

from mtsp_kg.cli import _options


@click.command("shapes")
@_options.shapes
@click.option("--doc", is_flag=True, help="Write a page in Markdown, with full messages and examples.")
@_options.output
@click.pass_obj
def command(project: str | None, shapes: tuple[str, ...], doc: bool, output: str | None) -> None:
    """List the SHACL shapes.

    Each shape has its targets, the number of target nodes, and a good and a bad example.
    """
    import shutil

    from mtsp_kg.graph import open_graph
    from mtsp_kg.output import write_whole

    width = None if output else shutil.get_terminal_size((160, 24)).columns
    text = open_graph(project).shapes(shapes).write("md" if doc else "table", width)
    if output:
        write_whole(output, text.encode())
    else:
        click.echo(text, nl=False)
