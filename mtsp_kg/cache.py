"""The cache on disk: a project's loaded graph, and the results of parsing small texts.

The name of a cached store is a SHA-256 over the name and content of every file and the version of the software: an
edit, a new file or a new release changes the name, so an outdated store is never opened. The cache is optional: if it
cannot be read or written, the files are parsed. MTSP_CACHE names its folder; MTSP_CACHE=off disables it.
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
# Two or three projects, each with inferred triples and without.
_MOST_STORES = 6
_MOST_TEXTS = 500
_STORE_NAME = re.compile(r"[0-9a-f]{32}")


class Completion(Protocol):
    """Adds triples to a loaded store before it is cached, such as inferred ones."""

    def key(self) -> bytes:
        """Identifies everything that the added triples depend on, besides the files of ontology and graph."""

    def complete(self, store: ox.Store) -> None:
        """Adds the triples to the store. Raises DataError, QueryError."""


def cached_store(project: Project, completion: Completion | None = None) -> ox.Store:
    """The project's store: opened from the cache, or parsed, completed and cached. Raises DataError."""
    folder = _folder()
    if folder is None:
        return _loaded(project, completion)
    place = folder / project_digest(project, completion)
    if place.is_dir():
        try:
            return ox.Store.read_only(str(place))
        except (OSError, ValueError, RuntimeError):
            _remove(place)
    store = _loaded(project, completion)
    _write_store(store, place)
    return store


def project_digest(project: Project, completion: Completion | None = None) -> str:
    """The name of a project's store in the cache: 32 hexadecimal digits. Raises DataError for an unreadable file."""
    from hashlib import sha256

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


def cached_json(kind: str, text: str, make: Callable[[], Any]) -> Any:
    """The result of `make` for a text, from the cache if possible.

    kind: the name of a folder in the cache; make: its result is cached only if it is unchanged by a round trip through
    JSON. The name in the cache is the digest of the text and of the version.
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
            _write_text(written, place)
    except (OSError, TypeError, ValueError):
        pass
    return made


def _loaded(project: Project, completion: Completion | None) -> ox.Store:
    store = load_project(project)
    if completion is not None:
        completion.complete(store)
    return store


def _folder() -> Path | None:
    named = os.environ.get(ENVIRONMENT)
    if named == "off":
        return None
    if named:
        return Path(named)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - no home is no error
    return Path(home) / "mtsp-kg" if Path(home).is_absolute() else None


def _write_store(store: ox.Store, place: Path) -> None:
    import tempfile

    temporary = None
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = tempfile.mkdtemp(prefix=".new-", dir=place.parent)
        copy = ox.Store(temporary)
        copy.bulk_extend(store)
        copy.flush()
        del copy
        # Another process may have been first: its copy is the same.
        Path(temporary).rename(place)
    except (OSError, ValueError, RuntimeError):
        if temporary is not None:
            _remove(Path(temporary))
        return
    others = [path for path in place.parent.iterdir() if _STORE_NAME.fullmatch(path.name) and path != place]
    for old in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[_MOST_STORES - 1 :]:
        _remove(old)


def _write_text(text: str, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_suffix(f".{os.getpid()}.new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(place)
    others = list(place.parent.iterdir())
    if len(others) > _MOST_TEXTS:
        for old in sorted(others, key=lambda path: path.stat().st_mtime)[: len(others) - _MOST_TEXTS]:
            old.unlink(missing_ok=True)


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
