"""The README's commands run and print what it shows. UPDATE_README=1 writes what they print into it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
UPDATE = os.environ.get("UPDATE_README") == "1"


def sessions(block: str) -> list[tuple[str, str]]:
    """The commands of a block and what the README says they print."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def printed(command: str) -> str:
    words = shlex.split(command)
    assert words[0] == "mtsp", "the README shows mtsp commands in console blocks"
    done = subprocess.run([sys.executable, "-m", "mtsp_kg", *words[1:]], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


COMMANDS = [session for block in BLOCK.findall(README.read_text(encoding="utf-8")) for session in sessions(block)]


@pytest.mark.parametrize(("command", "expected"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_a_command_of_the_readme_prints_what_it_shows(command: str, expected: str) -> None:
    found = printed(command)
    if UPDATE:
        text = README.read_text(encoding="utf-8")
        README.write_text(text.replace(f"$ {command}\n{expected}", f"$ {command}\n{found}", 1), encoding="utf-8")
    else:
        assert found == expected


def test_the_picture_of_the_house_is_drawn_from_the_graph() -> None:
    for language in ("en", "zh"):
        picture = ROOT / "docs" / f"house-{language}.svg"
        drawn = printed(f"mtsp house --lang {language}")
        if UPDATE:
            picture.parent.mkdir(exist_ok=True)
            picture.write_text(drawn, encoding="utf-8")
        assert picture.read_text(encoding="utf-8") == drawn


def test_the_python_example_runs() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    subprocess.run([sys.executable, "-c", example], check=True, capture_output=True)
