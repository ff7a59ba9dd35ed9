"""`mtsp publish`: write the graph as a static site."""

from __future__ import annotations

from pathlib import Path

import click

from mtsp_kg.cli import _options
from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK


@click.command("publish")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@_options.base
@click.option("--site-url", metavar="URL", help="URL of the site; default: the base.")
@_options.document
@click.option("--endpoint", metavar="URL", help="The SPARQL endpoint to name in the description of the dataset.")
@click.option("--check", is_flag=True, help="Publish nothing: check files, links and counts of the site in DIR.")
@click.pass_obj
def command(
    project: str | None,
    folder: str,
    base: str | None,
    site_url: str | None,
    document: str | None,
    endpoint: str | None,
    check: bool,
) -> int:
    """Write the graph as a static site.

    DIR gets pages, RDF documents, dumps and a description of the dataset, for any web server. A site in DIR is replaced
    as a whole or not at all; unchanged files are kept. Exit code 1 if --check finds faults.
    """

    if check:
        from mtsp_kg.publish.site_check import check_site

        found = check_site(Path(folder))
        click.echo(found.write(), nl=False)
        return EXIT_OK if found.passed else EXIT_FINDINGS
    from mtsp_kg.graph import open_graph

    published = open_graph(project).publish(folder, base=base, site=site_url, document=document, endpoint=endpoint)
    click.echo(published.write(), nl=False)
    return EXIT_OK
