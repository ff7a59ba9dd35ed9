"""`mtsp publish`: the graph as a static site."""

from __future__ import annotations

import click


@click.command("publish")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@click.option("--base", metavar="IRI", help="What every IRI is to begin with in place of our own base.")
@click.option("--site-url", metavar="URL", help="The address at which the site will stand; the base if none.")
@click.option("--document", metavar="FILE", type=click.Path(), help="Your copy of the document: pages show its text.")
@click.option("--endpoint", metavar="URL", help="A SPARQL endpoint to name in the description of the data.")
@click.option("--check", is_flag=True, help="Publish nothing; check the site in DIR: files, links, counts.")
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
    """Write the graph into DIR as a site for any web server: pages, documents in every RDF form, dumps, descriptions.

    The site in DIR is replaced whole or not at all; files that did not change stay as they are. Exit code 1 when
    --check finds something.
    """
    from pathlib import Path
    from time import perf_counter

    from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK

    if check:
        from mtsp_kg.publish.site_check import check_folder

        findings = check_folder(Path(folder))
        for finding in findings:
            click.echo(finding)
        click.echo(f"{len(findings)} findings in {folder}." if findings else f"{folder} is whole and true.")
        return EXIT_FINDINGS if findings else EXIT_OK
    from mtsp_kg.graph import open_graph

    begun = perf_counter()
    done = open_graph(project).publish(folder, base=base, site=site_url, document=document, endpoint=endpoint)
    seconds = perf_counter() - begun
    what = f"{done.written:,} written" if done.changed else "nothing has changed"
    click.echo(f"{done.files:,} files, {done.size:,} bytes in {folder}; {what}; {seconds:.1f} s.")
    return EXIT_OK
