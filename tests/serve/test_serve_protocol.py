"""The SPARQL 1.1 Protocol over real HTTP: the query operation as the W3C's protocol tests ask it, updates refused,
every result in every form, negotiation, the service description, CORS.
"""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest
from serve_process import G, Server

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
ONE, TWO, THREE = (f"<{G}{n}>" for n in (1, 2, 3))


def dataset(**graphs: list[int]) -> str:
    names = {"default": "default-graph-uri", "named": "named-graph-uri"}
    return urlencode([(names[key], f"{G}{n}") for key, numbers in graphs.items() for n in numbers])


def ask(query: str, *, method: str = "GET", **graphs: list[int]) -> httpx.Request:
    url = f"http://x/sparql?{dataset(**graphs)}"
    if method == "GET":
        return httpx.Request("GET", f"{url}&query={quote(query, safe='')}")
    if method == "FORM":
        return httpx.Request("POST", url, content=f"query={quote(query)}", headers={"Content-Type": FORM})
    return httpx.Request("POST", url, content=query.encode(), headers={"Content-Type": QUERY})


COUNTED = "ASK { { SELECT (COUNT(*) AS ?n) { ?s ?p 1 } } FILTER(?n = 1) }"
PAIR = f"ASK {{ {ONE} a ?t . {TWO} a ?t }}"
NAMED_PAIR = f"ASK {{ GRAPH ?g1 {{ {ONE} a ?t }} GRAPH ?g2 {{ {TWO} a ?t }} }}"
FULL = f"ASK {{ {THREE} a ?t GRAPH ?g1 {{ {ONE} a ?t }} GRAPH ?g2 {{ {TWO} a ?t }} }}"
# The names are those of the W3C's SPARQL 1.1 protocol tests (w3c/rdf-tests, sparql11/protocol); the graphs are ours.
W3C_GOOD = {
    "query_post_form": (ask("ASK {}", method="FORM", default=[0]), True),
    "query_dataset_default_graphs_get": (ask(PAIR, default=[1, 2]), True),
    "query_dataset_default_graphs_post": (ask(PAIR, method="POST", default=[1, 2]), True),
    "query_dataset_named_graphs_post": (ask(NAMED_PAIR, method="POST", named=[1, 2]), True),
    "query_dataset_named_graphs_get": (ask(NAMED_PAIR, named=[1, 2]), True),
    "query_dataset_full": (ask(FULL, method="POST", default=[3], named=[1, 2]), True),
    "query_multiple_dataset": (ask(NAMED_PAIR.replace("ASK", f"ASK FROM {THREE}"), method="POST", named=[1, 2]), True),
    "query_get": (ask("ASK {}", default=[0]), True),
    "query_post_direct": (ask("ASK {}", method="POST"), True),
    # Ours: what the dataset leaves out is not there.
    "default_graph_left_out": (ask(f"ASK {{ {THREE} a ?t }}", default=[1, 2]), False),
    "named_graph_left_out": (ask(f"ASK {{ GRAPH ?g {{ {THREE} a ?t }} }}", named=[1, 2]), False),
    "no_default_graph": (ask(f"ASK {{ {ONE} a ?t }}", named=[1]), False),
    "merge_is_no_multiset": (ask(COUNTED, default=[2, 3]), True),
}  # fmt: skip


