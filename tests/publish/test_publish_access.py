"""Accessibility of each kind of page by axe-core in headless Chromium, light and dark, wide and on a phone.

Needs node with axe-core and playwright-core: in node_modules of the checkout, or in the folder MTSP_NODE_MODULES.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from publish_project import ROOT

pytestmark = pytest.mark.conformance

PAGES = (
    *("index.html", "zh/index.html", "doc/org/who.html", "zh/doc/org/who.html", "doc/mtsp-2022-2026/para/55.html"),
    *("zh/doc/mtsp-2022-2026/para/55.html", "doc/mtsp-2022-2026/outcome/2.4.html", "ontology.html", "shapes.html"),
    *("questions.html", "questions/partners-of-outcome.html", "dataset.html", "names-ar.html", "zh/names-zh.html"),
    *(
        "things.html",
        "passages.html",
        "search.html?q=%D8%A7%D9%84",
        "graph/entities/org.html",
        "ontology/document.html",
    ),
)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class has it
        pass


@pytest.fixture(scope="module")
def address(published: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(published)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


@pytest.fixture(scope="module")
def axe() -> list[str]:
    node = shutil.which("node")
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    modules = Path(os.environ.get("MTSP_NODE_MODULES") or ROOT / "node_modules")
    if not node or not browser or not (modules / "axe-core").is_dir() or not (modules / "playwright-core").is_dir():
        pytest.skip("node, Chromium, axe-core and playwright-core are not all installed (MTSP_NODE_MODULES)")
    return [node, str(Path(__file__).parent / "axe.mjs"), browser, str(modules)]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 1200), ("light", 390)])
def test_every_kind_of_page_is_accessible(axe: list[str], address: str, scheme: str, width: int) -> None:
    command = [
        *axe,
        scheme,
        str(width),
        *(address + page for page in (PAGES if scheme == "light" and width > 1000 else PAGES[::2])),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    wrong = {url.removeprefix(address): found for url, found in json.loads(done.stdout) if found}
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)
