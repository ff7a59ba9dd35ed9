"""What the server answers when it will not or cannot: each kind with its HTTP status (RFC 9110, section 15).

Imports `errors` only.
"""

from __future__ import annotations

from mtsp_kg.errors import MtspError, QueryError


class RefusedError(MtspError):
    """A request that is not served. retry_after: seconds after which trying again makes sense; None: it does not.
    allow: the methods that the resource has, for 405."""

    retry_after: int | None = None
    allow: str | None = None


class BadRequestError(RefusedError):
    """The request is not as the protocol asks."""


class NothingHereError(RefusedError):
    """Nothing is at this path."""

    http_status = 404


class MethodError(RefusedError):
    """The resource has no such method."""

    http_status = 405
    allow = "GET, HEAD, POST, OPTIONS"


class NotAcceptableError(RefusedError):
    """The client takes none of the media types on offer."""

    http_status = 406


class TooLargeError(RefusedError):
    """A body, a query or a result over its limit."""

    http_status = 413


class QueryTooLargeError(QueryError):
    """A query over its limit."""

    http_status = 413


class MediaTypeError(RefusedError):
    """A body of a type that is not taken."""

    http_status = 415


class TooManyError(RefusedError):
    """One client asks for more than its share."""

    http_status = 429
    retry_after = 1


class BusyError(RefusedError):
    """All workers are taken, or the worker was lost."""

    http_status = 503
    retry_after = 2


class ExhaustedError(RefusedError):
    """The query took more memory than it may, or broke the engine: the same query will do so again."""

    http_status = 503
    retry_after = 60


class TimedOutError(RefusedError):
    """The query was ended at its time limit."""

    http_status = 504
