"""Exports: the same bytes each run and hash seed, the same quads in every format."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

import mtsp_kg
from mtsp_kg.formats import RDF_FORMATS, Format

pytestmark = pytest.mark.slow


def exported(project: Path, form: str, seed: str) -> bytes:
    command = [sys.executable, "-m", "mtsp_kg", "--project", str(project), "export", form]
    environment = {**os.environ, "PYTHONHASHSEED": seed, "MTSP_CACHE": "off"}
    return subprocess.run(command, capture_output=True, check=True, env=environment).stdout


def canonical(quads: object) -> list[str]:
    dataset = ox.Dataset(quads)  # type: ignore[arg-type]
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


@pytest.mark.parametrize("format_", RDF_FORMATS, ids=lambda format_: format_.name)
def test_an_export_is_byte_stable_and_says_what_the_store_says(second: Path, format_: Format) -> None:
    written = exported(second, format_.name, "1")
    assert written == exported(second, format_.name, "2")
    media = ox.RdfFormat.from_media_type(format_.media_type)
    store = mtsp_kg.open(second).store.snapshot()
    if format_.named_graphs:
        expected = [quad for quad in store if quad.graph_name != ox.DefaultGraph()]
    else:
        expected = list(store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    assert canonical(ox.parse(written, format=media)) == canonical(expected)


def test_an_export_to_a_file_is_whole_or_not_there(second: Path, tmp_path: Path) -> None:
    target = tmp_path / "plan.trig"
    command = [sys.executable, "-m", "mtsp_kg", "--project", str(second), "export", "trig", "-o"]
    subprocess.run([*command, str(target)], check=True)
    assert target.read_bytes() == exported(second, "trig", "1")
    blocked = subprocess.run([*command, str(target / "below")], capture_output=True, text=True, check=False)
    assert blocked.returncode == 2
    assert "The file cannot be written" in blocked.stderr
