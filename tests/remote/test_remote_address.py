"""Addresses of stores, credentials, and the check of a query before it is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from mtsp_kg.errors import DataError, ParameterError
from mtsp_kg.remote import remote_store
from mtsp_kg.remote.address import StoreAddress, credentials, is_loopback, known_stores, store_address, writable_address

PAIRS = [
    ("http://h:7878/store", "http://h:7878/query"),
    ("http://h:3030/ds/data", "http://h:3030/ds/sparql"),
    ("https://h/fuseki/ds/data", "https://h/fuseki/ds/sparql"),
    ("http://h:7200/repositories/plan/rdf-graphs/service", "http://h:7200/repositories/plan"),
    ("https://h/rdf4j-server/repositories/p/rdf-graphs/service", "https://h/rdf4j-server/repositories/p"),
    ("http://h:8890/sparql-graph-crud-auth", "http://h:8890/sparql"),
]


@pytest.mark.parametrize(("graphs", "query"), PAIRS)
def test_either_url_of_a_known_store_gives_the_other(graphs: str, query: str) -> None:
    assert store_address(graphs) == StoreAddress(query, graphs)
    assert store_address(query) == StoreAddress(query, graphs)
    assert writable_address(graphs) == StoreAddress(query, graphs)


def test_an_unknown_url_is_a_query_endpoint_and_writing_needs_both() -> None:
    assert store_address("https://h/x/y/z") == StoreAddress("https://h/x/y/z", None)
    with pytest.raises(ParameterError, match=r"--query-url.*Fuseki …/\*/data"):
        writable_address("https://h/x/y/z")
    assert writable_address("https://h/x/y/z", "https://h/q") == StoreAddress("https://h/q", "https://h/x/y/z")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://h/store", "not the URL of a store"),
        ("localhost:7878", "not the URL of a store"),
        ("http:///store", "not the URL of a store"),
        ("http://h:x/store", "not a valid URL"),
        ("https://me:secret@h/store", "on the command line"),
        ("https://h/store?graph=x", "query string or a fragment"),
        ("https://h/store#x", "query string or a fragment"),
    ],
)
def test_an_invalid_url_is_rejected_and_a_password_is_not_repeated(url: str, says: str) -> None:
    with pytest.raises(ParameterError, match=says) as found:
        store_address(url)
    assert "secret" not in str(found.value)


def test_loopback_is_this_machine_only() -> None:
    assert all(map(is_loopback, ("http://127.0.0.1:1/", "http://localhost/", "http://[::1]:9/", "http://127.9.9.9/")))
    assert not any(map(is_loopback, ("http://127.0.0.1.example/", "http://localhost.example/", "http://10.0.0.1/")))


def test_credentials_come_from_the_environment_then_from_netrc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert credentials("https://h/") is None
    netrc = tmp_path / "netrc"
    netrc.write_text("machine h login n password p\nmachine g login m password q\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    found = credentials("https://h:99/x")
    assert found is not None
    assert (found.user, found.password, found.source) == ("n", "p", str(netrc))
    assert credentials("https://elsewhere/") is None
    monkeypatch.setenv("MTSP_STORE_USER", "u")
    monkeypatch.setenv("MTSP_STORE_PASSWORD", "w")
    found = credentials("https://h/")
    assert found is not None
    assert (found.user, found.password) == ("u", "w")
    monkeypatch.setenv("MTSP_STORE_TOKEN", "t0ken")
    found = credentials("https://h/")
    assert found is not None
    assert (found.user, found.token) == ("", "t0ken")
    assert "t0ken" not in repr(found)


def test_a_password_is_not_sent_over_plain_http_unless_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MTSP_STORE_TOKEN", "t0ken")
    assert credentials("http://127.0.0.1:1/")
    with pytest.raises(ParameterError, match=r"TOKEN would be sent over unencrypted HTTP.*--plain-http") as found:
        credentials("http://store.example/")
    assert "t0ken" not in str(found.value)
    assert credentials("http://store.example/", plain_http=True)
    monkeypatch.setenv("MTSP_STORE_PLAIN_HTTP", "on")
    assert credentials("http://store.example/")
    monkeypatch.delenv("MTSP_STORE_TOKEN")
    assert credentials("http://store.example/") is None


def test_an_invalid_netrc_or_token_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine h login\nrubbish here\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with pytest.raises(DataError, match="netrc file cannot be read"):
        credentials("https://h/")
    monkeypatch.setenv("MTSP_STORE_TOKEN", "two\r\nlines")
    with pytest.raises(ParameterError, match="MTSP_STORE_TOKEN is not a valid token"):
        credentials("https://h/")


@pytest.mark.parametrize(
    ("sparql", "form"),
    [
        ("#+ summary: SELECT?\nPREFIX select: <http://ASK/> ASK {}", "ASK"),
        ("SELECT * { ?s ?p 'ASK' }", "SELECT"),
        ('BASE <x> CONSTRUCT { ?s ?p """ASK" """ } WHERE {}', "CONSTRUCT"),
        ("describe <x>", "DESCRIBE"),
        ("INSERT DATA {}", ""),
    ],
)
def test_the_form_of_a_query(sparql: str, form: str) -> None:
    assert remote_store.query_form(sparql) == form


def test_quirks_are_found_outside_comments_iris_and_strings() -> None:
    virtuoso = "Virtuoso/07.20.3229 (Linux) x86_64-pc-linux-gnu"
    assert remote_store.quirk_of("SELECT (GROUP_CONCAT(?x) AS ?y) {}", virtuoso)
    assert remote_store.quirk_of("SELECT * { OPTIONAL { { ?s ?p ?o } UNION { ?o ?p ?s } } }", virtuoso)
    assert remote_store.quirk_of("SELECT * { ?s a/rdfs:subClassOf* ?o }", virtuoso)
    assert not remote_store.quirk_of('SELECT * { ?s <GROUP_CONCAT(x)> "GROUP_CONCAT(" } # a|b', virtuoso)
    assert not remote_store.quirk_of("SELECT (COUNT(*) AS ?n) { ?s <a>|<b> ?o } ORDER BY ?n", virtuoso)
    assert not remote_store.quirk_of("SELECT (GROUP_CONCAT(?x) AS ?y) {}", "Oxigraph/0.5.13")


def test_the_guide_has_every_address_and_every_quirk() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guide" / "stores.md").read_text(encoding="utf-8")
    for entry in known_stores()["address"]:
        assert entry["graphs"].rsplit("*", 1)[-1] in guide
    for engine in known_stores()["engine"]:
        for quirk in engine["quirk"]:
            assert quirk["description"] in guide
