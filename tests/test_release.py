"""What others build from: versions, workflows, the container image, the files for other tools."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import urllib.request
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from mtsp_kg import __version__

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def steps(path: Path) -> list[dict[str, object]]:
    """The steps of a workflow's jobs, or of a composite action."""
    file = yaml.safe_load(path.read_text(encoding="utf-8"))
    jobs = file["jobs"].values() if "jobs" in file else [file["runs"]]
    return [step for job in jobs for step in job["steps"]]


def instructions(name: str) -> list[str]:
    """The arguments of the Dockerfile's instructions of a name."""
    return re.findall(rf"^{name} (.*)$", DOCKERFILE.replace("\\\n", ""), re.MULTILINE)


def test_the_version_is_the_same_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == __version__
    newest = re.search(r"^## ([\d.]+) ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest
    assert newest[1] == __version__
    guide = (ROOT / "docs" / "guide" / "validate.md").read_text(encoding="utf-8")
    assert re.findall(r"rev: v([\d.]+)$|mtsp-kg/mtsp-kg@v([\d.]+)$", guide, re.MULTILINE) == [
        (__version__, ""),
        ("", __version__),
    ]


@pytest.mark.parametrize(
    ("tag", "changed", "said"),
    [
        ("1.2.3", {}, "'1.2.3' is not a tag"),
        ("v9.9.9", {}, "mtsp_kg/__init__.py has another version"),
        ("v{}", {"CITATION.cff": ("version: ", "version: 8.")}, "CITATION.cff has another version"),
        ("v{}", {"CITATION.cff": ("date-released: 2", "date: 2")}, "CITATION.cff has no date-released"),
        ("v{}", {"CHANGELOG.md": ("(2026-", "(unreleased")}, "CHANGELOG.md has no section"),
        ("v{}", {}, ""),
    ],
)
def test_a_release_needs_one_version_and_its_date(
    tmp_path: Path, tag: str, changed: dict[str, tuple[str, str]], said: str
) -> None:
    for name in (".ci/release", "mtsp_kg/__init__.py", "CITATION.cff", "CHANGELOG.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name, text in (
        ("CITATION.cff", "date-released: 2026-01-02\n"),
        ("CHANGELOG.md", f"## {__version__} (2026-01-02)\n"),
    ):
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write(text)
    for name, (old, new) in changed.items():
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / name).write_text(text.replace(old, new), encoding="utf-8")
    command = ["bash", tmp_path / ".ci" / "release", tag.format(__version__)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said in done.stderr
    assert (done.returncode == 0) == (not said)


@pytest.mark.parametrize("path", [*WORKFLOWS, ROOT / "action.yml"], ids=lambda path: path.name)
def test_actions_are_pinned_and_inputs_are_not_pasted_into_scripts(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for action in re.findall(r"uses: (\S+)", text):
        assert action == "./" or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action
    assert len(re.findall(r"uses: (?!\./)", text)) == len(re.findall(r"@[0-9a-f]{40} # v[\d.]+$", text, re.MULTILINE))
    for step in steps(path):
        assert "${{" not in str(step.get("run", ""))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_calls_scripts_and_targets_that_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    called = "\n".join(str(step["run"]) for step in steps(path) if "run" in step)
    assert set(re.findall(r"\bmake ([a-z]+)", called)) <= targets
    for script in re.findall(r"(?<!\S)\.ci/\w+", called):
        assert (ROOT / script).stat().st_mode & 0o100, script
    assert re.search(r"\.ci/run$", called, re.MULTILINE)


def test_the_image_has_all_that_the_wheel_is_built_from() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    copied = [part for line in instructions("COPY") if not line.startswith("--") for part in shlex.split(line)[:-1]]
    for part in copied:
        assert (ROOT / part).exists(), part
        kept = False
        for pattern in ignore:
            if fnmatch(part, pattern.removeprefix("!")):
                kept = pattern.startswith("!")
        assert kept, f".dockerignore keeps {part} out"
    wheel = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], *PYPROJECT["project"]["license-files"]}
    assert {*needed, "pyproject.toml", PYPROJECT["project"]["readme"]} == set(copied)


@pytest.mark.slow
def test_the_image_s_command_serves_the_graph(tmp_path: Path) -> None:
    (entry,), (arguments,) = instructions("ENTRYPOINT"), instructions("CMD")
    program, *words = [*json.loads(entry), *json.loads(arguments)]
    assert program == "mtsp"
    assert instructions("EXPOSE") == [words[words.index("--port") + 1]]
    words[words.index("--port") + 1] = "0"
    process = subprocess.Popen(
        [sys.executable, "-m", "mtsp_kg", *words], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    try:
        assert process.stdout is not None
        address = re.search(r"http://[\w.]+:(\d+)/", process.stdout.readline())
        assert address
        for path in ("health", "id/org/who"):
            with urllib.request.urlopen(f"http://127.0.0.1:{address[1]}/{path}", timeout=20) as answer:
                assert answer.status == 200
    finally:
        process.terminate()
        assert process.wait(20) == 0


@pytest.mark.slow
def test_the_source_distribution_has_what_the_tests_need(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--sdist", "--outdir", tmp_path, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    (sdist,) = tmp_path.glob("*.tar.gz")
    assert sdist.name == f"mtsp_kg-{__version__}.tar.gz"
    shutil.unpack_archive(sdist, tmp_path, filter="data")
    inside = tmp_path / sdist.name.removesuffix(".tar.gz")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a Git checkout")
    for name in filter(None, listed.stdout.split("\0")):
        assert (inside / name).exists(), name
