"""Quick exit of a command's process, which leaves its memory to the operating system.

Freeing a store of a million triples takes a tenth of the time of loading it, and is useless at exit.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from typing import NoReturn

_GC_THRESHOLD = 70_000  # allocations between two garbage collections; Python's default is 700
_kept: list[object] | None = None


def prepare_quick_exit() -> None:
    """Makes `keep_until_exit` keep objects from now on, and garbage collection a hundred times less frequent."""
    global _kept
    _kept = []
    gc.set_threshold(_GC_THRESHOLD)


def keep_until_exit(thing: object) -> None:
    """Keeps a large object that is no longer needed if the process will exit soon; otherwise it is freed as usual."""
    if _kept is not None:
        _kept.append(thing)


def quick_exit(code: int) -> NoReturn:
    """Exits with a code, after the functions that are registered with atexit, and with all output written.

    Where a thread other than a daemon is running, Python exits as usual, and waits for it.
    """
    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        sys.exit(code)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # the reader has gone, or the stream is closed
            code = code or 1
    os._exit(code)
