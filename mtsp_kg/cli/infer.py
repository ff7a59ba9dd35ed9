"""`mtsp infer`: infer triples from the graph and the ontology."""

from __future__ import annotations

import click

from mtsp_kg.cli import _options
from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK


@click.command("infer")
@click.option(
    "-w",
    "--write",
    "output",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Write the inferred graphs to a file.",
)
@click.option(
    "-f", "--format", "form", metavar="FORMAT", default="trig", show_default=True, help="RDF format of the file."
)
@_options.alignments
@click.option("--left-out", is_flag=True, help="List what is not inferred, and why.")
@click.option("--store", metavar="URL", help="Infer from the graphs in a remote store, and write the result to it.")
@_options.query_url
@click.option("--dry-run", is_flag=True, help="With --store: count only; write nothing to the store.")
@click.pass_obj
def command(
    project: str | None,
    output: str | None,
    form: str,
    alignments: bool,
    left_out: bool,
    store: str | None,
    query_url: str | None,
    dry_run: bool,
) -> int:
    """Infer triples, and count them by kind of rule.

    Rules are the ontology's axioms and the queries in queries/infer/. Each kind of rule has a named graph
    (graph/inferred/KIND); 'mtsp explain' explains its triples. The same graph always gives the same bytes.
    """

    if left_out:
        from mtsp_kg.infer.rules import LEFT_OUT

        for entry in LEFT_OUT:
            click.echo(f"{entry.what}\n    {entry.why}")
        return EXIT_OK
    from mtsp_kg.formats import rdf_format
    from mtsp_kg.output import write_whole
    from mtsp_kg.remote_graph import open_graph

    rdf_format(form)
    if store is not None:
        from mtsp_kg.remote.address import writable_address

        writable_address(store, query_url)
    kg = open_graph(project, store=store, query_url=query_url)
    found = kg.infer(alignments=alignments)
    click.echo(found.write("text"), nl=False)
    if output:
        changed = write_whole(output, found.write(form).encode())
        click.echo(f"{'Wrote' if changed else 'No change in'} {output}.", err=True)
    if store is None or dry_run:
        return EXIT_OK
    from mtsp_kg.remote_graph import RemoteKnowledgeGraph

    assert isinstance(kg, RemoteKnowledgeGraph)
    done = kg.put_inferences(found.nquads(), lambda line: click.echo(line, err=True))
    click.echo(done.write(), nl=False, err=True)
    return EXIT_OK if done.agrees else EXIT_FINDINGS
