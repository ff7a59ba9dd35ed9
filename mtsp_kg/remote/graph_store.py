"""What a graph is told by: how many triples it has, and a digest that no order and no name of a blank node changes.

The digest is SHA-256 over the sorted N-Triples of the graph's canonical form (RDFC-1.0). Stores that keep numbers as
numbers write some of them otherwise than they were sent (a large xsd:integer comes back as xsd:decimal); `same_values`
tells that from a difference. Imports `names`.

A store's graphs: read, written and deleted by the SPARQL 1.1 Graph Store HTTP Protocol, counted by a query.

Graphs are named indirectly, `?graph=IRI` and `?default` (section 4.2). Imports `errors`, `names`, `formats` and, of
this room, `client`.

What we put into a store before: a graph of its own there says it, so that any later push, from anywhere, knows.

The graph `<base>graph/record` has each graph that we put as dcterms:hasPart, with void:triples and schema:sha256 once
it was seen to be right. Imports `names` and, of this room, `digest`.
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
from mtsp_kg.plan import names
from mtsp_kg.remote.client import Client, Reply

_NUMBERS = {"integer", "decimal", "int", "long", "nonNegativeInteger", "positiveInteger"}
_DECIMAL = ox.NamedNode(vocab.XSD + "decimal")


@dataclass(frozen=True)
class Mark:
    """triples: how many; digest: 64 hexadecimal digits."""

    triples: int
    digest: str


def mark(triples: Iterable[ox.Triple]) -> Mark:
    """The mark of a graph; the same triple twice counts once."""
    lines = _canonical(triples)
    return Mark(len(lines), hashlib.sha256("".join(lines).encode()).hexdigest())


def same_values(one: Iterable[ox.Triple], other: Iterable[ox.Triple]) -> bool:
    """Whether two graphs are the same, numbers being taken by their value."""
    return mark(map(_by_value, one)) == mark(map(_by_value, other))


def _canonical(triples: Iterable[ox.Triple]) -> list[str]:
    graph = ox.Dataset(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    if any(isinstance(node, ox.BlankNode) for quad in graph for node in (quad.subject, quad.object)):
        graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(f"{quad.triple} .\n" for quad in graph)


def _by_value(triple: ox.Triple) -> ox.Triple:
    term = triple.object
    if not isinstance(term, ox.Literal) or term.datatype.value.rpartition("#")[2] not in _NUMBERS:
        return triple
    try:
        value = Decimal(term.value)
    except InvalidOperation:
        return triple
    return ox.Triple(triple.subject, triple.predicate, ox.Literal(f"{value.normalize():f}", datatype=_DECIMAL))


_ACCEPT = "application/n-triples, text/turtle;q=0.7"
_NTRIPLES = "application/n-triples"
_VIRTUOSO_ASK = "__ASK_RETVAL"
ROWS = "application/sparql-results+json"


class GraphStore:
    """The graphs behind a client. The default graph's name is None."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def url(self) -> str:
        """The address of the Graph Store."""
        assert self._client.address.graphs is not None
        return self._client.address.graphs

    def get(self, graph: str | None) -> list[ox.Triple]:
        """The triples of a graph; none where there is no such graph. Raises RemoteError."""
        reply = self._client.send("GET", self.url, accept=_ACCEPT, params=_named(graph), missing=True)
        return [] if reply.status == 404 else triples_of(reply)

    def put(self, graph: str | None, triples: Iterable[ox.Triple]) -> None:
        """Makes a graph hold these triples and no other. Raises RemoteError."""
        body = as_ntriples(triples)
        self._client.send("PUT", self.url, params=_named(graph), content=body, content_type=_NTRIPLES)

    def delete(self, graph: str) -> None:
        """Deletes a graph; one that is not there is no error. Raises RemoteError."""
        self._client.send("DELETE", self.url, params=_named(graph), missing=True)


def as_ntriples(triples: Iterable[ox.Triple]) -> bytes:
    """Triples as a body to send, read again before it is sent: it says these triples and nothing else."""
    wanted = set(triples)
    body = ox.serialize(sorted(wanted, key=str), format=ox.RdfFormat.N_TRIPLES) or b""
    again = {quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)}
    if again != wanted:
        raise AssertionError("the N-Triples to send do not say what they should")
    return body


def triples_of(reply: Reply) -> list[ox.Triple]:
    """The triples in an answer. Raises RemoteError where it is not RDF that we asked for."""
    known = {format_.media_type for format_ in RDF_FORMATS}
    media = reply.media_type
    # Some stores call N-Triples by its older name.
    found = ox.RdfFormat.N_TRIPLES if media == "text/plain" else ox.RdfFormat.from_media_type(media)
    if found is None or (media not in known and media != "text/plain"):
        raise RemoteError(
            f"<{reply.url}> answers with {media or 'nothing that says what it is'}, which is no RDF.",
            remedy="Check that this is the address of a SPARQL store.",
        )
    try:
        parsed = ox.parse(reply.body, format=found, base_iri=reply.url, rename_blank_nodes=True)
        return [quad.triple for quad in parsed]
    except (SyntaxError, ValueError) as error:
        raise RemoteError(
            f"What <{reply.url}> answers is not {media}: {error}.", remedy="It may be cut; ask for less, or try again."
        ) from error


