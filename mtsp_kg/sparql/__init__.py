"""SPARQL that the engine itself sends: one file a query or update, which knows no project.

A `$name` in a file is the place of a term, which `text` fills in. A project's own questions are in its `queries/`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


def text(name: str, **terms: object) -> str:
    """The text of a file of this folder.

    name: the file's name; terms: for each `$name` in it an RDF term, whose string is its N-Triples form (as that of
    pyoxigraph's terms), or several, separated by what SPARQL wants there.

    >>> print(text("ask-resource.rq", resource="<https://example.org/a>").splitlines()[-1])
    ASK { { <https://example.org/a> ?p ?o } UNION { ?s ?q <https://example.org/a> } }
    """
    found = _read(name)
    for term, value in terms.items():
        found = found.replace(f"${term}", str(value))
    return found


@cache
def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
