"""CONTRIBUTING.md: whoever copies its examples into a checkout has tests that pass."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
# A block whose first line names a file: the file, and what goes into it.
FILES = re.findall(r"^```\w+\n# ((?:[\w-]+/)+[\w.-]+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout with the examples of the page: new files, and text added to those there are."""
    root = tmp_path_factory.mktemp("checkout")
    for name in ("mtsp_kg", "ontology", "graph", "shapes", "queries", "docs", "tests"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "_build"))
    for name in ("pyproject.toml", "CHANGELOG.md", "CITATION.cff"):
        shutil.copy(ROOT / name, root)
    for name, text in FILES:
        path = root / name
        if path.suffix == ".py" and path.is_file():  # an entry of the table of rules
            old = path.read_text(encoding="utf-8")
            assert old.count("RULES = {\n") == 1
            path.write_text(old.replace("RULES = {\n", f"RULES = {{\n{text}"), encoding="utf-8")
        else:
            with path.open("a", encoding="utf-8") as file:
                file.write(f"\n{text}" if path.stat().st_size else text)
    return root


def last_line(checkout: Path, *arguments: str, **environment: str) -> str:
    """The last line that pytest prints in the checkout. Fails with all of it if a test fails."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    given = {**os.environ, "PYTHONPATH": str(checkout), **environment}
    done = subprocess.run(command, cwd=checkout, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout.splitlines()[-1]


def name_of(folder: str) -> str:
    (name,) = (Path(file).stem for file, _ in FILES if file.startswith(folder))
    return name


def test_the_page_has_an_example_of_each() -> None:
    new = [name for name, _ in FILES if not (ROOT / name).exists()]
    assert {Path(name).parent.as_posix() for name in new} == {
        *("queries/ask", "queries/infer", "shapes", "tests/shapes", "mtsp_kg/validate/forms")
    }


def test_a_question(checkout: Path) -> None:
    name = name_of("queries/ask/")
    file = "tests/queries/test_catalogue.py"
    ended = last_line(checkout, file, "-k", name, "-m", "not conformance", UPDATE_GOLDEN="1")
    assert re.match(r"[67] passed", ended)
    golden = (checkout / "tests" / "queries" / "golden" / f"{name}.csv").read_text(encoding="utf-8")
    assert golden.count("\n") > 2


def test_a_shape(checkout: Path) -> None:
    chosen = f"{name_of('tests/shapes/')} or every_shape or good_examples or core"
    assert last_line(checkout, "tests/shapes", "-k", chosen).startswith("7 passed")
    command = [sys.executable, "-m", "mtsp_kg", "validate"]
    given = {**os.environ, "PYTHONPATH": str(checkout)}
    assert subprocess.run(command, cwd=checkout, env=given, capture_output=True, check=False).returncode == 0


def test_a_rule(checkout: Path) -> None:
    chosen = f"every_rule or {name_of('queries/infer/')}"
    assert last_line(checkout, "tests/infer/test_infer.py", "-k", chosen).startswith("2 passed")
    last_line(checkout, "tests/ontology/test_ontology_quality.py", "-k", "our_own_ontology")


def test_a_report_format(checkout: Path) -> None:
    name = name_of("mtsp_kg/validate/forms/")
    assert last_line(checkout, "tests/validate/test_forms.py", "-k", f"a_form and {name}").startswith("2 passed")
