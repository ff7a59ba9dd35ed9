"""Requests to one store, each with a limit of time and of size, and a message for each way to fail.

Redirects are followed for reading only, and credentials go to no other host. Imports `errors` and, of this room,
`address`, `credentials` and `refusals`; httpx is imported where it is used.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from mtsp_kg.errors import MissingExtraError, ParameterError, RemoteError
from mtsp_kg.remote import refusals
from mtsp_kg.remote.address import Address, is_loopback, origin
from mtsp_kg.remote.credentials import Credentials, credentials

if TYPE_CHECKING:
    import httpx

_REDIRECTS = 5
_TRIES = 4
_MOVED = (301, 302, 303, 307, 308)
_BUSY = (429, 503)


@dataclass(frozen=True)
class Limits:
    """seconds: for a whole request, first byte to last; bytes: of an answer; patience: seconds to wait at a busy
    store's word before it is asked again."""

    seconds: float = 120.0
    bytes: int = 256 * 1024 * 1024
    patience: float = 60.0
    connect: float = 10.0

    @staticmethod
    def of_environment() -> Limits:
        """The limits, as MTSP_STORE_TIMEOUT (seconds) and MTSP_STORE_MAX_MB set them. Raises ParameterError."""
        usual = Limits()
        megabyte = 1024 * 1024
        seconds = _number("MTSP_STORE_TIMEOUT", usual.seconds)
        return replace(
            usual, seconds=seconds, bytes=int(_number("MTSP_STORE_MAX_MB", usual.bytes / megabyte) * megabyte)
        )


@dataclass(frozen=True)
class Reply:
    """An answer that is no refusal. url: who gave it, after redirects."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def media_type(self) -> str:
        """The media type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Client:
    """A connection to a store. Raises ParameterError, DataError for credentials, MissingExtraError without httpx."""

    def __init__(self, address: Address, *, plain: bool = False, limits: Limits | None = None) -> None:
        try:
            import httpx
        except ImportError as error:
            raise MissingExtraError("httpx is not installed.", remedy="pip install 'mtsp-kg[remote]'.") from error
        self.address = address
        self.limits = limits or Limits.of_environment()
        # Credentials go to the places that the user named, and to no other.
        urls = [url for url in (address.query, address.graphs) if url]
        self._credentials = {origin(url): credentials(url, plain=plain) for url in urls}
        self._digest: dict[tuple[str, str, int], httpx.DigestAuth] = {}
        local = all(is_loopback(url) for url in urls)
        self._http = httpx.Client(
            verify=_trusted(),
            # A proxy of the environment is for other machines.
            trust_env=not local,
            follow_redirects=False,
            timeout=httpx.Timeout(self.limits.seconds, connect=self.limits.connect),
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
        missing: bool = False,
    ) -> Reply:
        """The answer to a request.

        form: the fields of a form to post; content: a body; missing: whether 404 is an answer. Raises RemoteError for
        every refusal, and for what is no answer.
        """
        headers = {"Accept": accept}
        if form is not None:
            from urllib.parse import urlencode

            content, content_type = urlencode(form).encode(), "application/x-www-form-urlencoded"
        if content_type:
            headers["Content-Type"] = content_type
        reads = method in ("GET", "HEAD") or form is not None
        where = url + (("&" if "?" in url else "?") + _query(params) if params else "")
        waited = 0.0
        for attempt in range(1, _TRIES + 1):
            reply = self._follow(method, where, headers, content, reads)
            if reply.status not in _BUSY or attempt == _TRIES:
                break
            pause = refusals.pause(reply.headers, attempt)
            waited += pause
            if waited > self.limits.patience:
                break
            time.sleep(pause)
        if reply.status < 300 or (missing and reply.status == 404):
            return reply
        raise refusals.of(reply.status, reply.headers, reply.body, reply.url, self._who(reply.url))

    def _follow(self, method: str, url: str, headers: dict[str, str], content: bytes | None, reads: bool) -> Reply:
        first = origin(url)
        for _ in range(_REDIRECTS + 1):
            reply = self._once(method, url, headers, content)
            target = reply.headers.get("location")
            if reply.status not in _MOVED or not target:
                return reply
            there = _next(url, target)
            if method != "GET" and (reply.status not in (307, 308) or (not reads and origin(there) != first)):
                raise RemoteError(
                    f"The store at <{url}> sends us on to <{there}> ({reply.status}); nothing was sent there.",
                    remedy="If that is the store, name that address.",
                    status=reply.status,
                )
            if first[0] == "https" and origin(there)[0] != "https":
                raise RemoteError(
                    f"The store at <{url}> sends us on to <{there}>, which is not encrypted.",
                    remedy="Name the address of the store itself.",
                    status=reply.status,
                )
            url = there
        raise RemoteError(f"<{url}> sends us on and on.", remedy="Name the address of the store itself.")

    def _once(self, method: str, url: str, headers: dict[str, str], content: bytes | None) -> Reply:
        import httpx

        reply = self._exchange(method, url, headers, content)
        held = self._credentials.get(origin(url))
        challenge = reply.headers.get("www-authenticate", "").lower()
        # To Basic, Virtuoso says no without a word of Digest; asked without any credentials, it says it.
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
                        raise refusals.too_large(url, self.limits.bytes)
                    if time.monotonic() > until:
                        raise refusals.too_slow(url, self.limits.seconds)
                return Reply(response.status_code, response.headers, bytes(body), url)
        except httpx.TimeoutException as error:
            if isinstance(error, httpx.ConnectTimeout):
                raise refusals.no_connection(url, error) from error
            raise refusals.too_slow(url, self.limits.seconds) from error
        except httpx.ConnectError as error:
            raise refusals.no_connection(url, error) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RemoteError(f"<{url}> broke off: {error or type(error).__name__}.", remedy="Try again.") from error

    def _auth(self, url: str) -> Any:
        import httpx

        held = self._credentials.get(origin(url))
        if held is None:
            return None
        if held.token:
            return partial(_sign, held.token)
        return self._digest.get(origin(url)) or httpx.BasicAuth(held.user, held.password)

    def _who(self, url: str) -> Credentials | None:
        return self._credentials.get(origin(url))


def _number(name: str, usual: float) -> float:
    said = os.environ.get(name)
    try:
        found = float(said) if said else usual
    except ValueError:
        found = math.nan
    if not 0 < found < math.inf:
        raise ParameterError(f"{name} is '{said}', which is no number above 0.", remedy=f"For example {name}=120.")
    return found


def _sign(token: str, request: httpx.Request) -> httpx.Request:
    # A bearer token (RFC 6750, section 2.1).
    request.headers["Authorization"] = f"Bearer {token}"
    return request


def _next(url: str, target: str) -> str:
    there = urljoin(url, target).partition("#")[0]
    try:
        origin(there)
    except ValueError:
        there = ""
    if not there.startswith(("http://", "https://")):
        raise RemoteError(f"<{url}> sends us on to what is no address of the web.", remedy="Check the address.")
    return there


def _query(params: Mapping[str, str]) -> str:
    from urllib.parse import quote

    # ?default has no value (Graph Store Protocol, section 4.2).
    return "&".join(
        quote(name, safe="") + (f"={quote(value, safe='')}" if value else "") for name, value in params.items()
    )


def _trusted() -> Any:
    """The certificates of the system (SSL_CERT_FILE names others) and of certifi, for systems that have none."""
    import ssl

    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
