"""The project's pages and documents as `mtsp serve` answers them: every address, form, language and header."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pyoxigraph as ox
import pytest
from serve_process import ROOT, Server

from mtsp_kg.publish.server_configs import CONTENT_SECURITY_POLICY

pytestmark = pytest.mark.slow

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ID = "https://w3id.org/mtsp-kg/id/"
FORMS = {
    ".ttl": "text/turtle",
    ".jsonld": "application/ld+json",
    ".trig": "application/trig",
    ".nt": "application/n-triples",
    ".rdf": "application/rdf+xml",
}
THINGS = {
    "/id/org/who": "/doc/org/who",
    "/id/mtsp-2022-2026/para/55": "/doc/mtsp-2022-2026/para/55",
    "/id/mtsp-2022-2026/outcome/2.4": "/doc/mtsp-2022-2026/outcome/2.4",
    "/id/mtsp-2022-2026/mention/55.1": "/doc/mtsp-2022-2026/para/55",
    "/ontology": "/ontology",
    "/ontology/document": "/ontology/document",
    "/shapes": "/shapes",
    "/dataset": "/dataset",
    "/graph/entities/org": "/graph/entities/org",
}
INFERRED = "https://w3id.org/mtsp-kg/graph/inferred"


@pytest.fixture(scope="module")
def web(roomy: Server) -> Iterator[httpx.Client]:
    with roomy.client("127.0.0.9") as opened:
        yield opened


def read(answer: httpx.Response) -> list[ox.Quad]:
    form = ox.RdfFormat.from_media_type(answer.headers["content-type"].split(";")[0])
    assert form is not None
    return list(ox.parse(answer.content, form))


@pytest.mark.parametrize(("thing", "document"), THINGS.items())
def test_every_kind_of_address_leads_to_every_form(web: httpx.Client, thing: str, document: str) -> None:
    triples = set()
    for suffix, media in {".html": "text/html", **FORMS}.items():
        found = web.get(thing, headers={"Accept": f"{media}, */*;q=0.1"})
        assert (found.status_code, found.headers["location"]) == (303, document + suffix)
        assert found.headers["vary"] == "Accept, Accept-Language"
        assert f'<{document}{suffix}>; rel="describedby"' in found.headers["link"]
        answer = web.get(document + suffix, headers={"Accept": "*/*"})
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] == media
        assert f'<{document}.jsonld>; rel="alternate"; type="application/ld+json"' in answer.headers["link"]
        if suffix in FORMS and suffix not in (".trig", ".jsonld"):
            named = {str(quad.triple) for quad in read(answer) if "_:" not in str(quad.triple)}
            triples.add(frozenset(named))
            assert named
    assert len(triples) == 1


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        (None, ".html"),
        ("application/ld+json;q=0.3, text/turtle;q=0.9", ".ttl"),
        ("text/turtle;q=0.05, application/rdf+xml;q=0.049", ".ttl"),
        ("text/*;q=0.3, application/trig;q=0.2", ".html"),
        ("text/html;q=0, */*", ".ttl"),
        ("application/*", ".jsonld"),
    ],
)
def test_q_values_decide(web: httpx.Client, accept: str | None, suffix: str) -> None:
    found = web.get("/id/org/who", headers={"Accept": accept} if accept else {})
    assert found.headers["location"] == "/doc/org/who" + suffix


def test_what_nobody_has_is_406_with_help(web: httpx.Client) -> None:
    found = web.get("/id/org/who", headers={"Accept": "image/png"})
    assert found.status_code == 406
    assert "text/turtle  /doc/org/who.ttl" in found.text


def test_languages(web: httpx.Client) -> None:
    chinese = web.get("/id/org/who", headers={**BROWSER, "Accept-Language": "fr;q=0.2, zh-CN"})
    assert chinese.headers["location"] == "/zh/doc/org/who.html"
    page = web.get("/zh/doc/org/who.html")
    assert page.headers["content-language"] == "zh"
    assert page.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert '<html lang="zh">' in page.text
    home = web.get("/", headers={"Accept-Language": "zh"})
    assert (home.headers["content-language"], home.headers["vary"]) == ("zh", "Accept-Language")
    assert web.get("/zh/").headers["location"] == "/zh/index.html"
    assert 'dir="rtl"' in web.get("/names-ar.html").text


@pytest.mark.parametrize(
    "path", ["/doc/org/who.html", "/doc/org/who.ttl", "/dump/mtsp-kg.nq", "/site.css", "/sitemap.xml"]
)
def test_conditional_requests_and_head(web: httpx.Client, path: str) -> None:
    whole = web.get(path)
    tag, modified = whole.headers["etag"], whole.headers["last-modified"]
    assert web.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert web.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    since = web.get(path, headers={"If-Modified-Since": modified})
    assert (since.status_code, since.content, since.headers["etag"]) == (304, b"", tag)
    for header in ("content-security-policy", "x-content-type-options"):  # what a 304 says replaces what was kept
        assert since.headers.get(header, whole.headers[header]) == whole.headers[header]
    head = web.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]
    options = web.options(path)
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")
    assert web.post(path).status_code == 405


def test_nothing_there_is_a_page_for_people_and_a_message_for_programs(web: httpx.Client) -> None:
    page = web.get("/id/org/nobody", headers=BROWSER)
    assert page.status_code == 404
    assert 'action="/search.html"' in page.text
    message = web.get("/id/org/nobody", headers={"Accept": "text/turtle"})
    assert message.status_code == 404
    assert "/sitemap.xml" in message.json()["remedy"]


def test_a_document_tells_which_paragraph_says_it(web: httpx.Client) -> None:
    wanted = f"<{ID}org/wipo> <https://w3id.org/mtsp-kg/ontology#partnersWith> <{ID}org/who>"
    for suffix in (".trig", ".jsonld"):
        said = {quad.graph_name.value for quad in read(web.get(f"/doc/org/who{suffix}")) if str(quad.triple) == wanted}  # type: ignore[union-attr]
        assert said == {f"{ID}mtsp-2022-2026/para/55"}


def test_the_page_holds_json_ld_of_the_thing(web: httpx.Client) -> None:
    page = web.get("/doc/org/who.html").text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found is not None
    thing, about = json.loads(found[1])["@graph"]
    assert thing["@id"] == f"{ID}org/who"
    assert "https://schema.org/Organization" in thing["@type"]
    assert about["schema:mainEntity"] == {"@id": f"{ID}org/who"}


def test_dumps_have_their_checksums_and_the_description_its_counts(web: httpx.Client, roomy: Server) -> None:
    for suffix in ("ttl", "trig", "nq", "jsonld", "rdf"):
        dump, said = web.get(f"/dump/mtsp-kg.{suffix}"), web.get(f"/dump/mtsp-kg.{suffix}.sha256")
        assert said.text == f"{hashlib.sha256(dump.content).hexdigest()}  mtsp-kg.{suffix}\n"
    void = read(web.get("/.well-known/void"))
    space = "http://rdfs.org/ns/void#"
    (count,) = {
        quad.object.value
        for quad in void
        if quad.predicate.value == f"{space}triples" and "#" not in quad.subject.value
    }  # type: ignore[union-attr]
    triples = {str(quad.triple) for quad in read(web.get("/dump/mtsp-kg.nq"))}
    assert int(count) == len(triples)
    assert f"{roomy.base}sparql" in {
        quad.object.value for quad in void if quad.predicate.value == f"{space}sparqlEndpoint"
    }  # type: ignore[union-attr]


def test_the_sitemap_names_pages_that_are_there(web: httpx.Client, roomy: Server) -> None:
    addresses = re.findall(r"<loc>([^<]+)</loc>", web.get("/sitemap.xml").text)
    assert len(addresses) > 1500
    assert all(address.startswith(roomy.base) for address in addresses)
    for address in addresses[::101]:
        assert web.get(address).status_code == 200
    assert f"Sitemap: {roomy.base}sitemap.xml" in web.get("/robots.txt").text


class Links(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src", "action") and value]


PAGES = (
    *("/", "/zh/index.html", "/doc/service/wipo-green.html", "/zh/doc/mtsp-2022-2026/para/55.html", "/questions.html"),
    *(
        "/questions/partners-of-outcome.html",
        "/sparql.html",
        "/zh/search.html?q=WIPO",
        "/dataset.html",
        "/ontology.html",
    ),
    "/why.html?subject=service:wipo-green&predicate=mtsp:contributesTo&object=plan:house",
)


@pytest.mark.parametrize("path", PAGES)
def test_no_link_of_a_page_is_broken(web: httpx.Client, roomy: Server, path: str) -> None:
    page = web.get(path)
    assert page.status_code == 200
    here = urljoin(roomy.base, path)
    targets = {urljoin(here, link).split("#")[0] for link in Links(page.text).found}
    own = sorted(target for target in targets if urlsplit(target).netloc == urlsplit(here).netloc)
    assert own
    for target in own[:120]:
        assert web.get(target, headers=BROWSER).status_code in (200, 303), target


def test_a_question_is_asked_in_the_pool(web: httpx.Client) -> None:
    page = web.get("/questions/partners-of-outcome.html", params={"outcome": "3.1"}).text
    rows = web.get("/api/partners-of-outcome", params={"outcome": "3.1"}).json()["rows"]
    assert f"<small>{len(rows)} rows</small>" in page
    assert "api/partners-of-outcome.csv?outcome=3.1" in page
    wrong = web.get("/questions/partners-of-outcome.html", params={"outcome": "<b>9.9"})
    assert wrong.status_code in (400, 404)
    assert "&lt;b&gt;9.9" in wrong.text


def test_search_finds_names_in_any_language(web: httpx.Client) -> None:
    for name in (
        "World Health Organization",
        "世界卫生组织",
        "Organisation mondiale de la Santé",
        "منظمة الصحة العالمية",
    ):
        assert 'href="doc/org/who.html"' in web.get("/search.html", params={"q": name}).text, name


def test_the_form_for_queries(web: httpx.Client) -> None:
    text = (
        "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), '"
        + INFERRED
        + "')) } GROUP BY ?g"
    )
    assert "graph/inferred/" in web.get("/sparql.html", params={"query": text}).text
    without = web.get("/sparql.html", params={"query": text, "asserted": "1"}).text
    assert "graph/inferred/" not in without.split('id="answer"')[1]
    assert web.get("/sparql.html", params={"query": "SELECT * { SERVICE <http://a/> {} }"}).status_code == 400
    assert "<b>No answer.</b>" in web.get("/sparql.html", params={"query": "INSERT DATA { <a> <b> <c> }"}).text
    described = web.get("/sparql.html", params={"query": f"DESCRIBE <{ID}org/who>"}).text
    assert "World Health Organization" in described
    assert web.get("/sparql", headers=BROWSER).headers["location"] == "/sparql.html"
    assert "text/turtle" in web.get("/sparql", headers={"Accept": "*/*"}).headers["content-type"]


def test_what_is_inferred_is_in_the_default_view_and_can_be_left_out(web: httpx.Client) -> None:
    ask = f"ASK {{ <{ID}service/wipo-green> <https://w3id.org/mtsp-kg/ontology#contributesTo> <{ID}mtsp-2022-2026> }}"
    assert web.get("/sparql", params={"query": ask}).json()["boolean"] is True
    assert web.get("/sparql/asserted", params={"query": ask}).json()["boolean"] is False
    left_out = {"query": ask, "default-graph-uri": "https://w3id.org/mtsp-kg/graph/asserted"}
    assert web.get("/sparql", params=left_out).json()["boolean"] is False


def test_what_follows_stands_apart_and_is_explained(web: httpx.Client) -> None:
    page = web.get("/doc/service/wipo-green.html").text
    stated, follows = page.split('<h2 id="inferred">')
    link = re.search(
        r'href="([^"]*why\.html\?subject=service%3Awipo-green&amp;predicate=mtsp%3AcontributesTo[^"]*)"', follows
    )
    assert link is not None
    assert "why.html" not in stated
    why = web.get(urljoin("/doc/service/wipo-green.html", link[1].replace("&amp;", "&")))
    assert why.status_code == 200
    assert "para/82.html" in why.text
    not_so = {"subject": "service:wipo-green", "predicate": "mtsp:contributesTo", "object": "org:who"}
    assert web.get("/why.html", params=not_so, headers=BROWSER).status_code == 404
    assert "inferred" not in web.get("/dump/mtsp-kg.nq").text


def test_documents_are_the_static_site_s(web: httpx.Client, roomy: Server) -> None:
    import mtsp_kg
    from mtsp_kg.plan.pages.publisher import SiteOptions
    from mtsp_kg.plan.pages.site import PlanSite

    kg = mtsp_kg.open()
    site = PlanSite(kg.project, kg.store, SiteOptions(site=roomy.base))
    for stem in list(site.source.stems)[::97]:
        for suffix in (".ttl", ".nt", ".jsonld", ".trig", ".rdf"):
            if stem != "dataset":  # which names the endpoint
                document = site.document(stem + suffix)
                assert document is not None
                assert web.get(f"/{stem}{suffix}").content == document.content, stem


def test_another_base(starter: Callable[..., Server]) -> None:
    server = starter("--base", "https://kg.example.org/plan/", "--workers", "1")
    new = "https://kg.example.org/plan/"
    with server.client("127.0.0.8") as web:
        found = web.get("/id/org/who", headers={"Accept": "text/turtle"})
        assert found.headers["location"] == "/plan/doc/org/who.ttl"  # a proxy hands /plan/ on without it
        data = web.get("/doc/org/who.ttl")
        assert b"w3id.org" not in data.content
        assert f"{new}id/org/who" in {quad.subject.value for quad in read(data)}  # type: ignore[union-attr]
        ask = (
            f"ASK {{ GRAPH <{new}id/mtsp-2022-2026/para/55> {{ ?s <{new}ontology#partnersWith> <{new}id/org/who> }} }}"
        )
        assert web.get("/sparql", params={"query": ask}).json()["boolean"] is True
        rows = web.get("/api/who-says", params={"subject": f"{new}id/org/who"}).json()["rows"]
        assert rows
        assert rows == web.get("/api/who-says", params={"subject": "World Health Organization"}).json()["rows"]
        named = web.get("/api/partners-of-outcome", params={"outcome": "2.4"})
        assert named.json()["rows"]
        assert "w3id.org" not in named.text
        page = web.get("/questions/partners-of-outcome.html", params={"outcome": "2.4"})
        assert "w3id.org" not in page.text
        assert 'href="../doc/org/who.html"' in page.text
        turtle = web.get("/sparql", params={"query": f"DESCRIBE <{new}id/org/who>"}, headers={"Accept": "text/turtle"})
        assert f"@prefix org: <{new}id/org/>" in turtle.text
        for path in ("/api/openapi.json", "/.well-known/sparql-examples", "/.well-known/void", "/sparql.html"):
            assert "w3id.org" not in web.get(path).text, path


MADE_UP = ROOT / "tests" / "data" / "plan" / "plan-zh.txt"


def test_a_copy_of_the_document_is_shown_with_its_names_marked(
    starter: Callable[..., Server], second: Path, tmp_path: Path
) -> None:
    import mtsp_kg

    project = shutil.copytree(second, tmp_path / "project")
    kg = mtsp_kg.open(project)
    kg.ground(MADE_UP).write_mentions()
    server = starter("--document", str(MADE_UP), "--workers", "1", project=project)
    assert "passages match the graph" in server.log.read_text("utf-8")
    with server.client("127.0.0.8") as web:
        pages = [web.get(f"/doc/mtsp-2032-2035/para/{number}.html").text for number in range(1, 17)]
    quotes = [found[1] for page in pages if (found := re.search(r"<blockquote[^>]*>(.*?)</blockquote>", page, re.S))]
    assert len(quotes) == 16
    marks = [mark for quote in quotes for mark in re.findall(r"<mark>(.*?)</mark>", quote)]
    assert any(re.fullmatch(r'<a href="[^"]+" title="[^"]+">[^<]+</a>', mark) for mark in marks)
    text = MADE_UP.read_text("utf-8")
    for mark in marks:
        assert re.sub(r"<[^>]*>", "", mark) in re.sub(r"\s", "", text) or " " in mark


def test_the_real_copy(starter: Callable[..., Server], copy_of_document: Path) -> None:
    server = starter("--document", str(copy_of_document), "--workers", "1")
    with server.client("127.0.0.8") as web:
        page = web.get("/doc/mtsp-2022-2026/para/55.html").text
        assert re.search(r'<mark><a href="[^"]*/org/who\.html" title="[^"]+">世界卫生组织</a></mark>', page)
        assert "blockquote" not in web.get("/doc/org/who.html").text


@pytest.mark.parametrize("wrong", ["empty", "no plan\n", "binary", "absent", "folder", "another plan"])
def test_a_file_that_is_no_copy_is_refused(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "wrong.txt"
    if wrong == "folder":
        file.mkdir()
    elif wrong == "another plan":
        file = MADE_UP
    elif wrong != "absent":
        file.write_bytes({"empty": b"", "binary": b"\0\xff\1"}.get(wrong, wrong.encode()))
    command = [sys.executable, "-m", "mtsp_kg", "--project", str(ROOT), "serve", "--port", "0", "--document", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == (4 if wrong == "absent" else 2), done.stderr
    assert done.stderr.startswith("mtsp: ")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
