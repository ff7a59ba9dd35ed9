"""Inferences as what completes a loaded store before it is cached; light to import, since every start needs its key.

Imports `errors` and `project`; what reasons is imported when it is needed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mtsp_kg.errors import DataError, ParameterError
from mtsp_kg.project import Project

if TYPE_CHECKING:
    import pyoxigraph as ox

INFERENCE = "MTSP_INFERENCE"
FOLDER = "infer"
_OWN = os.path.dirname(__file__)  # noqa: PTH120 - pathlib takes longer than the rest of this module


def wanted() -> bool:
    """Whether queries are to see what follows, as MTSP_INFERENCE says (on by default). Raises ParameterError."""
    said = os.environ.get(INFERENCE) or "on"
    if said not in ("on", "off"):
        raise ParameterError(f"{INFERENCE} is '{said}'.", remedy="Set it to on or off.")
    return said == "on"


class Inferences:
    """The completion of a loaded store: what follows, in graphs of its own and in the merged default graph."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def key(self) -> bytes:
        """The digest of the rules that are queries and of this room, so that nothing stale is opened.

        Of the room's own modules the size and the time of the last change are enough: a release changes the version,
        and who edits them changes the time.
        """
        from hashlib import sha256  # it takes longer to import than all else here

        total = sha256()
        for path in self._project.query_files(FOLDER):
            total.update(f"\0{path.name}\0".encode() + path.read_bytes())
        with os.scandir(_OWN) as found:
            for entry in sorted(found, key=lambda entry: entry.name):
                if entry.name.endswith((".py", ".toml")):
                    state = entry.stat()
                    total.update(f"\0{entry.name}\0{state.st_size}\0{state.st_mtime_ns}".encode())
        return total.digest()

    def complete(self, store: ox.Store) -> None:
        """Puts what follows into a store. Raises DataError, QueryError."""
        from mtsp_kg.infer.inferred_graphs import add_inferences
        from mtsp_kg.infer.reasoner import Reasoner

        try:
            add_inferences(store, Reasoner(self._project))
        except DataError as error:
            rest = f"{error.remedy} " if error.remedy else ""
            error.remedy = f"{rest}To ask without inferences: mtsp --no-inference."
            raise
