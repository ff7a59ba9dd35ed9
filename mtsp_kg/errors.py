"""The exceptions that mtsp_kg raises on purpose.

Each says what is wrong, where (file, line, column) and what to do about it, and knows the exit code and the HTTP
status that the edges (command line, server) answer with. Imports nothing of the package.
"""

from __future__ import annotations

from pathlib import Path

EXIT_OK = 0
EXIT_FINDINGS = 1
EXIT_BAD_INPUT = 2
EXIT_OUR_FAULT = 3
EXIT_NOT_FOUND = 4


class MtspError(Exception):
    """Anything that stops a command for a reason that the user can act on.

    what: one sentence; remedy: what to do; file, line (from 1) and column (from 1): where, as far as known.
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
    def where(self) -> str:
        """The place as `file:line:column`, as far as it is known; empty when it is not."""
        if self.file is None:
            column = f", column {self.column}" if self.column is not None else ""
            return f"line {self.line}{column}" if self.line is not None else ""
        place = [self.file]
        if self.line is not None:
            place.append(str(self.line))
            if self.column is not None:
                place.append(str(self.column))
        return ":".join(place)

    def __str__(self) -> str:
        where = f"{self.where}: " if self.where else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{where}{self.what}{remedy}"


class DataError(MtspError):
    """A file of RDF, or another file given as input, cannot be read as what it should be."""


class QueryError(MtspError):
    """A query is not SPARQL 1.1, or its header is not as it should be."""


class ParameterError(MtspError):
    """A parameter is missing, unknown or of the wrong type."""


class NotFoundError(MtspError):
    """No query, entity, format or file has the name that was given."""

    exit_code = EXIT_NOT_FOUND
    http_status = 404


class DocumentError(MtspError):
    """A copy of a plan's document is not laid out as a plan."""


class RemoteError(MtspError):
    """A remote store does not answer, refuses, or answers what is no answer."""

    http_status = 502

    def __init__(self, what: str, *, remedy: str = "", status: int | None = None) -> None:
        super().__init__(what, remedy=remedy)
        self.status = status


class MissingExtraError(MtspError):
    """A library that is needed for this command is not installed."""

    exit_code = EXIT_OUR_FAULT
    http_status = 501
