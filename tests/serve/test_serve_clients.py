"""Clients that others wrote, as they come: SPARQLWrapper, rdflib's SPARQLStore, Comunica, curl."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from serve_process import ROOT, Server

pytestmark = pytest.mark.conformance

ROWS = "SELECT ?s ?o { ?s a ?o } ORDER BY ?s LIMIT 5"
TRIPLES = "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o } LIMIT 5"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_sparqlwrapper_select(roomy: Server, form: str, method: str) -> None:
    import SPARQLWrapper

    wrapper = SPARQLWrapper.SPARQLWrapper(f"{roomy.base}sparql")
    wrapper.setQuery(ROWS)
    wrapper.setMethod(method)
    wrapper.setReturnFormat(form)
    result = wrapper.query().convert()
    if form == "json":
        assert len(result["results"]["bindings"]) == 5
    elif form == "xml":
        assert len(result.getElementsByTagName("result")) == 5
    else:
        assert result.decode().strip().count("\n") == 5


@pytest.mark.parametrize("form", ["turtle", "xml", "json-ld"])
def test_sparqlwrapper_construct_and_ask(roomy: Server, form: str) -> None:
    import SPARQLWrapper

    wrapper = SPARQLWrapper.SPARQLWrapper(f"{roomy.base}sparql")
    wrapper.setQuery(TRIPLES)
    wrapper.setReturnFormat(form)
    result = wrapper.query().convert()
    assert len(result) == 5 if form != "turtle" else result.count(b" a ") >= 1
    wrapper.setQuery("ASK {}")
    wrapper.setReturnFormat("json")
    assert wrapper.query().convert()["boolean"] is True


def test_sparqlwrapper_gets_the_errors_it_knows(roomy: Server) -> None:
    import SPARQLWrapper
    from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

    wrapper = SPARQLWrapper.SPARQLWrapper(f"{roomy.base}sparql")
    wrapper.setQuery("SELECT * { ?s ?p }")
    with pytest.raises(QueryBadFormed):
        wrapper.query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_sparqlstore(roomy: Server, method: str) -> None:
    from rdflib import Graph, URIRef
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    store = SPARQLStore(f"{roomy.base}sparql", method=method, returnFormat="json" if method == "GET" else "xml")
    graph = Graph(store)
    assert len(list(graph.query(ROWS))) == 5
    assert graph.query("ASK {}").askAnswer is True
    para = URIRef("https://w3id.org/mtsp-kg/id/mtsp-2022-2026/para/55")
    assert len(Graph(store, identifier=para)) > 0
    if method != "GET":  # with returnFormat json the store takes no triples, and is told so
        assert len(graph.query(TRIPLES).graph or ()) == 5


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
@pytest.mark.parametrize(
    "arguments",
    [
        ["--get", "--data-urlencode", f"query={ROWS}"],
        ["--data-urlencode", f"query={ROWS}"],
        ["--data-binary", ROWS, "-H", "Content-Type: application/sparql-query"],
        ["--data-urlencode", f"query={ROWS}", "-H", "Expect: 100-continue"],
        ["--http1.0", "--get", "--data-urlencode", f"query={ROWS}"],
    ],
)
def test_curl(roomy: Server, arguments: list[str]) -> None:
    command = ["curl", "--silent", "--fail", "--max-time", "20", *arguments, f"{roomy.base}sparql"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert len(json.loads(done.stdout)["results"]["bindings"]) == 5


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_head_and_files(roomy: Server) -> None:
    def curl(*arguments: str) -> str:
        command = ["curl", "--silent", "--max-time", "20", *arguments]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout

    assert curl("--head", f"{roomy.base}health").startswith("HTTP/1.1 200")
    assert curl(f"{roomy.base}api/partners.csv").splitlines()[0].endswith("paragraph")
    assert "405" in curl("--request", "DELETE", "--include", f"{roomy.base}sparql")


def comunica(server: Server, query: str) -> Any:
    node = shutil.which("node")
    modules = Path(os.environ.get("MTSP_NODE_MODULES") or ROOT / "node_modules")
    if not node or not (modules / "@comunica" / "query-sparql").is_dir():
        pytest.skip("node and @comunica/query-sparql are not both installed (MTSP_NODE_MODULES)")
    command = [node, str(Path(__file__).parent / "comunica.mjs"), str(modules), f"{server.base}sparql", query]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_comunica(roomy: Server) -> None:
    assert len(comunica(roomy, ROWS)) == 5
    assert comunica(roomy, "ASK { ?s a ?o }") is True
    assert len(comunica(roomy, TRIPLES)) == 5
    partner = "https://w3id.org/mtsp-kg/ontology#partnersWith"
    who = "https://w3id.org/mtsp-kg/id/org/who"
    (row,) = comunica(roomy, f"SELECT ?p {{ GRAPH ?p {{ ?a <{partner}> <{who}> }} }}")
    assert row["p"].endswith("/para/55")


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_follows_an_iri_to_its_document(roomy: Server) -> None:
    command = ["curl", "--silent", "--location", "--max-time", "20", "--header", "Accept: text/turtle"]
    done = subprocess.run([*command, f"{roomy.base}id/org/who"], capture_output=True, check=True, text=True)
    assert "World Health Organization" in done.stdout
