"""Inferences as what completes a loaded store before it is cached; light to import, since every start needs its key.

Imports `project`; what reasons is imported when it is needed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from mtsp_kg.project import Project

if TYPE_CHECKING:
    import pyoxigraph as ox

FOLDER = "infer"


class Inferences:
    """The completion of a loaded store: what follows, in graphs of its own and in the merged default graph."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def key(self) -> bytes:
        """The digest of the rules that are queries and of this room, so that nothing stale is opened."""
        total = hashlib.sha256()
        own = Path(__file__).parent
        for path in (*self._project.query_files(FOLDER), *sorted(own.glob("*.py")), *sorted(own.glob("*.toml"))):
            total.update(f"\0{path.name}\0".encode() + path.read_bytes())
        return total.digest()

    def complete(self, store: ox.Store) -> None:
        """Puts what follows into a store. Raises DataError, QueryError."""
        from mtsp_kg.infer.graphs import add_inferences
        from mtsp_kg.infer.reasoner import Reasoner

        add_inferences(store, Reasoner(self._project))
