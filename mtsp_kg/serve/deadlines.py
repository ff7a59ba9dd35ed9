"""HTTP with deadlines: a connection that does not bring its request, or take its answer, in time is closed.

uvicorn has no such option; its protocol on httptools (which refuses a request with both Content-Length and
Transfer-Encoding) gets one deadline for each phase. A slow client holds a connection for seconds, and never a worker.
Imports nothing of the package.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

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
