"""The catalogue as an API, its OpenAPI description, and the queries as RDF."""

from __future__ import annotations

import csv
import io
import json

import pyoxigraph as ox
import pytest
from serve_process import ROOT, Server

from mtsp_kg.graph import KnowledgeGraph, open_graph
from mtsp_kg.plan.project import plan_project
from mtsp_kg.query.catalogue import NamedQuery, read_catalogue

pytestmark = pytest.mark.slow

QUERIES = read_catalogue(plan_project(ROOT), "ask")


@pytest.fixture(scope="module")
def kg() -> KnowledgeGraph:
    return open_graph()


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_every_query_answers_as_the_command_line_does(roomy: Server, kg: KnowledgeGraph, query: NamedQuery) -> None:
    expected = kg.query(query.name)
    with roomy.client() as client:
        answer = client.get(f"/api/{query.name}")
        standard = client.get(f"/api/{query.name}", headers={"Accept": "application/sparql-results+json"})
        table = client.get(f"/api/{query.name}.csv")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["query"] == query.name
    assert len(answer.json()["rows"]) == len(expected)
    assert list(answer.json()["rows"][0]) == expected.columns if expected else True
    assert len(standard.json()["results"]["bindings"]) == len(expected)
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(table.content.decode(), newline="")))
    assert rows[0] == expected.columns
    assert len(rows) == len(expected) + 1


def test_parameters_are_bound_as_on_the_command_line(roomy: Server, kg: KnowledgeGraph) -> None:
    with roomy.client() as client:
        for outcome in ("3.3", "outcome:3.3", "https://w3id.org/mtsp-kg/id/mtsp-2022-2026/outcome/3.3"):
            answer = client.get("/api/partners-of-outcome", params={"outcome": outcome})
            expected = kg.query("partners-of-outcome", outcome="3.3")
            assert len(answer.json()["rows"]) == len(expected)
            assert answer.json()["parameters"] == {"outcome": outcome}
        chinese = client.get("/api/entity-by-name", params={"text": "中小企业"})
    assert chinese.json()["rows"]


HOSTILE_VALUES = [
    '"} SERVICE <http://127.0.0.1:1/> { ?a ?b ?c } VALUES ?x { "',
    '" } } INSERT DATA { <a> <b> <c> } #',
    "\\", "\\\"", "'", "\n\r\t", "\u202e", "\U0001f600", "\x00",
    "?s", "<http://a>", "$1 \\1 \\g<0>", "%s{0}", "a" * 500,
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE_VALUES, ids=range(len(HOSTILE_VALUES)))
def test_a_parameter_is_a_term_never_text(roomy: Server, value: str) -> None:
    with roomy.client() as client:
        answer = client.get("/api/entity-by-name", params={"text": value})
        assert answer.status_code == 200
        assert answer.json()["parameters"] == {"text": value}
        assert all(value.casefold() in row["name"].casefold() for row in answer.json()["rows"])
        named = client.get("/api/who-says", params={"subject": value})
        assert named.status_code in (400, 404)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/api/nosuch", 404, "No query"),
        ("/api/..%2f..%2fetc%2fpasswd", 404, "No resource"),
        ("/api/view/house", 404, "No resource"),
        ("/api/house", 404, "No query"),
        ("/api/partners-of-outcome?outcome=two", 400, "must be an outcome"),
        ("/api/partners-of-outcome?outcome=9.9", 404, "The graph does not contain"),
        ("/api/partners-of-outcome?outcome=2.4&outcome=3.3", 400, "more than once"),
        ("/api/partners-of-outcome?pillar=2", 400, "no parameter 'pillar'"),
        ("/api/partners-of-outcome?outcome=", 400, "must be an outcome"),
        ("/api/entity-by-name?text=" + "a" * 501, 400, "longer than 500"),
        ("/api/who-says?subject=Wrold%20Health", 404, "has the name"),
        ("/api/partners-of-outcome.xls", 404, "No query"),
    ],
)
def test_bad_requests_say_what_is_wrong(roomy: Server, path: str, status: int, said: str) -> None:
    with roomy.client() as client:
        answer = client.get(path)
    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert "Traceback" not in answer.text
    assert str(ROOT) not in answer.text


