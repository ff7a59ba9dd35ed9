"""Hostile labels and IRIs in the graph: shown as text, never linked, never executed (P11 of THREAT_MODEL.md)."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pyoxigraph as ox
import pytest

from mtsp_kg import vocab
from mtsp_kg.errors import ParameterError
from mtsp_kg.plan import names
from mtsp_kg.plan.pages.publisher import SiteOptions
from mtsp_kg.plan.pages.site import PlanSite

LABELS = [
    "<script>document.title='run'</script>",
    "\"><img src=x onerror=document.title='run'>",
    "' onmouseover='document.title=1",
    "</title><script>document.title='run'</script>",
    "</script><script>document.title='run'</script>",
    "<!--<script>document.title='run'//-->",
    "{{ 7*7 }}{% for x in y %}",
    "javascript:document.title='run'",
    "<svg/onload=document.title='run'>",
    "\u202ereversed\u2028line\u0007<b>bold</b>&lt;&amp;",
]
IRIS = [
    "javascript:document.title='run'",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>".replace("<", "%3C").replace(">", "%3E"),
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "https://evil.example/'onclick='alert(1)",
    "https://evil.example/a&b=(c);d",
    names.ID + "org/../../../etc/passwd",
    names.ID + "org/javascript:alert(1)",
    names.ID + "org/'onload='alert(1)",
    names.ID + "con",
    names.BASE + "search",
]
PASSAGE = "https://w3id.org/mtsp-kg/id/mtsp-2022-2026/para/1"


def hostile_graph() -> str:
    quads = []
    passage = ox.NamedNode(PASSAGE)
    about = ox.NamedNode(vocab.PREF_LABEL)
    serves = ox.NamedNode(names.term("serves"))
    for number, label in enumerate(LABELS):
        thing = ox.NamedNode(f"{names.ID}theme/hostile-{number}")
        quads.append(ox.Quad(thing, ox.NamedNode(vocab.RDF_TYPE), ox.NamedNode(names.term("Theme"))))
        quads += [ox.Quad(thing, about, ox.Literal(label, language=language)) for language in ("en", "zh", "ar")]
        quads.append(ox.Quad(thing, ox.NamedNode(vocab.DEFINITION), ox.Literal(label, language="en")))
        quads.append(ox.Quad(thing, ox.NamedNode(names.term("webAddress")), ox.Literal(label)))
        for iri in IRIS:
            other = ox.NamedNode(iri)
            quads += [ox.Quad(thing, serves, other, passage), ox.Quad(other, serves, thing, passage)]
            quads += [ox.Quad(other, about, ox.Literal(label, language="en"), ox.NamedNode(names.GRAPH + "x"))]
            quads += [ox.Quad(thing, ox.NamedNode(match), other) for match in vocab.MATCHES]
            address = ox.Literal(iri, datatype=ox.NamedNode(vocab.XSD + "anyURI"))
            quads.append(ox.Quad(thing, ox.NamedNode(names.term("webAddress")), address))
    return (ox.serialize(quads, format=ox.RdfFormat.TRIG) or b"").decode()


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def hostile(make_site: Callable[..., PlanSite]) -> PlanSite:
    return make_site(hostile_graph())


@pytest.mark.slow
def test_hostile_labels_and_iris_make_no_markup(hostile: PlanSite) -> None:
    seen = 0
    for path in hostile.paths():
        if not path.endswith(".html"):
            continue
        document = hostile.document(path)
        assert document is not None
        for tag, attributes in Tags(document.content).found:
            seen += 1
            assert not any(name.startswith("on") or name == "style" for name in attributes), (path, tag, attributes)
            assert tag not in {"img", "b", "iframe", "object", "embed", "base", "style"} or not attributes, (path, tag)
            if tag == "script":
                assert attributes.get("type") == "application/ld+json" or str(attributes["src"]).endswith("search.js")
            for name in ("href", "src", "action"):
                target = attributes.get(name)
                if target is not None:
                    assert re.match(r"https?://|[^:]*$", target), (path, target)
    assert seen > 1000


def test_hostile_names_stay_inside_the_folder(hostile: PlanSite) -> None:
    for path in hostile.paths():
        assert re.fullmatch(r"[A-Za-z0-9._/-]+", path)
        assert ".." not in path.split("/")


def test_hostile_things_are_documents_like_any_other(hostile: PlanSite) -> None:
    for iri in (iri for iri in IRIS if iri.startswith(names.BASE)):
        stem = hostile.stem_of(iri)
        assert stem is not None
        assert stem.startswith("doc/-/")
        document = hostile.document(stem + ".nt")
        assert document is not None
        assert iri.encode() in document.content


def test_hostile_names_do_not_break_the_server_s_configuration(hostile: PlanSite) -> None:
    document = hostile.document("server/nginx.conf")
    assert document is not None
    for line in document.content.decode().splitlines():
        if "doc/-/" in line:
            assert re.fullmatch(r'    "[A-Za-z0-9._~/:@!,()*+=&%-]+" "doc/-/[0-9a-f]{32}";', line)


def test_hostile_values_of_a_question_s_form_are_text(make_site: Callable[..., PlanSite]) -> None:
    site = make_site("", SiteOptions(live=True))
    name = next(iter(site.questions))
    for label in LABELS:
        question = site.question_page("en", name, {"kind": label, "outcome": label}, ParameterError(label))
        for page in (question, site.search_page("zh", label)):
            for tag, attributes in Tags(page).found:
                assert not any(key.startswith("on") for key in attributes)
                assert tag not in {"img", "b", "iframe"} or not attributes


@pytest.mark.conformance
def test_no_script_of_a_label_runs_in_a_browser(hostile: PlanSite, tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium is installed")
    frames = []
    for path in hostile.paths():
        if path.endswith((".html", ".css", ".js", ".json")):
            document = hostile.document(path)
            assert document is not None
            place = tmp_path / "site" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            # Without a policy, so that only what the pages themselves do keeps a script from running.
            place.write_bytes(document.content)
            if "hostile" in path or path.startswith("doc/-/") or path == "things.html":
                frames.append(path)
    probe = "".join(f'<iframe src="site/{path}" width="300" height="200"></iframe>' for path in frames)
    (tmp_path / "probe.html").write_text(f"<!doctype html><title>probe</title>{probe}", "utf-8")
    for page in ("probe.html", f"site/{frames[0]}", f"site/{frames[-1]}"):
        command = [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *(
                f"--user-data-dir={tmp_path / 'profile'}",
                "--allow-file-access-from-files",
                "--virtual-time-budget=3000",
            ),
            *("--dump-dom", (tmp_path / page).as_uri()),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert "<html" in done.stdout, done.stderr[-500:]
        assert "<title>run</title>" not in done.stdout
        assert "<title>1</title>" not in done.stdout
