"""The catalogue as RDF, in the manner of sib-swiss/sparql-examples: one `sh:SPARQLExecutable` a query, with its
question in each language, its text, its tags and the endpoint it runs at. Imports `names`, `query` and this room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.query.catalogue import NamedQuery

_KIND = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b")
_COMMENT = re.compile(r"^\s*#.*\n?", re.MULTILINE)
_PREFIX = re.compile(r"^PREFIX\s+([\w.-]*):\s*<([^<>\s]*)>", re.MULTILINE | re.IGNORECASE)


def examples(queries: list[NamedQuery], base: str) -> list[ox.Triple]:
    """The triples; base: the server's IRI, with its final slash."""
    found: dict[str, str] = {}
    triples: list[ox.Triple] = []
    prefixes = ox.NamedNode(f"{base}.well-known/sparql-examples#prefixes")
    for query in queries:
        body = _COMMENT.sub("", query.text)
        found |= dict(_PREFIX.findall(body))
        triples += _one(query, body, base, prefixes)
    for prefix, namespace in sorted(found.items()):
        node = ox.NamedNode(f"{prefixes.value}-{prefix}")
        triples += [
            ox.Triple(prefixes, _sh("declare"), node),
            ox.Triple(node, _sh("prefix"), ox.Literal(prefix)),
            ox.Triple(node, _sh("namespace"), ox.Literal(namespace, datatype=ox.NamedNode(names.XSD + "anyURI"))),
        ]
    return triples


def _one(query: NamedQuery, body: str, base: str, prefixes: ox.NamedNode) -> Iterator[ox.Triple]:
    node = ox.NamedNode(f"{base}api/{query.name}")
    kind = found.group(1) if (found := _KIND.search(body)) else "SELECT"
    type_ = ox.NamedNode(names.RDF_TYPE)
    yield ox.Triple(node, type_, _sh("SPARQLExecutable"))
    yield ox.Triple(node, type_, _sh(f"SPARQL{kind.capitalize()}Executable"))
    comment = ox.NamedNode(names.VOCABULARIES["rdfs"] + "comment")
    yield ox.Triple(node, comment, ox.Literal(query.summary, language="en"))
    if query.summary_zh:
        yield ox.Triple(node, comment, ox.Literal(query.summary_zh, language="zh"))
    yield ox.Triple(node, _sh("prefixes"), prefixes)
    yield ox.Triple(node, _sh(kind.lower()), ox.Literal(body))
    schema = names.VOCABULARIES["schema"]
    for tag in query.tags:
        yield ox.Triple(node, ox.NamedNode(schema + "keywords"), ox.Literal(tag))
    yield ox.Triple(node, ox.NamedNode(schema + "target"), ox.NamedNode(base + "sparql"))


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(names.SH + name)
