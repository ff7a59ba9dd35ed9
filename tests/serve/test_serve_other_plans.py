"""The server with plans that are not WIPO's: nothing that it says assumes pillars, numbers or Chinese."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from serve_process import Server

import mtsp_kg
from mtsp_kg.plan import names
from mtsp_kg.plan.project import plans
from mtsp_kg.query.catalogue import read_catalogue

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("fixture", ["second", "toy"])
def test_another_plan_is_served(starter: Callable[..., Server], request: pytest.FixtureRequest, fixture: str) -> None:
    project: Path = request.getfixturevalue(fixture)
    kg = mtsp_kg.open(project)
    (slug,) = plans(kg.project)
    label = kg.entities.label(names.plan_iri(slug))
    server = starter("--workers", "1", project=project)
    with server.client("127.0.0.8") as client:
        home = client.get("/")
        assert home.status_code == 200
        assert label in home.text
        document = client.get(f"/id/{slug}", headers={"Accept": "text/turtle"}, follow_redirects=True)
        assert document.headers["content-type"] == "text/turtle; charset=utf-8"
        assert label in document.text
        openapi = client.get("/api/openapi.json")
        assert openapi.json()["info"]["title"] == f"{label} as a knowledge graph"
        for query in read_catalogue(kg.project, "ask"):
            answer = client.get(f"/api/{query.name}")
            assert answer.status_code == 200, answer.text
            assert len(answer.json()["rows"]) == len(kg.query(query.name))
        plan = client.get("/sparql", params={"query": f"ASK {{ <{names.plan_iri(slug)}> ?p ?o }}"})
        assert plan.json()["boolean"] is True
    server.stop()
    assert "Traceback" not in server.log.read_text("utf-8")
