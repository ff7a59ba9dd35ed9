"""How a process ends whose work is done: at once, its memory left to the operating system.

To free a store of a million triples one by one takes a tenth of the time that loading it took, and nobody is better off
for it. Imports nothing of the package.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from typing import NoReturn

_ALLOCATIONS = 70_000  # between two looks; Python's own number is 700
_held: list[object] | None = None


def soon() -> None:
    """From here on, what is held stays until the process ends, and cycles are looked for a hundred times less often."""
    global _held
    _held = []
    gc.set_threshold(_ALLOCATIONS)


def hold(thing: object) -> None:
    """Keeps a large thing that is done with, where the process ends soon; elsewhere it is freed as ever."""
    if _held is not None:
        _held.append(thing)


def leave(code: int) -> NoReturn:
    """Ends the process with an exit code, after what is to be done at exit and with all output written.

    Where a thread is to be waited for, Python ends as ever.
    """
    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        sys.exit(code)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # the reader has gone, or it is closed
            code = code or 1
    os._exit(code)
