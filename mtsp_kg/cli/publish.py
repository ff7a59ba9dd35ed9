"""`mtsp publish`: the graph as a static site."""

from __future__ import annotations

import click


@click.command("publish")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@click.option("--base", metavar="IRI", help="The IRI with which every IRI is to begin, in place of the project's base.")
@click.option("--site-url", metavar="URL", help="The address of the site; the base by default.")
@click.option("--document", metavar="FILE", type=click.Path(), help="Your copy of the document: pages show its text.")
@click.option("--endpoint", metavar="URL", help="A SPARQL endpoint over the same graph, to be described with the data.")
@click.option("--check", is_flag=True, help="Publish nothing; check the files, links and counts of the site in DIR.")
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
    """Write the graph to DIR as a site for any web server: pages, RDF documents, dumps, descriptions of the dataset.

    The site in DIR is replaced as a whole or not at all; files that have not changed are kept. Exit code 1 when --check
    finds a fault.
    """
    from pathlib import Path

    from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK

    if check:
        from mtsp_kg.publish.site_check import check_site

        found = check_site(Path(folder))
        click.echo(found.write(), nl=False)
        return EXIT_OK if found.passed else EXIT_FINDINGS
    from mtsp_kg.graph import open_graph

    published = open_graph(project).publish(folder, base=base, site=site_url, document=document, endpoint=endpoint)
    click.echo(published.write(), nl=False)
    return EXIT_OK
