"""Writes a site to a folder, as a whole or not at all; only changed files are written.

The new site is built in a folder beside the old one. Unchanged files are hard links to the old ones; the list of all
files with their SHA-256 is written last. Everything is flushed to disk, then the two folders are exchanged atomically
(renameat2 with RENAME_EXCHANGE; in two steps if the system lacks it). So a reader sees either the old site or the new
one. The next run removes the remains of an interrupted run.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from mtsp_kg.errors import DataError
from mtsp_kg.formats import check_form
from mtsp_kg.publish.site_layout import SiteFiles

MANIFEST = "manifest.json"
_AT_FDCWD, _EXCHANGE = -100, 2
_PR_SET_PDEATHSIG = 1
_MOST_PROCESSES = 4
_BATCH = 70


@dataclass(frozen=True)
class Published:
    """A published site. files: their number; written: the number of files that this run wrote; size: of all, in bytes;
    changed: whether the site changed; seconds: the duration."""

    folder: Path
    files: int
    written: int
    size: int
    changed: bool
    seconds: float = 0.0

    forms: ClassVar[tuple[str, ...]] = ("text", "json")

    def write(self, form: str = "text") -> str:
        """The numbers in one of its `forms`. Raises NotFoundError for an unknown form."""
        check_form(form, self.forms, "A published site")
        if form == "json":
            return json.dumps(asdict(self) | {"folder": str(self.folder)}, indent=2) + "\n"
        outcome = f"{self.written:,} written" if self.changed else "nothing has changed"
        return f"{self.files:,} files, {self.size:,} bytes in {self.folder}; {outcome}; {self.seconds:.1f} s.\n"

    def __str__(self) -> str:
        return self.write()


class _File(NamedTuple):
    path: str
    sha256: str
    size: int
    changed: bool


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The list of a published site's files; None if it is missing or unreadable."""
    try:
        found = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("files"), dict) else None


def unchanged(folder: Path, key: str) -> Published | None:
    """The site in a folder if it has this key and every file exists with its size; else None."""
    manifest = read_manifest(folder)
    if manifest is None or manifest.get("key") != key:
        return None
    size = 0
    for path, listed in manifest["files"].items():
        try:
            found = (folder / path).stat().st_size
        except OSError:
            return None
        if found != listed["bytes"]:
            return None
        size += found
    return Published(folder, len(manifest["files"]), 0, size, False)


def write_site(site: SiteFiles, target: Path, key: str) -> Published:
    """Writes a site to a folder; key: identifies its sources and options.

    Raises DataError if the folder contains files that are not part of a published site, if another process is writing
    to it, or if it cannot be written; and any error of the site.
    """
    folder, target = target, Path(os.path.realpath(target))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(target):
            _remove_leftovers(target)
            _refuse_foreign_files(target)
            new = Path(tempfile.mkdtemp(prefix=f".{target.name}.new-", dir=target.parent))
            try:
                files = _write_files(site, target, new)
                _write_manifest(site, new, key, files)
                new.chmod(0o755)
                _flush_to_disk(new)
                _exchange(new, target)
            finally:
                shutil.rmtree(new, ignore_errors=True)
    except OSError as error:
        raise DataError(
            f"The site cannot be written: {error.strerror or error}.",
            remedy="Choose a folder that can be replaced (not a mount point) on a disk with enough space.",
            file=target,
        ) from error
    return Published(folder, len(files), sum(file.changed for file in files), sum(file.size for file in files), True)


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # pragma: no cover - a system without these locks
        yield
        return
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise DataError(
            "Another process is publishing to this folder.", remedy="Wait until it has finished.", file=target
        ) from error
    finally:
        os.close(handle)


def _remove_leftovers(target: Path) -> None:
    old, new = f".{target.name}.old-", f".{target.name}.new-"
    for left in sorted(target.parent.glob(f".{target.name}.*-*")):
        if left.name.startswith(old) and not target.exists() and read_manifest(left):
            left.rename(target)  # an exchange in two steps was interrupted after the first
        elif left.name.startswith((old, new)):
            shutil.rmtree(left, ignore_errors=True)


