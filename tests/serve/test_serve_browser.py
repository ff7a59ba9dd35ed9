"""The live server as a person meets it: headless Chromium, the server's own policy, our graph and a hostile one.

Needs node, Chromium, and playwright-core with axe-core in node_modules of the checkout or in MTSP_NODE_MODULES.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from serve_process import ROOT, Server

pytestmark = pytest.mark.conformance

PUBLISH = ROOT / "tests" / "publish"
MODULES = Path(os.environ.get("MTSP_NODE_MODULES") or ROOT / "node_modules")
QUERY = quote("SELECT ?p ?o { GRAPH ?p { ?s <https://w3id.org/mtsp-kg/ontology#partnersWith> ?o } } LIMIT 5")
PAGES = (
    *("", "zh/index.html", "doc/service/wipo-green.html", "zh/doc/org/who.html", "doc/mtsp-2022-2026/para/55.html"),
    *(
        "questions/partners-of-outcome.html?outcome=3.1",
        "zh/questions/services-for-group.html",
        f"sparql.html?query={QUERY}",
    ),
    *("sparql.html?query=nonsense", "search.html?q=%D8%A7%D9%84", "names-ar.html", "ontology.html", "dataset.html"),
    *("why.html?subject=service:wipo-green&predicate=mtsp:contributesTo&object=plan:house", "nothing-here"),
)


@pytest.fixture(scope="module")
def node() -> list[str]:
    found = shutil.which("node")
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found or not browser or not all((MODULES / name).is_dir() for name in ("axe-core", "playwright-core")):
        pytest.skip("node, Chromium, axe-core and playwright-core are not all installed (MTSP_NODE_MODULES)")
    return [found, browser, str(MODULES)]


def browse(node: list[str], addresses: list[str]) -> dict[str, Any]:
    command = [node[0], str(Path(__file__).parent / "browse.mjs"), *node[1:], *addresses]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 1200), ("light", 390)])
def test_live_pages_are_accessible(node: list[str], roomy: Server, scheme: str, width: int) -> None:
    pages = PAGES if (scheme, width) == ("light", 1200) else PAGES[::2]
    addresses = [roomy.base + page for page in pages]
    command = [node[0], str(PUBLISH / "axe.mjs"), *node[1:], scheme, str(width), *addresses]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    wrong = {url: found for url, found in json.loads(done.stdout) if found}
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def test_a_person_reads_and_asks(node: list[str], roomy: Server) -> None:
    seen = browse(node, [roomy.base + page for page in PAGES])
    for page in seen["found"]:
        assert page["wrong"] == [], page
        assert page["status"] == (404 if "nothing-here" in page["url"] else 400 if "nonsense" in page["url"] else 200)
    address, rows, asked, named, stone = seen["steps"]
    assert address.endswith("/questions/partners-of-outcome.html?outcome=3.1")
    assert (int(rows), int(asked)) == (3, 4)
    assert int(named) >= 3
    assert stone.startswith("/doc/mtsp-2022-2026/")


def test_hostile_labels_and_iris_run_nothing(node: list[str], starter: Callable[..., Server], tmp_path: Path) -> None:
    """Hostile IRIs and labels on every kind of page of a live server (promise P11 of THREAT_MODEL.md)."""
    sys.path.insert(0, str(PUBLISH))
    try:
        from publish_project import little_project
        from test_publish_hostile import IRIS, LABELS, hostile_graph
    finally:
        sys.path.remove(str(PUBLISH))
    project = little_project(tmp_path / "hostile", hostile_graph())
    server = starter("--workers", "1", project=project)
    pages = [
        "",
        "things.html",
        "passages.html",
        "names-en.html",
        "names-ar.html",
        "questions/entities.html",
        "dataset.html",
    ]
    pages += [f"doc/theme/hostile-{number}.html" for number in range(len(LABELS))]
    pages += ["doc/mtsp-2022-2026/para/1.html", "graph/more.html", "graph/x.html"]
    pages += [f"search.html?q={quote(text)}" for text in LABELS]
    pages += [f"questions/entities.html?kind={quote(text)}" for text in LABELS]
    everything = quote("SELECT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }")
    pages += [f"sparql.html?query={everything}", *(f"sparql.html?query={quote(text)}" for text in LABELS)]
    pages += [f"id/{quote(iri.split('/id/')[-1])}" for iri in IRIS] + [f"{quote(iri, safe='')}" for iri in IRIS]
    with server.client("127.0.0.7") as web:
        found = web.get("/sitemap.xml").text
        pages += [
            loc.split("</loc>")[0].removeprefix(server.base) for loc in found.split("<loc>")[1:] if "/doc/-/" in loc
        ]
    seen = browse(node, [server.base + page for page in pages])
    assert len(seen["found"]) == len(pages) > 60
    for page in seen["found"]:
        assert page["wrong"] == [], page
        assert page["title"] not in ("run", "1"), page["url"]
        assert page["status"] in (200, 400, 404), page["url"]
    shown = {page["url"]: page["text"] for page in seen["found"]}
    assert LABELS[0] in shown[f"{server.base}doc/theme/hostile-0.html"]  # it is shown, as text
