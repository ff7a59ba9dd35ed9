"""Who asks: a user's name and password, or a token, from the environment or from netrc; never from the command line.

MTSP_STORE_TOKEN is a bearer token (RFC 6750); MTSP_STORE_USER and MTSP_STORE_PASSWORD are for Basic and Digest (RFC
7617, 7616); else the host's entry in the file that NETRC names, or in ~/.netrc. Imports `errors` and `address`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from mtsp_kg.errors import DataError, ParameterError
from mtsp_kg.remote.address import is_loopback, origin

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
