"""The README and the guide: every console session prints what it shows, every Python example runs.

Of each page, in order and in one folder:

- a block whose first line is `# FILE` is a file of that name;
- a `console` block is run by bash, each command of it alone, with `mtsp` on the path;
- a `pycon` block is a doctest; the `python` blocks run as one script.

The README's folder is the checkout; a page of the guide has an empty folder of its own. UPDATE_README=1 writes what was
printed into the pages.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest

from mtsp_kg.cli import cli
from mtsp_kg.errors import MtspError

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("guide/*.md"))]
BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# ([\w/-]+\.[\w.]+|[\w/-]*/[\w.-]+)\n")
RUN = ("console", "pycon", "python")
UPDATE = os.environ.get("UPDATE_README") == "1"


class Block(NamedTuple):
    """A fenced block of a page."""

    kind: str
    text: str
    line: int


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(found["kind"], found["text"], text.count("\n", 0, found.start()) + 2) for found in BLOCK.finditer(text)
    ]


def sessions(block: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with what it prints."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)
    assert not parts[0], "a console block begins with a command"
    yield from zip(parts[1::2], parts[2::2], strict=True)


def examples(page: Path, folder: Path) -> dict[Block, str]:
    """The blocks of a page that print something, each with what it prints now; writes the files of the page."""
    printed: dict[Block, str] = {}
    names: dict[str, object] = {}
    for block in blocks(page):
        file = FILE.match(block.text)
        if block.kind == "console":
            said = [f"$ {command}\n{output(command, folder)}" for command, _ in sessions(block.text)]
            printed[block] = "".join(said)
        elif block.kind == "pycon":
            printed[block] = doctested(block, names)
        elif file:
            target = folder / file[1]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
    return printed


def output(command: str, folder: Path) -> str:
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, cwd=folder)
    return (done.stdout + done.stderr).replace(f"{folder}{os.sep}", "")


def doctested(block: Block, names: dict[str, object]) -> str:
    """The block with what its examples print now."""
    examples = doctest.DocTestParser().get_examples(block.text)
    got: list[str] = []

    class Runner(doctest.DocTestRunner):
        def report_start(self, *about: object) -> None: ...

        def report_success(self, out: object, test: object, example: object, found: str) -> None:
            got.append(found)

        report_failure = report_success

        def report_unexpected_exception(self, out: object, test: object, example: object, error: Any) -> None:
            assert isinstance(error[1], MtspError), f"{error[1]!r}"
            got.append("".join(traceback.format_exception(error[1])))

    test = doctest.DocTest(examples, names, "page", None, block.line, block.text)
    Runner().run(test, clear_globs=False)
    names.update(test.globs)
    lines = block.text.splitlines(keepends=True)
    for example, found in [*zip(examples, got, strict=True)][::-1]:
        if found.startswith("Traceback"):
            found = f"Traceback (most recent call last):\n  ...\n{found.splitlines()[-1]}\n"
        found = re.sub(r"^$(?=\n)", "<BLANKLINE>", found, flags=re.MULTILINE)
        begin = example.lineno + example.source.count("\n")
        lines[begin : begin + example.want.count("\n")] = [found]
    return "".join(lines)


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that a page's examples run in, with `mtsp` on the path."""
    command = tmp_path / "bin" / "mtsp"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mtsp_kg "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep))
    own = tmp_path / "page"
    own.mkdir()
    return own


def ids(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if {*RUN} & {block.kind for block in blocks(page)}], ids=ids)
def test_the_examples_of_a_page_print_what_it_shows(page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder if page.parent.name == "guide" else ROOT
    monkeypatch.chdir(folder)
    printed = examples(page, folder)
    if UPDATE:
        text = page.read_text(encoding="utf-8")
        for block, now in printed.items():
            text = text.replace(f"```{block.kind}\n{block.text}```", f"```{block.kind}\n{now}```", 1)
        page.write_text(text, encoding="utf-8")
        return
    for block, now in printed.items():
        assert now == block.text, f"{page.name}:{block.line}"
    script = "".join(block.text for block in blocks(page) if block.kind == "python" and not FILE.match(block.text))
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, cwd=folder)


def test_the_picture_of_the_house_is_drawn_from_the_graph(folder: Path) -> None:
    for language in ("en", "zh"):
        picture = ROOT / "docs" / f"house-{language}.svg"
        drawn = output(f"mtsp house --lang {language}", folder)
        if UPDATE:
            picture.write_text(drawn, encoding="utf-8")
        assert picture.read_text(encoding="utf-8") == drawn


@pytest.mark.parametrize("page", [*PAGES, ROOT / "THREAT_MODEL.md", ROOT / "CHANGELOG.md"], ids=ids)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    text = re.sub(BLOCK, "", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def commands(page: Path) -> list[list[str]]:
    """The words of each `mtsp` and `make` command that a page names in its text or in a block of shell commands."""
    text = page.read_text(encoding="utf-8")
    lines = [line for block in blocks(page) if block.kind == "sh" for line in block.text.splitlines()]
    lines += re.findall(r"`((?:mtsp|make) [^`]+)`", re.sub(BLOCK, "", text))
    found = [shlex.split(part, comments=True) for line in lines for part in re.split(r"&&|\|", line)]
    return [words for words in found if words and words[0] in ("mtsp", "make")]


@pytest.mark.parametrize("page", [*PAGES, ROOT / "THREAT_MODEL.md"], ids=ids)
def test_commands_and_options_that_a_page_names_exist(page: Path) -> None:
    context = click.Context(cli, info_name="mtsp")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for program, *words in commands(page):
        if program == "make":
            assert {word for word in words if "=" not in word} <= targets, words
            continue
        known = {option for parameter in cli.get_params(context) for option in parameter.opts}
        name = next((word for word in words if word in cli.list_commands(context)), None)
        if name:
            command = cli.get_command(context, name)
            assert command
            known |= {
                option for found in command.get_params(context) for option in (*found.opts, *found.secondary_opts)
            }
        assert name or not words or words[0].startswith("-") or words[0].isupper() or words[0] == "...", words
        for word in words:
            if word.startswith("-") and word != "-":
                assert word.split("=")[0] in known, f"{page.name}: mtsp {' '.join(words)}"
