"""What the server adds to a site: conditional requests, HEAD, errors, redirects that stay, one share with the API."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from mtsp_kg.errors import NotFoundError
from mtsp_kg.graph import open_graph
from mtsp_kg.query.catalogue import read_catalogue
from mtsp_kg.query.entities import Entities
from mtsp_kg.serve.app import ServedProject, application
from mtsp_kg.serve.middleware import AccessLog
from mtsp_kg.serve.pool import Pool
from mtsp_kg.serve.settings import PoolLimits, WorkerLimits
from mtsp_kg.serve.site_interface import SiteAnswer, SiteQueries, SiteRequest
from mtsp_kg.serve.worker_factory import ForkingWorkerFactory, named_quads

BASE = "https://kg.example.org/"
DATE = "Wed, 21 Oct 2026 07:28:00 GMT"


@dataclass
class Other:
    """An answer of a class that knows nothing of the server."""

    status: int = 200
    media_type: str = "text/html; charset=utf-8"
    body: bytes = b"<p>page</p>"
    headers: Mapping[str, str] = field(default_factory=dict)


class Example:
    def begin(self) -> None:
        pass

    async def respond(self, request: SiteRequest, queries: SiteQueries) -> Any:
        match request.path.split("/")[1:]:
            case ["page"]:
                return Other(headers={"ETag": '"abc"', "Last-Modified": DATE, "Vary": "Accept"})
            case ["id", name]:
                media = request.best_media(["text/html", "text/turtle"])
                suffix = {"text/html": "html", "text/turtle": "ttl", None: ""}[media]
                if not suffix:
                    return None
                return SiteAnswer(b"", "text/plain", 303, {"Location": f"/doc/{name}.{suffix}", "Vary": "Accept"})
            case ["away", *_]:
                return SiteAnswer(b"", "text/plain", 303, {"Location": request.query["to"]})
            case ["language"]:
                return SiteAnswer(request.best_language(["en", "zh", "ar"]).encode())
            case ["ask"]:
                return SiteAnswer(await queries.question("entity-by-name", request.query), "application/json")
            case ["missing"]:
                raise NotFoundError("There is no such thing.", file=Path("/secret/place"), line=3)
            case ["broken"]:
                raise RuntimeError("secret")
            case ["inject"]:
                return SiteAnswer(b"", headers={"X-A": "b\r\nX-Evil: c", "X-Ok": "1"})
            case ["sparql"]:
                return SiteAnswer(b"<form>")
        return None


Get = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def get() -> Iterator[Get]:
    """Sends a request to the application around the example site, in this process."""
    kg = open_graph()
    queries = read_catalogue(kg.project, "ask")
    served = ServedProject(BASE, kg.profile, queries, Entities(kg.store, kg.profile, suggest=False), site=Example())
    limits = WorkerLimits()
    workers = ForkingWorkerFactory(lambda: named_quads(kg.store.snapshot()), "none", limits)
    pool = Pool(workers, limits, PoolLimits(workers=1))
    loop = asyncio.new_event_loop()
    loop.run_until_complete(pool.start())
    application_ = application(served, pool, AccessLog(io.StringIO()))
    transport = httpx.ASGITransport(app=application_, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://anything/")

    def get(path: str, method: str = "GET", **headers: str) -> httpx.Response:
        request = client.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        return loop.run_until_complete(request)

    yield get
    loop.run_until_complete(client.aclose())
    loop.run_until_complete(pool.stop())
    loop.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"If-None-Match": '"abc"'}, 304),
        ({"If-None-Match": 'W/"abc"'}, 304),
        ({"If-None-Match": '"x", "abc"'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"x"'}, 200),
        ({"If-None-Match": '"x"', "If-Modified-Since": DATE}, 200),
        ({"If-Modified-Since": DATE}, 304),
        ({"If-Modified-Since": "Wed, 21 Oct 2026 07:27:59 GMT"}, 200),
        ({"If-Modified-Since": "nonsense"}, 200),
    ],
)
def test_conditional_requests(get: Get, headers: dict[str, str], status: int) -> None:
    answer = get("/page", **headers)
    assert answer.status_code == status
    assert answer.headers["etag"] == '"abc"'
    assert answer.headers["vary"] == "Accept"
    assert (answer.content == b"") == (status == 304)
    if status == 304:
        assert "content-type" not in answer.headers


def test_pages_have_the_page_policy(get: Get) -> None:
    policy = get("/page").headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("accept", "location"),
    [("text/html", "/doc/a.html"), ("text/turtle", "/doc/a.ttl"), ("*/*", "/doc/a.html"), ("image/png", None)],
)
def test_dereferencing(get: Get, accept: str, location: str | None) -> None:
    answer = get("/id/a", Accept=accept)
    assert (answer.status_code, answer.headers.get("location")) == ((303, location) if location else (404, None))


@pytest.mark.parametrize(
    "target",
    ["//evil.example/", "/\\evil.example/", "https://evil.example/", "javascript:alert(1)", "https://kg.example.org.evil/",
     "https:kg.example.org", "/%0d%0aX-Evil: 1 b", "\\\\evil", "/\t/evil.example"],
)  # fmt: skip
def test_no_redirect_leaves_the_server(get: Get, target: str) -> None:
    answer = get(
        f"/away?to={httpx.QueryParams({'to': target})['to'].replace('%', '%25')}".replace("\t", "%09").replace(
            "\\", "%5C"
        )
    )
    assert answer.status_code == 500
    assert "location" not in answer.headers
    assert "evil" not in answer.text


def test_redirects_below_the_base_are_sent(get: Get) -> None:
    assert get("/away?to=https://kg.example.org/doc/x").headers["location"] == "https://kg.example.org/doc/x"


def test_a_site_asks_the_catalogue(get: Get) -> None:
    assert get("/ask?text=WIPO%20GREEN").json()["results"]["bindings"]
    assert get("/ask?nosuch=1").status_code == 400


def test_errors_of_a_site(get: Get) -> None:
    missing = get("/missing")
    assert (missing.status_code, missing.json()["detail"]) == (404, "There is no such thing.")
    assert "secret" not in missing.text
    assert "line" not in missing.json()
    broken = get("/broken")
    assert broken.status_code == 500
    assert "secret" not in broken.text
    assert broken.headers["content-type"] == "application/problem+json"
    assert broken.json()["title"] == "Internal Server Error"
    assert get("/nothing").status_code == 404
    assert get("/page", method="POST").status_code == 405


def test_a_header_cannot_bring_another(get: Get) -> None:
    answer = get("/inject")
    assert "x-evil" not in answer.headers
    assert "x-a" not in answer.headers
    assert answer.headers["x-ok"] == "1"


def test_the_endpoints_page_is_for_browsers(get: Get) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert get("/sparql", Accept=browser).content == b"<form>"
    assert get("/sparql", Accept="*/*").headers["content-type"].startswith("text/turtle")
    assert get("/sparql?query=ASK%7B%7D", Accept=browser).headers["content-type"] == "application/xml"


def test_languages(get: Get) -> None:
    assert get("/language", Accept_Language="zh-CN,zh;q=0.9").content == b"zh"
    assert get("/language").content == b"en"
