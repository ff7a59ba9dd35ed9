"""A project that is published in a second, and where the real one stands."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def little_project(folder: Path, graph: str = "") -> Path:
    """Makes a project of our terms, a few shapes, a question and a small graph; graph: TriG to be added to it."""
    for room in ("ontology", "shapes"):
        (folder / room).mkdir(parents=True)
    shutil.copy(ROOT / "ontology" / "mtsp.ttl", folder / "ontology")
    shutil.copy(ROOT / "ontology" / "document.ttl", folder / "ontology")
    shutil.copy(ROOT / "shapes" / "conditions.ttl", folder / "shapes")
    shutil.copytree(ROOT / "queries" / "view", folder / "queries" / "view")
    (folder / "queries" / "ask").mkdir()
    shutil.copy(ROOT / "queries" / "ask" / "entities.rq", folder / "queries" / "ask")
    shutil.copytree(Path(__file__).parent / "little", folder / "graph")
    if graph:
        (folder / "graph" / "more.trig").write_text(graph, "utf-8")
    return folder
