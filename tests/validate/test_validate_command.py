"""`mtsp validate`: exit codes and messages, as a user and a CI job see them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mtsp_kg.project import Project

EXAMPLES = Path(__file__).parents[1] / "shapes"


def _mtsp(garden: Project, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mtsp_kg", "--project", str(garden.root), "validate", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_project_that_conforms(garden: Project) -> None:
    done = _mtsp(garden)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("conforms: ")
    assert "checks" in done.stdout


def test_without_checks_and_in_chinese(garden: Project) -> None:
    done = _mtsp(garden, "--no-checks", "--lang", "zh")
    assert done.returncode == 0
    assert done.stdout.startswith("符合：")
    assert "检查" not in done.stdout


@pytest.mark.parametrize("engine", ["shacl", "pyshacl"])
def test_a_violation_is_exit_code_1(engine: str, garden: Project) -> None:
    pytest.importorskip(engine)
    done = _mtsp(garden, EXAMPLES / "FigureValueShape.ttl", "--engine", engine)
    assert (done.returncode, done.stderr) == (1, "")
    assert "violation  FigureValueShape: A key figure must have exactly one mtsp:value" in done.stdout
    assert 'mtsp:value "many"' in done.stdout
    assert "FigureValueShape.ttl:" in done.stdout


def test_a_warning_alone_is_exit_code_0(garden: Project) -> None:
    done = _mtsp(garden, EXAMPLES / "OntologyTitleShape.ttl")
    assert done.returncode == 0
    assert "; 1 warning." in done.stdout


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("broken.ttl", "<https://e/a> <https://e/b> .", "broken.ttl:1:29: Turtle syntax error: "),
        ("data.csv", "a,b", "data.csv: Unrecognised RDF file extension."),
        ("none.ttl", None, "none.ttl: The file does not exist."),
    ],
)
@pytest.mark.parametrize("option", [(), ("--shapes",)])
def test_a_bad_file_is_exit_code_2_and_one_message(
    name: str, text: str | None, message: str, option: tuple[str, ...], garden: Project, tmp_path: Path
) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text, encoding="utf-8")
    done = _mtsp(garden, *option, path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_may_have_any_name(garden: Project, tmp_path: Path) -> None:
    path = tmp_path / 'my <data> "1" 数据.ttl'
    path.write_text((EXAMPLES / "FigureValueShape.ttl").read_text(encoding="utf-8"), encoding="utf-8")
    done = _mtsp(garden, path)
    assert (done.returncode, done.stderr) == (1, "")
    assert f"{path}:" in done.stdout


def test_the_standard_report_conforms_only_where_nothing_was_found_at_all(garden: Project) -> None:
    done = _mtsp(garden, EXAMPLES / "OntologyTitleShape.ttl", "--format", "ttl", "--show", "violation")
    assert done.returncode == 0
    assert "sh:conforms false" in done.stdout
    assert "sh:result " not in done.stdout
