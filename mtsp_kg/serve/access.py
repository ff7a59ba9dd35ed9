"""The access log: one line of JSON a request, without what was asked unless the operator wants it.

A visitor's text cannot begin a line of its own or reach a terminal raw: JSON escapes it, and it is cut. Imports nothing
of the package.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import IO, Any

from starlette.types import Scope

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
