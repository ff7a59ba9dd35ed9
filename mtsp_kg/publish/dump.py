"""The whole graph as one file of RDF, with the same bytes each time.

Blank nodes (lists and restrictions in the ontology) get the names that RDF Dataset Canonicalization (RDFC-1.0) gives
them; quads are sorted; a format without named graphs gets their RDF merge.
"""

from __future__ import annotations

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.formats import Format, rdf_format
from mtsp_kg.store import EmbeddedStore


def dump(store: EmbeddedStore, form: str, plan: str | None) -> bytes:
    """The graph in an RDF format: named graphs where the format can hold them, else the merged default graph.

    Raises NotFoundError for an unknown format.
    """
    format_ = rdf_format(form)
    quads = _canonical(store.oxigraph)
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
            elif isinstance(node, ox.Literal) and node.datatype.value.startswith(names.XSD):
                namespaces.add(names.XSD)
    return {prefix: namespace for prefix, namespace in names.prefixes(plan).items() if namespace in namespaces}