def _refuse_foreign_files(target: Path) -> None:
    if not target.exists():
        return
    manifest = read_manifest(target) if target.is_dir() else None
    known = {*manifest["files"], MANIFEST} if manifest else set()
    inside = (Path(folder, name) for folder, _, names in os.walk(target) for name in names)
    for path in inside if target.is_dir() else [target]:
        if path.relative_to(target).as_posix() not in known:
            raise DataError(
                "This file is not part of a published site, and publishing would delete it.",
                remedy="Choose a folder that is new or empty, or that contains only a published site.",
                file=path,
            )


def _write_manifest(site: SiteFiles, new: Path, key: str, files: Iterable[_File]) -> None:
    layout = site.layout
    listed = {file.path: {"sha256": file.sha256, "bytes": file.size} for file in files}
    body = {"key": key, "base": layout.rebase.published, "site": layout.address, "files": listed}
    (new / MANIFEST).write_text(json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def _write_files(site: SiteFiles, old: Path, new: Path) -> list[_File]:
    paths = list(site.paths())
    for folder in sorted({path.rpartition("/")[0] for path in paths}):
        (new / folder).mkdir(parents=True, exist_ok=True)
    processes = min(len(os.sched_getaffinity(0)), _MOST_PROCESSES) if sys.platform == "linux" else 1
    writer = _Writer(site, old, new, os.getpid())
    if processes < 2:
        return writer.write(paths)
    site.prepare()
    return _write_in_processes(writer, paths, processes)


@dataclass(frozen=True)
class _Writer:
    """Writes documents of a site to the new folder, or links the old file if it is unchanged."""

    site: SiteFiles
    old: Path
    new: Path
    process: int

    def write(self, paths: Iterable[str]) -> list[_File]:
        return [self._write(path) for path in paths]

    def _write(self, path: str) -> _File:
        document = self.site.document(path)
        assert document is not None, path
        content = document.content
        changed = not self._link_if_same(path, content)
        if changed:
            (self.new / path).write_bytes(content)
        return _File(path, hashlib.sha256(content).hexdigest(), len(content), changed)

    def _link_if_same(self, path: str, content: bytes) -> bool:
        try:
            old = self.old / path
            if old.read_bytes() != content:
                return False
            (self.new / path).hardlink_to(old)
        except OSError:
            return False
        return True


_writer: _Writer | None = None  # of a forked process, which shares with its parent what the site has prepared


def _write_in_processes(writer: _Writer, paths: Sequence[str], processes: int) -> list[_File]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    batches = [paths[start : start + _BATCH] for start in range(0, len(paths), _BATCH)]
    pool = ProcessPoolExecutor(processes, get_context("fork"), _begin_process, (writer,))
    try:
        return [file for files in pool.map(_write_batch, batches) for file in files]
    except BrokenProcessPool as error:
        raise DataError(
            "A process that renders pages ended unexpectedly.", remedy="Check that there is enough memory."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _begin_process(writer: _Writer) -> None:  # pragma: no cover - in another process
    global _writer
    _writer = writer
    # A process must not go on writing when the one that forked it has been killed.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != writer.process:
        os._exit(1)


def _write_batch(paths: Sequence[str]) -> list[_File]:  # pragma: no cover - in another process
    assert _writer is not None
    return _writer.write(paths)


def _flush_to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            done = ctypes.CDLL(None).syncfs(handle) == 0
        except (AttributeError, OSError, TypeError):
            done = False
        if not done:
            os.sync()
    finally:
        os.close(handle)


def _exchange(new: Path, target: Path) -> None:
    """Exchanges the new folder with the old one, if there is one, which then has the name of the new one."""
    if not target.exists():
        new.rename(target)
    elif not _exchange_at_once(new, target):
        old = target.with_name(new.name.replace(".new-", ".old-"))
        target.rename(old)
        new.rename(target)
        old.rename(new)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _exchange_at_once(one: Path, other: Path) -> bool:
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS, errno.EXDEV, errno.EOPNOTSUPP):
        return False
    raise OSError(number, os.strerror(number), str(other))
