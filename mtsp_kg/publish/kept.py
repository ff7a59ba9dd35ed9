"""Documents that have been made, kept while there is room: those asked for last, up to a number of bytes.

Imports nothing of the package but the form of a document.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mtsp_kg.publish.site import Document

_ROOM = 32 << 20
_OVERHEAD = 600


class Kept:
    """Documents by path. make: makes one, or says None; room: the most bytes that are kept.

    What does not exist is not kept, so that asking for it fills nothing.
    """

    def __init__(self, make: Callable[[str], Document | None], room: int = _ROOM) -> None:
        self._make, self._room = make, room
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self.size = 0

    def known(self, path: str) -> Document | None:
        """A document that is kept."""
        document = self._documents.get(path)
        if document is not None:
            with suppress(KeyError):  # another thread may have let go of it just now
                self._documents.move_to_end(path)
        return document

    def find(self, path: str) -> Document | None:
        """A document, made if it is not kept."""
        document = self.known(path)
        if document is None:
            document = self._make(path)
            if document is not None:
                self._keep(path, document)
        return document

    def _keep(self, path: str, document: Document) -> None:
        _ = document.etag  # reckoned here, by who makes it
        self._documents[path] = document
        self.size += len(document.content) + _OVERHEAD
        while self.size > self._room and len(self._documents) > 1:
            _, old = self._documents.popitem(last=False)
            self.size -= len(old.content) + _OVERHEAD
