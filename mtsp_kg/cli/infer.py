"""`mtsp infer`: what follows from the graph by the ontology's axioms."""

from __future__ import annotations

import click


@click.command("infer")
@click.option("-w", "--write", "output", type=click.Path(dir_okay=False), help="Write the inferred graphs to a file.")
@click.option("-f", "--format", "form", default="trig", show_default=True, help="The RDF format of the file.")
@click.option("--with-alignments", "alignments", is_flag=True, help="Read the links to other vocabularies too.")
@click.option("--left-out", is_flag=True, help="Show what is not inferred, and why.")
@click.option("--store", metavar="URL", help="Infer from a remote store's graphs, and put the inferred graphs there.")
@click.option("--query-url", metavar="URL", help="With --store: where queries go, if its address does not tell.")
@click.option("--dry-run", is_flag=True, help="With --store: count only, put nothing there.")
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
    """Infer triples by the ontology's axioms and the rules in queries/infer/, and count them by kind of rule.

    Each kind of rule has a named graph (graph/inferred/KIND); 'mtsp explain' says why a triple is in it. The same graph
    gives the same bytes.
    """
    from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK

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
    click.echo(str(done) + "".join(f"mtsp: {difference}\n" for difference in done.differences), nl=False, err=True)
    return EXIT_FINDINGS if done.differences else EXIT_OK
