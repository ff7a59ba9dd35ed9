"""The RDF merge of a store's graphs, in which shapes look at data, whether it is kept in the store or not.

`load` keeps it in the default graph for queries; for shapes alone that would double the time and memory of loading, and
a triple that several graphs state does no harm: the nodes that a pattern finds are gathered in sets. Imports `bounds`
and `load`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg.bounds import check_bounds
from mtsp_kg.load import read_file

_DEFAULT = ox.DefaultGraph()


def whole(store: ox.Store) -> ox.DefaultGraph | None:
    """Where patterns find the merge: the default graph where it is kept there, else None: in all graphs."""
    return _DEFAULT if any(True for _ in store.quads_for_pattern(None, None, None, _DEFAULT)) else None


def united(store: ox.Store) -> bytes:
    """The merge as N-Triples; a triple that several graphs state may come several times."""
    graphs = [_DEFAULT] if whole(store) else sorted(store.named_graphs(), key=str)
    return b"".join(store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b"" for graph in graphs)


def as_ntriples(files: Iterable[tuple[Path, str]]) -> bytes | None:
    """The merge of files of N-Triples as it stands in them, so that an engine need not wait until they are loaded.

    None where it must be made by `united`: for other formats, and for several files with blank nodes, whose labels each
    file has its own; of one file the labels are the file's, not the store's. Raises DataError.
    """
    parts: list[bytes] = []
    files = list(files)
    for path, _ in files:
        if path.suffix.lower() != ".nt":
            return None
        check_bounds(path)  # the engine parses it, too
        parts.append(read_file(path))
        if len(files) > 1 and b"_:" in parts[-1]:
            return None
    return b"\n".join(parts)
