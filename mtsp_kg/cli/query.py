"""`mtsp query`: ask a question."""

from __future__ import annotations

import click


@click.command("query")
@click.argument("name", required=False)
@click.option("-e", "--execute", "text", metavar="SPARQL", help="A query as text; our prefixes need no declaration.")
@click.option("-p", "--param", "parameters", multiple=True, metavar="K=V", help="A parameter, e.g. outcome=2.4.")
@click.option(
    "-f",
    "--format",
    "form",
    default="table",
    show_default=True,
    help="table, csv, tsv, json, xml, md; for triples turtle, ntriples, jsonld, rdfxml.",
)
@click.option("--store", metavar="URL", help="Ask a remote SPARQL store: the address of its queries or graphs.")
@click.option(
    "--evidence",
    is_flag=False,
    flag_value="all",
    metavar="ROW",
    help="Open a row (its number, from 1; all without one): what it rests on, with paragraphs and proofs; -f json.",
)
@click.pass_obj
def command(
    project: str | None,
    name: str | None,
    text: str | None,
    parameters: tuple[str, ...],
    form: str,
    store: str | None,
    evidence: str | None,
) -> None:
    """Ask NAME (a query of the catalogue), a FILE.rq, or SPARQL given with -e."""
    import sys

    from mtsp_kg.errors import ParameterError
    from mtsp_kg.remote_graph import open_graph

    if (name is None) == (text is None):
        raise click.UsageError("Give the name of a query, a file, or SPARQL with -e.")
    values: dict[str, str] = {}
    for parameter in parameters:
        key, equals, value = parameter.partition("=")
        if not equals:
            raise ParameterError(f"'{parameter}' is no parameter.", remedy="Write --param name=value.")
        values[key] = value
    kg = open_graph(project, store=store)
    if text is not None and values:
        raise ParameterError("Parameters go with a query of the catalogue or a file, not with -e.")
    if evidence is not None:
        if evidence != "all" and not evidence.isdecimal():
            raise ParameterError(f"'{evidence}' is no row.", remedy="Give a row's number, from 1, or all.")
        row = None if evidence == "all" else int(evidence)
        shown = "text" if form == "table" else form
        click.echo(kg.evidence(text if text is not None else str(name), values, row=row, form=shown), nl=False)
        return
    if text is not None:
        answer = kg.sparql(text)
    elif name is not None and name.endswith(".rq"):
        answer = kg.query_file(name, **values)
    else:
        answer = kg.query(str(name), **values)
    click.echo(answer.write(form, _room(sys.stdout.isatty())), nl=False)


def _room(terminal: bool) -> int | None:
    if not terminal:
        return None
    import shutil

    return shutil.get_terminal_size().columns
