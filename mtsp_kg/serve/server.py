"""The server from start to stop: first the workers, then the socket, then HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette

from mtsp_kg.errors import MtspError
from mtsp_kg.serve.app import ServedProject, application
from mtsp_kg.serve.connection import protocol_with
from mtsp_kg.serve.middleware import AccessLog
from mtsp_kg.serve.pool import Pool
from mtsp_kg.serve.sandbox import WITHOUT_PART
from mtsp_kg.serve.settings import ServerSettings
from mtsp_kg.serve.worker_factory import WorkerFactory

_MAX_CONNECTIONS = 1000
_BACKLOG = 512
_MAX_FILES = 65536
_KEEP_ALIVE_SECONDS = 5
# At a stop, running queries have a moment to end; then their workers are killed, and connections closed.
_QUERY_GRACE_SECONDS = 1.0
_CONNECTION_GRACE_SECONDS = 3
_log = logging.getLogger("mtsp_kg.serve")


class ListenError(MtspError):
    """The server cannot listen on its host and port."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 is any free port. Raises ListenError."""
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, number)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ListenError(
            f"Cannot listen on {host}, port {port}: {reason}.", remedy="Give another --host or --port."
        ) from error
    return listener


def local_address(host: str, listener: socket.socket) -> str:
    """The IRI of the server for a browser on this machine, with a final slash."""
    port = listener.getsockname()[1]
    name = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}/"


def run_server(
    settings: ServerSettings,
    workers: WorkerFactory,
    content: Callable[[str], ServedProject],
    announce: Callable[[str], None],
) -> None:
    """Serves until SIGINT or SIGTERM.

    workers: may have been launched; content: returns the content to serve, given the address of the server; announce:
    receives a line with this address when the server is ready. Raises ListenError.
    """
    _raise_file_limit()
    with listen(settings.host, settings.port) as listener:
        here = local_address(settings.host, listener)
        pool = Pool(workers, settings.limits, settings.pool)
        served = content(here)
        app = application(served, pool, AccessLog(sys.stderr, settings.log))

        def ready() -> None:
            announce(f"Serving at {here}")
            served.site.begin()

        asyncio.run(_run(settings, listener, pool, app, ready))


async def _run(
    settings: ServerSettings, listener: socket.socket, pool: Pool, app: Starlette, ready: Callable[[], None]
) -> None:
    for part in await pool.start():
        _log.warning("weaker isolation: %s", WITHOUT_PART[part])
    config = uvicorn.Config(
        app,
        http=protocol_with(settings.deadlines),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=_MAX_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_CONNECTION_GRACE_SECONDS,
        proxy_headers=bool(settings.proxy),
        forwarded_allow_ips=settings.proxy or None,
    )
    # uvicorn raises the signal again when it has stopped, which must not end the process before the workers have ended.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    try:
        await _Server(config, ready, pool).serve(sockets=[listener])
    finally:
        await pool.stop()


class _Server(uvicorn.Server):
    """Calls `ready` when it is ready; when stopped, halts the pool after the grace time of queries."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], pool: Pool) -> None:
        super().__init__(config)
        self._ready = ready
        self._pool = pool

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        halt = asyncio.get_running_loop().call_later(_QUERY_GRACE_SECONDS, self._pool.halt)
        await super().shutdown(sockets)
        halt.cancel()


def _raise_file_limit() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, _MAX_FILES) if hard > 0 else _MAX_FILES, hard))
