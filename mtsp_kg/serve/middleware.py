"""The access log: one line of JSON a request, without what was asked unless the operator wants it.

A visitor's text cannot begin a line of its own or reach a terminal raw: JSON escapes it, and it is cut. Imports nothing
of the package.

What every answer has: security headers, CORS, HEAD and OPTIONS, errors as problem documents, a line in the log.

Imports `errors` and this room.
"""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime
from typing import IO, Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mtsp_kg.errors import MtspError
from mtsp_kg.serve.problems import BadRequestError, RefusedError
from mtsp_kg.serve.requests import ClientGoneError
from mtsp_kg.serve.responses import encoded, send_problem, send_whole

OFF, REQUESTS, QUERIES = "off", "requests", "queries"
LEVELS = (OFF, REQUESTS, QUERIES)
_LONGEST = 2048


class AccessLog:
    """Writes to a stream. level: one of LEVELS; QUERIES adds the query's text or the API's parameters."""

    def __init__(self, stream: IO[str], level: str = REQUESTS) -> None:
        self._stream = stream
        self._level = level

    def write(self, scope: Scope, method: str, status: int, length: int, seconds: float) -> None:
        """Notes a request that has been answered. A log that cannot be written stops nothing."""
        if self._level == OFF:
            return
        line: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "client": str((scope.get("client") or ("",))[0]),
            "method": method[:20],
            "path": str(scope.get("path", ""))[:_LONGEST],
            "status": status,
            "bytes": length,
            "ms": round(seconds * 1000, 1),
        }
        query = scope.get("state", {}).get("query")
        if self._level == QUERIES and query:
            line["query"] = query[:_LONGEST]
        try:
            self._stream.write(json.dumps(line) + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            self._level = OFF


PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
_ALWAYS = encoded(
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", "ETag, Last-Modified, Link, Location, Retry-After, Content-Language"),
    ]
)
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}
_log = logging.getLogger("mtsp_kg.serve")


class InternalError(RefusedError):
    """Our fault."""

    http_status = 500


class Envelope:
    """An ASGI application around another."""

    def __init__(self, app: ASGIApp, log: AccessLog) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers every request once, whatever becomes of it inside."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        method = scope["method"]
        inner = {**scope, "state": {}, "method": "GET" if method == "HEAD" else method}
        answer = _Answer(send)
        try:
            await self._inside(inner, receive, answer)
        except ClientGoneError:
            answer.status = answer.status or 499
        except MtspError as error:
            await self._failed(answer, error)
        except Exception:
            _log.exception("a request failed")
            await self._failed(answer, InternalError("Our fault: the request could not be answered."))
        finally:
            self._log.write(inner, method, answer.status, answer.length, time.perf_counter() - began)

    async def _inside(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        if scope["http_version"] == "1.1" and sum(name == b"host" for name, _ in scope["headers"]) != 1:
            raise BadRequestError("A request has one Host header.")  # RFC 9112, section 3.2
        if scope["method"] == "OPTIONS":
            await send_whole(answer, 204, "", b"", {"Allow": "GET, HEAD, POST, OPTIONS", **_PREFLIGHT})
            return
        await self._app(scope, receive, answer)

    async def _failed(self, answer: _Answer, error: MtspError) -> None:
        if answer.status:
            # The answer has begun: the server cuts the connection, so that the client sees that it is not whole.
            raise ConnectionAbortedError from error
        await send_problem(answer, error)


class _Answer:
    """`send`, with the headers of every answer; notes its status and length."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.length = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message["headers"], *_security(self.status, message["headers"])]}
            if self.status == 204:
                message["headers"] = [line for line in message["headers"] if line[0] != b"content-length"]
        else:
            self.length += len(message.get("body", b""))
        await self._send(message)


def _security(status: int, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    known: dict[bytes, Any] = dict(headers)
    # A 304 brings its headers to the answer that the client has kept (RFC 9111, section 3.2): that has its policy.
    if status == 304 or b"content-security-policy" in known:
        return _ALWAYS
    page = known.get(b"content-type", b"").startswith((b"text/html", b"application/xhtml", b"image/svg"))
    policy = PAGE_POLICY if page else DATA_POLICY
    return [*_ALWAYS, (b"content-security-policy", policy.encode("ascii"))]
