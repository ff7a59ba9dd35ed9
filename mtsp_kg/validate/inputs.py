"""The files that a validation reads. Loading starts before the other modules of the validation are imported: both take
about as long, and loading releases the interpreter lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import Thread
from typing import NamedTuple, TypeVar

import pyoxigraph as ox

from mtsp_kg.errors import DataError
from mtsp_kg.formats import is_rdf_file
from mtsp_kg.load import load_files
from mtsp_kg.project import Project
from mtsp_kg.validate.merged_data import joined_ntriples, ntriples_sources

Result = TypeVar("Result")
FileArguments = str | Path | Sequence[str | Path]


def background(work: Callable[[], Result]) -> Callable[[], Result]:
    """Starts a function in a thread; returns a function that waits for its result, or raises its exception.

    It is a daemon thread, so that Ctrl-C ends the process at once. Threads of concurrent.futures are joined at exit,
    however long an engine still runs, and importing that module takes longer than loading a small graph.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()

    def wait() -> Result:
        thread.join()
        if errors:
            raise errors[0]
        return results[0]

    return wait


class SourceFile(NamedTuple):
    """A file to read: its path, the graph for its triples outside named graphs, its name in reports, and its size and
    modification time before it was read, which reveal a later change.
    """

    path: Path
    graph: str
    name: str
    stamp: tuple[int, int]

    def is_unchanged(self) -> bool:
        """Whether the file is unchanged since it was read."""
        return _stamp(self.path) == self.stamp


def source_files(project: Project, paths: Iterable[Path]) -> tuple[SourceFile, ...]:
    """Files that are about to be read."""
    return tuple(SourceFile(path, project.graph_of(path), project.relative(path), _stamp(path)) for path in paths)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


class Inputs(NamedTuple):
    """The data to validate, and the files that define its classes.

    `ntriples` waits for the merge of both, as `joined_ntriples` returns it; `store` waits until all files are loaded,
    without their merge. Both raise DataError if a file cannot be read.
    """

    data: tuple[SourceFile, ...]
    around: tuple[SourceFile, ...]
    ntriples: Callable[[], bytes | None]
    store: Callable[[], ox.Store]

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """All files."""
        return (*self.data, *self.around)


def start_loading(
    project: Project,
    files: FileArguments = (),
    ontology: FileArguments = (),
    *,
    own_shapes: bool = False,
    load: bool = True,
) -> Inputs:
    """Starts to load a project's graph and ontology, or files and folders with an ontology for their classes.

    ontology: with files, replaces the project's ontology, which belongs to the project's shapes; own_shapes: whether
    the files are validated against shapes other than the project's; load: False to load only when the result is
    needed. Raises DataError for a file that is not RDF.
    """
    files, ontology = as_paths(files), as_paths(ontology)
    around: Iterable[Path] = project.ontology_files()
    if files:
        around = rdf_files(ontology) if ontology else () if own_shapes else around
    data = source_files(project, rdf_files(files) if files else project.graph_files())
    beside = source_files(project, around)
    both = [(file.path, file.graph) for file in (*beside, *data)]
    start = background if load else _on_demand
    reading = start(lambda: ntriples_sources(both))  # both the engine and the store have to wait for it
    loading = start(lambda: load_files(both, merged=False, sources=reading()))
    return Inputs(data, beside, lambda: joined_ntriples(both, reading()), loading)


def _on_demand(work: Callable[[], Result]) -> Callable[[], Result]:
    return work


def as_paths(files: FileArguments) -> tuple[Path, ...]:
    """One file or folder, or several, as paths."""
    return (Path(files),) if isinstance(files, str | Path) else tuple(map(Path, files))


def rdf_files(paths: Iterable[Path]) -> list[Path]:
    """The given files, and the RDF files in the given folders. Raises DataError for any other path."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.is_file() and is_rdf_file(file))
            if not inside:
                raise DataError("The folder contains no RDF files.", file=path, remedy="Use .ttl or .trig files.")
            found += inside
        elif not path.is_file():
            what = "This is not a regular file." if path.exists() else "The file does not exist."
            raise DataError(what, file=path, remedy="Check its name.")
        elif not is_rdf_file(path):
            raise DataError("Unrecognised RDF file extension.", file=path, remedy="Use .ttl, .trig, .nt or .nq.")
        else:
            found.append(path)
    return found
