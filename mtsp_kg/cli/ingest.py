"""`mtsp ingest`: write the structure of a document to the graph, or compare it with the graph."""

from __future__ import annotations

import click

from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK


@click.command("ingest")
@click.argument("document", type=click.Path(dir_okay=False))
@click.option("--plan", metavar="SLUG", help="The plan's folder in graph/; default: from the title.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="A file instead of graph/<plan>/document.ttl.")
@click.option("--check", is_flag=True, help="Compare the copy with the graph; exit code 1 if they differ.")
@click.pass_obj
def command(project: str | None, document: str, plan: str | None, output: str | None, check: bool) -> int:
    """Write the structure of a document to the graph.

    DOCUMENT is the plan's text in UTF-8; its structure is sections, paragraphs, footnotes and captions. The graph keeps
    the number, position, length and SHA-256 of each passage, but not its text.
    """
    from mtsp_kg.graph import open_graph

    kg = open_graph(project)
    if check:
        comparison = kg.compare(document, plan=plan, output=output)
        click.echo(comparison.write(), nl=False)
        return EXIT_OK if comparison.same else EXIT_FINDINGS
    written = kg.ingest(document, plan=plan, output=output)
    click.echo(f"{'Wrote' if written.changed else 'No change in'} {written.path}: {written.passages} passages.")
    return EXIT_OK
