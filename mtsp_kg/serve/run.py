"""The server from its start to its clean end: workers first, then the socket, then HTTP.

Imports `errors` and this room.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette

from mtsp_kg.errors import MtspError
from mtsp_kg.serve.access import REQUESTS, AccessLog
from mtsp_kg.serve.app import Served, application
from mtsp_kg.serve.deadlines import PatientProtocol
from mtsp_kg.serve.nursery import ForkingNursery, SeparateNursery
from mtsp_kg.serve.pool import Pool, Shares
from mtsp_kg.serve.sandbox import MISSING
from mtsp_kg.serve.worker import Limits

_CONNECTIONS = 1000
_MOMENT = 1.0
_GRACE = 3


class AddressError(MtspError):
    """The server cannot listen where it should."""


@dataclass(frozen=True)
class Settings:
    """How to serve. base: the public IRI, with its final slash; empty: the address listened at. proxy: the address of a
    reverse proxy whose X-Forwarded-For is believed; log: one of `access.LEVELS`."""

    host: str = "127.0.0.1"
    port: int = 8000
    base: str = ""
    proxy: str = ""
    log: str = REQUESTS
    limits: Limits = field(default_factory=Limits)
    shares: Shares = field(default_factory=Shares)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 means any free one. Raises AddressError."""
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, number)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(512)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise AddressError(
            f"The server cannot listen at {host}, port {port}: {reason}.",
            remedy="Choose another with --host and --port.",
        ) from error
    return listener


def address(host: str, listener: socket.socket) -> str:
    """The IRI that a browser on this machine finds the server at."""
    port = listener.getsockname()[1]
    name = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}/"


def serve(
    settings: Settings,
    nursery: ForkingNursery | SeparateNursery,
    served: Callable[[str], Served],
    say: Callable[[str], None],
) -> None:
    """Serves until SIGINT or SIGTERM. nursery: launched or not; served: what to serve, for the base it is served at;
    say: takes a line for the operator. Raises AddressError."""
    _more_files()
    listener = listen(settings.host, settings.port)
    with listener:
        here = address(settings.host, listener)
        logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="mtsp: %(levelname)s: %(message)s")
        pool = Pool(nursery, settings.limits, settings.shares)
        what = served(settings.base or here)
        app = application(what, pool, AccessLog(sys.stderr, settings.log))

        def ready() -> None:
            say(f"mtsp serves {here}")
            what.site.begin()

        asyncio.run(_serve(settings, listener, pool, app, ready))


async def _serve(
    settings: Settings, listener: socket.socket, pool: Pool, app: Starlette, ready: Callable[[], None]
) -> None:
    lacks = await pool.start()
    for part in lacks:
        print(f"mtsp: weaker isolation: {MISSING[part]}.", file=sys.stderr)
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=_GRACE,
        proxy_headers=bool(settings.proxy),
        forwarded_allow_ips=settings.proxy or None,
    )
    server = _Server(config, ready, pool)
    # uvicorn raises the signal again when it has stopped; that must not end us before the workers have ended.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    try:
        await server.serve(sockets=[listener])
    finally:
        await pool.stop()


class _Server(uvicorn.Server):
    """Says when it is ready; when it stops, gives the queries that run a moment, then ends them."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], pool: Pool) -> None:
        super().__init__(config)
        self._say_ready = ready
        self._pool = pool

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._say_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        halt = asyncio.get_running_loop().call_later(_MOMENT, self._pool.halt)
        await super().shutdown(sockets)
        halt.cancel()


def _more_files() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536) if hard > 0 else 65536, hard))
