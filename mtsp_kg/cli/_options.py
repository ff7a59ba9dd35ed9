"""Options that several commands have, with one name and one help text each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Option = Callable[[Any], Any]

language: Option = click.option("--lang", default="en", show_default=True, help="Language of labels, if available.")
alignments: Option = click.option(
    "--with-alignments", "alignments", is_flag=True, help="Include the links to other vocabularies."
)
store: Option = click.option(
    "--store", metavar="URL", help="Use a remote SPARQL store: the URL of its query endpoint or Graph Store."
)
query_url: Option = click.option(
    "--query-url", metavar="URL", help="The store's query endpoint, if it does not follow from the other URL."
)
output: Option = click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True),
    help="Write to a file instead of standard output.",
)
document: Option = click.option(
    "--document", metavar="FILE", type=click.Path(), help="Your copy of the document, whose text the pages show."
)
base: Option = click.option("--base", metavar="IRI", help="Publish all IRIs under this base instead of the project's.")
shapes: Option = click.option(
    "--shapes", metavar="FILE", multiple=True, help="A file or folder of SHACL shapes instead of the project's."
)


def output_format(*forms: str) -> Option:
    """The option -f/--format of a command that writes its result in these forms, the first by default."""
    return click.option(
        "-f", "--format", "form", type=click.Choice(forms), default=forms[0], show_default=True, help="Output format."
    )
