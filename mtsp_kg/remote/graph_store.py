"""The graphs of a remote store: read, written and deleted with the SPARQL 1.1 Graph Store HTTP Protocol, and recorded.

Graphs are identified indirectly, with `?graph=IRI` and `?default` (section 4.2).

A graph in the store records which graphs a project has pushed there, and the digest of each. The record serves any
later push, from any machine. It lists each pushed graph with dcterms:hasPart and, once the graph has been read back and
agrees, its void:triples and schema:sha256. The digest is SHA-256 over the sorted N-Triples of the graph's canonical
form (RDFC-1.0), so that neither order nor blank node labels change it. Some stores normalise numbers (a large
xsd:integer comes back as xsd:decimal); `equal_by_value` distinguishes that from a difference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from mtsp_kg import sparql, vocab
from mtsp_kg.errors import RemoteError
from mtsp_kg.formats import RDF_FORMATS
from mtsp_kg.profile import Profile
from mtsp_kg.remote.client import Client, Reply

TRIPLES_TYPE = "application/n-triples, text/turtle;q=0.7"
ROWS_TYPE = "application/sparql-results+json"
_NTRIPLES = "application/n-triples"
_VIRTUOSO_ASK = "__ASK_RETVAL"


class GraphStore:
    """The Graph Store behind a client. The default graph's name is None."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def url(self) -> str:
        """The URL of the Graph Store."""
        assert self._client.address.graphs is not None
        return self._client.address.graphs

    def get(self, graph: str | None) -> list[ox.Triple]:
        """The triples of a graph; none if it does not exist. Raises RemoteError."""
        reply = self._client.send("GET", self.url, accept=TRIPLES_TYPE, params=_graph_params(graph), missing_ok=True)
        return [] if reply.status == 404 else triples_in(reply)

    def put(self, graph: str | None, triples: Iterable[ox.Triple]) -> None:
        """Replaces the content of a graph. Raises RemoteError."""
        body = ntriples(triples)
        self._client.send("PUT", self.url, params=_graph_params(graph), content=body, content_type=_NTRIPLES)

    def delete(self, graph: str) -> None:
        """Deletes a graph; a graph that does not exist is not an error. Raises RemoteError."""
        self._client.send("DELETE", self.url, params=_graph_params(graph), missing_ok=True)


def graph_sizes(client: Client) -> dict[str, int]:
    """The number of triples in each named graph of the store. Raises RemoteError."""
    found = {}
    for graph, number in select(client, sparql.text("graph-sizes.rq")):
        if isinstance(graph, ox.NamedNode) and isinstance(number, ox.Literal):
            found[graph.value] = int(number.value)
    return found


def select(client: Client, query: str) -> list[tuple[object, ...]]:
    """The rows of a SELECT over everything in the store. Raises RemoteError."""
    reply = client.send("POST", client.address.query, accept=ROWS_TYPE, form=[("query", query)])
    return [tuple(solution) for solution in solutions_in(reply)]


def ask(client: Client, query: str) -> bool:
    """The result of an ASK over everything in the store. Raises RemoteError."""
    return bool(boolean_in(client.send("POST", client.address.query, accept=ROWS_TYPE, form=[("query", query)])))


def ntriples(triples: Iterable[ox.Triple]) -> bytes:
    """Triples as a request body, which is parsed again to verify that it contains exactly these triples."""
    wanted = set(triples)
    body = ox.serialize(sorted(wanted, key=str), format=ox.RdfFormat.N_TRIPLES) or b""
    again = {quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)}
    if again != wanted:
        raise AssertionError("the serialised triples differ from the triples to send")
    return body


def triples_in(reply: Reply) -> list[ox.Triple]:
    """The triples in a response. Raises RemoteError if it is not in a known RDF format."""
    known = {format_.media_type for format_ in RDF_FORMATS}
    media = reply.media_type
    # Some stores use the older media type of N-Triples.
    found = ox.RdfFormat.N_TRIPLES if media == "text/plain" else ox.RdfFormat.from_media_type(media)
    if found is None or (media not in known and media != "text/plain"):
        raise RemoteError(
            f"The response of <{reply.url}> is {media or 'without a media type'}, not RDF.",
            remedy="Check that this is the URL of a SPARQL store.",
        )
    try:
        parsed = ox.parse(reply.body, format=found, base_iri=reply.url, rename_blank_nodes=True)
        return [quad.triple for quad in parsed]
    except (SyntaxError, ValueError) as error:
        raise RemoteError(
            f"The response of <{reply.url}> is not valid {media}: {error}.",
            remedy="It may be truncated: request less, or try again.",
        ) from error


def solutions_in(reply: Reply) -> ox.QuerySolutions:
    """The rows in a response. Raises RemoteError if it is not SPARQL results in JSON, or the store truncated it."""
    try:
        found = ox.parse_query_results(reply.body, format=ox.QueryResultsFormat.JSON)
        if isinstance(found, ox.QuerySolutions):
            # Rows are parsed as they are taken: this pass finds errors before the caller sees the first row.
            _check_complete(reply, sum(1 for _ in found))
            again = ox.parse_query_results(reply.body, format=ox.QueryResultsFormat.JSON)
            assert isinstance(again, ox.QuerySolutions)
            return again
    except (SyntaxError, ValueError) as error:
        raise RemoteError(
            f"The response of <{reply.url}> is not a SPARQL result: {error}.",
            remedy="Check that this is the URL of a query endpoint; the response may also be truncated.",
        ) from error
    raise RemoteError(
        f"The response of <{reply.url}> is a boolean, not rows.",
        remedy="Check that this is the URL of a query endpoint.",
    )


