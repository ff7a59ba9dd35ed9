"""What visitors may try against the engine: every hostile query ends at its limit, the server stands, nothing goes out.

The limit is LIMIT_SECONDS here; at the default of ten seconds the queries run in `make conformance`.
"""

from __future__ import annotations

import hashlib
import http.server
import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest
from hostile_queries import HOSTILE
from serve_process import LIMIT_SECONDS, Server

from mtsp_kg.serve.settings import WorkerLimits

pytestmark = pytest.mark.slow

GRACE_SECONDS = 0.5
DIRECT = {"Content-Type": "application/sparql-query"}
FORMS = ["application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"]


def post(client: httpx.Client, query: str, accept: str = FORMS[0]) -> httpx.Response:
    return client.post("/sparql", content=query.encode(), headers={**DIRECT, "Accept": accept})


def well(client: httpx.Client) -> bool:
    """Whether the next query is answered, within what replacing a worker takes."""
    return bool(post(client, "ASK {}").json()["boolean"])


def test_there_are_33_hostile_queries() -> None:
    assert len(HOSTILE) == 33


@pytest.mark.parametrize("name", HOSTILE)
def test_query_of_death(server: Server, name: str) -> None:
    pid, before = server.process.pid, server.megabytes()
    with server.client() as client:
        began = time.monotonic()
        answer = post(client, HOSTILE[name])
        seconds = time.monotonic() - began
        if seconds > LIMIT_SECONDS + GRACE_SECONDS:  # once more, should the machine have been busy elsewhere
            began = time.monotonic()
            answer = post(client, HOSTILE[name])
            seconds = time.monotonic() - began
        assert well(client)
    assert seconds <= LIMIT_SECONDS + GRACE_SECONDS
    assert answer.status_code in (200, 400, 413, 503, 504), answer.text[:500]
    if answer.status_code == 200:
        assert "results" in answer.json() or "boolean" in answer.json()
    else:
        assert answer.json()["detail"]
    assert server.process.poll() is None
    assert server.process.pid == pid
    assert server.megabytes() - before < 50


@pytest.mark.conformance
def test_queries_of_death_at_the_default_limits(starter: Callable[..., Server]) -> None:
    # Slow clients share half of the workers, so that four clients never wait for one of eight.
    server = starter("--workers", "8")
    server.warm()
    pid, before = server.process.pid, server.megabytes()
    limit = WorkerLimits().seconds + GRACE_SECONDS

    def run(names: list[str], number: int) -> list[str]:
        wrong = []
        with server.client(f"127.0.5.{number + 1}") as client:
            for name in names:
                answer = post(client, HOSTILE[name])
                seconds = answer.elapsed.total_seconds()
                if seconds > limit:  # once more, should the machine have been busy elsewhere
                    answer = post(client, HOSTILE[name])
                    seconds = answer.elapsed.total_seconds()
                if answer.status_code not in (200, 400, 413, 503, 504) or seconds > limit:
                    wrong.append(f"{name}: {answer.status_code} after {seconds:.2f} s")
        return wrong

    names = list(HOSTILE)
    with ThreadPoolExecutor(4) as threads:
        wrong = [line for lines in threads.map(run, [names[n::4] for n in range(4)], range(4)) for line in lines]
    assert wrong == []
    with server.client() as client:
        assert well(client)
    assert server.process.poll() is None
    assert server.process.pid == pid
    assert server.megabytes() - before < 50
    server.stop()


def test_the_web_process_has_not_grown_over_all_of_it(server: Server) -> None:
    with server.client() as client:
        assert well(client)
        before = server.megabytes()
        for name in ("flood_rows", "order_product", "concat_doubling", "braces"):
            for accept in FORMS:
                post(client, HOSTILE[name], accept)
        assert well(client)
    assert server.megabytes() - before < 50


def test_memory_is_limited_and_says_so(roomy: Server) -> None:
    with roomy.client() as client:
        answer = post(client, HOSTILE["concat_doubling"])
    assert answer.status_code == 503
    assert "512 MB" in answer.json()["detail"]
    assert int(answer.headers["retry-after"]) > 0


def test_time_is_limited_and_says_so(server: Server) -> None:
    with server.client() as client:
        answer = post(client, HOSTILE["product_count"])
    assert answer.status_code == 504
    assert "0.5 seconds" in answer.json()["detail"]


@pytest.mark.parametrize("accept", FORMS)
def test_too_many_rows_are_413_not_a_cut_body(roomy: Server, accept: str) -> None:
    def query(times: int) -> str:
        return "SELECT ?n { VALUES ?a {" + " 1" * 400 + " } VALUES ?b {" + " 1" * times + " } BIND(1 AS ?n) }"

    with roomy.client() as client:
        whole, over = post(client, query(250), accept), post(client, query(251), accept)
    assert whole.status_code == 200
    assert over.status_code == 413
    assert over.headers["content-type"] == "application/problem+json"
    assert "100,000 rows" in over.json()["detail"]


