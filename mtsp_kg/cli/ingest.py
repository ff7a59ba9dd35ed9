"""`mtsp ingest`: the document's structure into the graph, and a copy compared with the graph."""

from __future__ import annotations

import click


@click.command("ingest")
@click.argument("document", type=click.Path(dir_okay=False))
@click.option("--plan", metavar="SLUG", help="The plan's folder in graph/; read from the title when not given.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write elsewhere than graph/<plan>/document.ttl.")
@click.option("--check", is_flag=True, help="Write nothing: compare the copy with the graph; exit 1 if they differ.")
@click.pass_obj
def command(project: str | None, document: str, plan: str | None, output: str | None, check: bool) -> int:
    """Read DOCUMENT, the plan's text in UTF-8, and write its structure: sections, paragraphs, footnotes, captions.

    Of each passage the graph keeps number, place, length and SHA-256, and no sentence.
    """
    from pathlib import Path

    from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK
    from mtsp_kg.plan.document import compare, read_document, write_structure
    from mtsp_kg.plan.project import find_project, plan_folder

    found = find_project(project)
    read = read_document(document)
    slug = plan or read.plan
    target = Path(output) if output else plan_folder(found, slug) / "document.ttl"
    if check:
        differences = compare(read, target)
        for difference in differences:
            where = f"{document}:{difference.line}: " if difference.line else ""
            click.echo(f"{where}{difference.what}")
        if not differences:
            click.echo(
                f"{document} is the text that {found.relative(target)} describes: {len(read.passages)} passages."
            )
        return EXIT_FINDINGS if differences else EXIT_OK
    changed = write_structure(read, slug, target)
    click.echo(f"{'Wrote' if changed else 'No change in'} {target}: {len(read.passages)} passages.")
    return EXIT_OK
