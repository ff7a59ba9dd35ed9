"""A store on another server, with the interface of `mtsp_kg.store.Store`.

Queries are sent to the server. Operations that need every triple (shapes, reasoning, and queries that the engine is
known to answer incorrectly) use a snapshot, which is fetched once, with a warning in the log. `stores.toml` lists the
queries that an engine answers differently from SPARQL 1.1: a query is matched as text, without its comments, IRIs and
strings; it is not parsed.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import pyoxigraph as ox

from mtsp_kg import sparql
from mtsp_kg.errors import QueryError, RemoteError
from mtsp_kg.load import merge
from mtsp_kg.profile import Profile
from mtsp_kg.remote.address import known_stores
from mtsp_kg.remote.client import Client, Reply
from mtsp_kg.remote.graph_store import (
    ROWS_TYPE,
    TRIPLES_TYPE,
    GraphStore,
    PushRecord,
    boolean_in,
    graph_sizes,
    read_record,
    solutions_in,
    triples_in,
)
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

# Comments, IRIs and strings, in which nothing is a keyword.
_NOT_KEYWORDS = re.compile(
    r"<[^<>\"{}|^`\\\s]*>|\"\"\".*?\"\"\"|'''.*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|#[^\n]*", re.DOTALL
)
_KEYWORD = r"(?<![\w:?$@-])({})\b(?!\s*:|-)"
_FORM = re.compile(_KEYWORD.format("SELECT|ASK|CONSTRUCT|DESCRIBE"), re.IGNORECASE)
_HEADER = "#+"


@dataclass(frozen=True)
class Quirk:
    """A known deviation of an engine: its name, the pattern of affected queries, and what the engine does."""

    engine: str
    pattern: re.Pattern[str]
    description: str


def without_strings(text: str) -> str:
    """A query without comments, and with empty IRIs and strings.

    >>> without_strings('ASK { ?s ?p "FROM" } # FROM')
    'ASK { ?s ?p "" } '
    """
    return _NOT_KEYWORDS.sub(lambda found: {"#": "", "<": "<>"}.get(found.group(0)[0], '""'), text)


def query_form(text: str) -> str:
    """The form of a query: SELECT, ASK, CONSTRUCT or DESCRIBE; empty if it has none of these."""
    found = _FORM.search(without_strings(text))
    return found.group(1).upper() if found else ""


def has_keyword(text: str, keyword: str) -> bool:
    """Whether a query uses a keyword, such as FROM."""
    return bool(re.search(_KEYWORD.format(keyword), without_strings(text), re.IGNORECASE))


def is_from_catalogue(text: str) -> bool:
    """Whether a query has the header of the catalogue, whose queries must have the same answer in every engine."""
    return text.lstrip().startswith(_HEADER)


@cache
def quirks(server: str) -> tuple[Quirk, ...]:
    """The known deviations of the engine with this value of the HTTP header Server."""
    return tuple(
        Quirk(engine["name"], re.compile(quirk["pattern"], re.IGNORECASE), quirk["description"])
        for engine in known_stores()["engine"]
        if re.search(engine["server"], server)
        for quirk in engine["quirk"]
    )


def quirk_of(text: str, server: str) -> Quirk | None:
    """The first known deviation of an engine that affects a query."""
    keywords = without_strings(text)
    return next((quirk for quirk in quirks(server) if quirk.pattern.search(keywords)), None)


LOG = logging.getLogger("mtsp_kg.remote")
_MOST_FETCHED = 5_000_000
_BAD_REQUEST = 400


class RemoteStore(Store):
    """The store behind a client."""

    def __init__(self, client: Client, profile: Profile, *, asserted_only: bool = False) -> None:
        """asserted_only: whether to leave out inferred graphs."""
        self.client = client
        self.profile = profile
        self.asserted_only = asserted_only
        self._snapshot: EmbeddedStore | None = None
        self._no_graph_store = False

    def query(self, text: str) -> Results:
        form = _checked_form(text)
        quirk = quirk_of(text, self.server)
        if quirk is not None and is_from_catalogue(text):
            if self._snapshot is None:
                LOG.warning(
                    "%s cannot answer this query (%s). The graphs are fetched, and the query runs locally.",
                    quirk.engine,
                    quirk.description,
                )
            return evaluate(self.snapshot(), text)
        if quirk is not None:
            LOG.warning("The answer may be wrong. A known fault of %s: %s.", quirk.engine, quirk.description)
        accept = ROWS_TYPE if form in ("SELECT", "ASK") else TRIPLES_TYPE
        try:
            reply = self.client.send(
                "POST", self.client.address.query, accept=accept, form=[("query", text), *self._dataset(text)]
            )
        except RemoteError as error:
            if error.status == _BAD_REQUEST:
                raise QueryError(error.what, remedy=error.remedy) from error
            raise
        if form == "ASK":
            return boolean_in(reply)
        return solutions_in(reply) if form == "SELECT" else _as_results(triples_in(reply))

    def quads(
        self,
        subject: Subject | None = None,
        predicate: ox.NamedNode | None = None,
        object_: Object | None = None,
        graph: GraphName | None = None,
    ) -> Iterator[ox.Quad]:
        if self._snapshot is not None:
            yield from self._snapshot.quads(subject, predicate, object_, graph)
            return
        merged = graph == DEFAULT_GRAPH
        pattern = {"s": subject, "p": predicate, "o": object_, "g": None if merged else graph}
        if any(isinstance(term, ox.BlankNode | ox.Triple) for term in pattern.values()):
            return  # SPARQL cannot refer to a blank node
        bound = " ".join(f"VALUES ?{name} {{ {term} }}" for name, term in pattern.items() if term is not None)
        found = self.query(sparql.text("default-quads.rq" if merged else "quads.rq", bound=bound))
        assert isinstance(found, ox.QuerySolutions)
        visible = set() if merged else {ox.NamedNode(name) for name in self.graph_names()}
        for row in found:
            # An engine may compare numbers by value; a pattern matches terms.
            if any(term is not None and row[name] != term for name, term in pattern.items()):
                continue
            if merged:
                yield ox.Quad(row["s"], row["p"], row["o"])
            elif row["g"] in visible:
                yield ox.Quad(row["s"], row["p"], row["o"], row["g"])

    def graph_names(self) -> list[str]:
        """The graphs of the project or, if it has pushed none, all graphs in the store."""
        pushed = [graph for graph in self.record.graphs(self.profile) if graph in self._sizes]
        return sorted(graph for graph in pushed or self._sizes if self._is_visible(graph))

    def dump(self, graph: str) -> list[ox.Triple]:
        """Raises RemoteError if the response is incomplete."""
        if graph not in self.graph_names():
            return []
        return self._fetched(graph) if self._snapshot is None else self._snapshot.dump(graph)

    def mentions(self, iri: str) -> bool:
        return bool(self.query(sparql.text("ask-resource.rq", resource=ox.NamedNode(iri))))

    def labels(self) -> Store:
        """The labels are fetched once."""
        return self._labels

    def snapshot(self) -> ox.Store:
        """Raises RemoteError if there are too many triples, or a response is incomplete."""
        if self._snapshot is None:
            self._snapshot = EmbeddedStore(self._fetched_graphs())
        return self._snapshot.snapshot()

    @cached_property
    def server(self) -> str:
        """The engine's HTTP header Server; empty if it sends none. Raises RemoteError."""
        return self._record_reply.headers.get("server", "")

    @cached_property
    def record(self) -> PushRecord:
        """Which graphs the project has pushed. Raises RemoteError."""
        return read_record(triples_in(self._record_reply))

    @cached_property
    def _record_reply(self) -> Reply:
        return self._construct(self.profile.record)

    @cached_property
    def _sizes(self) -> dict[str, int]:
        """The number of triples in each named graph, without the record and the merges."""
        own = (self.profile.record, self.profile.merged, self.profile.merged_asserted)
        return {graph: number for graph, number in sorted(graph_sizes(self.client).items()) if graph not in own}

    @cached_property
    def _labels(self) -> EmbeddedStore:
        found = self.query(
            sparql.text(
                "labels.rq",
                properties=" ".join(f"<{label}>" for label in self.profile.labels),
                namespace=ox.Literal(self.profile.base),
            )
        )
        assert isinstance(found, ox.QuerySolutions)
        store = ox.Store()
        store.extend(ox.Quad(row[0], row[1], row[2]) for row in found)
        return EmbeddedStore(store)

    def _is_visible(self, graph: str) -> bool:
        return not (self.asserted_only and graph.startswith(self.profile.inferred))

    def _fetched_graphs(self) -> ox.Store:
        graphs = self.graph_names()
        total = sum(self._sizes[graph] for graph in graphs)
        if total > _MOST_FETCHED:
            raise RemoteError(
                f"The store's graphs have {total:,} triples; at most {_MOST_FETCHED:,} can be fetched.",
                remedy="Run the command on the project's files, without --store.",
            )
        LOG.warning("Fetching %s triples in %s graphs from <%s>.", f"{total:,}", len(graphs), self.client.address.query)
        copy = ox.Store()
        for graph in graphs:
            name = ox.NamedNode(graph)
            copy.bulk_extend(
                ox.Quad(triple.subject, triple.predicate, triple.object, name) for triple in self._fetched(graph)
            )
        merge(copy)
        return copy

    def _fetched(self, graph: str) -> list[ox.Triple]:
        expected = self._sizes[graph]
        found: set[ox.Triple] = set()
        ways = [self._constructed]
        if self.client.address.graphs is not None and not self._no_graph_store:
            ways.insert(0, self._got)
        for way in ways:
            found = set(way(graph))
            if len(found) == expected:
                return list(found)
        raise RemoteError(
            f"The store counts {expected:,} triples in <{graph}> but returns {len(found):,}.",
            remedy="It may be changing, or truncate responses: give the URL of its Graph Store.",
        )

    def _got(self, graph: str) -> list[ox.Triple]:
        try:
            return GraphStore(self.client).get(graph)
        except RemoteError:
            # Its URL was derived from a pattern: there may be no Graph Store, or none that is public.
            self._no_graph_store = True
            return []

    def _constructed(self, graph: str) -> list[ox.Triple]:
        return triples_in(self._construct(graph))

    def _construct(self, graph: str) -> Reply:
        query = sparql.text("graph-triples.rq", graph=ox.NamedNode(graph))
        return self.client.send("POST", self.client.address.query, accept=TRIPLES_TYPE, form=[("query", query)])

    def _dataset(self, text: str) -> list[tuple[str, str]]:
        """The dataset of a query (SPARQL 1.1 Protocol, section 2.1.4), if it differs from the store's.

        If the merge is a named graph, that graph becomes the default graph, and the others are the named graphs.
        Without inferred graphs, the asserted graphs are both. A query with FROM defines its dataset itself.
        """
        graphs = self.record.graphs(self.profile) or (list(self._sizes) if self.asserted_only else [])
        seen = [graph for graph in graphs if self._is_visible(graph)]
        merged = self.profile.merged_asserted if len(seen) < len(graphs) else self.profile.merged
        has_merge = merged in self.record.parts
        if has_keyword(text, "FROM") or not (has_merge or len(seen) < len(graphs)):
            return []
        defaults = [merged] if has_merge else seen
        return [
            *(("default-graph-uri", graph) for graph in defaults),
            *(("named-graph-uri", graph) for graph in seen),
        ]


def _checked_form(text: str) -> str:
    """The form of a query. It is parsed here first, to get line and column of an error. Raises QueryError."""
    form = query_form(text)
    if not form:
        raise QueryError(
            "The query has no SELECT, ASK, CONSTRUCT or DESCRIBE.", remedy="Updates are not sent to a remote store."
        )
    if not has_keyword(text, "SERVICE"):  # evaluating would send requests
        try:
            ox.Store().query(text)
        except SyntaxError as error:
            raise syntax_error(error) from error
        except (ValueError, RuntimeError, OSError):
            pass  # the other engine may be able to evaluate what Oxigraph cannot
    return form


def _as_results(triples: list[ox.Triple]) -> ox.QueryTriples:
    store = ox.Store()
    store.extend(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    found = store.query(sparql.text("triples.rq"))
    assert isinstance(found, ox.QueryTriples)
    return found
