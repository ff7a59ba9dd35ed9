"""Prefixes for queries typed by hand."""

from __future__ import annotations

import re

from mtsp_kg import names

_DECLARED = re.compile(r"(?:^|\s)PREFIX\s+([\w.-]*):", re.IGNORECASE)
# IRIs and strings first, so that what looks like a prefix inside them is none.
_USED = re.compile(r"<[^<>\s]*>|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|(?<![\w:?$-])([A-Za-z]\w*):")


def with_prefixes(text: str, plan: str | None) -> str:
    """A query with declarations for those of our prefixes that it uses and does not declare, all on its first line,
    so that the lines of error messages stay those of the text.

    >>> with_prefixes("ASK { org:who ?p ?o }", None)
    'PREFIX org: <https://w3id.org/mtsp-kg/id/org/> ASK { org:who ?p ?o }'
    >>> with_prefixes("ASK { ?s a/rdfs:subClassOf <http://org:80/> ; ?p 'org:who' }", None)
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> ASK { ?s a/rdfs:subClassOf <http://org:80/> ; ?p 'org:who' }"
    """
    declared = set(_DECLARED.findall(text))
    used = set(_USED.findall(text)) - declared - {""}
    table = names.prefixes(plan)
    lines = [f"PREFIX {prefix}: <{table[prefix]}>" for prefix in sorted(used) if prefix in table]
    return " ".join([*lines, text])