def bad(method: str, path: str, content: bytes = b"", **headers: str) -> httpx.Request:
    return httpx.Request(
        method, f"http://x{path}", content=content, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


UTF16 = "ASK {}".encode("utf-16")
IN_UTF16 = "charset=UTF-16"
CONFLICT = b"WITH <a> DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }"
TWO_UPDATES = b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT"
W3C_BAD = {
    "bad_query_method": (bad("PUT", "/sparql?query=ASK%20%7B%7D", content_type=FORM), 405),
    "bad_multiple_queries": (bad("GET", "/sparql?query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D"), 400),
    "bad_query_wrong_media_type": (bad("POST", "/sparql", b"ASK {}", content_type="text/plain"), 415),
    "bad_query_missing_form_type": (bad("POST", "/sparql", b"query=ASK%20%7B%7D"), 415),
    "bad_query_missing_direct_type": (bad("POST", "/sparql", b"ASK {}"), 415),
    "bad_query_non_utf8": (bad("POST", "/sparql", UTF16, content_type=f"{QUERY}; {IN_UTF16}"), 415),
    "bad_query_syntax": (bad("GET", "/sparql?query=ASK%20%7B"), 400),
    "bad_update_get": (bad("GET", "/sparql?update=CLEAR%20ALL"), 400),
    "bad_multiple_updates": (bad("POST", "/sparql", TWO_UPDATES, content_type=FORM), 400),
    "bad_update_wrong_media_type": (bad("POST", "/sparql", b"CLEAR NAMED", content_type="text/plain"), 415),
    "bad_update_missing_form_type": (bad("POST", "/sparql", b"update=CLEAR%20NAMED"), 415),
    "bad_update_non_utf8": (bad("POST", "/sparql", UTF16, content_type=f"{UPDATE}; {IN_UTF16}"), 415),
    "bad_update_syntax": (bad("POST", "/sparql", b"update=CLEAR%20XYZ", content_type=FORM), 400),
    "bad_update_dataset_conflict": (bad("POST", "/sparql?using-graph-uri=a:b", CONFLICT, content_type=UPDATE), 415),
    # Ours.
    "no_query": (bad("POST", "/sparql", b"", content_type=FORM), 400),
    "query_in_path_and_body": (bad("POST", "/sparql?query=ASK%7B%7D", b"ASK {}", content_type=QUERY), 400),
    "direct_not_utf8": (bad("POST", "/sparql", b"ASK { FILTER(\"\xff\" = \"\") }", content_type=QUERY), 400),
    "direct_utf16_unsaid": (bad("POST", "/sparql", UTF16, content_type=QUERY), 400),
    "form_not_utf8": (bad("POST", "/sparql", b"query=ASK%20%7B%7D%FF", content_type=FORM), 400),
    "path_not_utf8": (bad("GET", "/sparql?query=ASK%20%7B%7D%FF"), 400),
    "compressed": (bad("POST", "/sparql", b"ASK {}", content_type=QUERY, content_encoding="gzip"), 415),
    "graph_is_no_iri": (bad("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=not%20an%20iri"), 400),
    "delete_method": (bad("DELETE", "/sparql?query=ASK%7B%7D"), 405),
    "patch_method": (bad("PATCH", "/sparql", b"x"), 405),
}  # fmt: skip


def send(server: Server, request: httpx.Request) -> httpx.Response:
    headers = {name: value for name, value in request.headers.items() if name != "host"}
    with server.client() as client:
        return client.request(request.method, request.url.raw_path.decode(), content=request.content, headers=headers)


@pytest.mark.parametrize("name", W3C_GOOD)
def test_protocol_query(small: Server, name: str) -> None:
    request, expected = W3C_GOOD[name]
    answer = send(small, request)
    assert answer.status_code == 200, answer.text
    assert answer.json()["boolean"] is expected


@pytest.mark.parametrize("name", W3C_BAD)
def test_protocol_refuses(small: Server, name: str) -> None:
    request, status = W3C_BAD[name]
    answer = send(small, request)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"]
    if status == 405:
        assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    ("query", "types"),
    [
        ("SELECT (1 AS ?value) {}", ["application/sparql-results+json", "application/sparql-results+xml"]),
        ("ASK {}", ["application/sparql-results+json", "application/sparql-results+xml"]),
        ("DESCRIBE <http://example.org/>", ["text/turtle", "application/rdf+xml"]),
        ("CONSTRUCT { <s> <p> 1 } WHERE {}", ["text/turtle", "application/rdf+xml"]),
    ],
)
def test_protocol_query_content_type(small: Server, query: str, types: list[str]) -> None:
    answer = send(small, ask(query, method="POST", default=[0]))
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] in types


ROWS = f'SELECT ?t ?n {{ VALUES (?t ?n) {{ ({ONE} 1) ("a,\\n\\"b\\""@en UNDEF) }} }}'


def read_table(answer: httpx.Response) -> list[list[str]]:
    media = answer.headers["content-type"].split(";")[0]
    if media.endswith("json"):
        bindings = json.loads(answer.content)["results"]["bindings"]
        return [[row[name]["value"] if name in row else "" for name in ("t", "n")] for row in bindings]
    if media.endswith("xml"):
        space = "{http://www.w3.org/2005/sparql-results#}"
        rows = ElementTree.fromstring(answer.content).iter(f"{space}result")
        found = [{b.get("name"): "".join(b[0].itertext()) for b in row} for row in rows]
        return [[row.get("t", ""), row.get("n", "")] for row in found]
    if media == "text/csv":
        return list(csv.reader(io.StringIO(answer.content.decode(), newline="")))[1:]
    solutions = ox.parse_query_results(answer.content, ox.QueryResultsFormat.TSV)
    assert isinstance(solutions, ox.QuerySolutions)
    return [[getattr(cell, "value", "") for cell in row] for row in solutions]