@pytest.mark.parametrize("accept", FORMS)
def test_too_many_bytes_are_413_not_a_cut_body(roomy: Server, accept: str) -> None:
    doubled = "".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1}) " for n in range(20))
    query = "SELECT ?x20 { VALUES ?a {" + " 1" * 33 + ' } BIND("a" AS ?x0) ' + doubled + "}"
    with roomy.client() as client:
        over = post(client, query, accept)
        whole = post(client, query.replace(" 1" * 33, " 1" * 31), accept)
    assert over.status_code == 413
    assert "33,554,432 bytes" in over.json()["detail"]
    assert whole.status_code == 200
    assert whole.content.count(b"a" * (1 << 20)) == 31


def test_too_many_triples_are_413(roomy: Server) -> None:
    query = "CONSTRUCT { <a> <b> ?n } WHERE { VALUES ?a { %s } VALUES ?b { %s } BIND(?a * 400 + ?b AS ?n) }"
    few, many = " ".join(map(str, range(250))), " ".join(map(str, range(400)))
    with roomy.client() as client:
        headers = {**DIRECT, "Accept": "application/n-triples"}
        whole = client.post("/sparql", content=query % (few, many), headers=headers)
        over = client.post("/sparql", content=query % (few + " 250", many), headers=headers)
    assert whole.status_code == 200
    assert whole.text.count("\n") == 100_000
    assert over.status_code == 413


WORDS = [
    *("SELECT", "*", "{", "}", "(", ")", "?a", "?b", "<x>", "FILTER", "UNION", "OPTIONAL", "'s'", '"', "\\", "1", "."),
    *("/", "*", "^", "!", "&&", "||", "<", ">", "GRAPH", "BIND", "AS", "VALUES", "UNDEF", "SERVICE", "ex:a", "[", "]"),
    *("COUNT", "ORDER BY", "LIMIT", "\u4e2d", "\u0000", "#", "@en", "^^", "a", ";", ",", "DESCRIBE", "CONSTRUCT"),
]


def _mutated(number: int) -> str:
    pick = random.Random(number)
    text = "SELECT * { ?a ?b ?c . OPTIONAL { ?c ?d ?e } FILTER(?a != ?c) } LIMIT 5"
    for _ in range(pick.randint(0, 3)):
        at = pick.randrange(len(text) + 1)
        text = text[:at] + " " + pick.choice(WORDS) + " " + text[at + pick.randint(0, 9) :]
    return text


def test_a_thousand_mutated_queries_leave_the_server_standing(roomy: Server) -> None:
    pid = roomy.process.pid

    def run(part: int) -> set[int]:
        with roomy.client(f"127.0.0.{20 + part}") as client:
            return {post(client, _mutated(number), FORMS[number % 3]).status_code for number in range(part, 1000, 4)}

    with ThreadPoolExecutor(4) as threads:
        found = set().union(*threads.map(run, range(4)))
    assert found <= {200, 400, 406, 413, 503, 504}
    assert {200, 400} <= found
    assert roomy.process.poll() is None
    assert roomy.process.pid == pid


