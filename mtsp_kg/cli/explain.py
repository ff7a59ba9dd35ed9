"""`mtsp explain`: why a triple holds."""

from __future__ import annotations

import click


@click.command("explain")
@click.argument("subject", required=False)
@click.argument("predicate", required=False)
@click.argument("object_", metavar="OBJECT", required=False)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "json", "turtle", "mermaid"]),
    default="text",
    show_default=True,
)
@click.option("-n", "--proofs", type=click.IntRange(min=1), default=5, show_default=True, help="Proofs of each triple.")
@click.option("--most", type=click.IntRange(min=1), default=20, show_default=True, help="Triples, where a part is ?.")
@click.option("--check", is_flag=True, help="Replay each proof step by step against the graph and the axioms.")
@click.option("--replay", type=click.Path(dir_okay=False, exists=True), help="Replay the proofs of a JSON file.")
@click.option("--with-alignments", "alignments", is_flag=True, help="Read the links to other vocabularies too.")
@click.option("--lang", default="en", show_default=True, help="The language of labels, where there is one.")
@click.option("--store", metavar="URL", help="Explain what a remote SPARQL store holds; its graphs are fetched.")
@click.pass_obj
def command(
    project: str | None,
    subject: str | None,
    predicate: str | None,
    object_: str | None,
    form: str,
    proofs: int,
    most: int,
    check: bool,
    replay: str | None,
    alignments: bool,
    lang: str,
    store: str | None,
) -> int:
    """Explain why SUBJECT PREDICATE OBJECT holds: the rules and axioms, down to the paragraphs that say so.

    Each is an IRI, a prefixed name or a label, or ? for any: mtsp explain "WIPO GREEN" "contributes to" '?'. Where a
    triple does not follow, what is missing for the nearest rules is told, and the exit code is 1.
    """
    from pathlib import Path

    from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK
    from mtsp_kg.remote_graph import open_graph

    kg = open_graph(project, store=store)
    if replay is not None:
        reasoning = kg.reasoning(alignments=alignments, language=lang)
        number, wrong = reasoning.replay_text(Path(replay).read_text(encoding="utf-8"))
        click.echo("\n".join([*wrong, f"{number} proofs replayed, {len(wrong)} faults"]))
        return EXIT_FINDINGS if wrong else EXIT_OK
    if subject is None or predicate is None or object_ is None:
        raise click.UsageError("Give a subject, a predicate and an object, each of which may be ?.")
    reasoning = kg.reasoning(alignments=alignments, language=lang)
    found = reasoning.explain(subject, predicate, object_, limit=proofs, most=most)
    click.echo(reasoning.tell(found, form), nl=False)
    if not found:
        click.echo("Nothing of that form holds.", err=True)
    if check:
        wrong = reasoning.replay(found)
        count = sum(len(one.proofs) for one in found)
        click.echo("\n".join([*wrong, f"{count} proofs replayed, {len(wrong)} faults"]), err=True)
        if wrong:
            return EXIT_FINDINGS
    return EXIT_OK if any(one.proofs for one in found) else EXIT_FINDINGS
