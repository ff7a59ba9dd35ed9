"""Known findings: those of a baseline, and those that a Git revision already had.

A baseline is a sorted JSON file with one finding per line, so that its diffs are readable in a review.

To find what is new since a revision, the same validation runs on the files of that revision. This covers all effects
of a change: through inverse paths, targets, `sh:node`, the ontology, a shape or a query. Of the findings that the
revision already had, only those on changed nodes are reported.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg.errors import DataError
from mtsp_kg.formats import is_rdf_file
from mtsp_kg.load import parse_file
from mtsp_kg.output import write_whole
from mtsp_kg.project import Project
from mtsp_kg.validate.findings import Finding
from mtsp_kg.validate.inputs import FileArguments, as_paths, rdf_files
from mtsp_kg.validate.options import ValidationOptions
from mtsp_kg.validate.report import Report
from mtsp_kg.validate.report_view import short_shape
from mtsp_kg.validate.runner import run

_KEY_FIELDS = ("focus", "rule", "path", "value")
_Key = tuple[str, ...]
_Triple = tuple[str, str, str]


def read_baseline(path: Path) -> set[_Key]:
    """The keys of the findings in a baseline. Raises DataError."""
    remedy = "Create it with --update-baseline."
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise DataError("The baseline does not exist.", file=path, remedy=remedy) from error
    except json.JSONDecodeError as error:
        raise DataError(f"Invalid JSON: {error.msg}.", file=path, line=error.lineno, column=error.colno) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The baseline cannot be read: {error}.", file=path) from error
    entries = content.get("findings") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not all(_is_entry(entry) for entry in entries):
        raise DataError("The file is not a baseline: 'findings' is not a list of findings.", file=path, remedy=remedy)
    return {tuple(entry[name] for name in _KEY_FIELDS) for entry in entries}


def _is_entry(entry: object) -> bool:
    return isinstance(entry, dict) and all(isinstance(entry.get(name), str) for name in _KEY_FIELDS)


def without_known(report: Report, known: set[_Key]) -> Report:
    """A report without the findings of a baseline, which are counted; those that no longer occur are its `fixed`."""
    found = {finding.key for finding in report.findings}
    fixed = tuple(f"{short_shape(rule, report.profile)} {focus}" for focus, rule, _, _ in sorted(known - found))
    new = tuple(finding for finding in report.findings if finding.key not in known)
    return replace(report, findings=new, known=report.known + len(report.findings) - len(new), fixed=fixed)


def write_baseline(findings: Iterable[Finding], path: Path) -> int:
    """Writes findings to a baseline; returns their number. Raises DataError if the file cannot be written."""
    keys = sorted({finding.key for finding in findings})
    entries = [json.dumps(dict(zip(_KEY_FIELDS, key, strict=True)), ensure_ascii=False) for key in keys]
    lines = ",\n".join(f"  {entry}" for entry in entries)
    write_whole(path, f'{{"version": 1, "findings": [\n{lines}\n]}}\n'.encode())
    return len(entries)


def new_since(
    report: Report, project: Project, files: FileArguments, options: ValidationOptions, revision: str
) -> Report:
    """A report without the findings that a Git revision already had, except those on nodes that have changed.

    files, options: those of the report. Raises DataError if the repository or the revision does not exist.
    """
    paths, shapes, ontology = as_paths(files), as_paths(options.shapes), as_paths(options.ontology)
    waivers = as_paths(options.waivers or ())
    uses_project = not paths or not shapes
    rooms = [project.root / room for room in ("ontology", "graph", "shapes", "queries")] if uses_project else []
    root = paths[0].parent if paths else project.root
    with _files_at(revision, root, [*paths, *shapes, *ontology, *waivers, *rooms]) as then:

        def existing(some: Iterable[Path]) -> tuple[Path, ...]:
            return tuple(then(path) for path in some if then(path).exists())

        earlier = Project(then(project.root), project.profile) if uses_project else project
        earlier_files = existing(paths)
        earlier_options = replace(
            options,
            shapes=existing(shapes),
            ontology=existing(ontology),
            waivers=next(iter(existing(waivers)), None),
        )
        sources = [source.path for source in report.sources]
        changed: set[str] = set()
        before: tuple[Finding, ...] = ()
        try:
            removed = _data_files(earlier, earlier_files)
            changed = _changed_nodes(sources, [then(path) for path in sources] + removed)
            if not paths or earlier_files:
                before = run(earlier, earlier_files, earlier_options).findings
        except DataError:
            pass  # files that could not be read then had no findings: all are new
    known = {finding.key for finding in before if not _has_blank_node(finding)}
    kept = tuple(finding for finding in report.findings if finding.key not in known or finding.focus in changed)
    return replace(report, findings=kept, known=report.known + len(report.findings) - len(kept))


def _has_blank_node(finding: Finding) -> bool:
    """Whether a finding is about a blank node, which cannot be identified in another version of a file."""
    return finding.focus.startswith("_:") or finding.value.startswith("_:")


def _data_files(project: Project, files: tuple[Path, ...]) -> list[Path]:
    """The data files; none if a change has removed one of the given files."""
    try:
        return rdf_files(files) if files else project.graph_files()
    except DataError:
        return []


@contextmanager
def _files_at(revision: str, root: Path, paths: Iterable[Path]) -> Iterator[Callable[[Path], Path]]:
    """Checks out files and folders of a revision into a temporary folder.

    Yields a function from a path to its path there. Raises DataError if the repository or the revision does not exist.
    """
    import tarfile
    import tempfile

    top = Path(_git(root, "rev-parse", "--show-toplevel").decode().strip()).resolve()
    commit = _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
    inside = []
    for path in paths:
        if not path.resolve().is_relative_to(top):
            raise DataError(f"{path} is not in the repository {top}.", remedy="Validate files of one repository.")
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
    import subprocess

    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except OSError as error:
        raise DataError("Git cannot be run.", remedy="Install Git, which --changed-since requires.") from error
    if done.returncode:
        reason = " ".join(done.stderr.decode(errors="replace").split()).removeprefix("fatal: ")
        raise DataError(
            f"The Git revision or repository does not exist{f': {reason}' if reason else ''}.",
            remedy="Give a revision that 'git rev-parse' accepts; a shallow clone may not contain it.",
            file=folder,
        )
    return done.stdout


def _changed_nodes(new: Iterable[Path], old: Iterable[Path]) -> set[str]:
    """The nodes of triples that were added, removed or moved to another graph.

    Raises DataError for a file that cannot be read.
    """
    now, then = _graphs_of_triples(new), _graphs_of_triples(old)
    changed = {triple for triple in now.keys() | then.keys() if now.get(triple) != then.get(triple)}
    return {node for subject, _, object_ in changed for node in (subject, object_)}


def _graphs_of_triples(files: Iterable[Path]) -> dict[_Triple, set[str]]:
    found: dict[_Triple, set[str]] = {}
    for path in files:
        if path.is_file() and is_rdf_file(path):
            for quad in parse_file(path):
                key = (_name(quad.subject), quad.predicate.value, _name(quad.object))
                found.setdefault(key, set()).add(str(quad.graph_name))
    return found


def _name(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return term.value
    return "_:" if isinstance(term, ox.BlankNode) else str(term)
