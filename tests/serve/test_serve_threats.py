"""THREAT_MODEL.md names tests that exist, and limits that are those of the code."""

from __future__ import annotations

import re

from serve_process import ROOT

from mtsp_kg.serve import guard, requests, sandbox, server
from mtsp_kg.serve.pool import Shares
from mtsp_kg.serve.worker import Limits, Task

TEXT = (ROOT / "THREAT_MODEL.md").read_text("utf-8")


def test_every_test_that_it_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
    assert len(named) > 25
    for file, test in named:
        assert f"def {test}(" in (ROOT / file).read_text("utf-8"), f"{file} has no {test}"
    for file in re.findall(r"`((?:benchmarks|mtsp_kg)/[\w/]+\.py)`", TEXT):
        assert (ROOT / file).is_file()


def test_its_limits_are_those_of_the_code() -> None:
    assert (guard.LONGEST, guard.DEEPEST, guard.MOST_OPERATORS) == (64 * 1024, 64, 512)
    assert (requests.LONGEST_BODY, server.LONGEST_HEAD) == (256 * 1024, 64 * 1024)
    assert (Task("").rows, Task("").size) == (100_000, 32 << 20)
    assert (Limits().seconds, Limits().memory, Limits().recycle) == (10.0, 512 << 20, 500)
    assert (Shares().running, Shares().waiting) == (1, 2)
    assert f"{len(sandbox.TABLES['x86_64'][1])} system calls" in TEXT
