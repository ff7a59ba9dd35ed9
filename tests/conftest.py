"""What tests of every room share."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def copy_of_document() -> Path:
    """A copy of the plan's document: named by MTSP_DOCUMENT, or at ../shared/source/ beside the checkout."""
    copy = Path(os.environ.get("MTSP_DOCUMENT") or ROOT.parent / "shared" / "source" / "wo_pbc_32_3_zh.txt")
    if not copy.is_file():
        pytest.skip("no copy of WO/PBC/32/3 at hand: name one with MTSP_DOCUMENT to run this test")
    return copy


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of a run share (`pytest -n 2` has two, each with temporary folders of its own)."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "whole-run"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def cache_apart(whole_run: Path) -> None:
    """Tests keep the loaded graph in a cache of their own, not in the user's."""
    os.environ["MTSP_CACHE"] = str(whole_run / "cache")


@pytest.fixture(scope="session")
def second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that holds the made-up plan of tests/data/ in place of ours, with our ontology, shapes and queries."""
    root = tmp_path_factory.mktemp("second")
    for room in ("ontology", "shapes", "queries"):
        shutil.copytree(ROOT / room, root / room)
    data = ROOT / "tests" / "data"
    shutil.copytree(data / "second", root / "graph")
    shutil.copy(data / "plan" / "document.ttl", root / "graph" / "mtsp-2032-2035" / "document.ttl")
    for kind in ("indicator", "unit", "period"):
        shutil.copy(ROOT / "graph" / "entities" / f"{kind}.ttl", root / "graph" / "entities" / f"{kind}.ttl")
    return root


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the made-up plan of a city library: no pillars, no numbers, English only.

    It has our ontology, shapes and queries, except for what is about our plan alone: the views of its groups, the
    languages that it requires, and the findings that its curators accepted.
    """
    root = tmp_path_factory.mktemp("toy")
    ours = shutil.ignore_patterns("views.ttl", "languages.ttl", "names-missing-languages.rq", "waivers.yaml")
    for room in ("ontology", "shapes", "queries"):
        shutil.copytree(ROOT / room, root / room, ignore=ours)
    shutil.copytree(ROOT / "tests" / "data" / "toy", root, dirs_exist_ok=True)
    return root
