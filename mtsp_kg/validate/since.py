"""What a change brought: findings that were not there at a revision of git, and those on what the change touches.

The same validation runs over the files as they were. So whatever a change can affect, through inverse paths, targets,
`sh:node`, the ontology, a shape or a query, is told; of what was there before, only what stands on a node that the
change speaks of. Nothing else can be left out by mistake. Imports `errors`, `load` and, of this room, `findings` and
`inputs`.
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

import pyoxigraph as ox

from mtsp_kg.errors import DataError
from mtsp_kg.load import parse_file
from mtsp_kg.validate.findings import Finding, Report
from mtsp_kg.validate.inputs import is_rdf

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
        if path.is_file() and is_rdf(path):
            for quad in parse_file(path):
                key = (_name(quad.subject), quad.predicate.value, _name(quad.object))
                said.setdefault(key, set()).add(str(quad.graph_name))
    return said


def _name(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return term.value
    return "_:" if isinstance(term, ox.BlankNode) else str(term)
