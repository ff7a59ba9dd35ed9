"""The RDF merge of a store's graphs, against which shapes are validated, whether or not the store contains it.

`load` puts the merge into the default graph, for queries. For shapes alone that would double the time and the memory of
loading. Duplicates of a triple that several graphs assert do no harm, as nodes are collected in sets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from threading import Lock

import pyoxigraph as ox

from mtsp_kg.load import merge, read_checked
from mtsp_kg.store import DEFAULT_GRAPH, EmbeddedStore, GraphName, Object, Results, Subject, evaluate

_NTRIPLES = ".nt"
# Where a triple that is found twice changes the answer, not just repeats a row: it is counted, or takes the place of
# another row. Comment lines, as in the query's header, do not count.
_NEEDS_MERGE = re.compile(
    r"^(?!\s*#).*\b(?:(?:COUNT|SUM|AVG|GROUP_CONCAT)\s*\(\s*(?!DISTINCT\b|\s)|(?:LIMIT|OFFSET|FROM)\b)",
    re.IGNORECASE | re.MULTILINE,
)


class UnmergedStore(EmbeddedStore):
    """A store whose default graph is empty until something needs the merge; most queries run on all graphs instead.

    For callers that ignore duplicate rows: a query finds a triple once for each graph that asserts it.
    """

    def __init__(self, store: ox.Store) -> None:
        super().__init__(store)
        self._merging = Lock()
        self._merged = False

    def query(self, text: str) -> Results:
        """The results of a SPARQL 1.1 query, with possible duplicate rows. Raises QueryError."""
        if _NEEDS_MERGE.search(text):
            return evaluate(self.snapshot(), text)
        return evaluate(self._store, text, union=True)

    def quads(
        self,
        subject: Subject | None = None,
        predicate: ox.NamedNode | None = None,
        object_: Object | None = None,
        graph: GraphName | None = None,
    ) -> Iterator[ox.Quad]:
        if graph == DEFAULT_GRAPH:
            self.snapshot()
        return super().quads(subject, predicate, object_, graph)

    def snapshot(self) -> ox.Store:
        with self._merging:
            if not self._merged:
                merge(self._store)
                self._merged = True
        return self._store


def merge_graph(store: ox.Store) -> ox.DefaultGraph | None:
    """The graph where patterns find the merge: the default graph if the store has it there, else None (all graphs)."""
    return DEFAULT_GRAPH if any(True for _ in store.quads_for_pattern(None, None, None, DEFAULT_GRAPH)) else None


def merged_ntriples(store: ox.Store) -> bytes:
    """The merge as N-Triples; a triple that several graphs assert may occur several times."""
    graphs = [DEFAULT_GRAPH] if merge_graph(store) else sorted(store.named_graphs(), key=str)
    return b"".join(store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b"" for graph in graphs)


def ntriples_sources(files: Iterable[tuple[Path, str]]) -> dict[Path, bytes]:
    """The content of the N-Triples files among some files, each given with its graph. Raises DataError."""
    return {path: read_checked(path) for path, _ in files if path.suffix.lower() == _NTRIPLES}


def joined_ntriples(files: Iterable[tuple[Path, str]], sources: Mapping[Path, bytes]) -> bytes | None:
    """The merge of N-Triples files by concatenation, so that an engine need not wait until they are loaded.

    sources: the result of `ntriples_sources`. None if `merged_ntriples` must make the merge: for other formats, and for
    several files with blank nodes, whose labels are local to a file. Blank nodes keep the labels of the file, which are
    not those of the store.
    """
    paths = [path for path, _ in files]
    if any(path not in sources for path in paths):
        return None
    if len(paths) > 1 and any(b"_:" in sources[path] for path in paths):
        return None
    return b"\n".join(sources[path] for path in paths)
