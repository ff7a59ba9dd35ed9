"""HTTP requests to one remote store, within limits of time and size, and an error message for each kind of failure.

Redirects are followed for reading only, and credentials are sent only to the host that the user named.
"""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urljoin

from mtsp_kg.errors import MissingExtraError, ParameterError, RemoteError
from mtsp_kg.remote.address import PASSWORD, TOKEN, USER, Credentials, StoreAddress, credentials, is_loopback, origin

if TYPE_CHECKING:
    import httpx

_REDIRECTS = 5
_ATTEMPTS = 4
_REDIRECT_STATUS = (301, 302, 303, 307, 308)
_BUSY_STATUS = (429, 503)
_MEGABYTE = 1024 * 1024

_TAG = re.compile(r"<(script|style|head)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_HOW_TO_LOG_IN = f"Set {USER} and {PASSWORD}, or {TOKEN}, or add the host to ~/.netrc."
_LOG = "Its log may say more."
_NOT_A_GRAPH_STORE = "Check that this is the URL of a Graph Store."
_STATUS = {
    400: ("rejects the request as invalid", "The query may use a part of SPARQL 1.1 that the store does not support."),
    403: ("denies access", "Ask its administrator for permission to read, or to write graphs."),
    404: ("has no resource at this URL", "Check the path: the Graph Store and the query endpoint have different URLs."),
    405: ("does not allow this method", "The URL is not that of a Graph Store, or the store is read-only."),
    406: ("offers no acceptable response format", "Check that this is the URL of a SPARQL store."),
    408: ("timed out while it waited for the request", "Try again."),
    411: ("requires the length of the request", "Check the proxies between here and the store."),
    413: ("rejects a request of this size", "Raise its limit, and that of its proxy (client_max_body_size in nginx)."),
    415: ("does not accept N-Triples", _NOT_A_GRAPH_STORE),
    429: ("has received too many requests", "Try again later."),
    500: ("failed", _LOG),
    501: ("does not support this request", _NOT_A_GRAPH_STORE),
    503: ("is unavailable", "Try again later."),
    504: ("did not answer its proxy in time", "Raise the proxy's time limit, or request less."),
    507: ("is out of disk space", "Free some disk space there."),
}


@dataclass(frozen=True)
class RequestLimits:
    """Limits of a request.

    seconds: from its first byte to the last byte of the response; bytes: of the response; busy_seconds: the longest
    wait while the store reports that it is busy; connect_seconds: to establish a connection.
    """

    seconds: float = 120.0
    bytes: int = 256 * _MEGABYTE
    busy_seconds: float = 60.0
    connect_seconds: float = 10.0

    @staticmethod
    def from_environment() -> RequestLimits:
        """The limits that MTSP_STORE_TIMEOUT (seconds) and MTSP_STORE_MAX_MB set. Raises ParameterError."""
        usual = RequestLimits()
        seconds = _positive_number("MTSP_STORE_TIMEOUT", usual.seconds)
        megabytes = _positive_number("MTSP_STORE_MAX_MB", usual.bytes / _MEGABYTE)
        return replace(usual, seconds=seconds, bytes=int(megabytes * _MEGABYTE))


@dataclass(frozen=True)
class Reply:
    """A successful response. url: after redirects."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def media_type(self) -> str:
        """The media type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Client:
    """Requests to one store. Raises ParameterError and DataError for credentials, MissingExtraError without httpx."""

    def __init__(self, address: StoreAddress, *, plain_http: bool = False, limits: RequestLimits | None = None) -> None:
        """plain_http: whether credentials may be sent over unencrypted HTTP to another machine."""
        try:
            import httpx
        except ImportError as error:
            raise MissingExtraError("httpx is not installed.", remedy="pip install 'mtsp-kg[remote]'.") from error
        self.address = address
        self.limits = limits or RequestLimits.from_environment()
        # Credentials are for the hosts that the user named, and for no other.
        urls = [url for url in (address.query, address.graphs) if url]
        self._credentials = {origin(url): credentials(url, plain_http=plain_http) for url in urls}
        self._digest: dict[tuple[str, str, int], httpx.DigestAuth] = {}
        local = all(is_loopback(url) for url in urls)
        self._http = httpx.Client(
            verify=_trusted_certificates(),
            # A proxy in the environment is for other machines.
            trust_env=not local,
            follow_redirects=False,
            timeout=httpx.Timeout(self.limits.seconds, connect=self.limits.connect_seconds),
            headers={"User-Agent": "mtsp-kg", "Accept-Encoding": "gzip, deflate, identity"},
        )

    def send(
        self,
        method: str,
        url: str,
        *,
        accept: str = "*/*",
        params: Mapping[str, str] | None = None,
        form: Sequence[tuple[str, str]] | None = None,
        content: bytes | None = None,
        content_type: str = "",
        missing_ok: bool = False,
    ) -> Reply:
        """The response to a request.

        form: the fields of a form to post; content: a body; missing_ok: whether 404 counts as success. Raises
        RemoteError for every other failure.
        """
        headers = {"Accept": accept}
        if form is not None:
            content, content_type = urlencode(form).encode(), "application/x-www-form-urlencoded"
        if content_type:
            headers["Content-Type"] = content_type
        reads = method in ("GET", "HEAD") or form is not None
        target = url + (("&" if "?" in url else "?") + _query_string(params) if params else "")
        waited = 0.0
        for attempt in range(1, _ATTEMPTS + 1):
            reply = self._follow(method, target, headers, content, reads)
            if reply.status not in _BUSY_STATUS or attempt == _ATTEMPTS:
                break
            pause = _retry_seconds(reply.headers, attempt)
            waited += pause
            if waited > self.limits.busy_seconds:
                break
            time.sleep(pause)
        if reply.status < 300 or (missing_ok and reply.status == 404):
            return reply
        raise _refusal(reply, self._credentials.get(origin(reply.url)))

    def _follow(self, method: str, url: str, headers: dict[str, str], content: bytes | None, reads: bool) -> Reply:
        first = origin(url)
        for _ in range(_REDIRECTS + 1):
            reply = self._authenticated(method, url, headers, content)
            location = reply.headers.get("location")
            if reply.status not in _REDIRECT_STATUS or not location:
                return reply
            target = _redirect_target(url, location)
            if method != "GET" and (reply.status not in (307, 308) or (not reads and origin(target) != first)):
                raise RemoteError(
                    f"The store at <{url}> redirects to <{target}> ({reply.status}); nothing was sent there.",
                    remedy="If that is the store, give that URL.",
                    status=reply.status,
                )
            if first[0] == "https" and origin(target)[0] != "https":
                raise RemoteError(
                    f"The store at <{url}> redirects to <{target}>, which is not encrypted.",
                    remedy="Give the URL of the store itself.",
                    status=reply.status,
                )
            url = target
        raise RemoteError(f"<{url}> redirects too many times.", remedy="Give the URL of the store itself.")

    def _authenticated(self, method: str, url: str, headers: dict[str, str], content: bytes | None) -> Reply:
        import httpx

        reply = self._exchange(method, url, headers, content)
        held = self._credentials.get(origin(url))
        challenge = reply.headers.get("www-authenticate", "").lower()
        # Virtuoso rejects Basic without naming Digest; only a request without credentials makes it name Digest.
        asks_digest = "digest" in challenge or not challenge
        if reply.status == 401 and held and held.user and asks_digest and origin(url) not in self._digest:
            self._digest[origin(url)] = httpx.DigestAuth(held.user, held.password)
            reply = self._exchange(method, url, headers, content)
        return reply

    def _exchange(self, method: str, url: str, headers: dict[str, str], content: bytes | None) -> Reply:
        import httpx

        until = time.monotonic() + self.limits.seconds
        try:
            with self._http.stream(method, url, headers=headers, content=content, auth=self._auth(url)) as response:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > self.limits.bytes:
                        raise _too_large(url, self.limits.bytes)
                    if time.monotonic() > until:
                        raise _too_slow(url, self.limits.seconds)
                return Reply(response.status_code, response.headers, bytes(body), url)
        except httpx.TimeoutException as error:
            if isinstance(error, httpx.ConnectTimeout):
                raise _no_connection(url, error) from error
            raise _too_slow(url, self.limits.seconds) from error
        except httpx.ConnectError as error:
            raise _no_connection(url, error) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = error or type(error).__name__
            raise RemoteError(f"The connection to <{url}> was lost: {reason}.", remedy="Try again.") from error

    def _auth(self, url: str) -> Any:
        import httpx

        held = self._credentials.get(origin(url))
        if held is None:
            return None
        if held.token:
            return partial(_add_token, held.token)
        return self._digest.get(origin(url)) or httpx.BasicAuth(held.user, held.password)


def excerpt(body: bytes, most: int = 300) -> str:
    """The beginning of an error's body, without markup, line breaks and terminal control characters."""
    text = _CONTROL.sub(" ", _TAG.sub(" ", body[:20_000].decode("utf-8", errors="replace")))
    text = " ".join(text.split())
    return text if len(text) <= most else text[:most] + "…"


def _refusal(reply: Reply, held: Credentials | None) -> RemoteError:
    if reply.status == 401:
        return _not_authenticated(reply, held)
    unknown = ("failed" if reply.status >= 500 else "refuses the request", _LOG)
    what, remedy = _STATUS.get(reply.status, unknown)
    text = excerpt(reply.body)
    detail = f" Its response: {text.rstrip('.')}." if text else ""
    return RemoteError(
        f"The store at <{reply.url}> {what} ({reply.status}).{detail}", remedy=remedy, status=reply.status
    )


def _not_authenticated(reply: Reply, held: Credentials | None) -> RemoteError:
    if held is None:
        return RemoteError(
            f"The store at <{reply.url}> requires authentication (401).", remedy=_HOW_TO_LOG_IN, status=401
        )
    scheme = reply.headers.get("www-authenticate", "").split(" ", 1)[0].strip().rstrip(",")
    detail = f" It requests {scheme} authentication." if scheme else ""
    return RemoteError(
        f"The store at <{reply.url}> does not accept the credentials from {held.source} (401).{detail}",
        remedy="Check the user name, the password or the token.",
        status=401,
    )


def _too_large(url: str, limit: int) -> RemoteError:
    size = f"{limit / _MEGABYTE:,.0f} MB" if limit >= _MEGABYTE else f"{limit:,} bytes"
    return RemoteError(
        f"The response of <{url}> is larger than {size}; the rest was not read.",
        remedy="Request less (LIMIT), or raise MTSP_STORE_MAX_MB.",
    )


def _too_slow(url: str, seconds: float) -> RemoteError:
    return RemoteError(
        f"<{url}> did not respond within {seconds:g} seconds.", remedy="Request less, or raise MTSP_STORE_TIMEOUT."
    )


def _no_connection(url: str, error: Exception) -> RemoteError:
    text = str(error)
    if "CERTIFICATE" in text or "SSL" in text or "TLS" in text:
        reason = re.sub(r"^\[[^]]*\]\s*|\s*\(_ssl\.c:\d+\)", "", text)
        return RemoteError(
            f"Cannot establish a secure connection to <{url}>: {reason}.",
            remedy="Check the URL; set SSL_CERT_FILE to the certificates of a private authority.",
        )
    if "refused" in text.lower():
        return RemoteError(f"Nothing is listening at <{url}>.", remedy="Start the store, or check host and port.")
    if "timed out" in text.lower() or type(error).__name__ == "ConnectTimeout":
        return RemoteError(f"The connection to <{url}> timed out.", remedy="Check host, port and firewall.")
    if "name" in text.lower() or "getaddrinfo" in text or "address associated" in text:
        return RemoteError(f"The host name of <{url}> cannot be resolved.", remedy="Check the host name.")
    return RemoteError(f"Cannot connect to <{url}>: {text}.", remedy="Check host and port.")


def _retry_seconds(headers: Mapping[str, str], attempt: int) -> float:
    """Seconds until a busy store may be asked again: its Retry-After (RFC 9110, section 10.2.3), else a few."""
    value = headers.get("retry-after", "").strip()
    if value.isdigit():
        return float(min(int(value), 10**6))
    if value:
        try:
            until: float = parsedate_to_datetime(value).timestamp()
            return max(0.0, until - time.time())
        except (ValueError, TypeError, OverflowError):
            pass
    return float(attempt)


def _positive_number(name: str, usual: float) -> float:
    value = os.environ.get(name)
    try:
        found = float(value) if value else usual
    except ValueError:
        found = math.nan
    if not 0 < found < math.inf:
        raise ParameterError(f"{name} must be a positive number, not '{value}'.", remedy=f"For example {name}=120.")
    return found


def _add_token(token: str, request: httpx.Request) -> httpx.Request:
    # A bearer token (RFC 6750, section 2.1).
    request.headers["Authorization"] = f"Bearer {token}"
    return request


def _redirect_target(url: str, location: str) -> str:
    target = urljoin(url, location).partition("#")[0]
    try:
        origin(target)
    except ValueError:
        target = ""
    if not target.startswith(("http://", "https://")):
        raise RemoteError(f"<{url}> redirects to an invalid URL.", remedy="Check the URL.")
    return target


def _query_string(params: Mapping[str, str]) -> str:
    # ?default has no value (Graph Store Protocol, section 4.2).
    return "&".join(
        quote(name, safe="") + (f"={quote(value, safe='')}" if value else "") for name, value in params.items()
    )


def _trusted_certificates() -> Any:
    """The system's certificates (or those of SSL_CERT_FILE) and, for systems without any, those of certifi."""
    import ssl

    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