TABLES = [
    "application/sparql-results+json", "application/json", "application/sparql-results+xml", "application/xml",
    "text/xml", "text/csv", "text/tab-separated-values",
]  # fmt: skip
GRAPHS = [
    "text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml", "application/trig",
    "application/n-quads",
]  # fmt: skip


@pytest.mark.parametrize("media", TABLES)
def test_select_in_every_form(small: Server, media: str) -> None:
    with small.client() as client:
        answer = client.get("/sparql", params={"query": ROWS}, headers={"Accept": media})
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == media
    assert "accept" in answer.headers["vary"].lower()
    assert read_table(answer) == [[ONE[1:-1], "1"], ['a,\n"b"', ""]]


@pytest.mark.parametrize("media", TABLES)
@pytest.mark.parametrize("truth", [True, False])
def test_ask_in_every_form(small: Server, media: str, truth: bool) -> None:
    query = "ASK {}" if truth else "ASK { FILTER(false) }"
    with small.client() as client:
        answer = client.get("/sparql", params={"query": query}, headers={"Accept": media})
    assert answer.headers["content-type"].split(";")[0] == media
    assert str(truth).lower() in answer.text
    assert str(not truth).lower() not in answer.text


@pytest.mark.parametrize("media", GRAPHS)
@pytest.mark.parametrize("query", ["CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", f"DESCRIBE {ONE}"])
def test_triples_in_every_form(small: Server, media: str, query: str) -> None:
    with small.client() as client:
        answer = client.get("/sparql", params={"query": query}, headers={"Accept": media})
    assert answer.headers["content-type"].split(";")[0] == media
    form = ox.RdfFormat.from_media_type(media)
    triples = {str(quad.triple) for quad in ox.parse(answer.content, format=form)}
    assert len(triples) == (6 if query.startswith("CONSTRUCT") else 1)


NEGOTIATION = [
    ("SELECT * {}", None, "application/sparql-results+json"),
    ("SELECT * {}", "*/*", "application/sparql-results+json"),
    ("SELECT * {}", "text/turtle", None),
    ("SELECT * {}", "text/turtle, text/csv;q=0.1", "text/csv"),
    (
        "SELECT * {}",
        "application/sparql-results+xml;q=0.5, text/csv;q=0.4, */*;q=0.1",
        "application/sparql-results+xml",
    ),
    ("SELECT * {}", "application/sparql-results+json;q=0, application/json;q=0, */*", "application/sparql-results+xml"),
    ("SELECT * {}", "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "application/xml"),
    ("SELECT * {}", "image/png", None),
    ("CONSTRUCT WHERE {}", None, "text/turtle"),
    ("CONSTRUCT WHERE {}", "application/sparql-results+json, application/rdf+xml;q=0.2", "application/rdf+xml"),
    ("CONSTRUCT WHERE {}", "application/sparql-results+json", None),
    ("CONSTRUCT WHERE {}", "text/*", "text/turtle"),
    ("CONSTRUCT WHERE {}", "application/ld+json, */*;q=0.1", "application/ld+json"),
]


@pytest.mark.parametrize(("query", "accept", "expected"), NEGOTIATION)
def test_negotiation_of_results(small: Server, query: str, accept: str | None, expected: str | None) -> None:
    with small.client() as client:
        if accept is None:
            del client.headers["Accept"]
        answer = client.get("/sparql", params={"query": query}, headers={"Accept": accept} if accept else {})
    if expected is None:
        assert answer.status_code == 406
        assert answer.json()["detail"].startswith("Not Acceptable: available types")
    else:
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] == expected


@pytest.mark.parametrize("media", GRAPHS)
@pytest.mark.parametrize("path", ["/sparql", "/sparql/", "/sparql/asserted"])
def test_service_description(small: Server, media: str, path: str) -> None:
    with small.client() as client:
        answer = client.get(path, headers={"Accept": media})
    sd = "http://www.w3.org/ns/sparql-service-description#"
    quads = list(ox.parse(answer.content, format=ox.RdfFormat.from_media_type(media)))
    endpoints = {str(q.object.value) for q in quads if q.predicate.value == sd + "endpoint"}
    assert endpoints == {f"{small.base}sparql", f"{small.base}sparql/asserted"}
    assert any(q.object == ox.NamedNode(sd + "SPARQL11Query") for q in quads)
    assert all(f" {small.base}" not in str(q) for q in quads)


def test_service_description_is_not_for_those_who_take_none(small: Server) -> None:
    with small.client() as client:
        assert client.get("/sparql", headers={"Accept": "image/png"}).status_code == 406


