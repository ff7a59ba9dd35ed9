"""What a run is asked for, and what of its report counts: severity, baseline, the change since a revision.

Imports `errors`, `project` and, of this room, `baseline`, `findings`, `inputs`, `run`, `since`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from mtsp_kg.errors import DataError, ParameterError
from mtsp_kg.project import Project
from mtsp_kg.store import EmbeddedStore
from mtsp_kg.validate.findings import Report, Severity
from mtsp_kg.validate.inputs import Inputs, begin, rdf_files
from mtsp_kg.validate.run import validate_files, validate_graph

Paths = tuple[str | Path, ...]


class Request(NamedTuple):
    """What to validate: the project's graph, or files; with which shapes, ontology, engine, checks and waivers.

    fail_on: the least grave finding that makes the run fail; baseline: a file of known findings, which update_baseline
    writes; changed_since: a revision of git, since when findings count; elsewhere: a store that holds the graph in
    place of the project's files; inputs: what `begin` has begun to load of all this, if it has.
    """

    files: Paths = ()
    shapes: Paths = ()
    ontology: Paths = ()
    engine: str | None = None
    checks: bool = True
    waivers: str | Path | None = None
    fail_on: str = Severity.VIOLATION
    baseline: str | Path | None = None
    update_baseline: bool = False
    changed_since: str | None = None
    elsewhere: EmbeddedStore | None = None
    inputs: Inputs | None = None


def validate(project: Project, plan: str | None, request: Request) -> Report:
    """The report that is asked for. Raises DataError, NotFoundError, QueryError, MissingExtraError, ParameterError."""
    if request.update_baseline and not request.baseline:
        raise ParameterError("There is no baseline to update.", remedy="Name it with --baseline FILE.")
    if request.fail_on not in list(Severity):
        raise ParameterError(f"'{request.fail_on}' is no severity.", remedy=f"Choose one of: {', '.join(Severity)}.")
    report = replace(_run(project, plan, request), fail_on=Severity(request.fail_on))
    if request.changed_since:
        report = _since(report, project, plan, request, request.changed_since)
    if request.baseline:
        from mtsp_kg.validate.baseline import against, read_baseline, write_baseline

        file = Path(request.baseline)
        if request.update_baseline:
            write_baseline(report.findings, file)
        report = against(report, read_baseline(file))
    return report


def _run(project: Project, plan: str | None, request: Request) -> Report:
    inputs = request.inputs or begin(
        project,
        request.files,
        request.ontology,
        own_shapes=bool(request.shapes),
        load=request.elsewhere is None,
    )
    if request.files:
        return validate_files(
            project,
            inputs,
            shapes=request.shapes,
            engine=request.engine,
            waivers=request.waivers,
        )
    return validate_graph(
        project,
        inputs,
        plan,
        shapes=request.shapes,
        engine=request.engine,
        checks=request.checks,
        waivers=request.waivers,
        elsewhere=request.elsewhere,
    )


def _since(report: Report, project: Project, plan: str | None, request: Request, revision: str) -> Report:
    from mtsp_kg.validate.since import as_it_was, only_since, touched

    named = [*request.files, *request.shapes, *request.ontology, *([request.waivers] if request.waivers else [])]
    rooms = [project.root / room for room in ("ontology", "graph", "shapes", "queries")]
    paths = [*map(Path, named), *(room for room in rooms if not request.files or not request.shapes)]
    with as_it_was(revision, Path(request.files[0]).parent if request.files else project.root, paths) as old:
        was = Project(old(project.root)) if not request.files or not request.shapes else project
        earlier = request._replace(
            files=_existing(request.files, old),
            shapes=_existing(request.shapes, old),
            ontology=_existing(request.ontology, old),
            waivers=next(iter(_existing((request.waivers,), old)), None) if request.waivers else None,
            inputs=None,
        )
        new = [path for path, _ in report.sources]
        changed: set[str] = set()
        before = replace(report, findings=())
        try:
            changed = touched(new, [old(path) for path in new] + _gone(earlier, was))
            if not request.files or earlier.files:
                before = _run(was, plan, earlier)
        except DataError:
            pass  # what could not be read then had no findings: all are new
        return only_since(report, before, changed)


def _existing(paths: Iterable[str | Path], old: Callable[[Path], Path]) -> Paths:
    return tuple(old(Path(path)) for path in paths if old(Path(path)).exists())


def _gone(earlier: Request, was: Project) -> list[Path]:
    """The files of then: what is no more there now was taken out by the change."""
    try:
        return rdf_files(earlier.files) if earlier.files else was.graph_files()
    except DataError:
        return []
