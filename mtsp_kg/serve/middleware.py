"""Functions of every response: security headers, CORS, HEAD and OPTIONS, errors as problem details, the access log."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime
from typing import IO, Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mtsp_kg.errors import MtspError
from mtsp_kg.publish.server_configs import CONTENT_SECURITY_POLICY
from mtsp_kg.serve.problems import QUERY_METHODS, BadRequestError, InternalError
from mtsp_kg.serve.requests import ClientDisconnectedError
from mtsp_kg.serve.responses import encoded, send_body, send_problem
from mtsp_kg.serve.settings import LOG_OFF, LOG_QUERIES, LOG_REQUESTS

_DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
_EVERY_RESPONSE = encoded(
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
    "Access-Control-Allow-Methods": QUERY_METHODS,
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}
_CLIENT_CLOSED_REQUEST = 499  # as nginx logs it: the client has disconnected, and no response was sent
_MAX_LOGGED_LENGTH = 2048
_MAX_METHOD_LENGTH = 20
_log = logging.getLogger("mtsp_kg.serve")


class AccessLog:
    """Writes a line of JSON for each request. level: one of `settings.LOG_LEVELS`.

    Only LOG_QUERIES logs the text of queries and the parameters of the API. A visitor's text cannot start a new
    line or reach a terminal unescaped, because JSON escapes it; long text is truncated.
    """

    def __init__(self, stream: IO[str], level: str = LOG_REQUESTS) -> None:
        self._stream = stream
        self._level = level

    def write(self, scope: Scope, method: str, status: int, length: int, seconds: float) -> None:
        """Logs a request and its response. A log that cannot be written to is turned off."""
        if self._level == LOG_OFF:
            return
        line: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "client": str((scope.get("client") or ("",))[0]),
            "method": method[:_MAX_METHOD_LENGTH],
            "path": str(scope.get("path", ""))[:_MAX_LOGGED_LENGTH],
            "status": status,
            "bytes": length,
            "ms": round(seconds * 1000, 1),
        }
        query = scope.get("state", {}).get("query")
        if self._level == LOG_QUERIES and query:
            line["query"] = query[:_MAX_LOGGED_LENGTH]
        try:
            self._stream.write(json.dumps(line) + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            self._level = LOG_OFF


class ResponseMiddleware:
    """An ASGI application around another one, which receives GET instead of HEAD and may raise MtspError."""

    def __init__(self, app: ASGIApp, log: AccessLog) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers every request once, whatever the inner application raises."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        method = scope["method"]
        inner = {**scope, "state": {}, "method": "GET" if method == "HEAD" else method}
        response = _Response(send)
        try:
            await self._respond(inner, receive, response)
        except ClientDisconnectedError:
            response.status = response.status or _CLIENT_CLOSED_REQUEST
        except MtspError as error:
            await self._send_error(response, error)
        except Exception:
            _log.exception("a request failed")
            await self._send_error(
                response, InternalError("The server failed to answer this request.", remedy="Please report it.")
            )
        finally:
            self._log.write(inner, method, response.status, response.length, time.perf_counter() - started)

    async def _respond(self, scope: Scope, receive: Receive, response: _Response) -> None:
        if scope["http_version"] == "1.1" and sum(name == b"host" for name, _ in scope["headers"]) != 1:
            # RFC 9112, section 3.2
            raise BadRequestError("The request does not have exactly one Host header.", remedy="Send exactly one.")
        if scope["method"] == "OPTIONS":
            await send_body(response, 204, "", b"", {"Allow": QUERY_METHODS, **_PREFLIGHT})
            return
        await self._app(scope, receive, response)

    async def _send_error(self, response: _Response, error: MtspError) -> None:
        if response.status:
            # The response has started: the server cuts the connection, so that the client sees that it is incomplete.
            raise ConnectionAbortedError from error
        await send_problem(response, error)


class _Response:
    """`send` with the headers of every response; records the status and the length."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.length = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message["headers"], *_security_headers(self.status, message["headers"])]}
            if self.status == 204:
                message["headers"] = [line for line in message["headers"] if line[0] != b"content-length"]
        else:
            self.length += len(message.get("body", b""))
        await self._send(message)


def _security_headers(status: int, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    known: dict[bytes, Any] = dict(headers)
    # The headers of a 304 update the response that the client has cached (RFC 9111, section 3.2), which has its policy.
    if status == 304 or b"content-security-policy" in known:
        return _EVERY_RESPONSE
    is_page = known.get(b"content-type", b"").startswith((b"text/html", b"application/xhtml", b"image/svg"))
    policy = CONTENT_SECURITY_POLICY if is_page else _DATA_POLICY
    return [*_EVERY_RESPONSE, (b"content-security-policy", policy.encode("ascii"))]
