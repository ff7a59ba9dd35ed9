"""The redirect rules for w3id.org, in `w3id/`: Apache reads them, and each IRI leads through the site to a document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from publish_project import ROOT
from web_servers import Get, apache, running

pytestmark = pytest.mark.conformance

RULES = ROOT / "w3id" / ".htaccess"
SITE = re.compile(r"(?<=MTSP_SITE=)\S+")


@pytest.fixture(scope="module")
def get(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Get]:
    """Apache with the rules at /mtsp-kg/, as at w3id.org, and with the site that they lead to at /mtsp/."""
    folder, w3id = tmp_path_factory.mktemp("apache"), tmp_path_factory.mktemp("w3id")

    def command(port: int) -> list[str]:
        rules, count = SITE.subn(f"http://127.0.0.1:{port}/mtsp/", RULES.read_text("utf-8"))
        assert count == 1
        (w3id / ".htaccess").write_text(rules, "utf-8")
        return apache(published, folder, port, **{"mtsp-kg": w3id})

    with running(command, published, folder, w3id) as (fetch, _):
        yield fetch


@pytest.mark.parametrize(
    ("path", "accept", "document"),
    [
        ("id/org/who", "text/turtle", "doc/org/who.ttl"),
        ("id/org/who", "text/html", "doc/org/who.html"),
        ("id/org/who", "application/ld+json", "doc/org/who.jsonld"),
        ("id/mtsp-2022-2026/outcome/2.4", "text/turtle", "doc/mtsp-2022-2026/outcome/2.4.ttl"),
        ("id/mtsp-2022-2026/mention/55.1", "text/turtle", "doc/mtsp-2022-2026/para/55.ttl"),
        ("ontology", "text/turtle", "ontology.ttl"),
        ("ontology/document", "text/html", "ontology/document.html"),
        ("graph/entities/org", "application/trig", "graph/entities/org.trig"),
        ("shapes", "text/turtle", "shapes.ttl"),
        ("dataset", "application/rdf+xml", "dataset.rdf"),
    ],
)
def test_an_iri_leads_to_its_document(get: Get, path: str, accept: str, document: str) -> None:
    first = get(f"/mtsp-kg/{path}", Accept=accept)
    assert first.status == 302
    assert urlsplit(first.headers["Location"]).path == f"/mtsp/{path}"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    second = get(urlsplit(first.headers["Location"]).path, Accept=accept)
    assert second.status == 303
    place = urlsplit(second.headers["Location"]).path
    assert place == f"/mtsp/{document}"
    found = get(place)
    assert found.status == 200
    assert found.headers["Content-Type"].split(";")[0] == accept


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("", ""),
        (".well-known/void", ".well-known/void"),
        ("doc/org/who.ttl", "doc/org/who.ttl"),
        ("search.html?q=WIPO%20GREEN&l=en", "search.html?q=WIPO%20GREEN&l=en"),
        ("id/org/%E4%B8%96%E5%8D%AB", "id/org/%e4%b8%96%e5%8d%ab"),
        ("id/a%20b", "id/a%20b"),
    ],
)
def test_every_other_path_is_kept(get: Get, path: str, place: str) -> None:
    answer = get(f"/mtsp-kg/{path}")
    assert answer.status == 302
    parts = urlsplit(answer.headers["Location"])
    assert parts._replace(scheme="", netloc="").geturl() == f"/mtsp/{place}"
    assert parts.hostname == "127.0.0.1"


@pytest.mark.parametrize(
    "path", ["//elsewhere.example/", "id/%0d%0aSet-Cookie:%20a=b", "../etc/passwd", "@elsewhere.example"]
)
def test_no_path_leads_to_another_host_or_adds_a_header(get: Get, path: str) -> None:
    answer = get(f"/mtsp-kg/{path}")
    assert "Set-Cookie" not in answer.headers
    assert answer.status == 302 or answer.status >= 400
    if answer.status == 302:
        assert urlsplit(answer.headers["Location"]).hostname == "127.0.0.1"


def test_the_address_is_written_once_and_is_a_placeholder() -> None:
    rules = RULES.read_text("utf-8")
    assert SITE.findall(rules) == ["https://mtsp-kg.example/"]
    assert rules.count("https://mtsp-kg.example/") == 1
