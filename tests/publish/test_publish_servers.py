"""The generated configurations, played by the web servers themselves: redirects, q-values, languages, headers, 404."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from web_servers import Get, apache, nginx, running

from mtsp_kg.publish.server_configs import CONTENT_SECURITY_POLICY

pytestmark = pytest.mark.conformance

WHO = "/mtsp/id/org/who"
DOC = "/mtsp/doc/org/who"

NEGOTIATION = [
    (None, "html"),
    ("*/*", "html"),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
    ("text/turtle", "ttl"),
    ("TEXT/TURTLE", "ttl"),
    ("application/ld+json", "jsonld"),
    ("application/trig", "trig"),
    ("application/n-triples", "nt"),
    ("application/rdf+xml", "rdf"),
    ("application/ld+json;q=0.3, text/turtle;q=0.9", "ttl"),
    ("text/turtle;q=0.3, application/ld+json;q=0.9", "jsonld"),
    ("text/turtle;q=1.0, application/rdf+xml;q=0.5, */*;q=0.1", "ttl"),
    ("text/html;q=0.4, application/rdf+xml;q=0.8", "rdf"),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "jsonld"),
    ("text/turtle;q=0, application/n-triples", "nt"),
    ("application/rdf+xml; q=0.95 , text/turtle ; q=0.2", "rdf"),
]


@pytest.fixture(scope="module", params=[nginx, apache], ids=["nginx", "apache"])
def get(request: pytest.FixtureRequest, published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Get]:
    folder = tmp_path_factory.mktemp(request.param.__name__)
    with running(lambda port: request.param(published, folder, port), published, folder) as (fetch, _):
        yield fetch


@pytest.mark.parametrize(("accept", "suffix"), NEGOTIATION)
def test_a_thing_s_address_leads_to_the_form_that_is_asked_for(get: Get, accept: str | None, suffix: str) -> None:
    answer = get(WHO, Accept=accept)
    assert answer.status == 303
    assert answer.headers["Location"].removeprefix("http://example.org") == f"{DOC}.{suffix}"
    assert "Accept" in answer.headers["Vary"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_what_we_have_in_no_form_is_406_and_what_we_have_not_is_404(get: Get) -> None:
    assert get(WHO, Accept="image/png").status == 406
    missing = get("/mtsp/id/org/nobody", Accept="text/html")
    assert missing.status == 404
    assert b'href="/mtsp/search.html"' in missing.body  # type: ignore[attr-defined]
    assert get("/mtsp/id/../../etc/passwd").status in (400, 404)
    assert get("/mtsp/id/org/who%0d%0aSet-Cookie:%20a=b").status in (400, 403, 404)


@pytest.mark.parametrize(
    ("language", "folder"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh/"), ("en,zh;q=0.5", ""), ("zh;q=0.2,en;q=0.8", ""), ("fr", ""), (None, "")],
)
def test_the_page_is_in_the_language_that_is_asked_for(get: Get, language: str | None, folder: str) -> None:
    answer = get(WHO, Accept="text/html", Accept_Language=language)
    assert answer.headers["Location"].removeprefix("http://example.org") == f"/mtsp/{folder}doc/org/who.html"
    data = get(WHO, Accept="text/turtle", Accept_Language=language)
    assert data.headers["Location"].endswith(f"{DOC}.ttl")
    home = get("/mtsp/", Accept_Language=language)
    assert home.status == 200
    assert f'<html lang="{"zh" if folder else "en"}">'.encode() in home.body  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/mtsp/ontology", "/mtsp/ontology.ttl"),
        ("/mtsp/ontology/document", "/mtsp/ontology/document.ttl"),
        ("/mtsp/graph/entities/org", "/mtsp/graph/entities/org.ttl"),
        ("/mtsp/shapes", "/mtsp/shapes.ttl"),
        ("/mtsp/dataset", "/mtsp/dataset.ttl"),
        ("/mtsp/doc/org/who", "/mtsp/doc/org/who.ttl"),
        ("/mtsp/id/mtsp-2022-2026/outcome/2.4", "/mtsp/doc/mtsp-2022-2026/outcome/2.4.ttl"),
        ("/mtsp/id/mtsp-2022-2026/mention/55.1", "/mtsp/doc/mtsp-2022-2026/para/55.ttl"),
        ("/mtsp/id/mtsp-2022-2026/mention/note-8.1", "/mtsp/doc/mtsp-2022-2026/note/8.ttl"),
    ],
)
def test_vocabularies_graphs_and_mentions_have_addresses_too(get: Get, path: str, place: str) -> None:
    answer = get(path, Accept="text/turtle")
    assert (answer.status, answer.headers["Location"].removeprefix("http://example.org")) == (303, place)
    assert get(place).status == 200


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        (f"{DOC}.html", "text/html"),
        (f"{DOC}.ttl", "text/turtle"),
        (f"{DOC}.jsonld", "application/ld+json"),
        (f"{DOC}.trig", "application/trig"),
        (f"{DOC}.nt", "application/n-triples"),
        (f"{DOC}.rdf", "application/rdf+xml"),
        ("/mtsp/.well-known/void", "text/turtle"),
        ("/mtsp/dump/mtsp-kg.nq", "application/n-quads"),
        ("/mtsp/site.css", "text/css"),
        ("/mtsp/search.js", "text/javascript"),
    ],
)
def test_files_have_their_media_types_and_are_kept_apart_from_scripts(get: Get, path: str, media_type: str) -> None:
    answer = get(path)
    assert answer.status == 200
    assert answer.headers["Content-Type"].split(";")[0] == media_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["ETag"]
    assert get(path, If_None_Match=answer.headers["ETag"]).status == 304
    assert get(path, method="HEAD").status == 200
