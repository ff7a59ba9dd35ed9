"""The exceptions that mtsp_kg raises on purpose.

Each states the problem, its position (file, line, column) and the remedy, and has an exit code for the command line and
an HTTP status for the server.
"""

from __future__ import annotations

from pathlib import Path

EXIT_OK = 0
EXIT_FINDINGS = 1
EXIT_BAD_INPUT = 2
EXIT_INTERNAL_ERROR = 3
EXIT_NOT_FOUND = 4


class MtspError(Exception):
    """An error that the user can fix.

    what: one sentence; remedy: what to do; file, line (from 1) and column (from 1): the position, as far as known.
    """

    exit_code = EXIT_BAD_INPUT
    http_status = 400

    def __init__(
        self,
        what: str,
        *,
        remedy: str = "",
        file: str | Path | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.file = str(file) if file is not None else None
        self.line = line
        self.column = column

    @property
    def position(self) -> str:
        """The position as `file:line:column`, as far as it is known; empty if it is unknown."""
        if self.file is None:
            column = f", column {self.column}" if self.column is not None else ""
            return f"line {self.line}{column}" if self.line is not None else ""
        parts = [self.file]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)

    def __str__(self) -> str:
        position = f"{self.position}: " if self.position else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{position}{self.what}{remedy}"


class DataError(MtspError):
    """An RDF file or another input file cannot be read, or its content is invalid."""


class QueryError(MtspError):
    """A query is not valid SPARQL 1.1, or its header is invalid."""


class ParameterError(MtspError):
    """A parameter is missing, unknown or of the wrong type."""


class NotFoundError(MtspError):
    """No query, entity, format or file has the given name."""

    exit_code = EXIT_NOT_FOUND
    http_status = 404


class DocumentError(MtspError):
    """A copy of a plan's document does not have the layout of a plan."""


class RemoteError(MtspError):
    """A remote store does not respond, rejects a request, or sends an invalid response."""

    http_status = 502

    def __init__(self, what: str, *, remedy: str = "", status: int | None = None) -> None:
        super().__init__(what, remedy=remedy)
        self.status = status


class MissingExtraError(MtspError):
    """A library that this command needs is not installed."""

    exit_code = EXIT_INTERNAL_ERROR
    http_status = 501
