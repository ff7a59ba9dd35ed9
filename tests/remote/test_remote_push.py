"""Pushing: graphs arrive unchanged, foreign ones are kept, and an interrupted push continues where it was."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from little_store import Answer, LittleStore

from mtsp_kg import vocab
from mtsp_kg.cli import cli
from mtsp_kg.errors import RemoteError
from mtsp_kg.plan import names
from mtsp_kg.profile import Profile
from mtsp_kg.remote.address import StoreAddress, store_address
from mtsp_kg.remote.client import Client
from mtsp_kg.remote.graph_store import equal_by_value, graph_digest
from mtsp_kg.remote.push import Graphs, Pushed, PushOptions, named_graphs, push
from mtsp_kg.remote.remote_store import RemoteStore
from mtsp_kg.remote_graph import open_graph
from mtsp_kg.store import EmbeddedStore

pytestmark = pytest.mark.slow

PROFILE = Profile("https://kg.example/")
FOREIGN = "INSERT DATA { GRAPH <http://theirs.example/> { <http://theirs.example/s> <http://theirs.example/p> 1 } }"


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"https://x.example/{name}")


def graph(*objects: object) -> list[ox.Triple]:
    return [ox.Triple(node("s"), node("p"), ox.Literal(str(value))) for value in objects]


def here(**graphs: list[ox.Triple]) -> Graphs:
    return {f"{PROFILE.graphs}{name}": triples for name, triples in graphs.items()}


def put(little: LittleStore, graphs: Graphs, profile: Profile = PROFILE, **options: object) -> Pushed:
    client = Client(StoreAddress(little.queries, little.graphs))
    return push(client, graphs, profile, PushOptions(**options))  # type: ignore[arg-type]


def there(little: LittleStore, name: str | None) -> set[str]:
    wanted = ox.NamedNode(name) if name else ox.DefaultGraph()
    return {str(quad.triple) for quad in little.store.quads_for_pattern(None, None, None, wanted)}


def writes(little: LittleStore) -> list[str]:
    return [path for method, path, _ in little.requests if method in ("PUT", "DELETE")]


@pytest.fixture(params=[False, True], ids=["own default graph", "union"])
def store(request: pytest.FixtureRequest) -> Iterator[LittleStore]:
    found = LittleStore(union=request.param)
    yield found
    found.close()


def test_graphs_and_their_merge_arrive_and_a_second_push_writes_nothing(store: LittleStore) -> None:
    graphs = here(a=graph(1, 2), b=graph(2, 3))
    done = put(store, graphs)
    assert (len(done.sent), done.differences, done.triples) == (3, [], 4)
    for name, triples in graphs.items():
        assert there(store, name) == set(map(str, triples))
    merge = PROFILE.merged if store.union else None
    assert there(store, merge) == {str(triple) for triple in graph(1, 2, 3)}
    assert done.merge == ("named" if store.union else "default")
    store.requests.clear()
    again = put(store, graphs)
    assert (again.sent, len(again.unchanged), again.differences) == ([], 2, [])
    assert writes(store) == [f"/store?graph={PROFILE.record.replace(':', '%3A').replace('/', '%2F')}"]


def test_only_what_changed_is_sent(store: LittleStore) -> None:
    put(store, here(a=graph(1), b=graph(2)))
    done = put(store, here(a=graph(1), b=graph(9)))
    assert PROFILE.graphs + "b" in done.sent
    assert PROFILE.graphs + "a" not in done.sent
    assert there(store, PROFILE.graphs + "b") == set(map(str, graph(9)))


def test_as_many_other_triples_are_not_the_same(store: LittleStore) -> None:
    put(store, here(a=graph(1)))
    store.store.update(
        f'CLEAR GRAPH <{PROFILE.graphs}a>; INSERT DATA {{ GRAPH <{PROFILE.graphs}a> {{ <x:s> <x:p> "?" }} }}'
    )
    assert PROFILE.graphs + "a" in put(store, here(a=graph(1))).sent


def test_blank_nodes_do_not_break_the_comparison(store: LittleStore) -> None:
    text = "<x:s> <x:p> [ <x:q> (1 2) ; <x:r> [] ], [ <x:q> () ] ."
    triples = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    renamed = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)]
    assert graph_digest(triples) == graph_digest(reversed(renamed))
    assert put(store, here(a=triples)).differences == []
    again = put(store, here(a=renamed))
    assert (again.sent, again.differences) == ([], [])


def test_obsolete_graphs_are_deleted_on_request_and_foreign_ones_never(store: LittleStore) -> None:
    store.store.update(FOREIGN)
    put(store, here(a=graph(1), b=graph(2)))
    kept = put(store, here(a=graph(1)))
    assert kept.obsolete == [PROFILE.graphs + "b"]
    assert there(store, PROFILE.graphs + "b")
    done = put(store, here(a=graph(1)), delete=True)
    assert done.deleted == [PROFILE.graphs + "b"]
    assert not there(store, PROFILE.graphs + "b")
    assert there(store, "http://theirs.example/")
    assert put(store, here(a=graph(1)), delete=True).deleted == []


def test_a_dry_run_writes_nothing(store: LittleStore) -> None:
    put(store, here(a=graph(1), b=graph(2)))
    store.requests.clear()
    done = put(store, here(a=graph(1, 5), c=graph(3)), dry_run=True, delete=True)
    assert (done.sent, done.deleted) == ([PROFILE.graphs + "a", PROFILE.graphs + "c"], [PROFILE.graphs + "b"])
    assert writes(store) == []


def test_a_default_graph_with_foreign_triples_is_left_alone(little: LittleStore) -> None:
    little.store.update("INSERT DATA { <http://theirs.example/s> <http://theirs.example/p> 1 }")
    before = there(little, None)
    done = put(little, here(a=graph(1)))
    assert done.merge == "named"
    assert "holds 1 other triples" in " ".join(done.notes)
    assert there(little, None) == before
    seen = RemoteStore(Client(StoreAddress(little.queries)), PROFILE).query("SELECT ?o { ?s ?p ?o }")
    assert isinstance(seen, ox.QuerySolutions)
    assert [str(row["o"]) for row in seen] == ['"1"']
    put(little, here(a=graph(1)), merge="default")
    assert there(little, None) == set(map(str, graph(1)))


def test_a_default_graph_changed_since_is_left_alone(little: LittleStore) -> None:
    put(little, here(a=graph(1)))
    little.store.update("INSERT DATA { <http://theirs.example/s> <http://theirs.example/p> 1 }")
    assert put(little, here(a=graph(1, 2))).merge == "named"
    assert "<http://theirs.example/s>" in " ".join(there(little, None))


@pytest.mark.parametrize("last", range(1, 8))
def test_an_interrupted_push_continues_where_it_was(store: LittleStore, last: int) -> None:
    graphs = here(a=graph(1), b=graph(2), c=graph(3))
    count = 0

    def failing(method: str, path: str, headers: dict[str, str]) -> Answer | None:
        nonlocal count
        count += method == "PUT"
        return (500, {}, b"") if method == "PUT" and count >= last else None

    store.failing = failing
    with pytest.raises(RemoteError):  # record, three graphs, record, merge, record
        put(store, graphs)
    arrived = [name for name in graphs if there(store, name)]
    assert len(arrived) == min(max(last - 2, 0), 3)
    store.failing = lambda method, path, headers: None
    done = put(store, graphs)
    assert done.unchanged == arrived
    assert done.differences == []
    assert done.merge == ("named" if store.union else "default")


def test_a_graph_that_differs_when_read_back_is_reported(store: LittleStore) -> None:
    def failing(method: str, path: str, headers: dict[str, str]) -> Answer | None:
        if method == "GET" and path.endswith("%2Fb"):
            return 200, {"Content-Type": "application/n-triples"}, b'<x:s> <x:p> "other" .\n'
        return None

    store.failing = failing
    done = put(store, here(a=graph(1), b=graph(2)))
    assert done.differences == [f"{PROFILE.graphs}b: read back with 1 triples missing and 1 added."]
    known = RemoteStore(Client(StoreAddress(store.queries)), PROFILE).record.parts
    assert (known[PROFILE.graphs + "a"], known[PROFILE.graphs + "b"]) == (graph_digest(graph(1)), None)


def test_numbers_are_compared_by_value_and_strings_are_not() -> None:
    def one(value: str) -> list[ox.Triple]:
        return [quad.triple for quad in ox.parse(f"<x:s> <x:p> {value} .", format=ox.RdfFormat.TURTLE)]

    assert equal_by_value(one("65700000000000"), one("65700000000000.0"))
    assert not equal_by_value(one("65700000000000"), one("65700000000001"))
    assert not equal_by_value(one('"1"'), one("1"))
    assert not equal_by_value(one('"a"@en'), one('"a"@fr'))
    assert graph_digest(one("1")) != graph_digest(one("1.0"))


def test_hostile_terms_arrive_as_they_are(little: LittleStore) -> None:
    """Each term is 1,000 characters that end literals, IRIs and statements in some syntax; nothing else arrives."""
    rng = random.Random(32)
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
        "\u2028",
        "\U0001f600",
        "\x00",
        "\x7f",
    ]
    triples = []
    for number in range(200):
        text = "".join(rng.choice(parts) for _ in range(100))
        kind = number % 3
        term = (
            ox.Literal(text)
            if kind == 0
            else ox.Literal(text, language="en")
            if kind == 1
            else ox.Literal(text, datatype=node("t%22"))
        )
        triples.append(ox.Triple(node(f"s{number}"), node("p"), term))
    little.store.update(FOREIGN)
    done = put(little, here(a=triples))
    assert done.differences == []
    assert there(little, PROFILE.graphs + "a") == set(map(str, triples))
    assert there(little, "http://theirs.example/")


def test_an_invalid_record_is_read_as_far_as_it_is_valid(little: LittleStore) -> None:
    little.store.update(f"""INSERT DATA {{ GRAPH <{PROFILE.record}> {{
        <{PROFILE.record}> <{vocab.HAS_PART}> "text", <http://theirs.example/> .
        <http://theirs.example/> <{vocab.VOID_TRIPLES}> "many" ; <{vocab.SHA256}> <x:y> . }} }}""")
    store = RemoteStore(Client(StoreAddress(little.queries)), PROFILE)
    assert store.record.graphs(PROFILE) == ["http://theirs.example/"]
    assert store.record.parts["http://theirs.example/"] is None


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, arguments, standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.return_value or 0, result.stdout, result.stderr


@pytest.fixture(params=["second", "toy"])
def any_project(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


def test_the_command_reports_what_it_did(any_project: Path, little: LittleStore) -> None:
    code, out, err = run("--project", str(any_project), "push", little.graphs, "--dry-run")
    sent = re.match(r"(\d+) graphs, [\d,]+ triples: (\d+) would be sent, 0 unchanged, 0 would be deleted\.", out)
    assert code == 0
    assert sent is not None
    assert sent.group(1) == sent.group(2)
    assert err.count("\nsend  ") + 1 == int(sent.group(1))
    code, out, err = run("--project", str(any_project), "push", little.graphs)
    assert code == 0
    assert out.endswith(f"Counts and digests of <{little.graphs}> agree.\n")
    assert "sent     the default graph" in err


def test_the_exit_code_is_1_where_a_graph_differs_when_read_back(second: Path, little: LittleStore) -> None:
    little.failing = lambda method, path, headers: (404, {}, b"") if method == "GET" and "default" not in path else None
    code, out, _ = run("--project", str(second), "push", little.graphs)
    assert code == 1
    assert "read back" in out
    assert "agree" not in out
    code, out, _ = run("--project", str(second), "push", little.graphs, "--format", "json")
    found = json.loads(out)
    assert (code, found["agrees"], found["merge"], len(found["differences"])) == (
        1,
        False,
        "default",
        len(found["sent"]),
    )


@pytest.mark.parametrize(("plan", "store"), [("second", True), ("toy", False)], indirect=["store"])
def test_inferred_graphs_replace_the_earlier_ones(
    plan: str, store: LittleStore, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    project = tmp_path / "project"
    shutil.copytree(request.getfixturevalue(plan), project)
    with pytest.raises(RemoteError, match="Run mtsp push first"):
        run("--project", str(project), "infer", "--store", store.graphs)
    run("--project", str(project), "--no-inference", "push", store.graphs)
    stated = named_graphs(EmbeddedStore(store.store))
    assert not any(name.startswith(names.profile().inferred) for name in stated)
    code, out, err = run("--project", str(project), "infer", "--store", store.graphs)
    assert (code, "agree" in err) == (0, True)
    local = run("--project", str(project), "infer")[1]
    assert out == local
    inferred = {name for name in named_graphs(EmbeddedStore(store.store)) if name.startswith(names.profile().inferred)}
    assert names.profile().inferred in inferred
    expected = named_graphs(open_graph(project).completed)
    for name in inferred:
        assert there(store, name) == set(map(str, expected[name]))
    merge = {str(triple) for triples in expected.values() for triple in triples}
    assert {line for line in there(store, names.profile().merged if store.union else None) if "_:" not in line} == {
        line for line in merge if "_:" not in line
    }
    again = run("--project", str(project), "infer", "--store", store.graphs)[2]
    assert " 0 sent, " in again
    # A graph of a kind of rule that gives nothing any more goes.
    stale = f"{names.profile().inferred}/stale"
    put(store, named_graphs(EmbeddedStore(store.store)) | {stale: graph(1)}, names.profile(), within=stale)
    assert there(store, stale)
    run("--project", str(project), "infer", "--store", store.graphs)
    assert not there(store, stale)


def test_queries_see_inferred_graphs_only_where_wanted(second: Path, store: LittleStore) -> None:
    run("--project", str(second), "push", store.graphs)
    for inferences in (False, True):
        local, remote = (
            open_graph(second, inferences=inferences),
            open_graph(second, inferences=inferences, store=store.queries),
        )
        for question in (
            "SELECT (COUNT(*) AS ?n) { { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } } }",
            "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g",
        ):
            ours, theirs = (kg.sparql(question).write("csv").splitlines() for kg in (local, remote))
            beside = {names.profile().record} if not store.union and inferences else set()
            assert set(theirs) - beside == set(ours)
        assert remote.show("pilots") == local.show("pilots")


def test_a_snapshot_is_complete_or_an_error(little: LittleStore) -> None:
    put(little, here(a=graph(1, 2)))
    store = RemoteStore(Client(store_address(little.queries)), PROFILE)
    assert len(store.snapshot()) == 4
    little.failing = lambda method, path, headers: (
        (200, {"Content-Type": "application/n-triples"}, b'<x:s> <x:p> "1" .\n') if method == "GET" else None
    )
    assert (
        len(RemoteStore(Client(store_address(little.queries)), PROFILE).snapshot()) == 4
    )  # by CONSTRUCT, as the Graph Store is not whole
    real = little.query

    def cut(fields: dict[str, list[str]]) -> Answer:
        status, head, body = real(fields)
        whole = body.splitlines(keepends=True)
        return (
            status,
            head,
            b"".join(whole[:1])
            if "triples" in head["Content-Type"] and PROFILE.graphs + "a>" in fields["query"][0]
            else body,
        )

    little.query = cut  # type: ignore[method-assign]
    with pytest.raises(RemoteError, match=r"counts 2 triples in .* but returns 1"):
        _ = RemoteStore(Client(store_address(little.queries)), PROFILE).snapshot()


def test_a_store_without_a_record_is_read_as_a_whole(second: Path, little: LittleStore) -> None:
    """As `mtsp serve` is: no record, the merge with inferences as default graph."""
    kg = open_graph(second, inferences=True)
    little.store = kg.completed.snapshot()
    remote = open_graph(second, inferences=True, store=little.queries)
    assert str(remote.trace("pilots")) == str(kg.trace("pilots"))
    assert remote.show("pilots") == kg.show("pilots")
    assert remote.validate().findings == kg.validate().findings
