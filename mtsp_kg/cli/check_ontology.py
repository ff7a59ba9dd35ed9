"""`mtsp check-ontology`: OWL 2 DL, consistency, the class tree, and the ontology's quality."""

from __future__ import annotations

import click


@click.command("check-ontology")
@click.option("--reasoner", type=click.Choice(["hermit", "pyhermit"]), help="Which; the first that can run if none.")
@click.option("--rules-only", is_flag=True, help="Run no OWL 2 DL reasoner: what breaks OWL 2 DL, and rules, alone.")
@click.option("--with-alignments", "alignments", is_flag=True, help="Read the links to other vocabularies too.")
@click.option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--lang", default="en", show_default=True, help="The language of labels, where there is one.")
@click.pass_obj
def command(project: str | None, reasoner: str | None, rules_only: bool, alignments: bool, form: str, lang: str) -> int:
    """Check that ontology and graph are in OWL 2 DL, contradict nothing, and have the class tree that is shipped.

    Contradictions are told with the axioms and statements that they follow from, and their lines. HermiT runs where
    there is Java, pyHermiT (pip install 'mtsp-kg[dl]') where there is none. Then the checks of queries/ontology/ are
    run: a header with all that FOOPS! asks for, no term unused, none of OOPS!'s pitfalls. Exit code 1 when anything is
    found.
    """
    from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK
    from mtsp_kg.graph import open_graph
    from mtsp_kg.validate.check_queries import tell_quality

    kg = open_graph(project)
    reasoning = kg.reasoning(alignments=alignments, language=lang)
    found = reasoning.check(reasoner=reasoner, dl=not rules_only)
    quality = kg.check_quality()
    told = tell_quality(quality, kg.project, kg.plan, form, lang)
    if form == "json":
        import json

        both = {**json.loads(reasoning.tell_check(found, form)), "quality": json.loads(told)}
        click.echo(json.dumps(both, ensure_ascii=False, indent=2))
    else:
        click.echo(reasoning.tell_check(found, form) + told, nl=False)
    return EXIT_OK if found.is_well and quality.conforms else EXIT_FINDINGS
