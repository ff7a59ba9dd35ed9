"""Inferences as the completion of a loaded store before it is cached.

Every start computes the key of this completion, so the module is quick to import; the reasoner is imported when needed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mtsp_kg.errors import DataError, ParameterError
from mtsp_kg.project import Project

if TYPE_CHECKING:
    import pyoxigraph as ox

INFERENCE = "MTSP_INFERENCE"
# The folder of queries/ that has the rules that are queries.
QUERY_RULES = "infer"
_PACKAGE = os.path.dirname(__file__)  # noqa: PTH120 - pathlib takes longer than the rest of this module


def inferences_wanted() -> bool:
    """Whether queries include inferred triples, by the variable MTSP_INFERENCE (default: on). Raises ParameterError."""
    value = os.environ.get(INFERENCE) or "on"
    if value not in ("on", "off"):
        raise ParameterError(f"'{value}' is not a valid value for {INFERENCE}.", remedy="Set it to on or off.")
    return value == "on"


class InferenceCompletion:
    """Completes a loaded store with inferred triples, in their graphs and in the default graph."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def key(self) -> bytes:
        """The digest of the query rules and of this package, so that no outdated store is opened.

        For the package's modules, size and modification time suffice: a release changes the version, and an edit
        changes the time.
        """
        from hashlib import sha256  # it takes longer to import than all else here

        total = sha256()
        for path in self._project.query_files(QUERY_RULES):
            total.update(f"\0{path.name}\0".encode() + path.read_bytes())
        with os.scandir(_PACKAGE) as found:
            for entry in sorted(found, key=lambda entry: entry.name):
                if entry.name.endswith((".py", ".toml")):
                    state = entry.stat()
                    total.update(f"\0{entry.name}\0{state.st_size}\0{state.st_mtime_ns}".encode())
        return total.digest()

    def complete(self, store: ox.Store) -> None:
        """Puts inferred triples into a store. Raises DataError, QueryError."""
        from mtsp_kg.infer.inferred_graphs import add_inferences
        from mtsp_kg.infer.reasoner import Reasoner

        try:
            add_inferences(store, Reasoner(self._project))
        except DataError as error:
            remedy = f"{error.remedy} " if error.remedy else ""
            error.remedy = f"{remedy}To query without inferences: mtsp --no-inference."
            raise
