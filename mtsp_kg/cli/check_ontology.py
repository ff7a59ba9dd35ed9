"""`mtsp check-ontology`: check the ontology: OWL 2 DL, consistency, class hierarchy and quality."""

from __future__ import annotations

import click

from mtsp_kg.cli import _options
from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK


@click.command("check-ontology")
@click.option(
    "--reasoner", type=click.Choice(["hermit", "pyhermit"]), help="OWL reasoner; default: the first that is available."
)
@click.option(
    "--rules-only", is_flag=True, help="Check OWL 2 DL, and contradictions by rules only, without a reasoner."
)
@_options.alignments
@_options.output_format("text", "json")
@_options.language
@click.pass_obj
def command(project: str | None, reasoner: str | None, rules_only: bool, alignments: bool, form: str, lang: str) -> int:
    """Check the ontology: OWL 2 DL, consistency and quality.

    The graph is checked with it. Contradictions are shown with the axioms and assertions that they follow from, and
    their lines. The reasoner is HermiT if Java is available, else pyHermiT (pip install 'mtsp-kg[dl]'); its class
    hierarchy must equal the one that the rules infer. The checks in queries/ontology/ run too: the header items of
    FOOPS!, unused terms, the pitfalls of OOPS!. Exit code 1 if anything is found.
    """
    from mtsp_kg.graph import open_graph
    from mtsp_kg.validate.report_view import LANGUAGES

    kg = open_graph(project)
    found = kg.check_ontology(reasoner=reasoner, dl=not rules_only, alignments=alignments, language=lang)
    quality = kg.check_quality()
    written = quality.write(form, language=lang if lang in LANGUAGES else "en")
    if form == "json":
        import json

        both = {**found.as_dict(), "quality": json.loads(written)}
        click.echo(json.dumps(both, ensure_ascii=False, indent=2))
    else:
        click.echo(found.write(form) + written, nl=False)
    return EXIT_OK if found.conforms and quality.conforms else EXIT_FINDINGS