def counts(client: Client) -> dict[str, int]:
    """How many triples each named graph of the store holds. Raises RemoteError."""
    found = {}
    for graph, number in rows(client, sparql.text("graph-sizes.rq")):
        if isinstance(graph, ox.NamedNode) and isinstance(number, ox.Literal):
            found[graph.value] = int(number.value)
    return found


def rows(client: Client, sparql: str) -> list[tuple[object, ...]]:
    """The rows of a query of our own, over all that the store holds. Raises RemoteError."""
    reply = client.send("POST", client.address.query, accept=ROWS, form=[("query", sparql)])
    return [tuple(solution) for solution in solutions_of(reply)]


def solutions_of(reply: Reply) -> ox.QuerySolutions:
    """The rows in an answer. Raises RemoteError where it is not SPARQL results in JSON, or was cut by the store."""
    try:
        found = ox.parse_query_results(reply.body, format=ox.QueryResultsFormat.JSON)
        if isinstance(found, ox.QuerySolutions):
            # Rows are parsed as they are taken: one look at all of them before anybody takes the first.
            _whole(reply, sum(1 for _ in found))
            again = ox.parse_query_results(reply.body, format=ox.QueryResultsFormat.JSON)
            assert isinstance(again, ox.QuerySolutions)
            return again
    except (SyntaxError, ValueError) as error:
        raise RemoteError(
            f"What <{reply.url}> answers is no SPARQL result: {error}.",
            remedy="Check that this is the address of queries; the answer may also be cut.",
        ) from error
    raise RemoteError(f"<{reply.url}> answers yes or no where rows were asked for.", remedy="Check the address.")


def ask(client: Client, sparql: str) -> bool:
    """The answer to a yes-or-no question of our own, over all that the store shows. Raises RemoteError."""
    return bool(truth_of(client.send("POST", client.address.query, accept=ROWS, form=[("query", sparql)])))


def truth_of(reply: Reply) -> ox.QueryBoolean:
    """The yes or no in an answer. Raises RemoteError where it is neither."""
    try:
        found = ox.parse_query_results(reply.body, format=ox.QueryResultsFormat.JSON)
        if isinstance(found, ox.QueryBoolean):
            return found
        # Virtuoso 7 answers with a row of its own making.
        values = [solution[_VIRTUOSO_ASK].value for solution in found] if isinstance(found, ox.QuerySolutions) else []
        told = b'{"head":{},"boolean":' + (b"true" if values == ["1"] else b"false") + b"}"
        made = ox.parse_query_results(told, format=ox.QueryResultsFormat.JSON)
        assert isinstance(made, ox.QueryBoolean)
        return made
    except (SyntaxError, ValueError, KeyError) as error:
        raise RemoteError(
            f"What <{reply.url}> answers is neither yes nor no: {error}.", remedy="Check the address."
        ) from error


def _whole(reply: Reply, number: int) -> None:
    # Virtuoso answers 200 with the first rows only, and says so in headers.
    most = reply.headers.get("x-sparql-maxrows", "")
    if most.isdigit() and number >= int(most):
        raise RemoteError(
            f"<{reply.url}> gives {most} rows at most, and the answer may have more.",
            remedy="Ask for less (LIMIT), or raise ResultSetMaxRows there.",
        )
    if "x-sql-state" in reply.headers:
        said = " ".join(reply.headers.get("x-sql-message", "").split())[:200]
        raise RemoteError(f"<{reply.url}> gave up before the end: {said}.", remedy="Ask for less, or raise its limits.")


def _named(graph: str | None) -> dict[str, str]:
    return {"default": ""} if graph is None else {"graph": graph}


_RECORD = ox.NamedNode(names.RECORD)
_PART, _TRIPLES, _DIGEST = map(ox.NamedNode, (vocab.HAS_PART, vocab.VOID_TRIPLES, vocab.SHA256))
_INTEGER = ox.NamedNode(vocab.XSD + "integer")
# What stands for the store's default graph, which has no name.
DEFAULT = names.RECORD + "#default"
MERGES = (DEFAULT, names.MERGED, names.MERGED_STATED)


@dataclass(frozen=True)
class Record:
    """The graphs that are ours, each with the mark that it had when it was last seen right, as far as known."""

    parts: dict[str, Mark | None] = field(default_factory=dict)

    def graphs(self) -> list[str]:
        """The named graphs, without the merge of them all."""
        return [part for part in self.parts if part not in MERGES]


def read(triples: Iterable[ox.Triple]) -> Record:
    """The record that a graph's triples say; what is not as we write it is not taken."""
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
    return Record(
        {
            part: Mark(numbers[part], digests[part]) if part in numbers and part in digests else None
            for part in sorted(parts)
        }
    )


def triples(record: Record) -> list[ox.Triple]:
    """A record as triples."""
    found = []
    for part, mark in record.parts.items():
        node = ox.NamedNode(part)
        found.append(ox.Triple(_RECORD, _PART, node))
        if mark is not None:
            found.append(ox.Triple(node, _TRIPLES, ox.Literal(str(mark.triples), datatype=_INTEGER)))
            found.append(ox.Triple(node, _DIGEST, ox.Literal(mark.digest)))
    return found
