"""The settings of the server and their defaults: limits on queries, shares of clients, deadlines of connections.

They are apart from the code that they configure, because a worker needs its limits and no web server.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

LOG_OFF, LOG_REQUESTS, LOG_QUERIES = "off", "requests", "queries"
LOG_LEVELS = (LOG_OFF, LOG_REQUESTS, LOG_QUERIES)


@dataclass(frozen=True)
class WorkerLimits:
    """Limits of one worker. seconds: wall-clock time of a query; memory: bytes beyond the loaded graph; recycle_after:
    number of queries after which a new worker takes its place."""

    seconds: float = 10.0
    memory: int = 512 << 20
    recycle_after: int = 500


@dataclass(frozen=True)
class PoolLimits:
    """How clients share the workers.

    workers: number of processes; running, waiting: queries of one client at a time; queue: queries that wait in all;
    queue_seconds: how long a query waits at most.
    """

    workers: int = field(default_factory=lambda: max(4, 2 * (os.cpu_count() or 1)))
    running: int = 1
    waiting: int = 2
    queue: int = 64
    queue_seconds: float = 30.0


@dataclass(frozen=True)
class Deadlines:
    """How long each phase of a request may take, in seconds.

    head: from the connection, or from the first byte of a later request, to the end of the headers; body: from there to
    its last byte; response: from there to the last byte of the response; stalled: while the client reads nothing of it.
    """

    head: float = 5.0
    body: float = 10.0
    response: float = 600.0
    stalled: float = 20.0


@dataclass(frozen=True)
class ServerSettings:
    """How a server runs.

    host, port: where it listens; port 0: any free port. proxy: the address of a reverse proxy whose X-Forwarded-For
    header is trusted; log: one of LOG_LEVELS.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    proxy: str = ""
    log: str = LOG_REQUESTS
    limits: WorkerLimits = field(default_factory=WorkerLimits)
    pool: PoolLimits = field(default_factory=PoolLimits)
    deadlines: Deadlines = field(default_factory=Deadlines)
