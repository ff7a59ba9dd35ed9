"""`mtsp explain`: explain why a triple holds."""

from __future__ import annotations

from pathlib import Path

import click

from mtsp_kg.cli import _options
from mtsp_kg.errors import EXIT_FINDINGS, EXIT_OK, DataError


@click.command("explain")
@click.argument("subject", required=False)
@click.argument("predicate", required=False)
@click.argument("object_", metavar="[OBJECT]", required=False)
@_options.output_format("text", "json", "turtle", "mermaid")
@click.option(
    "-n",
    "--proofs",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="Maximum number of proofs per triple.",
)
@click.option(
    "--most",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="Maximum number of triples when a part is ?.",
)
@click.option("--check", is_flag=True, help="Replay each proof step by step against the graph and the axioms.")
@click.option(
    "--replay",
    metavar="FILE",
    type=click.Path(dir_okay=False, exists=True),
    help="Replay the proofs in a JSON file that --format json wrote.",
)
@_options.alignments
@_options.language
@_options.store
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
    """Explain why a triple holds.

    A proof has the rules and axioms that the triple follows from, down to the paragraphs that assert its premises.
    SUBJECT, PREDICATE and OBJECT are IRIs, prefixed names or labels, or ? for any:
    mtsp explain "WIPO GREEN" "contributes to" '?'. If no triple holds, the output lists the missing premises of the
    nearest rules, and the exit code is 1.
    """
    from mtsp_kg.remote_graph import open_graph

    kg = open_graph(project, store=store)
    if replay is not None:
        replayed = kg.reasoning(alignments=alignments).replay_json(_text(replay))
        click.echo(str(replayed), nl=False)
        return EXIT_FINDINGS if replayed.faults else EXIT_OK
    if subject is None or predicate is None or object_ is None:
        raise click.UsageError("Give a subject, a predicate and an object, each of which may be ?.")
    found = kg.explain(subject, predicate, object_, limit=proofs, most=most, alignments=alignments, language=lang)
    click.echo(found.write(form), nl=False)
    if not found:
        click.echo("No triple matches.", err=True)
    if check:
        replayed = found.replay()
        click.echo(str(replayed), nl=False, err=True)
        if replayed.faults:
            return EXIT_FINDINGS
    return EXIT_OK if found.holds else EXIT_FINDINGS


def _text(path: str) -> str:

    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The file cannot be read: {error}.", file=path) from error
