"""Where a store is: the address of its queries and that of its graphs, from the one that a user knows.

The forms of addresses stand in `stores.toml`. Imports `errors`.

Who asks: a user's name and password, or a token, from the environment or from netrc; never from the command line.

MTSP_STORE_TOKEN is a bearer token (RFC 6750); MTSP_STORE_USER and MTSP_STORE_PASSWORD are for Basic and Digest (RFC
7617, 7616); else the host's entry in the file that NETRC names, or in ~/.netrc. Imports `errors` and `address`.
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

_LOOPBACK = re.compile(r"localhost|.*\.localhost|127\.\d+\.\d+\.\d+|::1")


@dataclass(frozen=True)
class Address:
    """query: where SPARQL queries go (SPARQL 1.1 Protocol); graphs: the Graph Store, None where it is not known."""

    query: str
    graphs: str | None = None


@cache
def known() -> dict[str, Any]:
    """The table of stores."""
    return tomllib.loads(files(__package__).joinpath("stores.toml").read_text(encoding="utf-8"))


def address(url: str, query_url: str | None = None) -> Address:
    """The addresses of the store that a user names.

    url: the address of its Graph Store, or of its queries where `query_url` is not given. Raises ParameterError.
    """
    checked(url)
    if query_url is not None:
        return Address(checked(query_url), url)
    for entry in known()["address"]:
        for end, other, is_graphs in (
            (entry["graphs"], entry["query"], True),
            (entry["query"], entry["graphs"], False),
        ):
            found = _other_end(url, end, other)
            if found is not None:
                return Address(found, url) if is_graphs else Address(url, found)
    return Address(url)


def for_writing(url: str, query_url: str | None = None) -> Address:
    """The addresses of a store that is written to. Raises ParameterError where its Graph Store is not known."""
    found = address(url, query_url)
    if found.graphs is None:
        forms = "; ".join(dict.fromkeys(f"{entry['store']} …{entry['graphs']}" for entry in known()["address"]))
        raise ParameterError(
            f"<{url}> has the form of no store that is known, so where its queries go cannot be told.",
            remedy=f"Give the address of the Graph Store, and that of queries with --query-url. Known forms: {forms}.",
        )
    return found


def checked(url: str) -> str:
    """An address that is http or https, has a host, and holds no password. Raises ParameterError."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ParameterError(f"'{url}' is no address: {error}.", remedy="Write https://host/path.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ParameterError(f"'{url}' is no address of a store.", remedy="Write https://host/path.")
    if parts.username is not None or parts.password is not None:
        raise ParameterError(
            "The address holds a user's name or password, which others can see on the command line.",
            remedy="Put them into MTSP_STORE_USER and MTSP_STORE_PASSWORD, or into ~/.netrc.",
        )
    if parts.fragment or (parts.query and "=" in parts.query):
        raise ParameterError(f"'{url}' has a query or a fragment.", remedy="Give the address alone, up to the '?'.")
    return url


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port: what credentials are given to (RFC 6454)."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine, so that nobody on the way can read."""
    return bool(_LOOPBACK.fullmatch(origin(url)[1]))


def _other_end(url: str, end: str, other: str) -> str | None:
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    # One part (/store) is all of the path; longer ones may stand below a proxy's prefix.
    pattern = re.escape(end).replace(r"\*", "([^/]+)") + r"\Z"
    found = re.match(pattern, path) if end.count("/") == 1 else re.search(pattern, path)
    if not found:
        return None
    path = path[: found.start()] + other.replace("*", found.group(1) if found.groups() else "*", 1)
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


TOKEN, USER, PASSWORD = "MTSP_STORE_TOKEN", "MTSP_STORE_USER", "MTSP_STORE_PASSWORD"
PLAIN = "MTSP_STORE_PLAIN_HTTP"


@dataclass(frozen=True)
class Credentials:
    """A user and a password, or a token; source: where they are from, for messages."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    source: str = ""


def credentials(url: str, *, plain: bool = False) -> Credentials | None:
    """What to show to the store at an address; None where nothing is given.

    plain: whether they may go over plain http to another machine. Raises ParameterError where they would and may not,
    DataError for a netrc that cannot be read.
    """
    found = _of_environment() or _of_netrc(origin(url)[1])
    if found is None or url.startswith("https:") or is_loopback(url):
        return found
    if not plain and os.environ.get(PLAIN, "") not in ("1", "on", "yes"):
        raise ParameterError(
            f"The password or token of {found.source} would go over plain http, for all on the way to read.",
            remedy=f"Use https, unset it, or allow it with --plain-http or {PLAIN}=on.",
        )
    return found


def _of_environment() -> Credentials | None:
    token, user = os.environ.get(TOKEN), os.environ.get(USER)
    if token:
        if not token.isascii() or not token.isprintable() or " " in token:
            raise ParameterError(f"{TOKEN} is no token: it holds what a header cannot.")
        return Credentials(token=token, source=TOKEN)
    if user:
        return Credentials(user, os.environ.get(PASSWORD, ""), source=USER)
    return None


def _of_netrc(host: str) -> Credentials | None:
    import netrc

    named = os.environ.get("NETRC")
    path = Path(named) if named else Path(os.path.expanduser("~/.netrc"))  # noqa: PTH111 - no home is no error
    if not path.is_file():
        return None
    try:
        found = netrc.netrc(str(path)).authenticators(host)
    except netrc.NetrcParseError as error:
        raise DataError(f"netrc cannot be read: {error.msg}.", file=path, line=error.lineno) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"netrc cannot be read: {error}.", file=path) from error
    return Credentials(found[0], found[2] or "", source=str(path)) if found else None
