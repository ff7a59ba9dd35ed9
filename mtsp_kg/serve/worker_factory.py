"""Creates workers: a parent process forks them or, on platforms without fork, each is spawned separately.

The parent is a new Python process, so that it has neither the threads nor the memory of the web server, and can be
restarted if it is lost. The web process sends it descriptors over a socket pair that only these two processes have, so
that no other process can connect.
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
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from mtsp_kg.serve import wire
from mtsp_kg.serve.settings import WorkerLimits

_READY_SECONDS = 30.0
_LOWEST_PRIORITY = 19
_MODULE = "mtsp_kg.serve.worker"


@dataclass(eq=False)
class WorkerConnection:
    """The web process's connection to one worker. missing_isolation: keys of `sandbox.WITHOUT_PART`."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    process: int
    kill: Callable[[], None]
    missing_isolation: list[str]
    has_low_priority: bool = False
    closed: bool = False

    def lower_priority(self) -> None:
        """Gives the worker lowest priority, if the platform supports it; only a privileged process can undo it."""
        self.has_low_priority = True
        if not self.closed:
            with contextlib.suppress(OSError, AttributeError):
                os.setpriority(os.PRIO_PROCESS, self.process, _LOWEST_PRIORITY)

    def close(self) -> None:
        """Kills the worker."""
        if not self.closed:
            self.closed = True
            self.kill()
            self.writer.close()


class WorkerFactory(Protocol):
    """Starts workers."""

    def launch(self) -> None:
        """Starts the processes that workers need, in the background; without this, `connect` starts them."""

    async def connect(self) -> WorkerConnection:
        """A connection to a new worker. Raises OSError, IncompleteReadError or TimeoutError."""

    async def close(self) -> None:
        """Stops the processes that it has started."""


class ForkingWorkerFactory:
    """Forks workers from a parent process that has loaded the graph.

    quads: returns the named graphs as N-Quads; inferred: the beginning of the IRIs of inferred graphs;
    prefixes: for results in Turtle and TriG.
    """

    def __init__(
        self,
        quads: Callable[[], bytes],
        inferred: str,
        limits: WorkerLimits,
        prefixes: Mapping[str, str] | None = None,
    ) -> None:
        self._quads = quads
        self._options = _options_frame(inferred, limits, prefixes)
        self._parent: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False
        self._starting = asyncio.Lock()

    @property
    def process(self) -> int | None:
        """The process ID of the parent; None before it is launched."""
        return self._parent.pid if self._parent else None

    def launch(self) -> None:
        """Starts the parent and sends it the graph, which it loads while the caller continues."""
        ours, theirs = socket.socketpair()
        with theirs:
            handle = str(theirs.fileno())
            self._parent = subprocess.Popen(
                [sys.executable, "-m", _MODULE, "fork", handle],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=_environment(),
                process_group=0,  # Ctrl-C goes to the web process alone, which then ends the others
            )
        self._control = ours
        threading.Thread(target=self._send, args=(ours,), daemon=True).start()

    async def connect(self) -> WorkerConnection:
        async with self._starting:
            if self._parent is None or self._parent.poll() is not None:
                self._stop()
                self.launch()
            control = self._control
            assert control is not None
            if not self._ready:
                hello = await asyncio.wait_for(asyncio.to_thread(wire.read, control.fileno()), _READY_SECONDS)
                if hello is None:
                    raise ConnectionError("the parent of the workers has ended")
                self._ready = True
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(control, [b"w"], [theirs.fileno()])
        ours.setblocking(False)
        return await _greeted(*await asyncio.open_connection(sock=ours))

    async def close(self) -> None:
        self._stop()

    def _send(self, control: socket.socket) -> None:
        # A parent that has ended sends no HELLO, which `connect` notices.
        with contextlib.suppress(OSError):
            control.sendall(self._options)
            control.sendall(wire.pack(wire.DATA, self._quads()))

    def _stop(self) -> None:
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


class SpawningWorkerFactory:
    """Spawns a process for each worker, which loads the graph itself, on platforms without fork.

    The web process enforces their time limit. Arguments: see `ForkingWorkerFactory`.
    """

    def __init__(
        self,
        quads: Callable[[], bytes],
        inferred: str,
        limits: WorkerLimits,
        prefixes: Mapping[str, str] | None = None,
    ) -> None:
        self._quads = quads
        self._options = _options_frame(inferred, limits, prefixes)
        self._processes: set[asyncio.subprocess.Process] = set()

    def launch(self) -> None:
        """Does nothing: each worker is started separately."""

    async def connect(self) -> WorkerConnection:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", _MODULE, "spawn",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env=_environment(),
        )  # fmt: skip
        self._processes = {known for known in self._processes if known.returncode is None} | {process}
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(self._options + wire.pack(wire.DATA, self._quads()))

        def kill() -> None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()

        return await _greeted(process.stdout, process.stdin, kill)

    async def close(self) -> None:
        for process in self._processes:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def worker_factory(
    quads: Callable[[], bytes], inferred: str, limits: WorkerLimits, prefixes: Mapping[str, str]
) -> WorkerFactory:
    """The best factory for this platform. Arguments: see `ForkingWorkerFactory`."""
    forks = hasattr(os, "fork") and hasattr(socket, "send_fds") and hasattr(socket, "recv_fds")
    return (ForkingWorkerFactory if forks else SpawningWorkerFactory)(quads, inferred, limits, prefixes)


def named_quads(store: ox.Store, beginning: str = "") -> bytes:
    """The named graphs of a store whose names begin with `beginning`, as N-Quads for workers."""
    parts = []
    for graph in store.named_graphs():
        if isinstance(graph, ox.NamedNode) and graph.value.startswith(beginning):
            # The engine writes a graph many times faster than Python iterates over it.
            triples = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b""
            parts.append(triples.replace(b" .\n", f" {graph} .\n".encode()))
    return b"".join(parts)


def _options_frame(inferred: str, limits: WorkerLimits, prefixes: Mapping[str, str] | None) -> bytes:
    options = {"inferred": inferred, "limits": asdict(limits), "prefixes": dict(prefixes or {})}
    return wire.pack_json(wire.TASK, options)


async def _greeted(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kill: Callable[[], None] | None = None
) -> WorkerConnection:
    try:
        async with asyncio.timeout(_READY_SECONDS):
            kind, content = await wire.receive(reader)
        if kind != wire.HELLO:
            raise ConnectionError("the worker sent no HELLO")
        hello = json.loads(content)
        process = hello["process"]
        return WorkerConnection(reader, writer, process, kill or _killer(process), hello["missing_isolation"])
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
