"""Other servers, unmodified: the graphs are pushed to them, and every query of the catalogue runs on them.

Oxigraph's server has the same engine as mtsp; Virtuoso has another, whose deviations are in `stores.toml`.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from engine import Engine

from mtsp_kg import vocab
from mtsp_kg.errors import QueryError, RemoteError
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.plan import names
from mtsp_kg.plan.project import find_project
from mtsp_kg.query.answer import answer
from mtsp_kg.query.catalogue import read_catalogue
from mtsp_kg.remote import remote_store
from mtsp_kg.remote.address import writable_address
from mtsp_kg.remote.client import Client
from mtsp_kg.remote.graph_store import GraphStore, graph_digest
from mtsp_kg.remote.push import Graphs, Pushed, PushOptions, named_graphs, push
from mtsp_kg.remote.remote_store import RemoteStore
from mtsp_kg.remote_graph import RemoteKnowledgeGraph, open_graph
from mtsp_kg.store import DEFAULT_GRAPH

pytestmark = pytest.mark.conformance

PROFILE = names.profile()
GOLDEN = Path(__file__).parents[1] / "queries" / "golden"
ASK = [query.name for query in read_catalogue(find_project(), "ask")]
CASES = sorted({*ASK, *(path.stem for path in GOLDEN.glob("*.csv"))})
# The least number of queries that run on Virtuoso with the same answer; the others meet a quirk in stores.toml.
ASKED_OF_VIRTUOSO = 25


def client(engine: Engine) -> Client:
    return Client(writable_address(engine.graphs))


_pushed: dict[str, Pushed] = {}
_graphs: dict[str, RemoteKnowledgeGraph] = {}


@pytest.fixture
def there(engine: Engine, kg: KnowledgeGraph) -> RemoteKnowledgeGraph:
    """Our graph in an engine, pushed once."""
    if engine.name not in _pushed:
        _pushed[engine.name] = push(client(engine), named_graphs(kg.completed), PROFILE)
        _graphs[engine.name] = fresh(engine)
    return _graphs[engine.name]


def fresh(engine: Engine) -> RemoteKnowledgeGraph:
    found = open_graph(inferences=True, store=engine.queries)
    assert isinstance(found, RemoteKnowledgeGraph)
    return found


def test_what_arrives_is_what_was_sent(there: RemoteKnowledgeGraph, engine: Engine, kg: KnowledgeGraph) -> None:
    done = _pushed[engine.name]
    assert done.differences == []
    assert done.merge == ("named" if engine.name == "virtuoso" else "default")
    assert bool(done.normalised) == (engine.name == "virtuoso")
    again = push(client(engine), named_graphs(kg.completed), PROFILE, PushOptions(delete=True))
    assert (again.sent, again.deleted, again.differences) == ([], [], [])
    copy, ours = named_graphs(RemoteStore(client(engine), PROFILE)), named_graphs(kg.completed)
    assert {name: len(triples) for name, triples in copy.items()} == {name: len(set(t)) for name, t in ours.items()}


@pytest.mark.parametrize("case", CASES)
def test_a_query_has_the_same_answer_there(there: RemoteKnowledgeGraph, case: str) -> None:
    name, _, values = case.partition("@")
    parameters = dict(value.split("=", 1) for value in values.split("&") if value)
    assert there.query(name, **parameters).write("csv") == (GOLDEN / f"{case}.csv").read_bytes().decode()


def test_most_queries_run_there_and_a_warning_names_the_others(
    there: RemoteKnowledgeGraph, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    server = RemoteStore(client(engine), PROFILE).server
    queries = read_catalogue(find_project(), "ask")
    asked = [query.name for query in queries if remote_store.quirk_of(query.text, server) is None]
    assert len(asked) == len(ASK) if engine.name == "oxigraph" else len(asked) >= ASKED_OF_VIRTUOSO
    with caplog.at_level(logging.WARNING):
        for name in asked[:5]:
            there.query(name)
    assert caplog.messages == []
    rest = sorted(set(ASK) - set(asked))
    if rest:
        with caplog.at_level(logging.WARNING):
            fresh(engine).query(rest[0])
        assert "Virtuoso 7 cannot answer this query " in caplog.messages[0]
        assert caplog.messages[1].startswith("Fetching ")


@pytest.mark.parametrize(
    ("name", "language"), [("outcomes-partners", "en"), ("services-outcomes", "zh"), ("pillars-sdgs", "en")]
)
def test_coverage_is_the_same(there: RemoteKnowledgeGraph, kg: KnowledgeGraph, name: str, language: str) -> None:
    assert there.coverage(name, language=language).write("json") == kg.coverage(name, language=language).write("json")


@pytest.mark.parametrize("entity", ["WIPO GREEN", "青年", "outcome:2.4"])
@pytest.mark.parametrize("up", [True, False])
def test_traces_are_the_same(there: RemoteKnowledgeGraph, kg: KnowledgeGraph, entity: str, up: bool) -> None:
    assert str(there.trace(entity, up=up)) == str(kg.trace(entity, up=up))


def test_explanations_are_the_same(there: RemoteKnowledgeGraph, kg: KnowledgeGraph) -> None:
    pattern = ("WIPO GREEN", "contributes to", "?")
    assert there.explain(*pattern).write("json") == kg.explain(*pattern).write("json")


def test_shapes_and_checks_find_the_same(there: RemoteKnowledgeGraph, kg: KnowledgeGraph) -> None:
    theirs, ours = there.validate(), kg.validate()
    assert [str(finding) for finding in theirs.findings] == [str(finding) for finding in ours.findings]
    assert (theirs.nodes, theirs.checks, theirs.waived) == (ours.nodes, ours.checks, ours.waived)


def test_quads_and_dumps_are_the_same(engine: Engine, there: RemoteKnowledgeGraph, kg: KnowledgeGraph) -> None:
    store = RemoteStore(client(engine), PROFILE)
    who, label = ox.NamedNode(names.ID + "org/who"), ox.NamedNode(vocab.PREF_LABEL)
    for pattern in (
        (who, None, None),
        (who, label, None),
        (None, label, ox.Literal("WHO", language="en")),
        (None, None, who),
    ):
        for graph in (None, DEFAULT_GRAPH, ox.NamedNode(names.GRAPH + "entities/org")):
            assert set(store.quads(*pattern, graph)) == set(kg.completed.quads(*pattern, graph))
    assert store.graph_names() == kg.completed.graph_names()
    labels = names.GRAPH + "entities/org"
    assert set(store.dump(labels)) == set(kg.completed.dump(labels))
    assert [store.mentions(names.ID + name) for name in ("org/who", "org/nobody")] == [True, False]


def test_a_defect_that_is_pushed_is_found_there(there: RemoteKnowledgeGraph, engine: Engine) -> None:
    graph, ours = names.GRAPH + "entities/org", named_graphs(there.completed)
    subject, object_ = (ox.NamedNode(names.ID + name) for name in ("org/nobody", "org/none"))
    broken = ours | {graph: [*ours[graph], ox.Triple(subject, ox.NamedNode(vocab.BROADER), object_)]}
    try:
        assert push(client(engine), broken, PROFILE).differences == []
        found = fresh(engine).validate().findings
        assert any(finding.shape == "unknown-thing" and "org/nobody" in finding.focus for finding in found), found
    finally:
        push(client(engine), ours, PROFILE)


def test_yes_or_no_and_triples_and_errors(there: RemoteKnowledgeGraph, kg: KnowledgeGraph) -> None:
    assert there.sparql("ASK { org:wipo ?p ?o }").write("csv") == "true\n"
    assert there.sparql("ASK { org:wipo <http://x.example/> ?o }").write("csv") == "false\n"
    made = "CONSTRUCT { ?s mtsp:partOf ?o } WHERE { ?s mtsp:partOf ?o }"
    assert there.sparql(made).write("ntriples") == kg.sparql(made).write("ntriples")
    with pytest.raises(QueryError) as found:
        there.sparql("SELECT *\n{ ?s ?p }")
    assert found.value.line == 2


def test_a_wrong_password_is_reported(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    if not engine.user:
        pytest.skip("this store asks nobody who they are")
    monkeypatch.setenv("MTSP_STORE_PASSWORD", "wrong")
    with pytest.raises(RemoteError, match=r"does not accept the credentials from MTSP_STORE_USER \(401\)"):
        GraphStore(client(engine)).put("https://x.example/g", [])


def _hostile() -> Iterator[ox.Triple]:
    rng = random.Random(46)
    parts = [
        '"',
        "\\",
        ">",
        "<",
        " .\n",
        "} ; DROP ALL ; INSERT DATA {",
        "\r",
        "\t",
        "'''",
        '"@en',
        "^^",
        "#",
        "中",
        "\u2028",
    ]
    for number in range(200):
        text = "".join(rng.choice(parts) for _ in range(50))
        term = ox.Literal(text, language="en") if number % 2 else ox.Literal(text)
        yield ox.Triple(ox.NamedNode(f"https://x.example/s{number}"), ox.NamedNode("https://x.example/p"), term)


def test_hostile_terms_arrive_as_they_are_and_nothing_else_changes(there: RemoteKnowledgeGraph, engine: Engine) -> None:
    store, graph = GraphStore(client(engine)), "https://x.example/hostile"
    entities = names.GRAPH + "entities/org"
    before = graph_digest(store.get(entities))
    triples = list(_hostile())
    try:
        store.put(graph, triples)
        assert graph_digest(store.get(graph)) == graph_digest(triples)
        assert graph_digest(store.get(entities)) == before
    finally:
        store.delete(graph)
    assert store.get(graph) == []


def test_an_obsolete_graph_is_deleted_on_request(engine: Engine, there: RemoteKnowledgeGraph) -> None:
    def told(graphs: Graphs, options: PushOptions) -> Pushed:
        return push(client(engine), graphs, PROFILE, options)

    ours = named_graphs(RemoteStore(client(engine), PROFILE))
    name = "https://x.example/extra"
    one = [ox.Triple(ox.NamedNode(name), ox.NamedNode(vocab.PREF_LABEL), ox.Literal("extra", language="en"))]
    try:
        assert told(ours | {name: one}, PushOptions()).differences == []
        assert told(ours, PushOptions(dry_run=True)).obsolete == [name]
    finally:
        done = told(ours, PushOptions(delete=True))
    assert (done.deleted, done.differences) == ([name], [])
    assert GraphStore(client(engine)).get(name) == []


def test_each_quirk_of_virtuoso_exists(virtuoso: Engine, kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked all the same, it refuses or answers otherwise: what it has fixed is to go from stores.toml."""
    monkeypatch.setenv("MTSP_STORE_USER", virtuoso.user)
    monkeypatch.setenv("MTSP_STORE_PASSWORD", virtuoso.password)
    if virtuoso.name not in _pushed:
        _pushed[virtuoso.name] = push(client(virtuoso), named_graphs(kg.completed), PROFILE)
    store = fresh(virtuoso).completed
    assert isinstance(store, RemoteStore)
    found = remote_store.quirks(store.server)
    assert found
    monkeypatch.setattr(remote_store, "quirk_of", lambda text, server: None)
    harmless = set(found)
    for query in read_catalogue(find_project()):
        met = {quirk for quirk in found if quirk.pattern.search(remote_store.without_strings(query.text))}
        # One that meets others too would not tell which of them it was.
        if len(met) != 1 or not met & harmless or query.kind not in ("ask", "check", "view", "coverage"):
            continue
        try:
            theirs = answer(store.query(query.text), kg.profile).write("csv")
        except (QueryError, RemoteError):
            theirs = ""
        if theirs != answer(kg.completed.query(query.text), kg.profile).write("csv"):
            harmless -= met
    assert [quirk.description for quirk in harmless] == []
