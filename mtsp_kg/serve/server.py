"""HTTP with deadlines: a connection that does not bring its request, or take its answer, in time is closed.

uvicorn has no such option; its protocol on httptools (which refuses a request with both Content-Length and
Transfer-Encoding) gets one deadline for each phase. A slow client holds a connection for seconds, and never a worker.
Imports nothing of the package.

The server from its start to its clean end: workers first, then the socket, then HTTP.

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
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mtsp_kg.errors import MtspError
from mtsp_kg.serve.app import Served, application
from mtsp_kg.serve.middleware import REQUESTS, AccessLog
from mtsp_kg.serve.pool import Pool, Shares
from mtsp_kg.serve.sandbox import MISSING
from mtsp_kg.serve.worker import Limits
from mtsp_kg.serve.worker_factory import ForkingNursery, SeparateNursery

HEAD_SECONDS = 5.0
BODY_SECONDS = 10.0
STALLED_SECONDS = 20.0
ANSWER_SECONDS = 600.0
LONGEST_HEAD = 64 * 1024
_REASONS = {414: b"URI Too Long", 431: b"Request Header Fields Too Large"}


class PatientProtocol(HttpToolsProtocol):
    """A connection. Each phase (head, body, answer) has one deadline, which bytes that trickle in do not move."""

    _deadline: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _phase = "head"
    _head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._enter("head", HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._enter("over", None)
        self._moves()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._phase == "over":
            return
        if self._phase == "idle":
            self._enter("head", HEAD_SECONDS)
        if self._phase == "head":
            room = LONGEST_HEAD - self._head
            if len(data) > room and b"\r\n\r\n" not in data[:room]:
                self._refuse(414 if b"\r\n" not in data[:room] and not self._has_line() else 431)
                return
            self._head += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        if self._phase != "head":
            self._enter("head", HEAD_SECONDS)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._enter("body", BODY_SECONDS)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        if self._phase == "body":
            answered = self.cycle is None or self.cycle.response_complete
            self._enter("idle", None if answered else ANSWER_SECONDS)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._phase == "idle":
            self._enter("idle", None)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._moves()
        self._stalled = self.loop.call_later(STALLED_SECONDS, self._cut)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._moves()

    def _has_line(self) -> bool:
        return bool(getattr(self, "headers", None))

    def _enter(self, phase: str, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._phase, self._head = phase, 0
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._cut)

    def _moves(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _cut(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    def _refuse(self, status: int) -> None:
        self._enter("over", None)
        self.transport.write(
            b"HTTP/1.1 %d %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % (status, _REASONS[status])
        )
        self.transport.close()


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
