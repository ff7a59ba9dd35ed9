"""HTTP/1.1 connections with deadlines: a client that is too slow to send a request or read a response is disconnected.

uvicorn has no such option. This extends its httptools protocol, which rejects a request that has both Content-Length
and Transfer-Encoding, with one deadline for each phase of a request. So a slow client occupies a connection for some
seconds, and never a worker.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mtsp_kg.serve.settings import Deadlines

MAX_HEAD_BYTES = 64 * 1024
_REASONS = {414: b"URI Too Long", 431: b"Request Header Fields Too Large"}


class DeadlineProtocol(HttpToolsProtocol):
    """A connection. Each phase (head, body, response) has one deadline, which received bytes do not extend."""

    deadlines = Deadlines()
    _deadline: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _phase = "head"
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._enter("head", self.deadlines.head)

    def connection_lost(self, exc: Exception | None) -> None:
        self._enter("closed", None)
        self._cancel_stalled()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._phase == "closed":
            return
        if self._phase == "idle":
            self._enter("head", self.deadlines.head)
        if self._phase == "head":
            left = MAX_HEAD_BYTES - self._head_bytes
            if len(data) > left and b"\r\n\r\n" not in data[:left]:
                self._reject(414 if b"\r\n" not in data[:left] and not self._has_request_line() else 431)
                return
            self._head_bytes += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        if self._phase != "head":
            self._enter("head", self.deadlines.head)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._enter("body", self.deadlines.body)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        if self._phase == "body":
            answered = self.cycle is None or self.cycle.response_complete
            self._enter("idle", None if answered else self.deadlines.response)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._phase == "idle":
            self._enter("idle", None)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._cancel_stalled()
        self._stalled = self.loop.call_later(self.deadlines.stalled, self._cut)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._cancel_stalled()

    def _enter(self, phase: str, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._phase, self._head_bytes = phase, 0
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._cut)

    def _cancel_stalled(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _has_request_line(self) -> bool:
        return bool(getattr(self, "headers", None))

    def _cut(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    def _reject(self, status: int) -> None:
        self._enter("closed", None)
        self.transport.write(
            b"HTTP/1.1 %d %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % (status, _REASONS[status])
        )
        self.transport.close()


def protocol_with(deadlines: Deadlines) -> type[DeadlineProtocol]:
    """The protocol class with these deadlines, for uvicorn, which makes one instance for each connection."""
    return type("DeadlineProtocol", (DeadlineProtocol,), {"deadlines": deadlines})
