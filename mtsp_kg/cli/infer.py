"""`mtsp infer`: what follows from the graph by the ontology's axioms."""

from __future__ import annotations

import click


@click.command("infer")
@click.option("-w", "--write", "output", type=click.Path(dir_okay=False), help="Write the inferred graphs to a file.")
@click.option("-f", "--format", "form", default="trig", show_default=True, help="The format of the file.")
@click.option("--with-alignments", "alignments", is_flag=True, help="Read the links to other vocabularies too.")
@click.option("--left-out", is_flag=True, help="Show what is not inferred, and why.")
@click.pass_obj
def command(project: str | None, output: str | None, form: str, alignments: bool, left_out: bool) -> None:
    """Infer what the ontology's axioms and the rules in queries/infer/ give, and count it by kind of rule.

    Each kind of rule has a named graph (graph/inferred/KIND); 'mtsp explain' says why a triple stands there. Dropping
    the file and writing it again gives the same bytes.
    """
    if left_out:
        from mtsp_kg.infer.kinds import LEFT_OUT

        for entry in LEFT_OUT:
            click.echo(f"{entry['what']}\n    {entry['why']}")
        return
    from mtsp_kg.graph import open_graph
    from mtsp_kg.infer.kinds import KINDS
    from mtsp_kg.output import write_whole

    reasoning = open_graph(project).reasoning(alignments=alignments)
    found = reasoning.counts()
    for kind, number in found.items():
        said = KINDS.get(kind, {"en": "a rule in queries/infer/", "rule": "query"})
        click.echo(f"{number:7,}  {kind:20} {said['en']}  ({said['rule']})")
    click.echo(f"{sum(found.values()):7,}  inferred triples")
    if output:
        changed = write_whole(output, reasoning.write(form))
        click.echo(f"{'Wrote' if changed else 'No change in'} {output}.", err=True)
