"""The address of a remote store, and the credentials for it.

A user gives one URL, that of the Graph Store or that of the query endpoint; the other one follows from the URL patterns
of known stores in `stores.toml`. Credentials come from the environment or from netrc, never from the command line:
MTSP_STORE_TOKEN is a bearer token (RFC 6750); MTSP_STORE_USER and MTSP_STORE_PASSWORD are for Basic and Digest
authentication (RFC 7617, RFC 7616); otherwise the host's entry in the file that NETRC names, or in ~/.netrc, is used.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from mtsp_kg.errors import DataError, ParameterError

TOKEN, USER, PASSWORD = "MTSP_STORE_TOKEN", "MTSP_STORE_USER", "MTSP_STORE_PASSWORD"
PLAIN_HTTP = "MTSP_STORE_PLAIN_HTTP"

_LOOPBACK = re.compile(r"localhost|.*\.localhost|127\.\d+\.\d+\.\d+|::1")


@dataclass(frozen=True)
class StoreAddress:
    """query: the endpoint for SPARQL queries (SPARQL 1.1 Protocol); graphs: the Graph Store, None if it is unknown."""

    query: str
    graphs: str | None = None


@cache
def known_stores() -> dict[str, Any]:
    """The content of `stores.toml`."""
    found: dict[str, Any] = tomllib.loads(files(__package__).joinpath("stores.toml").read_text(encoding="utf-8"))
    return found


def store_address(url: str, query_url: str | None = None) -> StoreAddress:
    """The addresses of the store at a URL.

    url: its Graph Store or, unless `query_url` is given, its query endpoint. Raises ParameterError.
    """
    checked_url(url)
    if query_url is not None:
        return StoreAddress(checked_url(query_url), url)
    for entry in known_stores()["address"]:
        for end, other, is_graphs in (
            (entry["graphs"], entry["query"], True),
            (entry["query"], entry["graphs"], False),
        ):
            found = _other_address(url, end, other)
            if found is not None:
                return StoreAddress(found, url) if is_graphs else StoreAddress(url, found)
    return StoreAddress(url)


def writable_address(url: str, query_url: str | None = None) -> StoreAddress:
    """The addresses of a store to write to. Raises ParameterError if its Graph Store is unknown."""
    found = store_address(url, query_url)
    if found.graphs is None:
        patterns = "; ".join(
            dict.fromkeys(f"{entry['store']} …{entry['graphs']}" for entry in known_stores()["address"])
        )
        raise ParameterError(
            f"<{url}> does not match the URL patterns of known stores, so its query endpoint is unknown.",
            remedy=f"Give the URL of the Graph Store, and the query endpoint with --query-url. Patterns: {patterns}.",
        )
    return found


def checked_url(url: str) -> str:
    """The URL, if it is http or https, has a host, and contains no password. Raises ParameterError."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ParameterError(f"'{url}' is not a valid URL: {error}.", remedy="Write https://host/path.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ParameterError(f"'{url}' is not the URL of a store.", remedy="Write https://host/path.")
    if parts.username is not None or parts.password is not None:
        raise ParameterError(
            "The URL contains a user name or password, which others can see on the command line.",
            remedy="Put them into MTSP_STORE_USER and MTSP_STORE_PASSWORD, or into ~/.netrc.",
        )
    if parts.fragment or (parts.query and "=" in parts.query):
        raise ParameterError(
            f"'{url}' contains a query string or a fragment.", remedy="Give the part before the '?' or '#'."
        )
    return url


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port: the origin (RFC 6454) for which credentials are valid. Raises ValueError."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


def is_loopback(url: str) -> bool:
    """Whether a URL is on this machine, so that requests do not cross a network."""
    return bool(_LOOPBACK.fullmatch(origin(url)[1]))


@dataclass(frozen=True)
class Credentials:
    """A user name and a password, or a token; source: where they come from, for messages."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    source: str = ""


def credentials(url: str, *, plain_http: bool = False) -> Credentials | None:
    """The credentials for the store at a URL; None if there are none.

    plain_http: whether they may be sent over unencrypted HTTP to another machine. Raises ParameterError if they would
    be sent so without permission, DataError if the netrc file cannot be read.
    """
    found = _from_environment() or _from_netrc(origin(url)[1])
    if found is None or url.startswith("https:") or is_loopback(url):
        return found
    if not plain_http and os.environ.get(PLAIN_HTTP, "") not in ("1", "on", "yes"):
        raise ParameterError(
            f"The password or token from {found.source} would be sent over unencrypted HTTP.",
            remedy=f"Use https, unset it, or allow it with --plain-http or {PLAIN_HTTP}=on.",
        )
    return found


def _other_address(url: str, end: str, other: str) -> str | None:
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    # A pattern of one segment (/store) is the whole path; longer ones may follow a proxy's prefix.
    pattern = re.escape(end).replace(r"\*", "([^/]+)") + r"\Z"
    found = re.match(pattern, path) if end.count("/") == 1 else re.search(pattern, path)
    if not found:
        return None
    path = path[: found.start()] + other.replace("*", found.group(1) if found.groups() else "*", 1)
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _from_environment() -> Credentials | None:
    token, user = os.environ.get(TOKEN), os.environ.get(USER)
    if token:
        if not token.isascii() or not token.isprintable() or " " in token:
            raise ParameterError(
                f"{TOKEN} is not a valid token: it contains characters that are not allowed in an HTTP header.",
                remedy="Set it to the token alone, without quotes, spaces or line breaks.",
            )
        return Credentials(token=token, source=TOKEN)
    if user:
        return Credentials(user, os.environ.get(PASSWORD, ""), source=USER)
    return None


def _from_netrc(host: str) -> Credentials | None:
    import netrc

    named = os.environ.get("NETRC")
    path = Path(named) if named else Path(os.path.expanduser("~/.netrc"))  # noqa: PTH111 - no home is no error
    if not path.is_file():
        return None
    try:
        found = netrc.netrc(str(path)).authenticators(host)
    except netrc.NetrcParseError as error:
        raise DataError(f"The netrc file cannot be read: {error.msg}.", file=path, line=error.lineno) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The netrc file cannot be read: {error}.", file=path) from error
    return Credentials(found[0], found[2] or "", source=str(path)) if found else None
