"""The built wheel, installed in an empty environment and run from an empty folder, answers the same queries."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
QUERIES = (["partners-of-outcome", "-p", "outcome=2.4"], ["coverage-outcomes-groups"], ["figures"])


def run(*command: str | Path, folder: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "MTSP"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**environment, "MTSP_CACHE": "off"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", place / "dist", ROOT, folder=ROOT)
    (wheel,) = (place / "dist").glob("*.whl")
    venv.create(place / "venv")
    python = place / "venv" / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "--quiet", "--disable-pip-version-check")
    run(*pip, "install", "--no-compile", wheel, folder=place)
    return python.parent / "mtsp"


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[0])
def test_the_wheel_answers_as_the_checkout_does(installed: Path, tmp_path: Path, query: list[str]) -> None:
    from_wheel = run(installed, "query", *query, "-f", "csv", folder=tmp_path)
    from_checkout = run(sys.executable, "-m", "mtsp_kg", "query", *query, "-f", "csv", folder=ROOT)
    assert from_wheel == from_checkout
    assert len(from_wheel.splitlines()) > 2
