"""THREAT_MODEL.md names tests that exist, and limits that are those of the code."""

from __future__ import annotations

import re

from serve_process import ROOT

from mtsp_kg.serve import connection, guard, requests, responses, sandbox
from mtsp_kg.serve.settings import Deadlines, PoolLimits, WorkerLimits
from mtsp_kg.serve.worker import Task

TEXT = (ROOT / "THREAT_MODEL.md").read_text("utf-8")


def test_every_test_that_it_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
    assert len(named) > 25
    for file, test in named:
        assert f"def {test}(" in (ROOT / file).read_text("utf-8"), f"{file} has no {test}"
    for file in re.findall(r"`((?:benchmarks|mtsp_kg)/[\w/]+\.py)`", TEXT):
        assert (ROOT / file).is_file()


def test_its_limits_are_those_of_the_code() -> None:
    assert (guard.MAX_BYTES, guard.MAX_DEPTH, guard.MAX_OPERATORS) == (64 * 1024, 64, 512)
    assert (requests.MAX_BODY_BYTES, connection.MAX_HEAD_BYTES) == (256 * 1024, 64 * 1024)
    assert (Task("").max_rows, Task("").max_bytes, responses.MAX_IN_MEMORY) == (100_000, 32 << 20, 1 << 20)
    assert WorkerLimits() == WorkerLimits(seconds=10.0, memory=512 << 20, recycle_after=500)
    assert (PoolLimits().running, PoolLimits().waiting) == (1, 2)
    assert Deadlines() == Deadlines(head=5.0, body=10.0, response=600.0, stalled=20.0)
    assert f"{len(sandbox.SYSTEM_CALLS['x86_64'][1])} system calls" in TEXT
