"""What the tests know of a server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Engine:
    """A running server: the URLs of its Graph Store and query endpoint, and a user who may write."""

    name: str
    graphs: str
    queries: str
    user: str = ""
    password: str = ""
