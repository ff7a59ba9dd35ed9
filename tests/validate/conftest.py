"""A small project: the real ontology, shapes and check queries, and the good examples of the shapes as its graph."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mtsp_kg.plan.project import find_project, plan_project
from mtsp_kg.project import Project

GOOD = Path(__file__).parents[1] / "shapes" / "good"
PLACES = {
    "house.ttl": "graph/mtsp-2031-2035/plan.ttl",
    "document.ttl": "graph/mtsp-2031-2035/document.ttl",
    "statements.trig": "graph/mtsp-2031-2035/statements.trig",
    "mentions.ttl": "graph/mtsp-2031-2035/mentions.ttl",
    "things.ttl": "graph/entities/things.ttl",
    "alignments.ttl": "graph/alignments/wikidata.ttl",
}


@pytest.fixture(scope="session")
def garden_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("template") / "garden"
    real = find_project().root
    for room in ("ontology", "shapes", "queries/check"):
        # The views name things of the real graph.
        shutil.copytree(real / room, root / room, ignore=shutil.ignore_patterns("views.ttl"))
    (root / "queries" / "check" / "waivers.yaml").write_text("[]\n", encoding="utf-8")
    for name, place in PLACES.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(GOOD / name, root / place)
    return root


@pytest.fixture
def garden(garden_template: Path, tmp_path: Path) -> Project:
    """A copy of the small project to do with as a test likes."""
    return plan_project(Path(shutil.copytree(garden_template, tmp_path / "garden")))
