"""`mtsp ground`: the graph against a copy of the document."""

from __future__ import annotations

import click


@click.command("ground")
@click.argument("document", type=click.Path(dir_okay=False))
@click.option("-f", "--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
@click.option("--grounded", type=click.FloatRange(0, 100), default=100, show_default=True, help="Percent to reach.")
@click.option("--accounted", type=click.FloatRange(0, 100), default=100, show_default=True, help="Percent to reach.")
@click.option("--write", is_flag=True, help="Write every mention to graph/<plan>/mentions.ttl.")
@click.pass_obj
def command(project: str | None, document: str, form: str, grounded: float, accounted: float, write: bool) -> int:
    """Read a copy of the document again and hold the graph against it, passage by passage.

    Reported are things that a passage's graph speaks of and the passage does not name, names that stand in a passage
    and that its graph does not speak of, and passages of which nothing is said. Exit code 1 under the percentages.
    """
    from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK
    from mtsp_kg.graph import open_graph
    from mtsp_kg.plan.document.grounding import figures

    kg = open_graph(project)
    found = kg.ground(document)
    if write:
        target, changed = kg.write_mentions(found)
        click.echo(f"{'Wrote' if changed else 'No change in'} {target}.", err=True)
    click.echo(kg.ground_report(found, document, form), nl=False)
    sums = figures(found)
    reached = sums.grounded_share >= grounded and sums.accounted_share >= accounted and not sums.silent
    return EXIT_OK if reached else EXIT_FINDINGS
