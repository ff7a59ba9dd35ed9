"""Where workers come from: a parent process that forks them, or, where there is no fork, a process of its own for each.

The parent is started by executing Python afresh, so it has neither the web server's threads nor its memory, and can be
started again whenever it is lost. Descriptors go to it over a socket pair that only these two processes hold: there is
no address that others could connect to. Imports this room.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from mtsp_kg.serve import wire
from mtsp_kg.serve.worker import Limits

_READY = 30.0
_MODULE = "mtsp_kg.serve.worker"
Quads = Callable[[], bytes]


@dataclass(eq=False)
class Line:
    """The web process's end of the line to one worker. lacks: what its sandbox lacks."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    process: int
    kill: Callable[[], None]
    lacks: list[str]
    behind: bool = False
    ended: bool = False

    def step_back(self) -> None:
        """Lets other processes go before this worker, as far as the platform can."""
        self.behind = True
        if not self.ended:
            with contextlib.suppress(OSError, AttributeError):
                os.setpriority(os.PRIO_PROCESS, self.process, 19)

    def end(self) -> None:
        """Ends the worker, whatever it does."""
        if not self.ended:
            self.ended = True
            self.kill()
            self.writer.close()


class Nursery(Protocol):
    """Opens lines to fresh workers."""

    async def open(self) -> Line:
        """A line to a fresh worker. Raises OSError, IncompleteReadError or TimeoutError."""

    async def close(self) -> None:
        """Ends what there is of it."""


class ForkingNursery:
    """Workers forked from a loaded parent."""

    def __init__(self, quads: Quads, inferred: str, limits: Limits) -> None:
        self._quads = quads
        self._first = wire.pack_json(wire.TASK, asdict(limits) | {"inferred": inferred})
        self._parent: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False
        self._starting = asyncio.Lock()

    @property
    def process(self) -> int | None:
        """The parent's process number."""
        return self._parent.pid if self._parent else None

    def launch(self) -> None:
        """Starts the parent and sends it the graph; it loads while the caller goes on."""
        ours, theirs = socket.socketpair()
        with theirs:
            handle = str(theirs.fileno())
            self._parent = subprocess.Popen(
                [sys.executable, "-m", _MODULE, "fork", handle],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=_environment(),
                process_group=0,  # Ctrl-C is for the web process, which then ends the others
            )
        self._control = ours
        threading.Thread(target=self._send, args=(ours,), daemon=True).start()

    def _send(self, control: socket.socket) -> None:
        # A parent that ends meanwhile is noticed by its missing greeting.
        with contextlib.suppress(OSError):
            control.sendall(self._first)
            control.sendall(wire.pack(wire.DATA, self._quads()))

    async def open(self) -> Line:
        async with self._starting:
            if self._parent is None or self._parent.poll() is not None:
                self._drop()
                self.launch()
            control = self._control
            assert control is not None
            if not self._ready:
                if await asyncio.wait_for(asyncio.to_thread(wire.read, control.fileno()), _READY) is None:
                    raise ConnectionError("the parent of the workers has gone")
                self._ready = True
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(control, [b"w"], [theirs.fileno()])
        ours.setblocking(False)
        return await _greeted(*await asyncio.open_connection(sock=ours))

    async def close(self) -> None:
        self._drop()

    def _drop(self) -> None:
        self._ready = False
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._parent is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._parent.wait(1)
            if self._parent.poll() is None:
                self._parent.kill()
                self._parent.wait()
            self._parent = None


class SeparateNursery:
    """Workers that each load the graph themselves, for platforms without fork; the web process keeps their time."""

    def __init__(self, quads: Quads, inferred: str, limits: Limits) -> None:
        self._quads = quads
        self._first = wire.pack_json(wire.TASK, asdict(limits) | {"inferred": inferred})
        self._workers: set[asyncio.subprocess.Process] = set()

    def launch(self) -> None:
        """Nothing: each worker is started by itself."""

    async def open(self) -> Line:
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-m", _MODULE, "alone",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env=_environment(),
        )  # fmt: skip
        self._workers = {known for known in self._workers if known.returncode is None} | {worker}
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(self._first + wire.pack(wire.DATA, self._quads()))

        def kill() -> None:
            with contextlib.suppress(ProcessLookupError):
                worker.kill()

        return await _greeted(worker.stdout, worker.stdin, kill)

    async def close(self) -> None:
        for worker in self._workers:
            with contextlib.suppress(ProcessLookupError):
                worker.kill()
            await worker.wait()


def named_quads(store: ox.Store, beginning: str = "") -> bytes:
    """The named graphs of a store whose names begin so, as N-Quads, which is what a parent loads."""
    parts = []
    for graph in store.named_graphs():
        if isinstance(graph, ox.NamedNode) and graph.value.startswith(beginning):
            # The engine writes a graph many times faster than Python goes through it.
            triples = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b""
            parts.append(triples.replace(b" .\n", f" {graph} .\n".encode()))
    return b"".join(parts)


def nursery(quads: Quads, inferred: str, limits: Limits) -> ForkingNursery | SeparateNursery:
    """The better of the two that the platform can have. quads: gives N-Quads of named graphs; inferred: how the names
    of inferred graphs begin."""
    forks = hasattr(os, "fork") and hasattr(socket, "send_fds") and hasattr(socket, "recv_fds")
    return (ForkingNursery if forks else SeparateNursery)(quads, inferred, limits)


async def _greeted(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kill: Callable[[], None] | None = None
) -> Line:
    try:
        async with asyncio.timeout(_READY):
            kind, content = await wire.receive(reader)
        if kind != wire.HELLO:
            raise ConnectionError("the worker did not greet")
        hello = json.loads(content)
        return Line(reader, writer, hello["process"], kill or _killer(hello["process"]), hello["lacks"])
    except BaseException:
        writer.close()
        raise


def _killer(process: int) -> Callable[[], None]:
    # By a descriptor of the process, not by its number, which another process may have by then.
    if not hasattr(os, "pidfd_open"):
        return lambda: None
    handle = os.pidfd_open(process)

    def kill() -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        os.close(handle)

    return kill


def _environment() -> dict[str, str]:
    package = str(Path(__file__).resolve().parents[2])
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{package}{os.pathsep}{known}" if known else package}
