"""The dataset clauses of a query (SPARQL 1.1 Query, section 13.2): FROM and FROM NAMED, as its text gives them.

The default graph of several FROM clauses is the RDF merge of their graphs; the engine gives a triple once for each
graph that states it. Handed over as the protocol's parameters, which say the same, the graphs are merged as they should
be. Imports this room.
"""

from __future__ import annotations

from mtsp_kg.serve.guard import tokens


def clauses(text: str) -> tuple[list[str], list[str]] | None:
    """The IRIs of FROM and of FROM NAMED, when there are several FROM and each is absolute; None when the engine can be
    left to it.

    >>> clauses("PREFIX a: <http://a/> SELECT * FROM a:b FROM <http://c> FROM NAMED a:d { ?s ?p ?o }")
    (['http://a/b', 'http://c'], ['http://a/d'])
    >>> clauses("SELECT * FROM <http://c> { ?s ?p ?o }")
    """
    prefixes: dict[str, str] = {}
    default: list[str] = []
    named: list[str] = []
    last: list[str] = []
    for kind, token in tokens(text):
        if kind == "open" and token == "{":
            break
        if kind == "iri" and last[-2:-1] == ["PREFIX"]:
            prefixes[last[-1]] = token[1:-1]
        elif kind in ("iri", "name") and last[-1:] in (["FROM"], ["NAMED"]) and token.upper() not in ("FROM", "NAMED"):
            iri = token[1:-1] if kind == "iri" else _expanded(token, prefixes)
            if iri is None or ":" not in iri or "\\" in iri:
                return None
            (named if last[-1] == "NAMED" else default).append(iri)
        last = [*last[-1:], token if token.endswith(":") else token.upper()]
    return (default, named) if len(default) > 1 else None


def _expanded(name: str, prefixes: dict[str, str]) -> str | None:
    prefix, colon, local = name.partition(":")
    space = prefixes.get(f"{prefix}:")
    return None if not colon or space is None or "%" in local else space + local.rstrip(".")
