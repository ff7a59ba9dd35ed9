"""One validation from beginning to end: shapes and checks over a project's graph, or shapes over files of one's own.

Imports `errors`, `formats`, `load`, `project`, `store` and the modules of this room.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg.errors import DataError, NotFoundError
from mtsp_kg.formats import format_of_file
from mtsp_kg.load import load_files
from mtsp_kg.project import Project
from mtsp_kg.store import EmbeddedStore
from mtsp_kg.validate.engine import ENGINES, choose, united
from mtsp_kg.validate.findings import Finding, Report
from mtsp_kg.validate.places import Places
from mtsp_kg.validate.reading import read_report
from mtsp_kg.validate.shapes import Shapes, read_shapes
from mtsp_kg.validate.targets import targets_of


def validate_graph(
    project: Project,
    store: EmbeddedStore,
    plan: str | None = None,
    *,
    shapes: Iterable[str | Path] = (),
    engine: str | None = None,
    checks: bool = True,
    today: date | None = None,
) -> Report:
    """The report on a project's graph.

    store: the graph, loaded; shapes: files and folders of shapes in place of the project's; engine: one of
    `engine.ENGINES`, the fastest installed where none is named; checks: whether to run the check queries, too; today:
    the day that waivers are held against. Raises DataError, NotFoundError, QueryError, MissingExtraError.
    """
    read = _read_shapes(project, shapes)
    name = choose(engine)
    found = read_report(ENGINES[name](united(store.oxigraph), read.ntriples), read, store.oxigraph)
    ran = waived = 0
    if checks:
        from mtsp_kg.validate.checks import run_checks

        more, ran, waived = run_checks(project, store, plan, today)
        found = sorted([*found, *more], key=lambda finding: (*finding.order, finding.message("en")))
    return _report(found, name, read, store.oxigraph, None, ran, waived)


def validate_files(
    project: Project,
    files: Sequence[str | Path],
    *,
    shapes: Iterable[str | Path] = (),
    engine: str | None = None,
) -> Report:
    """The report on files and folders, with the project's ontology for their classes, and on nothing else.

    Raises as `validate_graph` does.
    """
    read = _read_shapes(project, shapes)
    name = choose(engine)
    given = [(path, project.graph_of(path)) for path in rdf_files(files)]
    subjects = {quad.subject for quad in load_files(given)}
    store = load_files([*((path, project.graph_of(path)) for path in project.ontology_files()), *given])
    found = read_report(ENGINES[name](united(store), read.ntriples), read, store)
    theirs = {subject.value if isinstance(subject, ox.NamedNode) else str(subject) for subject in subjects}
    kept = [finding for finding in found if finding.focus in theirs or finding.focus.startswith("_:")]
    return _report(kept, name, read, store, subjects)


def rdf_files(paths: Iterable[str | Path]) -> list[Path]:
    """The files named, and the files of RDF in the folders named. Raises DataError for what is neither."""
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            found += sorted(file for file in path.rglob("*") if file.is_file() and _is_rdf(file))
        elif not path.is_file():
            raise DataError("There is no such file.", file=path, remedy="Check its name.")
        elif not _is_rdf(path):
            raise DataError("The suffix tells no format of RDF.", file=path, remedy="Use .ttl, .trig, .nt or .nq.")
        else:
            found.append(path)
    return found


def places_of(project: Project, files: Sequence[str | Path] = ()) -> Places:
    """Where things stand in some files, or in a project's own where none are named."""
    paths = rdf_files(files) if files else [*project.graph_files(), *project.ontology_files()]
    return Places(paths, project.graph_of, project.relative)


def _is_rdf(path: Path) -> bool:
    try:
        return bool(format_of_file(path))
    except NotFoundError:
        return False


def _read_shapes(project: Project, shapes: Iterable[str | Path]) -> Shapes:
    named = list(shapes)
    files = rdf_files(named) if named else project.shape_files()
    read = read_shapes((path, project.graph_of(path)) for path in files)
    if not read.by_iri:
        where = named[0] if named else project.root / "shapes"
        raise DataError("There is no shape here.", file=where, remedy="Name files of SHACL shapes with --shapes.")
    return read


def _report(
    findings: Iterable[Finding],
    engine: str,
    shapes: Shapes,
    store: ox.Store,
    subjects: set[ox.NamedNode | ox.BlankNode | ox.Triple] | None,
    checks: int = 0,
    waived: int = 0,
) -> Report:
    looked_at: set[object] = set()
    unmatched = []
    for shape in shapes.targeted():
        nodes = targets_of(shape, store)
        if subjects is not None:
            nodes &= subjects
        looked_at |= nodes
        if not nodes:
            unmatched.append(shape.iri)
    return Report(tuple(findings), engine, len(shapes.by_iri), len(looked_at), tuple(unmatched), checks, waived)
