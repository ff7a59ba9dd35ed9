"""What an engine is known to answer otherwise than SPARQL 1.1 and our questions need; the list is in `stores.toml`.

Imports, of this room, `address`.

A remote store with the interface of the embedded one, so that nobody who asks need know which it is.

`query` asks there. `oxigraph` is a copy of our graphs, fetched when somebody needs all of them: shapes, reasoning, and
questions that the engine is known to answer otherwise. What is fetched, and why, is logged. Imports `errors`, `load`,
`names`, `store` and, of this room, all but `push`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import pyoxigraph as ox

from mtsp_kg import sparql, vocab
from mtsp_kg.errors import QueryError, RemoteError
from mtsp_kg.load import merge
from mtsp_kg.plan import names
from mtsp_kg.remote import graph_store
from mtsp_kg.remote.address import known
from mtsp_kg.remote.client import Client, Reply
from mtsp_kg.remote.graph_store import ROWS, GraphStore, counts, solutions_of, triples_of, truth_of
from mtsp_kg.store import (
    DEFAULT_GRAPH,
    EmbeddedStore,
    GraphName,
    Object,
    Results,
    Store,
    Subject,
    evaluate,
    syntax_error,
)

# Comments, IRIs and texts, in which no keyword is one.
_ASIDE = re.compile(
    r"<[^<>\"{}|^`\\\s]*>|\"\"\".*?\"\"\"|'''.*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|#[^\n]*", re.DOTALL
)
_WORD = r"(?<![\w:?$@-])({})\b(?!\s*:|-)"
_FORM = re.compile(_WORD.format("SELECT|ASK|CONSTRUCT|DESCRIBE"), re.IGNORECASE)
_HEADER = "#+"


@dataclass(frozen=True)
class Trap:
    """What an engine does not do as it should: which engine, found by what in a query, why."""

    engine: str
    text: re.Pattern[str]
    says: str


def bare(sparql: str) -> str:
    """A query without comments, and with IRIs and texts emptied: what is left is SPARQL's own words.

    >>> bare('ASK { ?s ?p "FROM" } # FROM')
    'ASK { ?s ?p "" } '
    """
    return _ASIDE.sub(lambda found: {"#": "", "<": "<>"}.get(found.group(0)[0], '""'), sparql)


def query_form(sparql: str) -> str:
    """Which of SELECT, ASK, CONSTRUCT, DESCRIBE a query is; empty where it is none."""
    found = _FORM.search(bare(sparql))
    return found.group(1).upper() if found else ""


def says(sparql: str, word: str) -> bool:
    """Whether a query has a keyword, such as FROM."""
    return bool(re.search(_WORD.format(word), bare(sparql), re.IGNORECASE))


def is_of_catalogue(sparql: str) -> bool:
    """Whether a query has the header of one of the catalogue, whose answer is promised."""
    return sparql.lstrip().startswith(_HEADER)


@cache
def traps(server: str) -> tuple[Trap, ...]:
    """What is known of the engine that gives itself this name in the header Server."""
    return tuple(
        Trap(engine["name"], re.compile(trap["text"], re.IGNORECASE), trap["says"])
        for engine in known()["engine"]
        if re.search(engine["server"], server)
        for trap in engine["trap"]
    )


def trapped(sparql: str, server: str) -> Trap | None:
    """The first trap of an engine that a query walks into."""
    words = bare(sparql)
    return next((trap for trap in traps(server) if trap.text.search(words)), None)


LOG = logging.getLogger("mtsp_kg.remote")
_TRIPLES = "application/n-triples, text/turtle;q=0.7"
_MOST_FETCHED = 5_000_000
_SYNTAX = 400


class RemoteStore:
    """The store behind a client. stated: whether only asserted triples are seen, without inferred graphs."""

    def __init__(self, client: Client, *, stated: bool = False) -> None:
        self.client = client
        self.stated = stated
        self._no_graph_store = False
        self._copied: EmbeddedStore | None = None

    def query(self, text: str) -> Results:
        form = _form(text)
        trap = trapped(text, self.server)
        if trap is not None and is_of_catalogue(text):
            if self._copied is None:
                LOG.warning("%s is not asked this: %s. Its graphs are fetched and asked here.", trap.engine, trap.says)
            return evaluate(self.snapshot(), text)
        if trap is not None:
            LOG.warning("Take care: of %s it is known that %s.", trap.engine, trap.says)
        accept = ROWS if form in ("SELECT", "ASK") else _TRIPLES
        try:
            reply = self.client.send(
                "POST", self.client.address.query, accept=accept, form=[("query", text), *self._dataset(text)]
            )
        except RemoteError as error:
            if error.status == _SYNTAX:
                raise QueryError(error.what, remedy=error.remedy) from error
            raise
        if form == "ASK":
            return truth_of(reply)
        return solutions_of(reply) if form == "SELECT" else _as_results(triples_of(reply))

    def quads(
        self,
        subject: Subject | None = None,
        predicate: ox.NamedNode | None = None,
        object_: Object | None = None,
        graph: GraphName | None = None,
    ) -> Iterator[ox.Quad]:
        if self._copied is not None:
            yield from self._copied.quads(subject, predicate, object_, graph)
            return
        given = {"s": subject, "p": predicate, "o": object_, "g": None if graph == DEFAULT_GRAPH else graph}
        if any(isinstance(term, ox.BlankNode | ox.Triple) for term in given.values()):
            return  # SPARQL cannot refer to a blank node
        bound = " ".join(f"VALUES ?{name} {{ {term} }}" for name, term in given.items() if term is not None)
        found = self.query(sparql.text("default-quads.rq" if graph == DEFAULT_GRAPH else "quads.rq", bound=bound))
        assert isinstance(found, ox.QuerySolutions)
        names_here = {ox.NamedNode(name) for name in self.graph_names()} if graph != DEFAULT_GRAPH else set()
        for row in found:
            # Engines compare numbers by value; a pattern matches terms.
            if any(term is not None and row[name] != term for name, term in given.items()):
                continue
            if graph == DEFAULT_GRAPH:
                yield ox.Quad(row["s"], row["p"], row["o"])
            elif row["g"] in names_here:
                yield ox.Quad(row["s"], row["p"], row["o"], row["g"])

    def graph_names(self) -> list[str]:
        """Of our graphs; of all graphs, where we have put none."""
        there = self._there
        ours = [graph for graph in self.record.graphs() if graph in there] or there
        return sorted(graph for graph in ours if not (self.stated and graph.startswith(names.INFERRED)))

    def dump(self, graph: str) -> list[ox.Triple]:
        """Raises RemoteError where the graph does not come whole."""
        if graph not in self.graph_names():
            return []
        return self._copied.dump(graph) if self._copied is not None else self._fetched(graph, self._there[graph])

    def mentions(self, iri: str) -> bool:
        return bool(self.query(sparql.text("ask-resource.rq", resource=ox.NamedNode(iri))))

    def labels(self) -> Store:
        """Fetches the labels once."""
        return self._labels

    def snapshot(self) -> ox.Store:
        """Raises RemoteError where there are too many triples, or a graph does not come whole."""
        if self._copied is None:
            self._copied = EmbeddedStore(self._copy())
        return self._copied.snapshot()

    @cached_property
    def server(self) -> str:
        """The name that the engine gives itself in the header Server; empty where it gives none. Raises RemoteError."""
        return self._about.headers.get("server", "")

    @cached_property
    def record(self) -> graph_store.Record:
        """What we put there before. Raises RemoteError."""
        return graph_store.read(triples_of(self._about))

    @cached_property
    def _about(self) -> Reply:
        return self._constructed(names.RECORD)

    @cached_property
    def _there(self) -> dict[str, int]:
        """The named graphs that are there, each with the number of its triples, but for what we keep beside ours."""
        beside = (names.RECORD, names.MERGED, names.MERGED_STATED)
        return {graph: number for graph, number in sorted(counts(self.client).items()) if graph not in beside}

    def _copy(self) -> ox.Store:
        wanted = self.graph_names()
        total = sum(self._there[graph] for graph in wanted)
        if total > _MOST_FETCHED:
            raise RemoteError(f"The store's graphs have {total:,} triples, too many to fetch.")
        LOG.warning("Fetching %s triples in %s graphs from <%s>.", f"{total:,}", len(wanted), self.client.address.query)
        copy = ox.Store()
        for graph in wanted:
            name = ox.NamedNode(graph)
            copy.bulk_extend(
                ox.Quad(triple.subject, triple.predicate, triple.object, name) for triple in self.dump(graph)
            )
        merge(copy)
        return copy

    @cached_property
    def _labels(self) -> EmbeddedStore:
        found = self.query(
            sparql.text(
                "labels.rq",
                properties=" ".join(f"<{label}>" for label in vocab.LABELS),
                namespace=ox.Literal(names.BASE),
            )
        )
        assert isinstance(found, ox.QuerySolutions)
        store = ox.Store()
        store.extend(ox.Quad(row[0], row[1], row[2]) for row in found)
        return EmbeddedStore(store)

    def _fetched(self, graph: str, expected: int) -> list[ox.Triple]:
        found: set[ox.Triple] = set()
        ways = [self._construct]
        if self.client.address.graphs is not None and not self._no_graph_store:
            ways.insert(0, self._get)
        for way in ways:
            found = set(way(graph))
            if len(found) == expected:
                return list(found)
        raise RemoteError(
            f"The store counts {expected:,} triples in <{graph}> and gives {len(found):,}.",
            remedy="Somebody may be changing it, or it limits its answers: name the address of its Graph Store.",
        )

    def _get(self, graph: str) -> list[ox.Triple]:
        try:
            return GraphStore(self.client).get(graph)
        except RemoteError:
            # Where its Graph Store is was told by the form of the address; it need not be there, or open.
            self._no_graph_store = True
            return []

    def _construct(self, graph: str) -> list[ox.Triple]:
        return triples_of(self._constructed(graph))

    def _constructed(self, graph: str) -> Reply:
        query = sparql.text("graph-triples.rq", graph=ox.NamedNode(graph))
        return self.client.send("POST", self.client.address.query, accept=_TRIPLES, form=[("query", query)])

    def _dataset(self, text: str) -> Iterable[tuple[str, str]]:
        """What the query sees (SPARQL 1.1 Protocol, section 2.1.4), where it is not what the store shows by itself.

        Where the merge is a named graph, it is the default graph, and the others are the named ones. Without inferred
        graphs, where these are there, the stated ones are both. A query that says FROM has its own.
        """
        graphs = self.record.graphs() or (list(self._there) if self.stated else [])
        seen = [graph for graph in graphs if not (self.stated and graph.startswith(names.INFERRED))]
        merge = names.MERGED_STATED if len(seen) < len(graphs) else names.MERGED
        has_merge = merge in self.record.parts
        if says(text, "FROM") or not (has_merge or len(seen) < len(graphs)):
            return []
        defaults = [merge] if has_merge else seen
        return [
            *(("default-graph-uri", graph) for graph in defaults),
            *(("named-graph-uri", graph) for graph in seen),
        ]


def _form(text: str) -> str:
    """Which form a query has, after a look at its syntax here, which tells line and column. Raises QueryError."""
    form = query_form(text)
    if not form:
        raise QueryError("The query is none: it has no SELECT, ASK, CONSTRUCT or DESCRIBE.")
    if not says(text, "SERVICE"):  # evaluating would call out
        try:
            ox.Store().query(text)
        except SyntaxError as error:
            raise syntax_error(error) from error
        except (ValueError, RuntimeError, OSError):
            pass  # that our engine cannot evaluate it says nothing of the other
    return form


def _as_results(triples: list[ox.Triple]) -> ox.QueryTriples:
    store = ox.Store()
    store.extend(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    found = store.query(sparql.text("triples.rq"))
    assert isinstance(found, ox.QueryTriples)
    return found
