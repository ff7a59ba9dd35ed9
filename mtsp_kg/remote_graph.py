"""The knowledge graph in a remote SPARQL 1.1 store, with the methods of a local one.

    import mtsp_kg
    kg = mtsp_kg.open(store="https://example.org/sparql")
    kg.query("partners-of-outcome", outcome="2.4").to_pandas()

Queries, views and check queries run in the store. Shapes and reasoning need all graphs: these are fetched, with a
warning in the log. Ontology axioms, shapes and queries are those of the local project.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mtsp_kg.errors import ParameterError, RemoteError
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.graph import open_graph as open_local
from mtsp_kg.project import Project
from mtsp_kg.store import EmbeddedStore, Store

if TYPE_CHECKING:
    from typing import Unpack

    from mtsp_kg.remote.client import Client
    from mtsp_kg.remote.push import Pushed
    from mtsp_kg.validate.inputs import FileArguments
    from mtsp_kg.validate.options import ValidationArguments, ValidationOptions
    from mtsp_kg.validate.report import Report


class RemoteKnowledgeGraph(KnowledgeGraph):
    """A project whose graph is in a remote store."""

    def __init__(self, project: Project, client: Client, *, inferences: bool = True) -> None:
        """inferences: whether queries see the inferred graphs in the store."""
        super().__init__(project, inferences=inferences)
        self._client = client

    @cached_property
    def store(self) -> Store:
        """The asserted graphs in the store. Its methods raise RemoteError."""
        from mtsp_kg.remote.remote_store import RemoteStore

        return RemoteStore(self._client, self.profile, asserted_only=True)

    @cached_property
    def completed(self) -> Store:
        """The graphs that queries use, with inferred triples if requested. Its methods raise RemoteError."""
        from mtsp_kg.remote.remote_store import RemoteStore

        return RemoteStore(self._client, self.profile) if self.inferences else self.store

    def validate(
        self,
        files: FileArguments = (),
        options: ValidationOptions | None = None,
        **changes: Unpack[ValidationArguments],
    ) -> Report:
        """Validates the fetched graphs with the shapes, and runs the check queries in the store.

        options, changes: as for `KnowledgeGraph.validate`; positions are those in the files of the local project.
        Raises ParameterError for files and `changed_since`, which a store does not have; RemoteError; otherwise as for
        a local graph.
        """
        from mtsp_kg.validate.options import ValidationOptions
        from mtsp_kg.validate.runner import validate

        options = ValidationOptions.of(options, **changes)
        if files or options.changed_since:
            raise ParameterError(
                "A remote store has neither files nor Git revisions.",
                remedy="Omit --store, or FILES and --changed-since.",
            )
        return validate(self.project, options=options, store=self.store)

    def put_inferences(self, inferred: bytes, progress: Callable[[str], None] = lambda line: None) -> Pushed:
        """Replaces the inferred graphs in the store, and updates the merge.

        inferred: N-Quads; progress: receives a line for each graph written. Raises RemoteError.
        """
        import pyoxigraph as ox

        from mtsp_kg.remote.push import PushOptions, named_graphs, push
        from mtsp_kg.remote.remote_store import RemoteStore

        if not RemoteStore(self._client, self.profile).record.graphs(self.profile):
            raise RemoteError("The store has no graphs from 'mtsp push'.", remedy="Run mtsp push first.")
        store = ox.Store()
        store.bulk_load(inferred, format=ox.RdfFormat.N_QUADS)
        graphs = named_graphs(self.store) | named_graphs(EmbeddedStore(store))
        options = PushOptions(delete=True, within=self.profile.inferred)
        return push(self._client, graphs, self.profile, options, progress)


def open_graph(
    folder: str | Path | None = None,
    *,
    inferences: bool | None = None,
    store: str | None = None,
    query_url: str | None = None,
) -> KnowledgeGraph:
    """The knowledge graph of a project, in the project's files or in a remote store.

    folder: the project's folder; default: the project of this installation; inferences: whether queries see inferred
    triples too; default: as MTSP_INFERENCE says; store: the URL of a remote store's query endpoint or Graph Store;
    query_url: its query endpoint, if `store` is a Graph Store whose query endpoint is unknown. Raises NotFoundError,
    ParameterError, DataError, MissingExtraError.
    """
    local = open_local(folder, inferences=inferences)
    if store is None:
        return local
    from mtsp_kg.remote.address import store_address
    from mtsp_kg.remote.client import Client

    return RemoteKnowledgeGraph(local.project, Client(store_address(store, query_url)), inferences=local.inferences)
