"""A project's graph, loaded once and kept on disk, so that a command need not parse every file again; and small things
that are made of one text, as the headers of queries.

The cache is named by the SHA-256 of every file's name and content and of the version of what loaded them: an edit, a
new file or a new release is another name, so nothing stale is ever opened. It is a convenience: where it cannot be
written or read, the files are parsed. MTSP_CACHE names its folder; MTSP_CACHE=off does without. Imports `load` and
`project`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph as ox

from mtsp_kg import __version__
from mtsp_kg.errors import DataError
from mtsp_kg.load import load_project
from mtsp_kg.project import Project

ENVIRONMENT = "MTSP_CACHE"
# Stores that are kept: of two or three projects, each with inferences and without.
_KEPT = 6
_MOST_TEXTS = 500
_STORE = re.compile(r"[0-9a-f]{32}")


class Completion(Protocol):
    """What adds to a loaded store before it is kept: inferences, for one."""

    def key(self) -> bytes:
        """What tells one completion's result from another's, over the same files of ontology and graph."""

    def complete(self, store: ox.Store) -> None:
        """Adds to the store."""


def cached_store(project: Project, completion: Completion | None = None) -> ox.Store:
    """The project's store, from the cache where it is there, else parsed, completed and put there. Raises DataError."""
    folder = _folder()
    if folder is None:
        return _loaded(project, completion)
    place = folder / digest(project, completion)
    if place.is_dir():
        try:
            return ox.Store.read_only(str(place))
        except (OSError, ValueError, RuntimeError):
            _remove(place)
    store = _loaded(project, completion)
    _keep(store, place)
    return store


def _loaded(project: Project, completion: Completion | None) -> ox.Store:
    store = load_project(project)
    if completion is not None:
        completion.complete(store)
    return store


def digest(project: Project, completion: Completion | None = None) -> str:
    """What names the cache of a project: 32 hexadecimal digits. Raises DataError for a file that cannot be read."""
    from hashlib import sha256  # it takes longer to import than all else here

    total = sha256(f"{__version__} {ox.__version__}".encode())
    for path in (*project.ontology_files(), *project.graph_files()):
        try:
            content = path.read_bytes()
        except OSError as error:
            raise DataError(f"The file cannot be read: {error.strerror}.", file=path) from error
        total.update(f"\0{project.relative(path)}\0{len(content)}\0".encode())
        total.update(content)
    if completion is not None:
        total.update(completion.key())
    return total.hexdigest()[:32]


def kept(kind: str, text: str, make: Callable[[], Any]) -> Any:
    """What `make` makes of a text, from the cache where it was made before.

    kind: a folder's name; make: gives anything, though only what JSON gives back unchanged is kept. The
    name in the cache is the digest of the text and of the version, so nothing stale is read.
    """
    folder = _folder()
    if folder is None:
        return make()
    import json
    from hashlib import sha256

    name = sha256(f"{__version__} {kind}\0{text}".encode()).hexdigest()[:32]
    place = folder / kind / f"{name}.json"
    try:
        return json.loads(place.read_bytes())
    except (OSError, ValueError):
        made = make()
    try:
        written = json.dumps(made)
        if json.loads(written) == made:
            _keep_text(written, place)
    except (OSError, TypeError, ValueError):
        pass
    return made


def _keep_text(text: str, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_suffix(f".{os.getpid()}.new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(place)
    others = list(place.parent.iterdir())
    if len(others) > _MOST_TEXTS:
        for old in sorted(others, key=lambda path: path.stat().st_mtime)[: len(others) - _MOST_TEXTS]:
            old.unlink(missing_ok=True)


def _folder() -> Path | None:
    named = os.environ.get(ENVIRONMENT)
    if named == "off":
        return None
    if named:
        return Path(named)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - no home is no error
    return Path(home) / "mtsp-kg" if Path(home).is_absolute() else None


def _keep(store: ox.Store, place: Path) -> None:
    import tempfile

    temporary = None
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = tempfile.mkdtemp(prefix=".new-", dir=place.parent)
        kept = ox.Store(temporary)
        kept.bulk_extend(store)
        kept.flush()
        del kept
        # Another process may have been first: its copy is the same.
        Path(temporary).rename(place)
    except (OSError, ValueError, RuntimeError):
        if temporary is not None:
            _remove(Path(temporary))
        return
    others = [path for path in place.parent.iterdir() if _STORE.fullmatch(path.name) and path != place]
    for old in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT - 1 :]:
        _remove(old)


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
