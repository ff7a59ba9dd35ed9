"""A command's process exits at once, with its exit code and all of its output."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref

import pytest

from mtsp_kg import process_exit

BEGIN = "import atexit, sys, threading; from mtsp_kg import process_exit; "


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", BEGIN + script], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("code", [0, 1, 4])
def test_the_exit_code_and_all_output_arrive(code: int) -> None:
    done = run(f"print('x' * 200_000); print('said', end='', file=sys.stderr); process_exit.quick_exit({code})")
    assert (done.returncode, len(done.stdout), done.stderr) == (code, 200_001, "said")


def test_functions_registered_with_atexit_run_first() -> None:
    done = run("atexit.register(print, 'at exit'); process_exit.quick_exit(0); print('never')")
    assert done.stdout == "at exit\n"


def test_a_running_thread_is_waited_for() -> None:
    done = run(
        "thread = threading.Thread(target=lambda: (threading.Event().wait(0.2), print('done')));"
        "thread.start(); process_exit.quick_exit(3)"
    )
    assert (done.returncode, done.stdout) == (3, "done\n")


def test_output_that_cannot_be_written_is_a_failure() -> None:
    done = run("print('x'); sys.stdout.close(); process_exit.quick_exit(0)")
    assert done.returncode == 1


def test_objects_are_kept_only_where_the_process_exits_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    class Large:
        pass

    def kept() -> bool:
        thing = Large()
        seen = weakref.ref(thing)
        process_exit.keep_until_exit(thing)
        del thing
        gc.collect()
        return seen() is not None

    assert not kept()
    monkeypatch.setattr(process_exit, "_kept", [])
    assert kept()
