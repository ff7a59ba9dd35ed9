"""What went wrong at a store, in words that say what to do. Imports `errors` and `credentials`.

Requests to one store, each with a limit of time and of size, and a message for each way to fail.

Redirects are followed for reading only, and credentials go to no other host. Imports `errors` and, of this room,
`address`, `credentials` and `refusals`; httpx is imported where it is used.
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
from urllib.parse import urljoin

from mtsp_kg.errors import MissingExtraError, ParameterError, RemoteError
from mtsp_kg.remote.address import PASSWORD, TOKEN, USER, Address, Credentials, credentials, is_loopback, origin

if TYPE_CHECKING:
    import httpx

_TAG = re.compile(r"<(script|style|head)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_MARKS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_ASK_FOR = f"Set {USER} and {PASSWORD}, or {TOKEN}, or give the host an entry in ~/.netrc."
_KNOWN = {
    400: ("does not take the request", "It may know less of SPARQL 1.1 than the query needs."),
    403: ("does not allow this", "Ask its keeper for the right to read, or to write graphs."),
    404: ("knows nothing under this address", "Check the path; the address of a Graph Store is not that of queries."),
    405: ("does not take this kind of request", "This is not the address of a Graph Store, or it is read-only."),
    406: ("has no form of answer that we can read", "Check that this is the address of a SPARQL store."),
    408: ("waited too long for us", "Try again."),
    411: ("wants to know the length beforehand", "Check a proxy on the way."),
    413: ("takes no body of this size", "Raise its limit (a proxy's, too: client_max_body_size in nginx)."),
    415: ("does not read N-Triples", "Check that this is the address of a Graph Store."),
    429: ("has too many requests", "Try again later."),
    500: ("failed", "Its log may say more."),
    501: ("cannot do this", "Check that this is the address of a Graph Store."),
    503: ("is busy or being mended", "Try again later."),
    504: ("did not answer the proxy before it in time", "Raise the proxy's limit, or ask for less."),
    507: ("is full", "Make room there."),
}


def of(status: int, headers: Mapping[str, str], body: bytes, url: str, who: Credentials | None) -> RemoteError:
    """A refusal by its status, with what the store says itself, shortened."""
    if status == 401:
        return _not_let_in(headers, url, who)
    what, remedy = _KNOWN.get(status, ("fails" if status >= 500 else "refuses", "Its log may say more."))
    said = excerpt(body)
    told = f" It says: {said.rstrip('.')}." if said else ""
    return RemoteError(f"The store at <{url}> {what} ({status}).{told}", remedy=remedy, status=status)


def _not_let_in(headers: Mapping[str, str], url: str, who: Credentials | None) -> RemoteError:
    if who is None:
        return RemoteError(f"The store at <{url}> wants to know who asks (401).", remedy=_ASK_FOR, status=401)
    kind = headers.get("www-authenticate", "").split(" ", 1)[0].strip().rstrip(",")
    wanted = f" It asks for {kind}." if kind else ""
    return RemoteError(
        f"The store at <{url}> does not accept what {who.source} gives (401).{wanted}",
        remedy="Check the name, the password or the token.",
        status=401,
    )


def too_large(url: str, limit: int) -> RemoteError:
    """An answer of more bytes than allowed."""
    size = f"{limit / 1024 / 1024:,.0f} MB" if limit >= 1024 * 1024 else f"{limit:,} bytes"
    return RemoteError(
        f"The answer of <{url}> is larger than {size}; it was not read to its end.",
        remedy="Ask for less (LIMIT), or raise MTSP_STORE_MAX_MB.",
    )


def too_slow(url: str, seconds: float) -> RemoteError:
    """No answer, or no end of it, in time."""
    return RemoteError(
        f"<{url}> did not answer within {seconds:g} seconds.", remedy="Ask for less, or raise MTSP_STORE_TIMEOUT."
    )


def no_connection(url: str, error: Exception) -> RemoteError:
    """No connection: name, port, certificate."""
    text = str(error)
    if "CERTIFICATE" in text or "SSL" in text or "TLS" in text:
        reason = re.sub(r"^\[[^]]*\]\s*|\s*\(_ssl\.c:\d+\)", "", text)
        return RemoteError(
            f"<{url}> cannot be trusted: {reason}.",
            remedy="Check the address; SSL_CERT_FILE names the certificates of your own authority.",
        )
    if "refused" in text.lower():
        return RemoteError(f"Nothing listens at <{url}>.", remedy="Start the store, or check host and port.")
    if "timed out" in text.lower() or type(error).__name__ == "ConnectTimeout":
        return RemoteError(f"<{url}> cannot be reached in time.", remedy="Check host, port and firewall.")
    if "name" in text.lower() or "getaddrinfo" in text or "address associated" in text:
        return RemoteError(f"The host of <{url}> is not known.", remedy="Check its name.")
    return RemoteError(f"<{url}> cannot be reached: {text}.", remedy="Check host and port.")


def retry_delay(headers: Mapping[str, str], attempt: int) -> float:
    """Seconds until a busy store may be asked again: as Retry-After says (RFC 9110, 10.2.3), else a few."""
    said = headers.get("retry-after", "").strip()
    if said.isdigit():
        return float(min(int(said), 10**6))
    if said:
        try:
            until: float = parsedate_to_datetime(said).timestamp()
            return max(0.0, until - time.time())
        except (ValueError, TypeError, OverflowError):
            pass
    return float(attempt)


def excerpt(body: bytes, most: int = 300) -> str:
    """The first words of an error's body: no markup, no line breaks, nothing that moves a terminal's cursor."""
    text = _MARKS.sub(" ", _TAG.sub(" ", body[:20_000].decode("utf-8", errors="replace")))
    text = " ".join(text.split())
    return text if len(text) <= most else text[:most] + "…"


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
            pause = retry_delay(reply.headers, attempt)
            waited += pause
            if waited > self.limits.patience:
                break
            time.sleep(pause)
        if reply.status < 300 or (missing and reply.status == 404):
            return reply
        raise of(reply.status, reply.headers, reply.body, reply.url, self._who(reply.url))

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
                        raise too_large(url, self.limits.bytes)
                    if time.monotonic() > until:
                        raise too_slow(url, self.limits.seconds)
                return Reply(response.status_code, response.headers, bytes(body), url)
        except httpx.TimeoutException as error:
            if isinstance(error, httpx.ConnectTimeout):
                raise no_connection(url, error) from error
            raise too_slow(url, self.limits.seconds) from error
        except httpx.ConnectError as error:
            raise no_connection(url, error) from error
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
