"""Settings, `--init`, `mtsp shapes`, and the files that other tools read."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner

from mtsp_kg import cli, vocab
from mtsp_kg.errors import DataError
from mtsp_kg.project import Project
from mtsp_kg.validate.coverage_checks import KINDS
from mtsp_kg.validate.settings import ValidationSettings, find_settings, init

ROOT = Path(__file__).parents[2]
SHAPES = f"""@prefix ex: <https://example.org/> . @prefix sh: <{vocab.SH}> .
ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:name ; sh:minCount 1 ] .
"""
DATA = "@prefix ex: <https://example.org/> .\nex:a a ex:C .\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    for name, text in (("data/a.ttl", DATA), ("shapes/s.ttl", SHAPES)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_init_finds_data_and_shapes_and_validate_uses_them(folder: Path) -> None:
    run = CliRunner().invoke
    assert "Wrote" in run(cli.cli, ["validate", "--init"]).output
    assert (folder / "mtsp.toml").read_text(encoding="utf-8").startswith('data = ["data"]\nshapes = ["shapes"]\n')
    done = run(cli.cli, ["validate"], standalone_mode=False)
    assert done.return_value == 1
    assert "data/a.ttl:2:1" in done.output
    with pytest.raises(DataError, match="settings file already exists"):
        init(folder)


def test_init_writes_into_a_pyproject(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    assert init(folder).name == "pyproject.toml"
    found = find_settings(folder)
    assert (found.data, found.shapes, found.fail_on) == (("data",), ("shapes",), "violation")


def test_settings_are_found_from_a_folder_below(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    init(folder)
    monkeypatch.chdir(folder / "data")
    assert find_settings(Path.cwd()).data == (".",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data = ", "Invalid TOML"),
        ("dat = ['x']", "Did you mean 'data'"),
        ("data = 1", "not a string or a list"),
        ("data = ['']", "not a string or a list"),
        ("fail-on = 'grave'", "'grave' is not a valid value for 'fail-on'"),
        ("engine = 'magic'", "'magic' is not a valid value for 'engine'"),
        ("[tool]\nmtsp = 1", "not a table"),
    ],
)
def test_bad_settings_are_told(text: str, message: str, folder: Path) -> None:
    (folder / "mtsp.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        find_settings(folder)


def test_shapes_are_listed_with_what_they_meet(garden: Project) -> None:
    call = ["--project", str(garden.root), "shapes"]
    done = CliRunner().invoke(cli.cli, call, standalone_mode=False, env={"COLUMNS": "200"})
    (line,) = [line for line in done.output.splitlines() if line.startswith("CommitmentMadeByShape")]
    assert re.search(r"violation +sh:targetClass mtsp:Commitment +[1-9]", line)


def test_shapes_as_a_page(garden: Project, tmp_path: Path) -> None:
    page = tmp_path / "shapes.md"
    arguments = ["--project", str(garden.root), "shapes", "--doc", "-o", str(page)]
    assert CliRunner().invoke(cli.cli, arguments, standalone_mode=False).exception is None
    text = page.read_text(encoding="utf-8")
    assert "## CommitmentMadeByShape\n\n*agent that makes a commitment*\n" in text
    assert "Good:\n\n```turtle\n" in text


def test_the_files_for_other_tools_name_what_there_is() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["entry"] == "mtsp validate"
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    script = action["runs"]["steps"][-1]["run"]
    known = {option for parameter in _command().params for option in parameter.opts}
    assert set(re.findall(r"--[a-z-]+[a-z]", script)) <= known
    assert "${{" not in script, "inputs must not be pasted into the script"
    page = (ROOT / "docs" / "guide" / "validate.md").read_text(encoding="utf-8")
    for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL):
        assert yaml.safe_load(block)
    for name in set(re.findall(r"(?<=mtsp validate)[^\n`]*", page)):
        assert set(re.findall(r"--[a-z-]+", name)) <= known
    assert all(f"| `{kind}` |" in page for kind in KINDS)


def _command() -> click.Command:
    from mtsp_kg.cli.validate import command

    return command


def test_a_pyproject_that_says_nothing_of_us_is_nobody_s_fault_here(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.other\n", encoding="utf-8")
    assert find_settings(tmp_path) == ValidationSettings()
    (tmp_path / "pyproject.toml").write_text("[tool.mtsp\n", encoding="utf-8")
    with pytest.raises(DataError, match="Invalid TOML"):
        find_settings(tmp_path)
