"""JSON-LD 1.1 with a compact context of prefixes, named graphs kept, the same bytes each time.

A node is an object with `@id`, a named graph an object with `@id` and `@graph` (JSON-LD 1.1, section 4.9); what stands
in no named graph comes first. A node is one line, so that versions can be compared. Imports `names`.

Quads as bytes in each RDF form, the same bytes each time; a form without named graphs gets their merge.

Imports `formats`, `names` and `publish.jsonld`.

The whole graph as one file of RDF, with the same bytes each time.

Blank nodes (lists and restrictions in the ontology) get the names that RDF Dataset Canonicalization (RDFC-1.0) gives
them; quads are sorted; a format without named graphs gets their RDF merge.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.formats import Format, rdf_format
from mtsp_kg.plan import names
from mtsp_kg.store import Store

_LOCAL = re.compile(r"(?!//)[^\s#?]+")
_INTEGER = re.compile(r"0|-?[1-9]\d{0,14}")


def write_jsonld(quads: Sequence[ox.Quad], prefixes: Mapping[str, str]) -> bytes:
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
        if quad.predicate.value == vocab.RDF_TYPE and not isinstance(quad.object, ox.Literal):
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
    if datatype == vocab.XSD + "string":
        return node.value
    if datatype == vocab.XSD + "boolean" and node.value in ("true", "false"):
        return node.value == "true"
    if datatype == vocab.XSD + "integer" and _INTEGER.fullmatch(node.value):
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


class Quads:
    """Quads in canonical order, and what several forms need of them. plan: whose short names are used."""

    def __init__(self, quads: Sequence[ox.Quad], plan: str | None) -> None:
        self.quads = quads
        self._plan = plan

    @cached_property
    def lines(self) -> dict[str, ox.Triple]:
        """The triples of the merge, by their N-Triples form, sorted."""
        found = {str(quad.triple): quad.triple for quad in self.quads}
        return {line: found[line] for line in sorted(found)}

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes of the table that the quads have a use for."""
        used = set()
        for quad in self.quads:
            for node in (quad.subject, quad.predicate, quad.object, quad.graph_name):
                iri = node.value if isinstance(node, ox.NamedNode) else ""
                if isinstance(node, ox.Literal) and not node.language:
                    iri = node.datatype.value
                used.add(iri[: max(iri.rfind("#"), iri.rfind("/")) + 1])
        table = names.prefixes(self._plan) | vocab.PUBLISHING
        return {prefix: namespace for prefix, namespace in table.items() if namespace in used}


def write(quads: Quads, form: str) -> bytes:
    """Quads in an RDF format. Raises NotFoundError for an unknown format."""
    format_ = rdf_format(form)
    media = ox.RdfFormat.from_media_type(format_.media_type)
    assert media is not None
    if form == "jsonld":
        return write_jsonld(quads.quads, quads.prefixes)
    if form == "nquads":
        return b"".join(sorted(f"{quad} .\n".encode() for quad in quads.quads))
    if form == "ntriples":
        return "".join(f"{line} .\n" for line in quads.lines).encode()
    if format_.named_graphs:
        return ox.serialize(quads.quads, format=media, prefixes=quads.prefixes) or b""
    return ox.serialize(quads.lines.values(), format=media, prefixes=quads.prefixes) or b""


def dump(store: Store, form: str, plan: str | None) -> bytes:
    """The graph in an RDF format: named graphs where the format can hold them, else the merged default graph.

    Raises NotFoundError for an unknown format.
    """
    format_ = rdf_format(form)
    quads = _canonical(store.snapshot())
    prefixes = _used_prefixes(quads, plan)
    media = ox.RdfFormat.from_media_type(format_.media_type)
    assert media is not None
    if format_.name in ("ntriples", "nquads"):
        return _lines(quads, format_)
    if format_.named_graphs:
        return ox.serialize(quads, format=media, prefixes=prefixes) or b""
    triples = sorted({quad.triple for quad in quads}, key=str)
    return ox.serialize(triples, format=media, prefixes=prefixes) or b""


def _canonical(store: ox.Store) -> list[ox.Quad]:
    named = (quad for quad in store if not isinstance(quad.graph_name, ox.DefaultGraph))
    dataset = ox.Dataset(named)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(dataset, key=lambda quad: (str(quad.graph_name), str(quad.triple)))


def _lines(quads: list[ox.Quad], format_: Format) -> bytes:
    if format_.named_graphs:
        return b"".join(sorted(f"{quad} .\n".encode() for quad in quads))
    return b"".join(sorted({f"{quad.triple} .\n".encode() for quad in quads}))


def _used_prefixes(quads: list[ox.Quad], plan: str | None) -> dict[str, str]:
    namespaces = set()
    for quad in quads:
        for node in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(node, ox.NamedNode):
                cut = max(node.value.rfind("#"), node.value.rfind("/")) + 1
                namespaces.add(node.value[:cut])
            elif isinstance(node, ox.Literal) and node.datatype.value.startswith(vocab.XSD):
                namespaces.add(vocab.XSD)
    return {prefix: namespace for prefix, namespace in names.prefixes(plan).items() if namespace in namespaces}
