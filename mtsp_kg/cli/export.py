"""`mtsp export`: the whole graph as one file."""

from __future__ import annotations

import click


@click.command("export")
@click.argument("form", metavar="FORMAT")
@click.option("-o", "--output", type=click.Path(dir_okay=False, writable=True), help="Write to a file.")
@click.pass_obj
def command(project: str | None, form: str, output: str | None) -> None:
    """Write ontology and graph in FORMAT: trig, nquads, jsonld (with named graphs), turtle, ntriples, rdfxml (merged).

    The same graph gives the same bytes each time.
    """
    import sys

    from mtsp_kg.graph import open_graph
    from mtsp_kg.output import write_whole

    content = open_graph(project).export(form)
    if output:
        write_whole(output, content)
    else:
        sys.stdout.buffer.write(content)
