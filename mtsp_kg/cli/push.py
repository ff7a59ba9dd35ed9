"""`mtsp push`: write the graphs to a remote store."""

from __future__ import annotations

import click

from mtsp_kg.cli import _options
from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK


@click.command("push")
@click.argument("url")
@_options.query_url
@click.option("--dry-run", is_flag=True, help="Compare and report what would change; write nothing.")
@click.option("--delete", is_flag=True, help="Delete graphs that were pushed earlier and no longer exist.")
@click.option(
    "--merge",
    type=click.Choice(["auto", "default", "named", "none"]),
    default="auto",
    show_default=True,
    help="The target of the merge of all graphs; 'default' replaces the content of the store's default graph.",
)
@click.option("--plain-http", is_flag=True, help="Allow a password over unencrypted HTTP to another machine.")
@_options.output_format("text", "json")
@click.pass_obj
def command(
    project: str | None,
    url: str,
    query_url: str | None,
    dry_run: bool,
    delete: bool,
    merge: str,
    plain_http: bool,
    form: str,
) -> int:
    """Write the graphs to a remote store.

    URL is that of the store's Graph Store. Each graph is read back and compared.

    \b
    Oxigraph  http://host:7878/store
    Fuseki    http://host:3030/DATASET/data
    GraphDB   http://host:7200/repositories/NAME/rdf-graphs/service
    Virtuoso  http://host:8890/sparql-graph-crud-auth

    Inferred graphs are included; 'mtsp --no-inference push' leaves them out.

    Unchanged graphs are skipped, so an interrupted push can be repeated. Other graphs are never changed.
    The user name and password come from MTSP_STORE_USER and MTSP_STORE_PASSWORD, a token from MTSP_STORE_TOKEN, or all
    of them from ~/.netrc. Exit code 1 if the store does not return what was sent.
    """
    from mtsp_kg.remote_graph import open_graph

    done = open_graph(project).push(
        url,
        query_url=query_url,
        merge=merge,
        delete=delete,
        dry_run=dry_run,
        plain_http=plain_http,
        progress=lambda line: click.echo(line, err=True),
    )
    if dry_run:
        for name in (*done.sent, *done.deleted):
            click.echo(f"{'delete' if name in done.deleted else 'send'}  {name}", err=True)
    click.echo(done.write(form), nl=False)
    return EXIT_OK if done.agrees else EXIT_FINDINGS
