"""`mtsp export`: write the whole graph to one file."""

from __future__ import annotations

import sys

import click

from mtsp_kg.cli import _options


@click.command("export")
@click.argument("form", metavar="FORMAT")
@_options.output
@click.pass_obj
def command(project: str | None, form: str, output: str | None) -> None:
    """Write the ontology and the graph as one file of RDF.

    FORMAT is trig, nquads or jsonld, with named graphs; or turtle, ntriples or rdfxml, with the merge of all graphs.
    The same graph always gives the same bytes.
    """

    from mtsp_kg.graph import open_graph
    from mtsp_kg.output import write_whole

    content = open_graph(project).export(form)
    if output:
        write_whole(output, content)
    else:
        sys.stdout.buffer.write(content)
