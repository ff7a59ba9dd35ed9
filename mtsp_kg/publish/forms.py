"""Quads as bytes in each RDF form, the same bytes each time; a form without named graphs gets their merge.

Imports `formats`, `names` and `publish.jsonld`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.formats import rdf_format
from mtsp_kg.publish import jsonld


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
        table = names.prefixes(self._plan) | names.PUBLISHING
        return {prefix: namespace for prefix, namespace in table.items() if namespace in used}


def write(quads: Quads, form: str) -> bytes:
    """Quads in an RDF format. Raises NotFoundError for an unknown format."""
    format_ = rdf_format(form)
    media = ox.RdfFormat.from_media_type(format_.media_type)
    assert media is not None
    if form == "jsonld":
        return jsonld.write(quads.quads, quads.prefixes)
    if form == "nquads":
        return b"".join(sorted(f"{quad} .\n".encode() for quad in quads.quads))
    if form == "ntriples":
        return "".join(f"{line} .\n" for line in quads.lines).encode()
    if format_.named_graphs:
        return ox.serialize(quads.quads, format=media, prefixes=quads.prefixes) or b""
    return ox.serialize(quads.lines.values(), format=media, prefixes=quads.prefixes) or b""