def test_negotiation_and_suffixes(roomy: Server) -> None:
    with roomy.client() as client:
        for accept, expected in (
            ("text/csv", "text/csv"),
            ("text/html, */*;q=0.1", "application/json"),
            ("application/sparql-results+xml", "application/sparql-results+xml"),
            ("text/tab-separated-values, text/csv;q=0.9", "text/tab-separated-values"),
        ):
            answer = client.get("/api/partners", headers={"Accept": accept})
            assert answer.headers["content-type"].split(";")[0] == expected
            assert answer.headers["vary"] == "Accept"
        assert client.get("/api/partners", headers={"Accept": "image/png"}).status_code == 406
        assert client.get("/api/partners.json", headers={"Accept": "image/png"}).status_code == 200
        refused = client.post("/api/partners")
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_values_keep_their_kind(roomy: Server) -> None:
    with roomy.client() as client:
        rows = client.get("/api/entities").json()["rows"]
    assert all(isinstance(row["passages"], int) for row in rows)
    assert any(row["label_zh"] for row in rows)


def test_the_list_of_queries(roomy: Server) -> None:
    with roomy.client() as client:
        listed = client.get("/api").json()["queries"]
    assert [query["name"] for query in listed] == [query.name for query in QUERIES]
    assert all(query["question"] and query["question_zh"] for query in listed)


def test_openapi_describes_every_query(roomy: Server) -> None:
    with roomy.client() as client:
        answer = client.get("/api/openapi.json")
        again = client.get("/api/openapi.json", headers={"If-None-Match": answer.headers["etag"]})
    document = answer.json()
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": roomy.base.rstrip("/")}]
    assert document["info"]["title"] == "Medium-Term Strategic Plan 2022-2026 as a knowledge graph"
    for query in QUERIES:
        operation = document["paths"][f"/api/{query.name}"]["get"]
        assert operation["summary"] == query.summary
        assert [p["name"] for p in operation["parameters"]] == [p.name for p in query.parameters]
    assert again.status_code == 304
    assert again.content == b""


def test_queries_as_rdf_run_as_they_stand(roomy: Server) -> None:
    sh = "http://www.w3.org/ns/shacl#"
    with roomy.client() as client:
        answer = client.get("/.well-known/sparql-examples", headers={"Accept": "application/n-triples"})
        turtle = client.get("/.well-known/sparql-examples")
        triples = [quad.triple for quad in ox.parse(answer.content, ox.RdfFormat.N_TRIPLES)]
        texts = {t.subject.value: t.object.value for t in triples if t.predicate.value == sh + "select"}  # type: ignore[union-attr]
        assert set(texts) == {f"{roomy.base}api/{query.name}" for query in QUERIES}
        ran = client.post(
            "/sparql",
            content=texts[f"{roomy.base}api/partners-of-outcome"],
            headers={"Content-Type": "application/sparql-query"},
        )
        assert len(ran.json()["results"]["bindings"]) == len(client.get("/api/partners-of-outcome").json()["rows"])
    assert turtle.headers["content-type"] == "text/turtle; charset=utf-8"
    assert sum(t.predicate.value == sh + "namespace" for t in triples) >= 5
    targets = {t.object.value for t in triples if t.predicate.value == "https://schema.org/target"}  # type: ignore[union-attr]
    assert targets == {f"{roomy.base}sparql"}


def test_health(roomy: Server) -> None:
    with roomy.client() as client:
        answer = client.get("/health")
    assert answer.status_code == 200
    assert json.loads(answer.content)["status"] == "ok"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.conformance
def test_schemathesis_finds_no_fault(roomy: Server) -> None:
    import schemathesis
    from schemathesis.checks import CHECKS

    schema = schemathesis.openapi.from_url(f"{roomy.base}api/openapi.json")
    # Free text that is no SPARQL is rightly refused, though the schema can only say "a string".
    excluded = [check for check in CHECKS.get_all() if check.__name__ == "positive_data_acceptance"]
    paths = ["/sparql", "/health", "/api/partners-of-outcome", "/api/entity-by-name", "/api/paragraph", "/api/partners"]
    operations = [found.ok() for found in schema.include(path=paths).get_all_operations()]
    assert len(operations) == len(paths) + 1
    for operation in operations:
        _run_cases(operation.as_strategy(), excluded)


def _run_cases(strategy: object, excluded: list[object]) -> None:
    from hypothesis import HealthCheck, Phase, given, settings

    @settings(
        max_examples=15, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=strategy)  # type: ignore[arg-type]
    def run(case: object) -> None:
        case.call_and_validate(excluded_checks=excluded)  # type: ignore[attr-defined]

    run()
