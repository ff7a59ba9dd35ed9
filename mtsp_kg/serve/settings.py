"""The settings of the server and their defaults: limits on queries and clients, deadlines of connections.

They are separate from the code that they configure, because a worker needs its limits but no web server.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

LOG_OFF, LOG_REQUESTS, LOG_QUERIES = "off", "requests", "queries"
LOG_LEVELS = (LOG_OFF, LOG_REQUESTS, LOG_QUERIES)


@dataclass(frozen=True)
class WorkerLimits:
    """Limits of one worker. seconds: wall-clock time of a query; memory: bytes beyond the loaded graph; recycle_after:
    number of queries after which it is replaced."""

    seconds: float = 10.0
    memory: int = 512 << 20
    recycle_after: int = 500


@dataclass(frozen=True)
class PoolLimits:
    """Limits of the pool and of its clients.

    workers: number of processes; running, waiting: queries of one client at a time; queue: total number of waiting
    queries; queue_seconds: maximum waiting time of a query.
    """

    workers: int = field(default_factory=lambda: max(4, 2 * (os.cpu_count() or 1)))
    running: int = 1
    waiting: int = 2
    queue: int = 64
    queue_seconds: float = 30.0


@dataclass(frozen=True)
class Deadlines:
    """The maximum duration of each phase of a request, in seconds.

    head: from the connection, or from the first byte of a later request, to the end of the headers; body: from there to
    its last byte; response: from there to the last byte of the response; stalled: while the client reads nothing of it.
    """

    head: float = 5.0
    body: float = 10.0
    response: float = 600.0
    stalled: float = 20.0


@dataclass(frozen=True)
class ServerSettings:
    """The settings of a server.

    host, port: the address to listen on; port 0: any free port. proxy: the address of a reverse proxy whose
    X-Forwarded-For header is trusted; log: one of LOG_LEVELS.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    proxy: str = ""
    log: str = LOG_REQUESTS
    limits: WorkerLimits = field(default_factory=WorkerLimits)
    pool: PoolLimits = field(default_factory=PoolLimits)
    deadlines: Deadlines = field(default_factory=Deadlines)
