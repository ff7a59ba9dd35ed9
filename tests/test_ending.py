"""A command's process ends at once, with its exit code and all that it had to say; others free what they held."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref

import pytest

from mtsp_kg import process_exit

BEGIN = "import atexit, sys, threading; from mtsp_kg import ending; "


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", BEGIN + script], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("code", [0, 1, 4])
def test_the_exit_code_is_told_and_output_is_whole(code: int) -> None:
    done = run(f"print('x' * 200_000); print('said', end='', file=sys.stderr); ending.leave({code})")
    assert (done.returncode, len(done.stdout), done.stderr) == (code, 200_001, "said")


def test_what_is_to_be_done_at_exit_is_done_first() -> None:
    done = run("atexit.register(print, 'at exit'); ending.leave(0); print('never')")
    assert done.stdout == "at exit\n"


def test_a_thread_that_is_not_done_is_waited_for() -> None:
    done = run(
        "thread = threading.Thread(target=lambda: (threading.Event().wait(0.2), print('done')));"
        "thread.start(); ending.leave(3)"
    )
    assert (done.returncode, done.stdout) == (3, "done\n")


def test_output_that_nobody_can_read_is_a_failure() -> None:
    done = run("print('x'); sys.stdout.close(); ending.leave(0)")
    assert done.returncode == 1


def test_what_is_held_stays_only_where_the_process_ends_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    class Large:
        pass

    def held() -> bool:
        thing = Large()
        seen = weakref.ref(thing)
        process_exit.hold(thing)
        del thing
        gc.collect()
        return seen() is not None

    assert not held()
    monkeypatch.setattr(process_exit, "_held", [])
    assert held()
