"""The engine's own SPARQL: one file per query or update, none of which depends on a project.

`$name` in a file is a parameter, which `text` replaces. A project's own queries are in its folder `queries/`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_PARAMETER = re.compile(r"\$(\w+)")


def text(name: str, **terms: object) -> str:
    """The text of a query or update.

    name: the file's name; terms: the replacement of each `$name`: an RDF term, whose string is its N-Triples form (as
    that of pyoxigraph's terms), or several terms in SPARQL syntax.

    >>> print(text("ask-resource.rq", resource="<https://example.org/a>").splitlines()[-1])
    ASK { { <https://example.org/a> ?p ?o } UNION { ?s ?q <https://example.org/a> } }
    """
    return _PARAMETER.sub(lambda found: str(terms[found[1]]), _query(name))


@cache
def _query(name: str) -> str:
    """The text of the file without its leading comment, which describes the parameters."""
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#"))
