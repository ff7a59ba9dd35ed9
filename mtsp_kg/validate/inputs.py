"""A second thing done at the same time: the native engine and the store's queries both leave the interpreter free.

Imports nothing of the package.

The RDF merge of a store's graphs, in which shapes look at data, whether it is kept in the store or not.

`load` keeps it in the default graph for queries; for shapes alone that would double the time and memory of loading, and
a triple that several graphs state does no harm: the nodes that a pattern finds are gathered in sets. Imports `load`
and `store`.

The files that a validation reads, and their loading, which begins before the rest of the room is imported.

Both take about as long, and loading leaves the interpreter free. Imports `errors`, `formats`, `load` and `project`, and
of this room `aside` and `merged`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock, Thread
from typing import NamedTuple, TypeVar

import pyoxigraph as ox

from mtsp_kg.errors import DataError
from mtsp_kg.formats import is_rdf_file
from mtsp_kg.load import load_files, merge, read_checked
from mtsp_kg.project import Project
from mtsp_kg.store import DEFAULT_GRAPH, EmbeddedStore, GraphName, Object, Results, Subject, evaluate

Found = TypeVar("Found")


def aside(work: Callable[[], Found]) -> Callable[[], Found]:
    """Begins some work in a thread; what it gives back waits for the result, or raises what the work raised."""
    done: list[Found] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:
            failed.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()

    def wait() -> Found:
        thread.join()
        if failed:
            raise failed[0]
        return done[0]

    return wait


_LINES = ".nt"
# What a triple that comes twice makes another answer of, not one more row alike: it is counted, or takes a row's place.
# Lines that are comments are passed over, as the query's header.
_COUNTS = re.compile(
    r"^(?!\s*#).*\b(?:(?:COUNT|SUM|AVG|GROUP_CONCAT)\s*\(\s*(?!DISTINCT\b|\s)|(?:LIMIT|OFFSET|FROM)\b)",
    re.IGNORECASE | re.MULTILINE,
)


class UnmergedStore(EmbeddedStore):
    """A store whose default graph is empty until something needs the merge; most queries see all graphs in its place.

    For callers that take rows that are alike as one: a query finds a triple once for each graph that asserts it.
    """

    def __init__(self, store: ox.Store) -> None:
        super().__init__(store)
        self._merging = Lock()
        self._merged = False

    def query(self, text: str) -> Results:
        """The results of a SPARQL 1.1 query, in which rows may come more than once. Raises QueryError."""
        return evaluate(self.snapshot(), text) if _COUNTS.search(text) else evaluate(self._store, text, union=True)

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


def whole(store: ox.Store) -> ox.DefaultGraph | None:
    """Where patterns find the merge: the default graph where it is kept there, else None: in all graphs."""
    return DEFAULT_GRAPH if any(True for _ in store.quads_for_pattern(None, None, None, DEFAULT_GRAPH)) else None


def united(store: ox.Store) -> bytes:
    """The merge as N-Triples; a triple that several graphs state may come several times."""
    graphs = [DEFAULT_GRAPH] if whole(store) else sorted(store.named_graphs(), key=str)
    return b"".join(store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b"" for graph in graphs)


def of_lines(files: Iterable[tuple[Path, str]]) -> dict[Path, bytes]:
    """What files of N-Triples hold, of those among some files. Raises DataError."""
    return {path: read_checked(path) for path, _ in files if path.suffix.lower() == _LINES}


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


Sources = list[tuple[Path, str]]


class Inputs(NamedTuple):
    """What is validated and what lies around it, as files with their graphs.

    lines waits for the merge of both as `as_ntriples` gives it, and store for all to be loaded, without a merge; each
    raises DataError where a file cannot be read.
    """

    given: Sources
    around: Sources
    lines: Callable[[], bytes | None]
    store: Callable[[], ox.Store]


def begin(
    project: Project,
    files: Sequence[str | Path] = (),
    ontology: Iterable[str | Path] = (),
    *,
    own_shapes: bool = False,
    load: bool = True,
) -> Inputs:
    """Begins to load a project's graph and ontology; or some files and folders, and an ontology for their classes.

    ontology: with files, what to take in place of the project's, which goes with the project's shapes; own_shapes:
    whether files are held against other shapes; load: not before they are asked for where it is False. Raises DataError
    for what is no file of RDF.
    """
    around = project.ontology_files()
    if files:
        classes = list(ontology)
        around = rdf_files(classes) if classes else [] if own_shapes else around
    given = with_graphs(project, rdf_files(files) if files else project.graph_files())
    beside = with_graphs(project, around)
    both = [*beside, *given]
    start = aside if load else _later
    reading = start(lambda: of_lines(both))  # both the engine and the store have to wait for it
    loading = start(lambda: load_files(both, merged=False, sources=reading()))
    return Inputs(given, beside, lambda: as_ntriples(both, reading()), loading)


def _later(work: Callable[[], Found]) -> Callable[[], Found]:
    return work


def with_graphs(project: Project, files: Iterable[Path]) -> Sources:
    """Files, each with the graph that it stands in."""
    return [(path, project.graph_of(path)) for path in files]


def rdf_files(paths: Iterable[str | Path]) -> list[Path]:
    """The files named, and the files of RDF in the folders named. Raises DataError for what is neither."""
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.is_file() and is_rdf_file(file))
            if not inside:
                raise DataError("The folder contains no RDF file.", file=path, remedy="Use .ttl or .trig files.")
            found += inside
        elif not path.is_file():
            what = "This is not a regular file." if path.exists() else "The file does not exist."
            raise DataError(what, file=path, remedy="Check its name.")
        elif not is_rdf_file(path):
            raise DataError("Unrecognised RDF file extension.", file=path, remedy="Use .ttl, .trig, .nt or .nq.")
        else:
            found.append(path)
    return found
