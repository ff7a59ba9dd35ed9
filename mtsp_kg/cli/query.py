"""`mtsp query`: run a query."""

from __future__ import annotations

import sys

import click

from mtsp_kg.cli import _options
from mtsp_kg.errors import ParameterError


@click.command("query")
@click.argument("name", required=False)
@click.option("-e", "--execute", "text", metavar="SPARQL", help="A query as text; the project's prefixes are declared.")
@click.option(
    "-p", "--param", "parameters", multiple=True, metavar="NAME=VALUE", help="A parameter, such as outcome=2.4."
)
@click.option(
    "-f",
    "--format",
    "form",
    default="table",
    show_default=True,
    metavar="FORMAT",
    help="For rows: table, csv, tsv, json, xml, md; for triples: turtle, ntriples, jsonld, rdfxml.",
)
@_options.store
@click.option(
    "--evidence",
    is_flag=False,
    flag_value="all",
    metavar="[ROW]",
    help="Show the evidence for a row (its number, from 1) or for all rows: assertions, paragraphs, proofs.",
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
    """Run a query of the catalogue, a file, or SPARQL.

    NAME is that of a query in the catalogue (see 'mtsp queries') or of a file that ends in .rq; -e takes SPARQL.
    """

    from mtsp_kg.remote_graph import open_graph

    if (name is None) == (text is None):
        raise click.UsageError("Give the name of a query, a file, or SPARQL with -e.")
    values = _values(parameters)
    if text is not None and values:
        raise ParameterError("Parameters go with a query of the catalogue or a file, not with -e.")
    kg = open_graph(project, store=store)
    if evidence is not None:
        shown = "text" if form == "table" else form
        click.echo(kg.evidence(text or str(name), values, row=_row(evidence)).write(shown), nl=False)
        return
    if text is not None:
        answer = kg.sparql(text)
    elif name is not None and name.endswith(".rq"):
        answer = kg.query_file(name, **values)
    else:
        answer = kg.query(str(name), **values)
    click.echo(answer.write(form, _width(sys.stdout.isatty())), nl=False)


def _values(parameters: tuple[str, ...]) -> dict[str, str]:

    values: dict[str, str] = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if not equals or not name:
            raise ParameterError(f"'{parameter}' is not a parameter.", remedy="Write --param name=value.")
        if name in values:
            raise ParameterError(f"The parameter '{name}' is given twice.", remedy="Give it once.")
        values[name] = value
    return values


def _row(evidence: str) -> int | None:

    if evidence == "all":
        return None
    if not (evidence.isascii() and evidence.isdecimal()):
        raise ParameterError(f"'{evidence}' is not a row number.", remedy="Give a number from 1, or all.")
    return int(evidence)


def _width(terminal: bool) -> int | None:
    if not terminal:
        return None
    import shutil

    return shutil.get_terminal_size().columns
