"""The files that a validation reads, and their loading, which begins before the rest of the room is imported.

Both take about as long, and loading leaves the interpreter free. Imports `errors`, `formats`, `load` and `project`, and
of this room `aside` and `merged`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from mtsp_kg.errors import DataError, NotFoundError
from mtsp_kg.formats import format_of_file
from mtsp_kg.load import load_files
from mtsp_kg.project import Project
from mtsp_kg.validate.aside import Found, aside
from mtsp_kg.validate.merged import as_ntriples, of_lines

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
            inside = sorted(file for file in path.rglob("*") if file.is_file() and is_rdf(file))
            if not inside:
                raise DataError("There is no file of RDF in this folder.", file=path, remedy="Use .ttl or .trig files.")
            found += inside
        elif not path.is_file():
            raise DataError("There is no such file.", file=path, remedy="Check its name.")
        elif not is_rdf(path):
            raise DataError("The suffix tells no format of RDF.", file=path, remedy="Use .ttl, .trig, .nt or .nq.")
        else:
            found.append(path)
    return found


def is_rdf(path: Path) -> bool:
    """Whether a file's suffix tells a format of RDF."""
    try:
        return bool(format_of_file(path))
    except NotFoundError:
        return False
