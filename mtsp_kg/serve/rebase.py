"""Another base in place of our own: what goes out is moved onto it, what visitors name comes back from it.

The graph that workers load, queries of the catalogue, prefixes and descriptions all begin with one constant; who serves
them may have them begin with a domain of their own. Imports `errors` and `names`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mtsp_kg.errors import ParameterError
from mtsp_kg.plan import names

_ADDRESS = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:/[A-Za-z0-9._~-]+)*/")


def checked(address: str | None) -> str:
    """An address that was given as a base; empty where none was. Raises ParameterError when it cannot be one."""
    if address is not None and not _ADDRESS.fullmatch(address):
        raise ParameterError(
            f"'{address}' is no base.",
            remedy="Give an http or https address without query or fragment that ends in a slash.",
        )
    return address or ""


@dataclass(frozen=True)
class Base:
    """What every IRI of ours begins with on this server.

    >>> Base("https://kg.example.org/").out("<" + names.ID + "org/who>")
    '<https://kg.example.org/id/org/who>'
    """

    iri: str = names.BASE

    def out(self, text: str) -> str:
        """Text of ours as this server says it."""
        return text if self.iri == names.BASE else text.replace(names.BASE, self.iri)

    def back(self, text: str) -> str:
        """Text from a visitor, or from a worker, with our own base."""
        return text if self.iri == names.BASE else text.replace(self.iri, names.BASE)

    def out_bytes(self, content: bytes) -> bytes:
        """As `out`, for bytes in UTF-8."""
        return content if self.iri == names.BASE else content.replace(names.BASE.encode(), self.iri.encode())

    def back_bytes(self, content: bytes) -> bytes:
        """As `back`, for bytes in UTF-8."""
        return content if self.iri == names.BASE else content.replace(self.iri.encode(), names.BASE.encode())
