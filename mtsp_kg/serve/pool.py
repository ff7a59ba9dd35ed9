"""The pool of workers in the web process: it schedules queries and returns their results.

The number of running and waiting queries of each client is limited, as is the queue; a lost worker is replaced. No
query is evaluated here.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from typing import Any

from mtsp_kg.errors import MtspError, QueryError
from mtsp_kg.serve import wire
from mtsp_kg.serve.negotiation import GRAPH_TYPES, TABLE_TYPES
from mtsp_kg.serve.problems import (
    BusyError,
    NotAcceptableError,
    QueryMemoryError,
    QueryTimeoutError,
    TooLargeError,
    TooManyRequestsError,
)
from mtsp_kg.serve.responses import QueryResult
from mtsp_kg.serve.settings import PoolLimits, WorkerLimits
from mtsp_kg.serve.worker import Task
from mtsp_kg.serve.worker_factory import WorkerConnection, WorkerFactory

# The kernel ends a query at its limit; the web process ends it this much later where the kernel does not.
_GRACE_SECONDS = 0.4
# A query that takes longer is slow: its worker gives way to others, and its client is a slow client for a while.
_SLOW_SECONDS = 0.25
_SLOW_CLIENT_SECONDS = 60.0
_MAX_SLOW_CLIENTS = 10_000
_RETRY_SECONDS = 0.5
_MAX_MESSAGE_LENGTH = 300
_STOPPING = "The server is stopping."
_TRY_AGAIN = "Try again in a few seconds."


@dataclass
class _Client:
    running: asyncio.Semaphore
    queries: int = 0
    slow_until: float = 0.0


class Pool:
    """Runs queries in workers of a factory."""

    def __init__(self, factory: WorkerFactory, worker_limits: WorkerLimits, limits: PoolLimits | None = None) -> None:
        self.worker_limits = worker_limits
        self.limits = limits or PoolLimits()
        self.lost = 0
        self._factory = factory
        self._idle: asyncio.LifoQueue[WorkerConnection | None] = asyncio.LifoQueue()
        self._workers: set[WorkerConnection] = set()
        self._clients: dict[str, _Client] = {}
        self._slow_queries = asyncio.Semaphore(max(1, self.limits.workers // 2))
        self._waiting = 0
        self._busy = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def start(self) -> list[str]:
        """Connects to the workers; returns the missing parts of their isolation (keys of `sandbox.WITHOUT_PART`)."""
        first = await self._factory.connect()
        self._add(first)
        for _ in range(self.limits.workers - 1):
            self._in_background(self._add_new())
        return first.missing_isolation

    def halt(self) -> None:
        """Kills every worker. Queries that run or wait raise BusyError."""
        self._stopping = True
        for task in list(self._tasks):
            task.cancel()
        for worker in list(self._workers):
            worker.close()
        for _ in range(self._waiting):
            self._idle.put_nowait(None)

    async def stop(self) -> None:
        """Kills every worker and ends their parent."""
        self.halt()
        await self._factory.close()

    def state(self) -> dict[str, int]:
        """The number of workers, of busy ones, of waiting queries, and of workers lost to queries since the start."""
        return {"workers": len(self._workers), "busy": self._busy, "waiting": self._waiting, "lost": self.lost}

    @contextlib.asynccontextmanager
    async def place(self, client: str) -> AsyncIterator[None]:
        """A place for one query of a client, from its request to the end of its response. Raises TooManyRequestsError.

        client: the result of `requests.client_of`.
        """
        known = self._clients.setdefault(client, _Client(asyncio.Semaphore(self.limits.running)))
        if known.queries >= self.limits.running + self.limits.waiting:
            raise TooManyRequestsError(
                f"This client already has {known.queries} queries.",
                remedy=f"Wait for one to end: at most {self.limits.running} run and {self.limits.waiting} wait.",
            )
        known.queries += 1
        try:
            yield
        finally:
            known.queries -= 1
            if not known.queries:
                self._forget(client, known)

    async def run(self, task: Task, client: str) -> QueryResult:
        """The result of a query of a client that has a place. The caller closes it.

        Raises QueryError, NotAcceptableError, TooLargeError, QueryMemoryError, QueryTimeoutError, and BusyError when
        the queue is full, the query has waited too long, or the server stops.
        """
        if self._waiting >= self.limits.queue:
            raise BusyError("Too many queries are waiting.", remedy=_TRY_AGAIN)
        known = self._clients[client]
        async with contextlib.AsyncExitStack() as held:
            self._waiting += 1
            try:
                async with asyncio.timeout(self.limits.queue_seconds):
                    await held.enter_async_context(known.running)
                    if known.slow_until > asyncio.get_running_loop().time():
                        # Slow clients share half of the workers.
                        await held.enter_async_context(self._slow_queries)
                    worker = await self._free_worker()
            except TimeoutError as error:
                raise BusyError("No worker became free in time.", remedy=_TRY_AGAIN) from error
            finally:
                self._waiting -= 1
            self._busy += 1
            try:
                return await self._run_on(worker, task, known)
            finally:
                self._busy -= 1

    async def _free_worker(self) -> WorkerConnection:
        while not self._stopping:
            worker = await self._idle.get()
            if worker is not None and not worker.reader.at_eof():
                return worker
            if worker is not None:
                self._replace(worker)  # killed from outside while it was idle
        raise BusyError(_STOPPING)

    async def _run_on(self, worker: WorkerConnection, task: Task, client: _Client) -> QueryResult:
        loop = asyncio.get_running_loop()
        started = loop.time()
        seconds = self.worker_limits.seconds
        result = QueryResult()
        reusable = False
        slow = loop.call_later(_SLOW_SECONDS, self._mark_slow, worker, client)
        try:
            async with asyncio.timeout(seconds + _GRACE_SECONDS) as deadline:
                worker.writer.write(wire.pack_json(wire.TASK, task.as_dict()))
                kind, content = await wire.receive(worker.reader)
                if kind == wire.WHOLE:
                    head, part = wire.unpack_whole(content)
                    result.write(part)
                else:
                    head = json.loads(content)
                    deadline.reschedule(loop.time() + seconds + _GRACE_SECONDS)
                    while (frame := await wire.receive(worker.reader))[0] == wire.PART:
                        result.write(frame[1])
                    if kind != wire.HEAD or frame[0] != wire.END:
                        raise ConnectionError("unexpected frame")
            reusable = not head["last"] and not worker.has_low_priority
        except (TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            result.close()
            if self._stopping:
                raise BusyError(_STOPPING) from error
            self.lost += 1
            if isinstance(error, TimeoutError) or loop.time() - started >= seconds - 0.01:
                raise self._timeout_error() from error
            raise self._memory_error() from error
        except BaseException:
            result.close()
            raise
        finally:
            slow.cancel()
            if reusable:
                self._idle.put_nowait(worker)
            else:
                # Lost, due to be replaced, or working for a client that has disconnected.
                self._replace(worker)
        if head["kind"] == "ok":
            result.form = head["form"]
            return result
        result.close()
        raise self._error(head)

    def _mark_slow(self, worker: WorkerConnection, client: _Client) -> None:
        worker.lower_priority()
        client.slow_until = asyncio.get_running_loop().time() + _SLOW_CLIENT_SECONDS

    def _error(self, head: dict[str, str | int | None]) -> MtspError:
        kind, what = head["kind"], " ".join(str(head["what"]).split())[:_MAX_MESSAGE_LENGTH]
        if kind == "syntax":
            line, column = head["line"], head["column"]
            return QueryError(
                what, line=line if isinstance(line, int) else None, column=column if isinstance(column, int) else None
            )
        if kind == "too-large":
            return TooLargeError(
                f"The result exceeds its limit: {what}.",
                remedy="Use LIMIT and OFFSET, narrow the query, or download a dump.",
            )
        if kind == "not-acceptable":
            types, result = (GRAPH_TYPES, "triples") if what == "graph" else (TABLE_TYPES, "solutions and booleans")
            return NotAcceptableError(types, result)
        if kind == "memory":
            return self._memory_error()
        return QueryError(f"The query cannot be evaluated: {what}.")

    def _timeout_error(self) -> QueryTimeoutError:
        return QueryTimeoutError(
            f"The query was cancelled at its time limit of {self.worker_limits.seconds:g} seconds.",
            remedy="Make the query more selective, sort less, or split it.",
        )

    def _memory_error(self) -> QueryMemoryError:
        return QueryMemoryError(
            f"The query exceeded its memory limit of {self.worker_limits.memory >> 20} MB, or crashed the engine.",
            remedy="Change the query or split it: it would fail again as it is.",
        )

    def _forget(self, client: str, known: _Client) -> None:
        now = asyncio.get_running_loop().time()
        if known.slow_until < now or len(self._clients) > _MAX_SLOW_CLIENTS:
            self._clients.pop(client, None)
            return
        asyncio.get_running_loop().call_later(known.slow_until - now + 1, self._forget_later, client, known)

    def _forget_later(self, client: str, known: _Client) -> None:
        if not known.queries and self._clients.get(client) is known:
            self._forget(client, known)

    def _replace(self, worker: WorkerConnection) -> None:
        self._workers.discard(worker)
        worker.close()
        self._in_background(self._add_new())

    def _add(self, worker: WorkerConnection) -> None:
        self._workers.add(worker)
        self._idle.put_nowait(worker)

    async def _add_new(self) -> None:
        while not self._stopping:
            try:
                self._add(await self._factory.connect())
                return
            except (OSError, asyncio.IncompleteReadError, TimeoutError):
                await asyncio.sleep(_RETRY_SECONDS)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        if self._stopping:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
