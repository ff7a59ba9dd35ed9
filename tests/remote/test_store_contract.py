"""What every store does: in this process, on a server, on a server after a push, and after its graphs were fetched."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox
import pytest
from little_store import LittleStore

from mtsp_kg.errors import QueryError
from mtsp_kg.load import merge
from mtsp_kg.profile import Profile
from mtsp_kg.remote.address import store_address
from mtsp_kg.remote.client import Client
from mtsp_kg.remote.push import named_graphs, push
from mtsp_kg.remote.remote_store import RemoteStore
from mtsp_kg.store import DEFAULT_GRAPH, EmbeddedStore, Store
from mtsp_kg.validate.merged_data import UnmergedStore

DATA = b"""
<http://e/a> <http://e/p> <http://e/b> <http://e/g1> .
<http://e/a> <http://e/p> <http://e/b> <http://e/g2> .
<http://e/a> <http://e/p> "2" <http://e/g1> .
<http://e/a> <http://e/p> "2"^^<http://www.w3.org/2001/XMLSchema#integer> <http://e/g2> .
<http://e/b> <http://www.w3.org/2004/02/skos/core#prefLabel> "bee"@en <http://e/g1> .
<https://kg.example/id/x> <http://www.w3.org/2004/02/skos/core#prefLabel> "ex"@en <http://e/g2> .
_:n <http://e/q> "blank" <http://e/g2> .
"""
PROFILE = Profile("https://kg.example/")
A, B, P, Q = (ox.NamedNode(f"http://e/{name}") for name in "abpq")
G1, G2 = ox.NamedNode("http://e/g1"), ox.NamedNode("http://e/g2")
TWO = ox.Literal("2", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
LABEL = ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")


def loaded(*, merged: bool = True) -> ox.Store:
    store = ox.Store()
    store.load(DATA, format=ox.RdfFormat.N_QUADS)
    if merged:
        merge(store)
    return store


def embedded(little: LittleStore) -> Store:
    return EmbeddedStore(loaded())


def unmerged(little: LittleStore) -> Store:
    return UnmergedStore(loaded(merged=False))


def remote(little: LittleStore) -> Store:
    little.store = loaded()
    return RemoteStore(Client(store_address(little.queries)), PROFILE)


def union(little: LittleStore) -> Store:
    """As Virtuoso: the default graph is the union of all graphs, and keeps nothing of its own."""
    little.union, little.store = True, loaded(merged=False)
    return RemoteStore(Client(store_address(little.queries)), PROFILE)


def pushed(little: LittleStore) -> Store:
    client = Client(store_address(little.queries))
    little.store.update("INSERT DATA { GRAPH <http://e/foreign> { <http://e/x> <http://e/p> <http://e/b> } }")
    push(client, named_graphs(EmbeddedStore(loaded())), PROFILE)
    return RemoteStore(client, PROFILE)


def pushed_to_union(little: LittleStore) -> Store:
    little.union = True
    return pushed(little)


def fetched(little: LittleStore) -> Store:
    store = remote(little)
    store.snapshot()
    return store


@pytest.fixture(
    params=[embedded, unmerged, remote, union, pushed, pushed_to_union, fetched], ids=lambda make: make.__name__
)
def store(request: pytest.FixtureRequest, little: LittleStore) -> Store:
    make: Callable[[LittleStore], Store] = request.param
    return make(little)


def test_queries_see_the_merge_and_the_named_graphs(store: Store) -> None:
    rows = store.query("SELECT DISTINCT ?o WHERE { <http://e/a> <http://e/p> ?o }")
    assert isinstance(rows, ox.QuerySolutions)
    assert len({row["o"] for row in rows}) == 3
    found = store.query("SELECT ?g WHERE { GRAPH ?g { <http://e/a> <http://e/p> <http://e/b> } }")
    assert isinstance(found, ox.QuerySolutions)
    assert {row["g"] for row in found} == {G1, G2}
    assert bool(store.query("ASK { ?s <http://e/q> ?o }")) is True
    triples = store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . FILTER(?p = <http://e/q>) }")
    assert isinstance(triples, ox.QueryTriples)
    assert [triple.predicate for triple in triples] == [Q]


def test_a_syntax_error_has_its_position(store: Store) -> None:
    with pytest.raises(QueryError, match="not valid SPARQL") as caught:
        store.query("SELECT ?x\nWHERE { ?x }")
    assert (caught.value.line, caught.value.column) == (2, 13)


def test_quads_without_a_graph_are_those_of_the_named_graphs(store: Store) -> None:
    assert set(store.quads(A, P, B)) == {ox.Quad(A, P, B, G1), ox.Quad(A, P, B, G2)}
    assert len(list(store.quads(A))) == 4
    assert {quad.graph_name for quad in store.quads(predicate=LABEL)} == {G1, G2}
    assert {quad.subject for quad in store.quads(object_=B)} == {A}
    assert len(list(store.quads())) == 7


def test_quads_of_one_graph_and_of_the_merge(store: Store) -> None:
    assert set(store.quads(A, P, B, G1)) == {ox.Quad(A, P, B, G1)}
    assert len(list(store.quads(graph=G2))) == 4
    assert list(store.quads(A, P, B, DEFAULT_GRAPH)) == [ox.Quad(A, P, B)]
    assert len(list(store.quads(graph=DEFAULT_GRAPH))) == 6
    assert list(store.quads(A, graph=ox.NamedNode("http://e/none"))) == []


def test_a_pattern_matches_terms(store: Store) -> None:
    assert [quad.object for quad in store.quads(A, P, TWO)] == [TWO]
    assert [quad.graph_name for quad in store.quads(A, P, ox.Literal("2"))] == [G1]
    assert list(store.quads(A, P, ox.Literal("2", language="en"))) == []


def test_graphs_are_named_and_dumped_whole(store: Store) -> None:
    assert store.graph_names() == [G1.value, G2.value]
    assert set(store.dump(G1.value)) == {quad.triple for quad in store.quads(graph=G1)}
    assert len(store.dump(G2.value)) == 4
    assert store.dump("http://e/none") == []


def test_mentions_are_subjects_and_objects(store: Store) -> None:
    assert [store.mentions(f"http://e/{name}") for name in ("a", "b", "p", "g1", "x")] == [True, True, *[False] * 3]
    with pytest.raises(ValueError, match="IRI"):
        store.mentions("not an IRI")


def test_labels_of_the_projects_things_are_found(store: Store) -> None:
    thing = ox.NamedNode("https://kg.example/id/x")
    assert [quad.object for quad in store.labels().quads(thing, LABEL, graph=DEFAULT_GRAPH)] == [
        ox.Literal("ex", language="en")
    ]


def test_a_snapshot_has_all_graphs_and_their_merge(store: Store) -> None:
    copy = store.snapshot()
    assert {graph.value for graph in copy.named_graphs() if isinstance(graph, ox.NamedNode)} == {G1.value, G2.value}
    assert len(list(copy.quads_for_pattern(None, None, None, None))) == 13
    assert store.snapshot() is copy


def test_a_remote_store_fetches_its_graphs_once_and_only_when_asked_for_all(little: LittleStore) -> None:
    store = remote(little)
    list(store.quads(A))
    store.mentions(A.value)
    store.labels()
    assert not [path for method, path, _ in little.requests if method == "GET"]
    store.snapshot()
    before = len(little.requests)
    list(store.quads(A))
    store.dump(G1.value)
    store.snapshot()
    assert len(little.requests) == before
