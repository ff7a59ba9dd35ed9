"""Quads as RDF files: the same quads give the same bytes, regardless of their order in a store.

Blank nodes have canonical labels (RDF Dataset Canonicalization, RDFC-1.0), and quads are sorted. A format without named
graphs gets the RDF merge of the graphs. JSON-LD 1.1 has a context of prefixes; a named graph is an object
with `@id` and `@graph` (section 4.9), triples outside named graphs come first, and each node is on its own line,
so that versions can be compared line by line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.formats import rdf_format
from mtsp_kg.profile import Profile

# What JSON-LD (IRI compaction) may have after a prefix, and integers that every JSON parser reads exactly.
_LOCAL_NAME = re.compile(r"(?!//)[^\s#?]+")
_INTEGER = re.compile(r"0|-?[1-9]\d{0,14}")


class RdfDocument:
    """Quads to write, in canonical order. profile: has the prefixes."""

    def __init__(self, quads: Sequence[ox.Quad], profile: Profile) -> None:
        self.quads = quads
        self._profile = profile

    @cached_property
    def triples(self) -> dict[str, ox.Triple]:
        """The triples of the RDF merge by their N-Triples form, sorted."""
        found = {str(quad.triple): quad.triple for quad in self.quads}
        return {line: found[line] for line in sorted(found)}

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes of the profile that shorten an IRI of the quads."""
        used = {namespace_of(iri) for iri in _iris(self.quads)}
        table = {**self._profile.prefixes, **vocab.PUBLISHING}
        return {prefix: namespace for prefix, namespace in table.items() if namespace in used}

    def write(self, form: str) -> bytes:
        """The quads in an RDF format. Raises NotFoundError for an unknown format."""
        format_ = rdf_format(form)
        if format_.name == "jsonld":
            return _json_ld(self.quads, self.prefixes)
        if format_.name == "nquads":
            return b"".join(sorted(f"{quad} .\n".encode() for quad in self.quads))
        if format_.name == "ntriples":
            return "".join(f"{line} .\n" for line in self.triples).encode()
        media = ox.RdfFormat.from_media_type(format_.media_type)
        assert media is not None
        content = self.quads if format_.named_graphs else self.triples.values()
        return ox.serialize(content, format=media, prefixes=self.prefixes) or b""


def canonical(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """The quads of named graphs, sorted, with canonical blank node labels."""
    # The names depend on the quads with blank nodes alone: the others need no canonicalization.
    plain, blank = [], ox.Dataset()
    for quad in quads:
        if isinstance(quad.graph_name, ox.DefaultGraph):
            continue
        if any(isinstance(node, ox.BlankNode) for node in (quad.subject, quad.object, quad.graph_name)):
            blank.add(quad)
        else:
            plain.append(quad)
    blank.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted([*plain, *blank], key=lambda quad: (str(quad.graph_name), str(quad.triple)))


def namespace_of(iri: str) -> str:
    """An IRI up to its last `#` or `/`."""
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]


def _iris(quads: Iterable[ox.Quad]) -> Iterator[str]:
    """The IRIs that a serialization of the quads writes."""
    for quad in quads:
        for node in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(node, ox.NamedNode):
                yield node.value
            elif isinstance(node, ox.Literal) and not node.language:
                yield node.datatype.value


def _json_ld(quads: Sequence[ox.Quad], prefixes: Mapping[str, str]) -> bytes:
    names = _CompactNames(quads, prefixes)
    graphs: dict[str, list[ox.Quad]] = {}
    for quad in quads:
        name = "" if isinstance(quad.graph_name, ox.DefaultGraph) else names.of(quad.graph_name)
        graphs.setdefault(name, []).append(quad)
    context = json.dumps(dict(sorted(names.prefixes.items())), ensure_ascii=False, indent=2).replace("\n", "\n  ")
    parts = [_line(node) for node in _nodes(graphs.pop("", ()), names)]
    for name, inside in graphs.items():
        nodes = ",\n      ".join(_line(node) for node in _nodes(inside, names))
        parts.append(f'{{"@id": {_line(name)}, "@graph": [\n      {nodes}\n    ]}}')
    body = ",\n    ".join(parts)
    return f'{{\n  "@context": {context},\n  "@graph": [\n    {body}\n  ]\n}}\n'.encode()


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _nodes(quads: Iterable[ox.Quad], names: _CompactNames) -> list[dict[str, Any]]:
    nodes: dict[str, dict[str, Any]] = {}
    for quad in quads:
        name = names.of(quad.subject)
        node = nodes.setdefault(name, {"@id": name})
        if quad.predicate.value == vocab.RDF_TYPE and not isinstance(quad.object, ox.Literal):
            property_, value = "@type", names.of(quad.object)
        else:
            property_, value = names.of(quad.predicate), _value(quad.object, names)
        if property_ not in node:
            node[property_] = value
        elif isinstance(node[property_], list):
            node[property_].append(value)
        else:
            node[property_] = [node[property_], value]
    return list(nodes.values())


def _value(node: object, names: _CompactNames) -> Any:
    if not isinstance(node, ox.Literal):
        return {"@id": names.of(node)}
    if node.language:
        return {"@value": node.value, "@language": node.language}
    datatype = node.datatype.value
    if datatype == vocab.XSD + "string":
        return node.value
    if datatype == vocab.XSD + "boolean" and node.value in ("true", "false"):
        return node.value == "true"
    if datatype == vocab.XSD + "integer" and _INTEGER.fullmatch(node.value):
        return int(node.value)
    return {"@value": node.value, "@type": names.of(node.datatype)}


class _CompactNames:
    """Compact IRIs for JSON-LD. A prefix that is the scheme of an IRI in the quads is left out, since the IRI would be
    read as a compact one."""

    def __init__(self, quads: Iterable[ox.Quad], prefixes: Mapping[str, str]) -> None:
        schemes = set()
        for quad in quads:
            for node in (quad.subject, quad.predicate, quad.object, quad.graph_name):
                if isinstance(node, ox.NamedNode):
                    schemes.add(node.value.split(":", 1)[0])
        self.prefixes = {prefix: namespace for prefix, namespace in prefixes.items() if prefix not in schemes}
        self._by_namespace = {namespace: prefix for prefix, namespace in self.prefixes.items()}

    def of(self, node: object) -> str:
        """A node's compact IRI, its IRI if no prefix matches, or its blank node identifier."""
        if isinstance(node, ox.BlankNode):
            return f"_:{node.value}"
        iri = str(getattr(node, "value", node))
        namespace = namespace_of(iri)
        prefix = self._by_namespace.get(namespace)
        local = iri[len(namespace) :]
        return f"{prefix}:{local}" if prefix and _LOCAL_NAME.fullmatch(local) else iri
