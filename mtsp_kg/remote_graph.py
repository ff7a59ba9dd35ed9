"""The knowledge graph in a remote SPARQL 1.1 store: the same words, asked there.

    import mtsp_kg
    kg = mtsp_kg.open(store="https://example.org/sparql")
    kg.query("partners-of-outcome", outcome="2.4").to_pandas()

Queries, views and check queries run there. Shapes and reasoning need all graphs, which are then fetched, and this is
logged. Ontology axioms, shapes and queries are those of the project here. Imports every room but `cli`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mtsp_kg.errors import ParameterError, RemoteError
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.graph import open_graph as open_here
from mtsp_kg.project import Project
from mtsp_kg.store import EmbeddedStore, Store

if TYPE_CHECKING:
    from mtsp_kg.remote.client import Client
    from mtsp_kg.remote.push import Pushed
    from mtsp_kg.validate.findings import Report


class RemoteKnowledgeGraph(KnowledgeGraph):
    """A project whose graph is in the store behind a client."""

    def __init__(self, project: Project, client: Client, *, inferences: bool = True) -> None:
        """inferences: whether queries see the inferred graphs that are there."""
        super().__init__(project, inferences=inferences)
        self._client = client

    @cached_property
    def store(self) -> Store:
        """What is stated there. Raises RemoteError when it is asked."""
        from mtsp_kg.remote.remote_store import RemoteStore

        return RemoteStore(self._client, stated=True)

    @cached_property
    def completed(self) -> Store:
        """What queries see there. Raises RemoteError when it is asked."""
        from mtsp_kg.remote.remote_store import RemoteStore

        return RemoteStore(self._client) if self._inferences else self.store

    def validate(self, files: Sequence[str | Path] = (), **options: Any) -> Report:
        """The report of the shapes, on the graphs as they are fetched, and of the check queries, which are asked there.

        Options and errors are those of a graph that is here; files and `changed_since` do not go with a store.
        """
        from mtsp_kg.validate.options import Request, validate

        if files or options.get("changed_since"):
            raise ParameterError("Files, and changes since a revision, are here, not in a store.")
        for name in ("shapes", "ontology"):
            options[name] = tuple(options.get(name, ()))
        return validate(self.project, self.plan, Request(elsewhere=self.store, **options))

    def put_inferences(self, inferred: bytes, say: Callable[[str], None]) -> Pushed:
        """Puts inferred graphs there in place of those that we put before, and brings the merge up to date.

        inferred: N-Quads; say: is told each graph that is put. Raises RemoteError.
        """
        import pyoxigraph as ox

        from mtsp_kg.plan import names
        from mtsp_kg.remote.push import Wish, named_graphs, push
        from mtsp_kg.remote.remote_store import RemoteStore

        if not RemoteStore(self._client).record.graphs():
            raise RemoteError("The store has no graph that 'mtsp push' put there.", remedy="Run mtsp push first.")
        store = ox.Store()
        store.bulk_load(inferred, format=ox.RdfFormat.N_QUADS)
        graphs = named_graphs(self.store) | named_graphs(EmbeddedStore(store))
        return push(self._client, graphs, Wish(delete=True, within=names.INFERRED), say)


def push(
    kg: KnowledgeGraph,
    url: str,
    *,
    query_url: str | None = None,
    merge: str = "auto",
    delete: bool = False,
    dry_run: bool = False,
    plain_http: bool = False,
    say: Callable[[str], None] = lambda line: None,
) -> Pushed:
    """Puts the graphs, with what follows where the graph was opened with it, into the store at an address.

    url: of its Graph Store; query_url: where its queries go, if that does not tell; merge, delete, dry_run: see
    `remote.push.Wish`; plain_http: whether a password may go over http to another machine; say: is told each graph that
    is put. Raises RemoteError, ParameterError, DataError, MissingExtraError.
    """
    from mtsp_kg.remote.address import for_writing
    from mtsp_kg.remote.client import Client
    from mtsp_kg.remote.push import PLACES, Wish, named_graphs
    from mtsp_kg.remote.push import push as put

    if merge not in PLACES:
        raise ParameterError(f"'{merge}' is no place for the merge.", remedy=f"Choose one of: {', '.join(PLACES)}.")
    client = Client(for_writing(url, query_url), plain=plain_http)
    return put(client, named_graphs(kg.completed), Wish(merge, delete, dry_run), say)


def open_graph(
    folder: str | Path | None = None,
    *,
    inferences: bool | None = None,
    store: str | None = None,
    query_url: str | None = None,
) -> KnowledgeGraph:
    """The knowledge graph of a project; of this installation when no folder is given; in a store where one is named.

    inferences: as of `graph.open_graph`; store: the address of the store's queries, or of its Graph Store; query_url:
    where its queries go, if `store` is a Graph Store whose form does not tell. Raises NotFoundError, ParameterError,
    MissingExtraError.
    """
    here = open_here(folder, inferences=inferences)
    if store is None:
        return here
    from mtsp_kg.remote.address import address
    from mtsp_kg.remote.client import Client

    return RemoteKnowledgeGraph(here.project, Client(address(store, query_url)), inferences=here._inferences)
