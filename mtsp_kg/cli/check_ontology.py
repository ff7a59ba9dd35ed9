"""`mtsp check-ontology`: OWL 2 DL, consistency, the class hierarchy, and the ontology's quality."""

from __future__ import annotations

import click


@click.command("check-ontology")
@click.option(
    "--reasoner", type=click.Choice(["hermit", "pyhermit"]), help="The reasoner; default: the first that can run."
)
@click.option("--rules-only", is_flag=True, help="Check OWL 2 DL and contradictions by rules only; run no reasoner.")
@click.option("--with-alignments", "alignments", is_flag=True, help="Read the links to other vocabularies too.")
@click.option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--lang", default="en", show_default=True, help="The language of labels, where there is one.")
@click.pass_obj
def command(project: str | None, reasoner: str | None, rules_only: bool, alignments: bool, form: str, lang: str) -> int:
    """Check that ontology and graph are in OWL 2 DL and consistent, with the class hierarchy that the rules infer.

    Contradictions are shown with the axioms and assertions that they follow from, and their lines. HermiT runs where
    there is Java, pyHermiT (pip install 'mtsp-kg[dl]') where there is none. Then the checks of queries/ontology/ run:
    a header with all that FOOPS! asks for, no unused term, none of OOPS!'s pitfalls. Exit code 1 if anything is found.
    """
    from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK
    from mtsp_kg.graph import open_graph
    from mtsp_kg.validate.report_view import LANGUAGES

    kg = open_graph(project)
    found = kg.check_ontology(reasoner=reasoner, dl=not rules_only, alignments=alignments, language=lang)
    quality = kg.check_quality()
    told = quality.write(form, language=lang if lang in LANGUAGES else "en")
    if form == "json":
        import json

        both = {**found.as_dict(), "quality": json.loads(told)}
        click.echo(json.dumps(both, ensure_ascii=False, indent=2))
    else:
        click.echo(found.write(form) + told, nl=False)
    return EXIT_OK if found.conforms and quality.conforms else EXIT_FINDINGS
