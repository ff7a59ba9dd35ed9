"""JSON-LD 1.1 with a compact context of prefixes, named graphs kept, the same bytes each time.

A node is an object with `@id`, a named graph an object with `@id` and `@graph` (JSON-LD 1.1, section 4.9); what stands
in no named graph comes first. A node is one line, so that versions can be compared. Imports `names`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from mtsp_kg import names

_LOCAL = re.compile(r"(?!//)[^\s#?]+")
_INTEGER = re.compile(r"0|-?[1-9]\d{0,14}")


def write(quads: Sequence[ox.Quad], prefixes: Mapping[str, str]) -> bytes:
    """Quads as a JSON-LD document, in their order."""
    short = _Short(quads, prefixes)
    graphs: dict[str, list[ox.Quad]] = {}
    for quad in quads:
        name = "" if isinstance(quad.graph_name, ox.DefaultGraph) else short(quad.graph_name)
        graphs.setdefault(name, []).append(quad)
    context = json.dumps(dict(sorted(short.table.items())), ensure_ascii=False, indent=2).replace("\n", "\n  ")
    parts = [_line(node) for node in _nodes(graphs.pop("", ()), short)]
    for name, inside in graphs.items():
        nodes = ",\n      ".join(_line(node) for node in _nodes(inside, short))
        parts.append(f'{{"@id": {_line(name)}, "@graph": [\n      {nodes}\n    ]}}')
    body = ",\n    ".join(parts)
    return f'{{\n  "@context": {context},\n  "@graph": [\n    {body}\n  ]\n}}\n'.encode()


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _nodes(quads: Iterable[ox.Quad], short: _Short) -> list[dict[str, Any]]:
    nodes: dict[str, dict[str, Any]] = {}
    for quad in quads:
        name = short(quad.subject)
        node = nodes.setdefault(name, {"@id": name})
        if quad.predicate.value == names.RDF_TYPE and not isinstance(quad.object, ox.Literal):
            property_, value = "@type", short(quad.object)
        else:
            property_, value = short(quad.predicate), _value(quad.object, short)
        if property_ not in node:
            node[property_] = value
        elif isinstance(node[property_], list):
            node[property_].append(value)
        else:
            node[property_] = [node[property_], value]
    return list(nodes.values())


def _value(node: object, short: _Short) -> Any:
    if not isinstance(node, ox.Literal):
        return {"@id": short(node)}
    if node.language:
        return {"@value": node.value, "@language": node.language}
    datatype = node.datatype.value
    if datatype == names.XSD + "string":
        return node.value
    if datatype == names.XSD + "boolean" and node.value in ("true", "false"):
        return node.value == "true"
    if datatype == names.XSD + "integer" and _INTEGER.fullmatch(node.value):
        return int(node.value)
    return {"@value": node.value, "@type": short(node.datatype)}


class _Short:
    """Nodes as JSON-LD writes them; an IRI whose scheme is spelt like a prefix would be read as a compact one, so that
    such a prefix is left out."""

    def __init__(self, quads: Iterable[ox.Quad], prefixes: Mapping[str, str]) -> None:
        schemes = set()
        for quad in quads:
            for node in (quad.subject, quad.predicate, quad.object, quad.graph_name):
                if isinstance(node, ox.NamedNode):
                    schemes.add(node.value.split(":", 1)[0])
        self.table = {prefix: namespace for prefix, namespace in prefixes.items() if prefix not in schemes}
        self._prefix = {namespace: prefix for prefix, namespace in self.table.items()}

    def __call__(self, node: object) -> str:
        if isinstance(node, ox.BlankNode):
            return f"_:{node.value}"
        iri = str(getattr(node, "value", node))
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix = self._prefix.get(iri[:cut])
        return f"{prefix}:{iri[cut:]}" if prefix and _LOCAL.fullmatch(iri[cut:]) else iri
