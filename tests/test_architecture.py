"""The picture and the table of the architecture show the imports of the package as they are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("seed", ["0", "1"])
def test_picture_and_table_are_current_and_reproducible(seed: str) -> None:
    command = [sys.executable, ROOT / "docs" / "draw_architecture.py", "--check"]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
