"""The worker processes: a parent that loads the graph once, and children forked from it that answer queries.

    python -m mtsp_kg.serve.worker fork DESCRIPTOR     the parent; children are forked for the sockets that it is sent
    python -m mtsp_kg.serve.worker alone               one worker by itself, where the platform has no fork

The parent is single-threaded, evaluates nothing a visitor wrote, and ends when the web process does, for then its
socket closes. A child is shut in (`sandbox`) before its first query; each query runs under a timer of the kernel whose
signal ends the process, so that no query outlives its limit, whatever it does. Imports `names`, `errors` and this room.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import sys
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.serve import frames, sandbox
from mtsp_kg.serve.evaluate import LimitError, RefusedError, Task, evaluate
from mtsp_kg.store import syntax_error


@dataclass(frozen=True)
class Limits:
    """What one worker may use. seconds: wall clock of a query; memory: bytes beyond the loaded graph; recycle: queries
    after which a worker makes room for a fresh one."""

    seconds: float = 10.0
    memory: int = 512 << 20
    recycle: int = 500


def load(quads: bytes, inferred: str) -> dict[str, ox.Store]:
    """The stores by view: `all`, and `asserted` without the graphs whose name begins with `inferred`.

    quads: N-Quads of named graphs, a line each; each store's default graph is their RDF merge.
    """
    every = ox.Store()
    every.bulk_load(quads, ox.RdfFormat.N_QUADS)
    asserted = every
    drawn = b" <" + inferred.encode()
    lines = quads.splitlines(keepends=True)
    stated = [line for line in lines if not line.startswith(drawn, line.rfind(b" <"))]
    if len(stated) < len(lines):
        asserted = ox.Store()
        asserted.bulk_load(b"".join(stated), ox.RdfFormat.N_QUADS)
        asserted.update(names.MERGE_INTO_DEFAULT)
    every.update(names.MERGE_INTO_DEFAULT)
    return {"all": every, "asserted": asserted}


def answer(task: Task, stores: dict[str, ox.Store]) -> tuple[dict[str, Any], bytes | bytearray]:
    """The head of a reply (`kind` and what belongs to it) and its body."""
    try:
        form, body = evaluate(task, stores)
    except SyntaxError as error:
        ours = syntax_error(error)
        return {"kind": "syntax", "what": ours.what, "line": ours.line, "column": ours.column}, b""
    except LimitError as error:
        return {"kind": "too-large", "what": str(error)}, b""
    except RefusedError as error:
        return {"kind": str(error.args[0]), "what": str(error.args[1])}, b""
    except MemoryError:
        return {"kind": "memory", "what": "memory"}, b""
    except (ValueError, RuntimeError, OSError) as error:
        return {"kind": "engine", "what": str(error)[:500]}, b""
    return {"kind": "ok", "form": form, "length": len(body)}, body


def work(into: int, out: int, stores: dict[str, ox.Store], limits: Limits, lacks: list[str]) -> None:
    """Answers tasks until the other side goes, or until it is time for a fresh worker, which the reply announces.

    into, out: descriptors of the frames; lacks: what of the sandbox is known to be missing.
    """
    held = sandbox.enter(limits.memory)
    timer = hasattr(signal, "setitimer")
    lacks = [*lacks, *(part for part in sandbox.ALL if part not in held), *([] if timer else ["timer"])]
    frames.write(out, frames.pack_json(frames.HELLO, {"process": os.getpid(), "lacks": lacks}))
    start = _highest_memory()
    for served in range(1, limits.recycle + 1):
        frame = frames.read(into)
        if frame is None:
            return
        task = Task(**json.loads(frame[1]))
        if timer:
            signal.setitimer(signal.ITIMER_REAL, limits.seconds)
        head, body = answer(task, stores)
        if timer:
            signal.setitimer(signal.ITIMER_REAL, 0)
        worn = head["kind"] == "memory" or _highest_memory() - start > limits.memory // 4
        head["last"] = worn or served == limits.recycle
        _send(out, head, body)
        if head["last"]:
            return


def _send(out: int, head: dict[str, Any], body: bytes | bytearray) -> None:
    if len(body) <= frames.PART_SIZE:
        frames.write(out, frames.pack_whole(head, body))
        return
    frames.write(out, frames.pack_json(frames.HEAD, head))
    parts = memoryview(body)
    for start in range(0, len(parts), frames.PART_SIZE):
        frames.write(out, frames.pack(frames.PART, bytes(parts[start : start + frames.PART_SIZE])))
    frames.write(out, frames.pack(frames.END))


def _highest_memory() -> int:
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def breed(control: socket.socket) -> None:
    """The parent: takes the graph from the control socket, then forks a worker for each descriptor sent over it."""
    stores, limits = _receive(control.fileno())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # What is loaded stays shared with the children: the collector would touch, and so copy, every page.
    gc.collect()
    gc.freeze()
    frames.write(control.fileno(), frames.pack_json(frames.HELLO, {"process": os.getpid()}))
    while True:
        _, handles, _, _ = socket.recv_fds(control, 1, 1)
        if not handles:
            return
        if os.fork() == 0:
            control.close()
            _child(handles[0], stores, limits)
        os.close(handles[0])


def _child(handle: int, stores: dict[str, ox.Store], limits: Limits) -> None:
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)  # what an engine says as it dies is no news to the operator
        os.close(nowhere)
        work(handle, handle, stores, limits, [])
    except BaseException:
        os._exit(1)
    os._exit(0)


def _receive(handle: int) -> tuple[dict[str, ox.Store], Limits]:
    head = frames.read(handle)
    data = frames.read(handle)
    if head is None or data is None:
        os._exit(0)
    about = json.loads(head[1])
    return load(data[1], about.pop("inferred")), Limits(**about)


def main(arguments: list[str]) -> None:
    """Runs as the parent or as one worker alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if arguments[0] == "fork":
        breed(socket.socket(fileno=int(arguments[1])))
        return
    stores, limits = _receive(0)
    work(0, 1, stores, limits, ["fork"])


if __name__ == "__main__":
    with contextlib.suppress(OSError):
        main(sys.argv[1:])
