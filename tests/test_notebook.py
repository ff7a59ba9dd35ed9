"""The notebook of the guide runs from its first cell to its last, and shows tables and pictures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "docs" / "guide" / "tour.ipynb"
# What cells show, by their last line; the others print text.
SHOWN = {
    "kg.house()": "image/svg+xml",
    'kg.query("services-for-group", group="SMEs")': "text/html",
    "partners.to_pandas()": "text/html",
    "voices": "text/html",
    "matrix.to_pandas()": "text/html",
}


def test_every_cell_runs_and_shows_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": tmp_path}}).execute()
    seen = set()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs, cell.source
            last = cell.source.splitlines()[-1]
            if last in SHOWN:
                seen.add(last)
                assert SHOWN[last] in cell.outputs[-1].data, last
    assert seen == set(SHOWN)


def test_no_output_is_committed() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert not [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")]
