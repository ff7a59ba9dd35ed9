"""`mtsp shapes`: the SHACL shapes, what each looks at, and examples."""

from __future__ import annotations

import click


@click.command("shapes")
@click.option("--shapes", multiple=True, metavar="FILE", help="A file or folder of SHACL shapes in place of ours.")
@click.option("--doc", is_flag=True, help="As a page in Markdown, with messages and examples in full.")
@click.option("--output", "-o", metavar="FILE", help="Write it there.")
@click.pass_obj
def command(project: str | None, shapes: tuple[str, ...], doc: bool, output: str | None) -> None:
    """List the shapes: what each looks at, how many nodes it meets, a good and a bad example."""
    import shutil

    from mtsp_kg.graph import open_graph
    from mtsp_kg.layout import aligned_table
    from mtsp_kg.output import write_whole
    from mtsp_kg.validate.runner import read_project_shapes
    from mtsp_kg.validate.shape_listing import as_page, as_rows, listed

    kg = open_graph(project)
    failing: dict[str, set[str]] = {}
    for finding in kg.validate(shapes=shapes, checks=False).findings:
        failing.setdefault(finding.shape, set()).add(finding.focus)
    found = listed(read_project_shapes(kg.project, shapes), kg.store.snapshot(), failing, kg.project.root)
    room = None if output else shutil.get_terminal_size((160, 24)).columns
    text = as_page(found, kg.store.snapshot(), kg.plan) if doc else aligned_table(as_rows(found, kg.plan), room)
    if output:
        write_whole(output, text.encode())
    else:
        click.echo(text, nl=False)
