"""The errors that the server answers with, each with its HTTP status (RFC 9110, section 15)."""

from __future__ import annotations

from collections.abc import Iterable

from mtsp_kg.errors import MtspError, QueryError

READ_METHODS = "GET, HEAD, OPTIONS"
QUERY_METHODS = "GET, HEAD, POST, OPTIONS"
_MAX_METHOD_LENGTH = 20


class HttpError(MtspError):
    """A request that the server does not fulfil.

    retry_after: seconds after which the client may try again, None if that is useless; allow: the methods of the
    resource, for 405.
    """

    retry_after: int | None = None
    allow: str | None = None


class BadRequestError(HttpError):
    """The request does not follow the protocol."""


class ResourceNotFoundError(HttpError):
    """No resource has this path."""

    http_status = 404


class MethodNotAllowedError(HttpError):
    """The resource does not support this method. allow: the methods that it supports."""

    http_status = 405

    def __init__(self, method: str, allow: str = READ_METHODS) -> None:
        super().__init__(
            f"Method {method[:_MAX_METHOD_LENGTH]} is not allowed for this resource.", remedy=f"Allowed: {allow}."
        )
        self.allow = allow


class NotAcceptableError(HttpError):
    """The client accepts none of the available media types. result: the kind of the result, if that matters."""

    http_status = 406

    def __init__(self, available: Iterable[str], result: str = "") -> None:
        of_result = f" for {result}" if result else ""
        super().__init__(
            f"Not Acceptable: available types{of_result} are {', '.join(available)}.",
            remedy="Name one of them in the Accept header.",
        )


class TooLargeError(HttpError):
    """A body or a result exceeds its limit."""

    http_status = 413


class QueryTooLargeError(QueryError):
    """A query exceeds its limit."""

    http_status = 413


class UnsupportedMediaTypeError(HttpError):
    """The endpoint does not read bodies of this type or encoding."""

    http_status = 415


class TooManyRequestsError(HttpError):
    """The client has reached its limit of concurrent queries."""

    http_status = 429
    retry_after = 1


class BusyError(HttpError):
    """No worker is free, or the server is stopping."""

    http_status = 503
    retry_after = 2


class QueryMemoryError(HttpError):
    """The query exceeded its memory limit or crashed its worker, and would do so again."""

    http_status = 503
    retry_after = 60


class QueryTimeoutError(HttpError):
    """The query was cancelled at its time limit."""

    http_status = 504


class InternalError(HttpError):
    """A fault of the server."""

    http_status = 500
