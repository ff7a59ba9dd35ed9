"""A second thing done at the same time: the native engine and the store's queries both leave the interpreter free.

Imports nothing of the package.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import TypeVar

Found = TypeVar("Found")


def aside(work: Callable[[], Found]) -> Callable[[], Found]:
    """Begins some work in a thread; what it gives back waits for the result, or raises what the work raised."""
    done: list[Found] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:
            failed.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()

    def wait() -> Found:
        thread.join()
        if failed:
            raise failed[0]
        return done[0]

    return wait