# Nothing goes out, nothing is read, nothing is written.


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback that notes who calls."""
    hits: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_POST = do_PUT = do_GET  # noqa: N815 - likewise

        def log_message(self, *_: object) -> None:
            pass

    opened = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=opened.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{opened.server_port}/", hits
    opened.shutdown()


def outgoing(url: str, file: str) -> list[str]:
    prefix = f"PREFIX : <{url}> PREFIX x: <{url}> "
    return [
        f"SELECT * {{ SERVICE <{url}1> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICE SILENT <{url}2> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ sErViCe <{url}3> {{ ?s ?p ?o }} }}",
        f"ASK {{ FILTER EXISTS {{ SERVICE <{url}4> {{ ?s ?p ?o }} }} }}",
        f"SELECT * {{ BIND(<{url}5> AS ?x) SERVICE ?x {{ ?s ?p ?o }} }}",
        f"SELECT * {{ S\\u0045RVICE <{url}6> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ S\\U00000045RVICE <{url}7> {{ ?s ?p ?o }} }}",
        prefix + "SELECT * { SERVICE:8 { ?s ?p ?o } }",
        prefix + "SELECT * { SERVICESILENT:9 { ?s ?p ?o } }",
        prefix + "SELECT * { SERVICEx:10 { ?s ?p ?o } }",
        prefix + "SELECT * { ?a ?b trueSERVICE:11 { ?s ?p ?o } }",
        f"SELECT * {{ SERVICE#\n<{url}12>{{ ?s ?p ?o }} }}",
        f"SELECT * {{ {{ SELECT * {{ SERVICE <{url}13> {{ ?s ?p ?o }} }} }} }}",
        f"SELECT * FROM <{url}14> {{ ?s ?p ?o }}",
        f"SELECT * FROM NAMED <{url}15> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        f"SELECT * FROM <file://{file}> {{ ?s ?p ?o }}",
        f"SELECT * {{ GRAPH <{url}16> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ GRAPH <file://{file}> {{ ?s ?p ?o }} }}",
        f"DESCRIBE <{url}17>",
        f"LOAD <{url}18>",
        f"LOAD SILENT <{url}19> INTO GRAPH <{url}>",
        f"LOAD <file://{file}>",
        f"BASE <{url}> SELECT * FROM <20> {{ ?s ?p ?o }}",
    ]


def test_no_query_opens_a_connection_or_a_file(roomy: Server, listener: tuple[str, list[str]], tmp_path: Path) -> None:
    url, hits = listener
    canary = tmp_path / "canary.nt"
    canary.write_text("<http://canary/s> <http://canary/p> <http://canary/o> .", "utf-8")
    queries = outgoing(url, str(canary))
    with roomy.client() as client:
        for query in queries:
            answer = post(client, query)
            assert b"http://canary/" not in answer.content
            assert answer.status_code in (200, 400, 406)
        for name in ("default-graph-uri", "named-graph-uri"):
            for graph in (url + "21", f"file://{canary}"):
                answer = client.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }", name: graph})
                assert answer.json()["results"]["bindings"] == []
    assert len(queries) + 4 >= 25
    assert hits == []


def test_the_sandbox_alone_keeps_service_in(
    listener: tuple[str, list[str]], pool_run: Callable[[str], tuple[int, float]], tmp_path: Path
) -> None:
    url, hits = listener
    for query in outgoing(url, str(tmp_path)):
        pool_run(query)
    assert hits == []


GUARDED = ["braces", "parentheses", "unions", "conjunctions", "additions", "negations", "optionals", "subqueries"]


@pytest.mark.parametrize("name", GUARDED)
def test_the_sandbox_alone_survives_what_the_guard_refuses(
    pool_run: Callable[[str], tuple[int, float]], name: str
) -> None:
    status, seconds = pool_run(HOSTILE[name])
    assert status in (200, 400, 503, 504)
    assert seconds <= LIMIT_SECONDS + GRACE_SECONDS
    assert pool_run("ASK {}")[0] == 200


WRITES = [
    "INSERT DATA { <a> <b> <c> }",
    "insert data { <a> <b> <c> }",
    "# comment\nINSERT DATA { <a> <b> <c> }",
    "\ufeffDELETE WHERE { ?s ?p ?o }",
    "ASK {} ; INSERT DATA { <a> <b> <c> }",
    "PREFIX a: <http://a/> DROP ALL",
    "CLEAR DEFAULT",
    "WITH <g> DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
]


def _digest(client: httpx.Client) -> str:
    every = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    counted = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
    answer = client.get("/sparql", params={"query": every}, headers={"Accept": "application/n-triples"})
    assert answer.status_code == 200
    graphs = client.get("/sparql", params={"query": counted})
    assert graphs.status_code == 200
    triples = sorted(str(quad) for quad in ox.parse(answer.content, ox.RdfFormat.N_TRIPLES) if "_:" not in str(quad))
    return hashlib.sha256("\n".join(triples).encode() + graphs.content).hexdigest()


@pytest.mark.parametrize("text", WRITES, ids=range(len(WRITES)))
def test_the_endpoint_cannot_write(small: Server, text: str) -> None:
    with small.client() as client:
        before = _digest(client)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answers = [
            client.get("/sparql", params={"query": text}),
            client.get("/sparql", params={"update": text}),
            client.post("/sparql", content=text.encode(), headers=DIRECT),
            client.post("/sparql", content=text.encode(), headers={"Content-Type": "application/sparql-update"}),
            client.post("/sparql", content=f"update={quote(text)}", headers=form),
            client.put("/sparql", content=text.encode(), headers=DIRECT),
        ]
        assert {answer.status_code for answer in answers} <= {400, 405, 415}
        assert _digest(client) == before


def test_one_result_object_is_never_in_two_threads(roomy: Server) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 2000"

    clients = [roomy.client(f"127.0.1.{number + 1}") for number in range(16)]

    def ask(client: httpx.Client) -> str:
        answer = post(client, query)
        assert answer.status_code in (200, 429), answer.text
        return hashlib.sha256(answer.content).hexdigest() if answer.status_code == 200 else ""

    with ThreadPoolExecutor(16) as threads:
        found = set(threads.map(ask, [clients[n % 16] for n in range(200)]))
    for client in clients:
        client.close()
    assert len(found - {""}) == 1
    assert roomy.process.poll() is None


def test_health_answers_at_once_while_workers_are_busy(server: Server) -> None:
    def attack(number: int) -> int:
        with server.client(f"127.0.2.{number + 1}") as client:
            return post(client, HOSTILE["product_count"]).status_code

    with ThreadPoolExecutor(4) as threads, server.client() as client:
        attacks = [threads.submit(attack, n) for n in range(4)]
        time.sleep(0.2)
        taken = []
        while not all(one.done() for one in attacks):
            began = time.monotonic()
            state = client.get("/health")
            taken.append(time.monotonic() - began)
            assert state.status_code == 200 or state.json()["workers"] == 0
            time.sleep(0.05)
    assert {one.result() for one in attacks} == {504}
    assert sorted(taken)[len(taken) // 2] < 0.1
    assert json.loads(state.content)["workers"] >= 0
