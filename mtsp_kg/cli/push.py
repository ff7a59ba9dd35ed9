"""`mtsp push`: the graphs into a remote store."""

from __future__ import annotations

import click


@click.command("push")
@click.argument("url")
@click.option("--query-url", metavar="URL", help="Where queries go, if the store's address does not tell.")
@click.option("--dry-run", is_flag=True, help="Compare and tell what would be done; write nothing.")
@click.option("--delete", is_flag=True, help="Delete graphs that were pushed before and are no more.")
@click.option(
    "--merge",
    type=click.Choice(["auto", "default", "named", "none"]),
    default="auto",
    show_default=True,
    help="Where the merge of all graphs goes; 'default' replaces what stands in the store's default graph.",
)
@click.option("--plain-http", is_flag=True, help="Let a password go over http to another machine.")
@click.pass_obj
def command(
    project: str | None, url: str, query_url: str | None, dry_run: bool, delete: bool, merge: str, plain_http: bool
) -> int:
    """Put the graphs into the store at URL, the address of its Graph Store, and read each back.

    \b
    Oxigraph  http://host:7878/store
    Fuseki    http://host:3030/DATASET/data
    GraphDB   http://host:7200/repositories/NAME/rdf-graphs/service
    Virtuoso  http://host:8890/sparql-graph-crud-auth

    What follows goes there, too; 'mtsp --no-inference push' puts what is stated only.

    Graphs that are there already are skipped, so a push that broke off goes on where it was. Graphs that are not ours
    are left alone. A name and a password come from MTSP_STORE_USER and MTSP_STORE_PASSWORD, a token from
    MTSP_STORE_TOKEN, else from ~/.netrc. Exit code 1 when what is read back is not what was sent.
    """
    from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK
    from mtsp_kg.remote.push import told
    from mtsp_kg.remote_graph import open_graph, push

    done = push(
        open_graph(project),
        url,
        query_url=query_url,
        merge=merge,
        delete=delete,
        dry_run=dry_run,
        plain_http=plain_http,
        say=lambda line: click.echo(line, err=True),
    )
    if dry_run:
        for name in (*done.sent, *done.deleted):
            click.echo(f"{'delete' if name in done.deleted else 'send'}  {name}", err=True)
    click.echo("\n".join(told(done, url, dry=dry_run)))
    for fault in done.wrong:
        click.echo(f"mtsp: {fault}", err=True)
    return EXIT_FINDINGS if done.wrong else EXIT_OK
