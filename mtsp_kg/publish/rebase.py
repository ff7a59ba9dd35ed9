"""The addresses of a site: its published base IRI, and replacing the project's base IRI with it in content."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mtsp_kg.errors import ParameterError
from mtsp_kg.profile import Profile

_ADDRESS = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:/[A-Za-z0-9._~-]+)*/")


def check_address(address: str, role: str = "base IRI") -> str:
    """The address, if it is valid for a site; role: its name in messages. Raises ParameterError.

    >>> check_address("https://example.org/plans/")
    'https://example.org/plans/'
    """
    if not _ADDRESS.fullmatch(address):
        raise ParameterError(
            f"'{address}' is not a valid {role}.",
            remedy="Give an http or https IRI that has no query and no fragment and ends in '/'.",
        )
    return address


@dataclass(frozen=True)
class Rebase:
    """The project's own base IRI, which its data uses, and the base IRI under which it is published.

    >>> rebase = Rebase("https://w3id.org/kg/", "https://kg.example.org/")
    >>> rebase.out("<https://w3id.org/kg/id/a>"), rebase.back("<https://kg.example.org/id/a>")
    ('<https://kg.example.org/id/a>', '<https://w3id.org/kg/id/a>')
    """

    own: str
    published: str

    def out(self, text: str) -> str:
        """Replaces the project's own base with the published one in a text."""
        return text if self.own == self.published else text.replace(self.own, self.published)

    def back(self, text: str) -> str:
        """Replaces the published base with the project's own in a text."""
        return text if self.own == self.published else text.replace(self.published, self.own)

    def out_bytes(self, content: bytes) -> bytes:
        """Like `out`, for UTF-8."""
        return content if self.own == self.published else content.replace(self.own.encode(), self.published.encode())

    def back_bytes(self, content: bytes) -> bytes:
        """Like `back`, for UTF-8."""
        return content if self.own == self.published else content.replace(self.published.encode(), self.own.encode())


@dataclass(frozen=True)
class PublishOptions:
    """The options of publishing. Raises ParameterError for an invalid address.

    base: the base IRI of the project on the site, by default the project's own; site: the address of the site, by
    default the base; endpoint: the URL of a SPARQL endpoint over the same data.
    """

    base: str | None = None
    site: str | None = None
    endpoint: str | None = None

    def __post_init__(self) -> None:
        if self.base is not None:
            check_address(self.base)
        if self.site is not None:
            check_address(self.site, "site address")

    def rebase(self, profile: Profile) -> Rebase:
        """The project's own base and the published one."""
        return Rebase(profile.base, self.base or profile.base)