FROMS = [
    f"SELECT (COUNT(*) AS ?n) FROM {TWO} FROM {THREE} {{ ?s ?p 1 }}",
    f"PREFIX g: <{G}> SELECT (COUNT(*) AS ?n) FROM g:2 FROM <{G}3> WHERE {{ ?s ?p 1 }}",
    f"SELECT (COUNT(*) AS ?n)\nFROM {TWO} # FROM {ONE}\nFROM NAMED {ONE} from {THREE} {{ ?s ?p 1 }}",
]


@pytest.mark.parametrize("query", FROMS)
def test_several_from_clauses_are_merged(small: Server, query: str) -> None:
    with small.client() as client:
        rows = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    assert rows[0]["n"]["value"] == "1"


def test_a_dataset_given_with_the_request_goes_before_the_querys_own(small: Server) -> None:
    query = f"ASK FROM {TWO} FROM {THREE} {{ {ONE} a ?t }}"
    with small.client() as client:
        answer = client.get("/sparql", params={"query": query, "default-graph-uri": f"{G}1"})
    assert answer.json()["boolean"] is True


DRAWN = "ASK { ?s <http://example.org/drawn> ?o }"


@pytest.mark.parametrize(
    ("path", "parameters", "query", "expected"),
    [
        ("/sparql", {}, DRAWN, True),
        ("/sparql", {}, "ASK { GRAPH ?g { ?s <http://example.org/drawn> ?o } }", True),
        ("/sparql/asserted", {}, DRAWN, False),
        ("/sparql/asserted", {}, "ASK { GRAPH ?g { ?s <http://example.org/drawn> ?o } }", False),
        ("/sparql/asserted", {}, f"ASK {{ {ONE} a ?t . GRAPH ?g {{ {ONE} a ?t }} }}", True),
        ("/sparql", {"default-graph-uri": "https://w3id.org/mtsp-kg/graph/asserted"}, DRAWN, False),
        ("/sparql", {"default-graph-uri": "https://w3id.org/mtsp-kg/graph/asserted"}, f"ASK {{ {ONE} a ?t }}", True),
    ],
)
def test_inferred_graphs_can_be_left_out(
    small: Server, path: str, parameters: dict[str, str], query: str, expected: bool
) -> None:
    with small.client() as client:
        answer = client.get(path, params={"query": query, **parameters})
    assert answer.json()["boolean"] is expected


def test_get_bodies_are_ignored(small: Server) -> None:
    with small.client() as client:
        answer = client.request(
            "GET", "/sparql", params={"query": "ASK {}"}, content=b"query=garbage" * 100, headers={"Content-Type": FORM}
        )
        assert answer.json()["boolean"] is True
        assert client.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True


def test_head_is_get_without_a_body(small: Server) -> None:
    with small.client() as client:
        head = client.head("/sparql", params={"query": "ASK {}"})
        get = client.get("/sparql", params={"query": "ASK {}"})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


def test_cors(small: Server) -> None:
    with small.client() as client:
        asked = {
            "Origin": "https://example.org",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,x-unknown",
        }
        preflight = client.options("/sparql", headers=asked)
        answer = client.get("/sparql", params={"query": "ASK {}"}, headers={"Origin": "https://example.org"})
        refused = client.get("/sparql", params={"query": "ASK {"}, headers={"Origin": "https://example.org"})
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "Content-Type" in preflight.headers["access-control-allow-headers"]
    for got in (preflight, answer, refused):
        assert got.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in got.headers
        assert "set-cookie" not in got.headers


def test_a_syntax_error_says_where(small: Server) -> None:
    with small.client() as client:
        answer = client.get("/sparql", params={"query": "SELECT *\nWHERE { ?s ?p }"})
    assert answer.status_code == 400
    assert answer.json()["line"] == 2
    assert len(answer.content) < 1500


def test_relative_iris_are_relative_to_the_endpoint(small: Server) -> None:
    with small.client() as client:
        answer = client.get("/sparql", params={"query": "SELECT (STR(<x>) AS ?iri) {}"})
    assert answer.json()["results"]["bindings"][0]["iri"]["value"] == f"{small.base}x"


def test_every_answer_has_the_security_headers(small: Server) -> None:
    with small.client() as client:
        paths = ["/sparql?query=ASK%7B%7D", "/sparql?query=ASK", "/nothing", "/api", "/health", "/api/openapi.json"]
        for path in paths:
            headers = client.get(path).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["content-security-policy"].startswith("default-src 'none'")
            assert "server" not in headers
