"""The pool of workers, seen from the web process: who may run a query now, and what became of it.

Each client has a share (so many running, so many waiting), the pool has a queue with an end, and a worker that is lost
is replaced. Nothing here evaluates SPARQL. Imports `errors` and this room.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from typing import Any

from mtsp_kg.errors import MtspError, QueryError
from mtsp_kg.serve import wire
from mtsp_kg.serve.problems import (
    BusyError,
    ExhaustedError,
    NotAcceptableError,
    TimedOutError,
    TooLargeError,
    TooManyError,
)
from mtsp_kg.serve.responses import Spool
from mtsp_kg.serve.worker import Limits, Task
from mtsp_kg.serve.worker_factory import Line, Nursery

_LATE = 0.4
_LONG = 0.25
_REMEMBERED = 60.0
_MOST_REMEMBERED = 10_000
_RETRY = 0.5
_LONGEST = 300
_STOPPING = "The server is stopping."


@dataclass(frozen=True)
class Shares:
    """How the pool is shared. workers: processes; running, waiting: queries of one client at a time; queue: queries
    that wait in all; patience: seconds that one waits at most."""

    workers: int = field(default_factory=lambda: max(4, 2 * (os.cpu_count() or 1)))
    running: int = 1
    waiting: int = 2
    queue: int = 64
    patience: float = 30.0


@dataclass
class Result:
    """A whole result. form: `boolean`, `table` or `graph`; body: its bytes, in memory or in a file without a name."""

    form: str
    body: Spool


@dataclass
class _Client:
    running: asyncio.Semaphore
    here: int = 0
    slow_until: float = 0.0


class Pool:
    """Runs queries in workers that come from a nursery."""

    def __init__(self, nursery: Nursery, limits: Limits, shares: Shares | None = None) -> None:
        self.limits = limits
        self.shares = shares or Shares()
        self.lost = 0
        self._nursery = nursery
        self._idle: asyncio.LifoQueue[Line | None] = asyncio.LifoQueue()
        self._lines: set[Line] = set()
        self._clients: dict[str, _Client] = {}
        self._slow = asyncio.Semaphore(max(1, self.shares.workers // 2))
        self._waiting = 0
        self._busy = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def start(self) -> list[str]:
        """Opens the workers; gives back what their isolation lacks (keys of `sandbox.MISSING`)."""
        first = await self._nursery.open()
        self._welcome(first)
        for _ in range(self.shares.workers - 1):
            self._in_background(self._renew())
        return first.lacks

    def halt(self) -> None:
        """Ends every worker; queries that run or wait are refused."""
        self._stopping = True
        for task in list(self._tasks):
            task.cancel()
        for line in list(self._lines):
            line.end()
        for _ in range(self._waiting):
            self._idle.put_nowait(None)

    async def stop(self) -> None:
        """Ends every worker and their parent."""
        self.halt()
        await self._nursery.close()

    def state(self) -> dict[str, int]:
        """Workers that are there and busy, queries that wait, workers lost to queries so far."""
        return {"workers": len(self._lines), "busy": self._busy, "waiting": self._waiting, "lost": self.lost}

    @contextlib.asynccontextmanager
    async def place(self, client: str) -> AsyncIterator[None]:
        """A client's place, from its request to the end of its answer. Raises TooManyError when it has its share."""
        known = self._clients.setdefault(client, _Client(asyncio.Semaphore(self.shares.running)))
        if known.here >= self.shares.running + self.shares.waiting:
            raise TooManyError(
                f"You have {known.here} queries here already.",
                remedy=f"Wait for them: {self.shares.running} runs at a time, {self.shares.waiting} more may wait.",
            )
        known.here += 1
        try:
            yield
        finally:
            known.here -= 1
            if not known.here:
                self._forget(client, known)

    def _forget(self, client: str, known: _Client) -> None:
        now = asyncio.get_running_loop().time()
        if known.slow_until < now or len(self._clients) > _MOST_REMEMBERED:
            self._clients.pop(client, None)
            return
        asyncio.get_running_loop().call_later(known.slow_until - now + 1, self._forget_later, client, known)

    def _forget_later(self, client: str, known: _Client) -> None:
        if not known.here and self._clients.get(client) is known:
            self._forget(client, known)

    async def run(self, task: Task, client: str) -> Result:
        """The result of a query, for a client that has a place. The caller closes its body.

        Raises QueryError (not SPARQL), NotAcceptableError, TooLargeError, BusyError (queue full, patience at its end,
        the server stops), ExhaustedError (memory, crash), TimedOutError.
        """
        if self._waiting >= self.shares.queue:
            raise BusyError("Too many queries are waiting.", remedy="Try again in a moment.")
        known = self._clients[client]
        async with contextlib.AsyncExitStack() as held:
            self._waiting += 1
            try:
                async with asyncio.timeout(self.shares.patience):
                    await held.enter_async_context(known.running)
                    if known.slow_until > asyncio.get_running_loop().time():
                        # Who has asked long queries shares half of the workers with others like him.
                        await held.enter_async_context(self._slow)
                    line = await self._alive()
            except TimeoutError as error:
                raise BusyError("No worker was free in time.", remedy="Try again in a moment.") from error
            finally:
                self._waiting -= 1
            self._busy += 1
            try:
                return await self._on(line, task, known)
            finally:
                self._busy -= 1

    async def _alive(self) -> Line:
        while not self._stopping:
            line = await self._idle.get()
            if line is not None and not line.reader.at_eof():
                return line
            if line is not None:
                self._part(line)  # ended from outside while it waited
        raise BusyError(_STOPPING)

    async def _on(self, line: Line, task: Task, client: _Client) -> Result:
        loop = asyncio.get_running_loop()
        began = loop.time()
        body = Spool()
        keep = False
        long = loop.call_later(_LONG, self._step_back, line, client)
        try:
            async with asyncio.timeout(self.limits.seconds + _LATE) as deadline:
                line.writer.write(wire.pack_json(wire.TASK, task.as_dict()))
                kind, content = await wire.receive(line.reader)
                if kind == wire.WHOLE:
                    head, part = wire.unpack_whole(content)
                    body.write(part)
                else:
                    head = json.loads(content)
                    deadline.reschedule(loop.time() + self.limits.seconds + _LATE)
                    while (frame := await wire.receive(line.reader))[0] == wire.PART:
                        body.write(frame[1])
                    if kind != wire.HEAD or frame[0] != wire.END:
                        raise ConnectionError("a frame out of order")
            keep = not head["last"] and not line.behind
        except (TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            body.close()
            if self._stopping:
                raise BusyError(_STOPPING) from error
            self.lost += 1
            if isinstance(error, TimeoutError) or loop.time() - began >= self.limits.seconds - 0.01:
                raise self._timed_out() from error
            raise self._exhausted() from error
        except BaseException:
            body.close()
            raise
        finally:
            long.cancel()
            if keep:
                self._idle.put_nowait(line)
            else:
                # Lost, worn, or its client has gone: whatever it still does is of no use to anybody.
                self._part(line)
        if head["kind"] == "ok":
            return Result(head["form"], body)
        body.close()
        raise self._refusal(head)

    def _step_back(self, line: Line, client: _Client) -> None:
        # A query that takes long lets those that do not go first; its worker has done its last, for only a privileged
        # process can take this back. Its client is taken for one that asks long queries, for a while.
        line.step_back()
        client.slow_until = asyncio.get_running_loop().time() + _REMEMBERED

    def _refusal(self, head: dict[str, str | int | None]) -> MtspError:
        kind, what = head["kind"], " ".join(str(head["what"]).split())[:_LONGEST]
        if kind == "syntax":
            line, column = head["line"], head["column"]
            return QueryError(
                what, line=line if isinstance(line, int) else None, column=column if isinstance(column, int) else None
            )
        if kind == "too-large":
            return TooLargeError(
                f"The result is over its limit: {what}.", remedy="Add LIMIT and OFFSET, ask for less, or fetch a dump."
            )
        if kind == "not-acceptable":
            return NotAcceptableError(f"No acceptable media type: {what}.", remedy="Widen the Accept header.")
        if kind == "memory":
            return self._exhausted()
        return QueryError(f"The query cannot be evaluated: {what}.")

    def _timed_out(self) -> TimedOutError:
        return TimedOutError(
            f"The query was ended at its limit of {self.limits.seconds:g} seconds.",
            remedy="Bind more, sort less, or ask in parts.",
        )

    def _exhausted(self) -> ExhaustedError:
        return ExhaustedError(
            f"The query took more than {self.limits.memory >> 20} MB of memory, or broke the engine.",
            remedy="Ask in parts: it would end so again.",
        )

    def _part(self, line: Line) -> None:
        self._lines.discard(line)
        line.end()
        self._in_background(self._renew())

    def _welcome(self, line: Line) -> None:
        self._lines.add(line)
        self._idle.put_nowait(line)

    async def _renew(self) -> None:
        while not self._stopping:
            try:
                self._welcome(await self._nursery.open())
                return
            except (OSError, asyncio.IncompleteReadError, TimeoutError):
                await asyncio.sleep(_RETRY)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        if self._stopping:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