def boolean_in(reply: Reply) -> ox.QueryBoolean:
    """The boolean in a response. Raises RemoteError if there is none."""
    try:
        found = ox.parse_query_results(reply.body, format=ox.QueryResultsFormat.JSON)
        if isinstance(found, ox.QueryBoolean):
            return found
        # Virtuoso 7 returns a row with a non-standard column.
        values = [solution[_VIRTUOSO_ASK].value for solution in found] if isinstance(found, ox.QuerySolutions) else []
        text = b'{"head":{},"boolean":' + (b"true" if values == ["1"] else b"false") + b"}"
        made = ox.parse_query_results(text, format=ox.QueryResultsFormat.JSON)
        assert isinstance(made, ox.QueryBoolean)
        return made
    except (SyntaxError, ValueError, KeyError) as error:
        raise RemoteError(
            f"The response of <{reply.url}> is not a boolean: {error}.",
            remedy="Check that this is the URL of a query endpoint.",
        ) from error


def _check_complete(reply: Reply, number: int) -> None:
    # Virtuoso returns 200 with the first rows only, and reports this in headers.
    most = reply.headers.get("x-sparql-maxrows", "")
    if most.isdigit() and number >= int(most):
        raise RemoteError(
            f"<{reply.url}> returns at most {most} rows, and the result may have more.",
            remedy="Request less (LIMIT), or raise ResultSetMaxRows on the server.",
        )
    if "x-sql-state" in reply.headers:
        message = " ".join(reply.headers.get("x-sql-message", "").split())[:200]
        raise RemoteError(
            f"<{reply.url}> ended its response early: {message}.", remedy="Request less, or raise the server's limits."
        )


def _graph_params(graph: str | None) -> dict[str, str]:
    return {"default": ""} if graph is None else {"graph": graph}


_NUMBERS = {"integer", "decimal", "int", "long", "nonNegativeInteger", "positiveInteger"}
_DECIMAL, _INTEGER = ox.NamedNode(vocab.XSD + "decimal"), ox.NamedNode(vocab.XSD + "integer")
_PART, _TRIPLES, _DIGEST = map(ox.NamedNode, (vocab.HAS_PART, vocab.VOID_TRIPLES, vocab.SHA256))


@dataclass(frozen=True)
class GraphDigest:
    """triples: their number; sha256: 64 hexadecimal digits."""

    triples: int
    sha256: str


@dataclass(frozen=True)
class PushRecord:
    """parts: each pushed graph with the digest that it had when it last agreed, if any."""

    parts: dict[str, GraphDigest | None] = field(default_factory=dict)

    def graphs(self, profile: Profile) -> list[str]:
        """The named graphs of the project, without their merges."""
        return [part for part in self.parts if part not in merge_names(profile)]


def default_merge(profile: Profile) -> str:
    """The IRI that represents the store's default graph, which has no name, in the record."""
    return profile.record + "#default"


def merge_names(profile: Profile) -> tuple[str, str, str]:
    """The names of the merges in the record: default graph, named graph, named graph without inferred triples."""
    return default_merge(profile), profile.merged, profile.merged_asserted


def read_record(triples: Iterable[ox.Triple]) -> PushRecord:
    """Reads the record from the triples of its graph; other triples are ignored."""
    parts: set[str] = set()
    numbers: dict[str, int] = {}
    digests: dict[str, str] = {}
    for triple in triples:
        subject, predicate, object_ = triple.subject, triple.predicate, triple.object
        if predicate == _PART and isinstance(object_, ox.NamedNode):
            parts.add(object_.value)
        elif isinstance(subject, ox.NamedNode) and isinstance(object_, ox.Literal):
            if predicate == _TRIPLES and object_.value.isdigit():
                numbers[subject.value] = int(object_.value)
            elif predicate == _DIGEST:
                digests[subject.value] = object_.value
    return PushRecord(
        {
            part: GraphDigest(numbers[part], digests[part]) if part in numbers and part in digests else None
            for part in sorted(parts)
        }
    )


def record_triples(record: PushRecord, profile: Profile) -> list[ox.Triple]:
    """The triples of a record's graph."""
    found = []
    for part, digest in sorted(record.parts.items()):
        node = ox.NamedNode(part)
        found.append(ox.Triple(ox.NamedNode(profile.record), _PART, node))
        if digest is not None:
            found.append(ox.Triple(node, _TRIPLES, ox.Literal(str(digest.triples), datatype=_INTEGER)))
            found.append(ox.Triple(node, _DIGEST, ox.Literal(digest.sha256)))
    return found


def graph_digest(triples: Iterable[ox.Triple]) -> GraphDigest:
    """The digest of a graph; a triple that occurs twice counts once."""
    lines = _canonical_lines(triples)
    return GraphDigest(len(lines), hashlib.sha256("".join(lines).encode()).hexdigest())


def equal_by_value(one: Iterable[ox.Triple], other: Iterable[ox.Triple]) -> bool:
    """Whether two graphs are equal if numbers are compared by value."""
    return graph_digest(map(_normalised, one)) == graph_digest(map(_normalised, other))


def _canonical_lines(triples: Iterable[ox.Triple]) -> list[str]:
    graph = ox.Dataset(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    if any(isinstance(node, ox.BlankNode) for quad in graph for node in (quad.subject, quad.object)):
        graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(f"{quad.triple} .\n" for quad in graph)


def _normalised(triple: ox.Triple) -> ox.Triple:
    term = triple.object
    if not isinstance(term, ox.Literal) or term.datatype.value.rpartition("#")[2] not in _NUMBERS:
        return triple
    try:
        value = Decimal(term.value)
    except InvalidOperation:
        return triple
    return ox.Triple(triple.subject, triple.predicate, ox.Literal(f"{value.normalize():f}", datatype=_DECIMAL))
