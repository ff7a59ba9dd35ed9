"""The site as the server answers it: the same bytes as on disk, redirects, conditional headers, forms."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from test_publish_servers import NEGOTIATION

from mtsp_kg.errors import ParameterError, QueryError
from mtsp_kg.plan.pages.publisher import SiteOptions
from mtsp_kg.plan.pages.site import PlanSite
from mtsp_kg.publish.site_layout import SiteDocument
from mtsp_kg.serve.site_answers import SiteAnswers
from mtsp_kg.serve.site_interface import SiteAnswer, SiteRequest


class NoQueries:
    """For requests that need no query."""

    async def question(self, name: str, values: Mapping[str, str], /) -> bytes:
        raise AssertionError(f"the question {name} was asked")

    async def sparql(self, text: str, *, asserted: bool) -> tuple[str, bytes]:
        raise AssertionError(f"a query was sent: {text}")


def ask(answers: SiteAnswers, path: str, **parts: object) -> SiteAnswer:
    found = asyncio.run(answers.respond(SiteRequest(path, **parts), NoQueries()))  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.fixture(scope="module")
def answers(site: PlanSite) -> SiteAnswers:
    source = site.source
    return SiteAnswers(PlanSite(source.project, source.store, SiteOptions(site="https://example.org/")))


@pytest.mark.slow
def test_server_and_static_site_write_the_same_bytes(site: PlanSite, published: Path) -> None:
    source = site.source
    same = SiteAnswers(PlanSite(source.project, source.store, SiteOptions(site="https://example.org/mtsp/")))
    for path in list(same.site.paths())[::29]:
        answer = ask(same, f"/{path}")
        assert (answer.status, answer.body) == (200, (published / path).read_bytes()), path


@pytest.mark.parametrize(("accept", "suffix"), NEGOTIATION)
def test_a_thing_s_address_leads_to_the_form_that_is_asked_for(
    answers: SiteAnswers, accept: str | None, suffix: str
) -> None:
    answer = ask(answers, "/id/org/who", accept=accept or "")
    assert (answer.status, answer.headers["Location"]) == (303, f"/doc/org/who.{suffix}")
    assert answer.headers["Vary"] == "Accept, Accept-Language"


def test_a_wildcard_leaves_out_what_is_refused(answers: SiteAnswers) -> None:
    assert ask(answers, "/id/org/who", accept="text/html;q=0, */*").headers["Location"] == "/doc/org/who.ttl"


def test_languages_documents_and_their_headers(answers: SiteAnswers) -> None:
    chinese = ask(answers, "/id/org/who", accept="text/html", accept_language="zh-CN")
    assert chinese.headers["Location"] == "/zh/doc/org/who.html"
    page = ask(answers, "/zh/doc/org/who.html")
    assert page.headers["Content-Language"] == "zh"
    data = ask(answers, "/doc/org/who.ttl")
    assert data.media_type == "text/turtle; charset=utf-8"
    assert data.headers["ETag"].startswith('"')
    assert data.headers["Last-Modified"].endswith("GMT")
    assert '</doc/org/who.jsonld>; rel="alternate"; type="application/ld+json"' in data.headers["Link"]
    assert '<https://w3id.org/mtsp-kg/id/org/who>; rel="describes"' in data.headers["Link"]
    assert b'<html lang="zh">' in ask(answers, "/", accept_language="zh").body


def test_404_has_help_and_406_lists_what_there_is(answers: SiteAnswers) -> None:
    missing = ask(answers, "/id/org/nobody", accept="text/html")
    assert missing.status == 404
    assert b'href="/search.html"' in missing.body
    assert asyncio.run(answers.respond(SiteRequest("/nothing", accept="text/turtle"), NoQueries())) is None
    refused = ask(answers, "/id/org/who", accept="image/png")
    assert refused.status == 406
    assert b"text/turtle  /doc/org/who.ttl" in refused.body


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "/id//evil", "/id/../x", "/%5C", "/\tx", "/id/"])
def test_nothing_redirects_to_what_the_visitor_names(answers: SiteAnswers, path: str) -> None:
    answer = asyncio.run(answers.respond(SiteRequest(path, accept="text/html"), NoQueries()))
    assert answer is not None
    assert answer.status == 404
    assert "Location" not in answer.headers


def test_a_live_site_asks_questions_and_searches(site: PlanSite) -> None:
    source = site.source
    live = SiteAnswers(PlanSite(source.project, source.store, SiteOptions(live=True)))
    asked: list[tuple[str, dict[str, str]]] = []

    rows = b'{"head":{"vars":["partner"]},"results":{"bindings":[{"partner":{"type":"literal","value":"<b>"}}]}}'

    class Pool:
        async def question(self, name: str, values: Mapping[str, str], /) -> bytes:
            asked.append((name, dict(values)))
            if values.get("outcome") == "nonsense":
                raise ParameterError("Parameter 'outcome' must be an outcome.")
            return rows

        async def sparql(self, text: str, *, asserted: bool) -> tuple[str, bytes]:
            if text == "nonsense":
                raise QueryError("The query is not SPARQL 1.1.", line=3)
            return {
                "ASK {}": ("boolean", b'{"head":{},"boolean":true}'),
                "DESCRIBE <a>": ("graph", b"<a> <b> '<i>' .\n"),
            }.get(text, ("table", rows))

    pool = Pool()

    async def run(path: str, **query: str) -> SiteAnswer:
        found = await live.respond(SiteRequest(path, query), pool)
        assert found is not None
        return found

    page = asyncio.run(run("/questions/partners-of-outcome.html", outcome="3.1", other="x"))
    assert asked == [("partners-of-outcome", {"outcome": "3.1"})]
    assert b"&lt;b&gt;" in page.body
    assert b'value="3.1"' in page.body
    refused = asyncio.run(run("/zh/questions/partners-of-outcome.html", outcome="nonsense"))
    assert refused.status == 400
    assert b"must be an outcome" in refused.body
    default = asyncio.run(run("/questions/partners-of-outcome.html"))
    assert default.status == 200
    assert b"<form" in default.body
    assert asked[2:] == [("partners-of-outcome", {})]
    file = asyncio.run(run("/questions/partners-of-outcome.csv", outcome="2.4"))
    assert (file.status, file.headers["Location"]) == (303, "/mtsp-kg/api/partners-of-outcome.csv?outcome=2.4")
    assert b"&lt;b&gt;" in asyncio.run(run("/sparql.html", query="SELECT * {}")).body
    assert b"Yes" in asyncio.run(run("/sparql.html", query="ASK {}")).body
    assert b"&lt;i&gt;" in asyncio.run(run("/zh/sparql.html", query="DESCRIBE <a>", asserted="1")).body
    wrong = asyncio.run(run("/sparql.html", query="nonsense"))
    assert wrong.status == 400
    assert b"(line 3)" in wrong.body
    found = asyncio.run(run("/search.html", q="産权组织".replace("産", "产")))
    assert b"doc/org/wipo.html" in found.body


def test_the_documents_requested_last_are_cached_within_a_size(site: PlanSite) -> None:
    made: list[str] = []
    real = site.document

    class Counted(PlanSite):
        def __init__(self) -> None:
            self.options, self.source = site.options, site.source

        def document(self, path: str) -> SiteDocument | None:
            made.append(path)
            return real(path)

    one, two, three = ("/doc/org/who.ttl", "/doc/org/wto.ttl", "/doc/org/wipo.ttl")
    small = sum(len(ask(SiteAnswers(site), path).body) for path in (one, two)) + 2000
    cached = SiteAnswers(Counted(), cache_size=small)
    bodies = [ask(cached, path).body for path in (one, one, two, one)]
    assert bodies[0] == bodies[1] == bodies[3]
    assert made == [one[1:], two[1:]]
    ask(cached, three)  # larger than the cache
    ask(cached, three)
    assert made == [one[1:], two[1:], three[1:], three[1:]]
    for _ in range(2):
        assert ask(cached, "/doc/org/nobody.ttl", accept="text/html").status == 404
    assert made.count("doc/org/nobody.ttl") == 2
