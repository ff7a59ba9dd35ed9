"""Entities of a remote store by any of their names: the names are fetched once, the rest is asked there.

Imports `names`, `query` and, of this room, `store`.
"""

from __future__ import annotations

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.query.entities import Entities
from mtsp_kg.remote.store import RemoteStore
from mtsp_kg.store import EmbeddedStore


class RemoteEntities(Entities):
    """The names of what a remote store speaks of. Raises RemoteError when it is made."""

    def __init__(self, store: RemoteStore, plan: str | None) -> None:
        labels = ox.Store()
        found = store.query(names.EVERY_LABEL)
        assert isinstance(found, ox.QuerySolutions)
        for subject, predicate, object_ in found:
            labels.add(ox.Quad(subject, predicate, object_, ox.DefaultGraph()))
        super().__init__(EmbeddedStore(labels), plan)
        self._asked = store

    def _known(self, iri: str) -> bool:
        return super()._known(iri) or bool(self._asked.query(names.is_spoken_of(iri)))
