"""What a change brought: findings that were not there at a revision of git, and those on what the change touches.

The same validation runs over the files as they were. So whatever a change can affect, through inverse paths, targets,
`sh:node`, the ontology, a shape or a query, is told; of what was there before, only what stands on a node that the
change speaks of. Nothing else can be left out by mistake. Imports `errors`, `load` and, of this room, `findings` and
`inputs`.

What a run is asked for, and what of its report counts: severity, baseline, the change since a revision.

Imports `errors`, `project` and, of this room, `baseline`, `findings`, `inputs`, `run`, `since`.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from mtsp_kg.errors import DataError, ParameterError
from mtsp_kg.formats import is_rdf_file
from mtsp_kg.load import parse_file
from mtsp_kg.project import Project
from mtsp_kg.store import Store
from mtsp_kg.validate.findings import Finding, Report, Severity
from mtsp_kg.validate.inputs import Inputs, begin, rdf_files
from mtsp_kg.validate.runner import validate_files, validate_graph

_Said = dict[tuple[str, str, str], set[str]]


def only_since(report: Report, before: Report, touched: set[str]) -> Report:
    """A report without what was found before already and stands on nothing that was touched."""
    known = {finding.order for finding in before.findings if not _by_label(finding)}
    kept = tuple(finding for finding in report.findings if finding.order not in known or finding.focus in touched)
    return replace(report, findings=kept, known=report.known + len(report.findings) - len(kept))


def _by_label(finding: Finding) -> bool:
    """Whether a finding is about a blank node: what is known of those is not carried from one version to another."""
    return finding.focus.startswith("_:") or finding.value.startswith("_:")


@contextmanager
def as_it_was(revision: str, root: Path, paths: Iterable[Path]) -> Iterator[Callable[[Path], Path]]:
    """The files of some folders and files as a revision has them, in a temporary folder.

    Gives a function from a path to where it stands there. Raises DataError where there is no such repository or
    revision.
    """
    top = Path(_git(root, "rev-parse", "--show-toplevel").decode().strip()).resolve()
    commit = _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
    inside = []
    for path in paths:
        if not path.resolve().is_relative_to(top):
            raise DataError(f"{path} is not in the repository {top}.", remedy="Name files of one repository.")
        inside.append(path.resolve().relative_to(top).as_posix())
    there = [path for path in inside if path == "." or _git(top, "ls-tree", "--name-only", commit, "--", path)]
    with tempfile.TemporaryDirectory(prefix="mtsp-") as folder:
        if there:
            packed = _git(top, "archive", "--format=tar", commit, "--", *there)
            with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
                archive.extractall(folder, filter="data")
        old = Path(folder).resolve()
        yield lambda path: old / path.resolve().relative_to(top)


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except OSError as error:
        raise DataError("git cannot be run.", remedy="--changed-since needs it.") from error
    if done.returncode:
        reason = " ".join(done.stderr.decode(errors="replace").split()).removeprefix("fatal: ")
        raise DataError(
            f"git has no such revision, or this is no repository{f': {reason}' if reason else ''}.",
            remedy="Name a revision that 'git rev-parse' knows; a shallow clone may not have it.",
            file=folder,
        )
    return done.stdout


def touched(new: Iterable[Path], old: Iterable[Path]) -> set[str]:
    """The nodes of triples that some files state and others, earlier ones, did not, or the other way round.

    Raises DataError for a file that cannot be read.
    """
    now, then = _said(new), _said(old)
    return {node for triple in now.keys() ^ then.keys() for node in (triple[0], triple[2])} | {
        node for triple in now.keys() & then.keys() if now[triple] != then[triple] for node in (triple[0], triple[2])
    }


def _said(files: Iterable[Path]) -> _Said:
    said: _Said = {}
    for path in files:
        if path.is_file() and is_rdf_file(path):
            for quad in parse_file(path):
                key = (_name(quad.subject), quad.predicate.value, _name(quad.object))
                said.setdefault(key, set()).add(str(quad.graph_name))
    return said


def _name(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return term.value
    return "_:" if isinstance(term, ox.BlankNode) else str(term)


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
    elsewhere: Store | None = None
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
        from mtsp_kg.validate.waivers import against, read_baseline, write_baseline

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

    named = [*request.files, *request.shapes, *request.ontology, *([request.waivers] if request.waivers else [])]
    rooms = [project.root / room for room in ("ontology", "graph", "shapes", "queries")]
    paths = [*map(Path, named), *(room for room in rooms if not request.files or not request.shapes)]
    with as_it_was(revision, Path(request.files[0]).parent if request.files else project.root, paths) as old:
        was = Project(old(project.root), project.profile) if not request.files or not request.shapes else project
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
