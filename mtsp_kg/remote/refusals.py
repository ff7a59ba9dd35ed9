"""What went wrong at a store, in words that say what to do. Imports `errors` and `credentials`."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from mtsp_kg.errors import RemoteError
from mtsp_kg.remote.credentials import PASSWORD, TOKEN, USER, Credentials

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


def pause(headers: Mapping[str, str], attempt: int) -> float:
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
