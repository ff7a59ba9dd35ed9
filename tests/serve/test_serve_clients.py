"""Clients that others wrote, as they come: SPARQLWrapper, rdflib's SPARQLStore, curl."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from serve_process import Server

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
