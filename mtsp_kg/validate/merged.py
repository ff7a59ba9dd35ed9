"""The RDF merge of a store's graphs, in which shapes look at data, whether it is kept in the store or not.

`load` keeps it in the default graph for queries; for shapes alone that would double the time and memory of loading, and
a triple that several graphs state does no harm: the nodes that a pattern finds are gathered in sets. Imports `load`
and `store`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock

import pyoxigraph as ox

from mtsp_kg.load import merge, read_bounded
from mtsp_kg.store import EmbeddedStore, Results

_DEFAULT = ox.DefaultGraph()
_LINES = ".nt"
# What a triple that comes twice makes another answer of, not one more row alike: it is counted, or takes a row's place.
# Lines that are comments are passed over, as the query's header.
_COUNTS = re.compile(
    r"^(?!\s*#).*\b(?:(?:COUNT|SUM|AVG|GROUP_CONCAT)\s*\(\s*(?!DISTINCT\b|\s)|(?:LIMIT|OFFSET|FROM)\b)",
    re.IGNORECASE | re.MULTILINE,
)


class UnmergedStore(EmbeddedStore):
    """A store whose default graph is empty until a query needs the merge; others see all graphs in its place.

    For who takes rows that are alike as one: a query finds a triple as often as graphs state it.
    """

    def __init__(self, store: ox.Store) -> None:
        super().__init__(store)
        self._merging = Lock()
        self._merged = False

    def query(self, sparql: str) -> Results:
        """The results of a SPARQL 1.1 query, in which rows may come more than once. Raises QueryError."""
        if not _COUNTS.search(sparql):
            return self._answer(sparql, union=True)
        with self._merging:
            if not self._merged:
                merge(self.oxigraph)
                self._merged = True
        return self._answer(sparql)


def whole(store: ox.Store) -> ox.DefaultGraph | None:
    """Where patterns find the merge: the default graph where it is kept there, else None: in all graphs."""
    return _DEFAULT if any(True for _ in store.quads_for_pattern(None, None, None, _DEFAULT)) else None


def united(store: ox.Store) -> bytes:
    """The merge as N-Triples; a triple that several graphs state may come several times."""
    graphs = [_DEFAULT] if whole(store) else sorted(store.named_graphs(), key=str)
    return b"".join(store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b"" for graph in graphs)


def of_lines(files: Iterable[tuple[Path, str]]) -> dict[Path, bytes]:
    """What files of N-Triples hold, of those among some files. Raises DataError."""
    return {path: read_bounded(path) for path, _ in files if path.suffix.lower() == _LINES}


def as_ntriples(files: Iterable[tuple[Path, str]], sources: Mapping[Path, bytes]) -> bytes | None:
    """The merge of files of N-Triples as it stands in them, so that an engine need not wait until they are loaded.

    sources: what `of_lines` gives. None where the merge must be made by `united`: for other formats, and for several
    files with blank nodes, whose labels each file has its own; of one file the labels are the file's, not the store's.
    """
    paths = [path for path, _ in files]
    if any(path not in sources for path in paths):
        return None
    if len(paths) > 1 and any(b"_:" in sources[path] for path in paths):
        return None
    return b"\n".join(sources[path] for path in paths)
