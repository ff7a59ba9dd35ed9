"""A site into a folder: whole or not at all, only changed files written, nothing done when nothing changed.

The site is made in a folder beside the old one, files that did not change as further names of the old ones (hard
links), the list of all with their SHA-256 last; it is brought to disk, and the two folders change places in one step
of the file system (renameat2 with RENAME_EXCHANGE; where a system lacks it, in two). So whoever looks sees the old site
or the new one. What an interrupted run left is removed by the next. Imports `errors`, `publish.site`.
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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mtsp_kg.errors import DataError
from mtsp_kg.plan.pages.site import Site

MANIFEST = "manifest.json"
_AT_FDCWD, _EXCHANGE = -100, 2
_MOST_PROCESSES = 4


@dataclass(frozen=True)
class Published:
    """What publishing did: files in the site, how many of them were written now, bytes in all; whether anything
    changed."""

    files: int
    written: int
    size: int
    changed: bool


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The list of a published site's files; None where there is none that can be read."""
    try:
        found = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("files"), dict) else None


def unchanged(folder: Path, key: str) -> Published | None:
    """What stands in a folder, when that is the site with this key and every file is there with its size."""
    manifest = read_manifest(folder)
    if manifest is None or manifest.get("key") != key:
        return None
    size = 0
    for path, about in manifest["files"].items():
        try:
            found = (folder / path).stat().st_size
        except OSError:
            return None
        if found != about["bytes"]:
            return None
        size += found
    return Published(len(manifest["files"]), 0, size, False)


def write(site: Site, target: Path, key: str) -> Published:
    """Writes the site into a folder; key: what names its sources and options.

    Raises DataError when the folder holds files that are not of a site written before, when somebody else is writing
    it, or when it cannot be written.
    """
    target = Path(os.path.realpath(target))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(target):
            _sweep(target)
            _refuse_foreign(target)
            new = Path(tempfile.mkdtemp(prefix=f".{target.name}.new-", dir=target.parent))
            try:
                entries = _make(site, target, new)
                written = sum(about.pop("new") for about in entries.values())
                body = {"key": key, "base": site.options.base, "site": site.options.address, "files": entries}
                text = json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
                (new / MANIFEST).write_text(text, "utf-8")
                new.chmod(0o755)
                _to_disk(new)
                _exchange(new, target)
            finally:
                shutil.rmtree(new, ignore_errors=True)
    except OSError as error:
        raise DataError(
            f"The site cannot be written: {error.strerror}.",
            remedy="Name a folder that can be made anew (no mount point) on a disk with room.",
            file=target,
        ) from error
    return Published(len(entries), written, sum(about["bytes"] for about in entries.values()), True)


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # pragma: no cover - no such locks there
        yield
        return
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise DataError(
            "Somebody else is publishing into this place.", remedy="Wait until that has ended.", file=target
        ) from error
    finally:
        os.close(handle)


def _sweep(target: Path) -> None:
    for left in sorted(target.parent.glob(f".{target.name}.*-*")):
        if left.name.startswith(f".{target.name}.old-") and not target.exists() and read_manifest(left):
            left.rename(target)
        elif left.name.startswith((f".{target.name}.old-", f".{target.name}.new-")):
            shutil.rmtree(left, ignore_errors=True)


def _refuse_foreign(target: Path) -> None:
    if not target.exists():
        return
    manifest = read_manifest(target) if target.is_dir() else None
    known = set(manifest["files"]) | {MANIFEST} if manifest else set()
    for folder, _, files in os.walk(target) if target.is_dir() else [(str(target.parent), [], [target.name])]:
        for name in files:
            path = Path(folder, name)
            if target == path or path.relative_to(target).as_posix() not in known:
                raise DataError(
                    "This is not of a site that was published here, and would be lost.",
                    remedy="Name a folder that is new, empty, or holds nothing but a published site.",
                    file=path,
                )


def _make(site: Site, old: Path, new: Path) -> dict[str, Any]:
    paths = list(site.paths())
    for folder in sorted({os.path.dirname(path) for path in paths}):  # noqa: PTH120 - text of paths, thousands of them
        (new / folder).mkdir(parents=True, exist_ok=True)
    count = min(len(os.sched_getaffinity(0)), _MOST_PROCESSES) if sys.platform == "linux" else 1
    if count < 2:
        return dict(_write_some(site, paths, old, new))
    site.prepare()
    return _in_processes(site, paths, old, new, count)


def _in_processes(site: Site, paths: Sequence[str], old: Path, new: Path, count: int) -> dict[str, Any]:
    # Forked processes share what the site has made ready; each takes every n-th run of paths and writes its files.
    runs = [list(paths[start : start + 70]) for start in range(0, len(paths), 70)]
    readers, children = [], []
    parent = os.getpid()
    for number in range(count):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:  # pragma: no cover - in another process
            os.close(reader)
            _child(site, [path for run in runs[number::count] for path in run], old, new, writer, parent)
        os.close(writer)
        readers.append(reader)
        children.append(child)
    found: dict[str, Any] = {}
    failure = ""
    for reader, child in zip(readers, children, strict=True):
        with os.fdopen(reader, "rb") as pipe:
            text = pipe.read()
        os.waitpid(child, 0)
        answer: dict[str, Any] = json.loads(text) if text else {"failure": "a process ended early"}
        failure = failure or answer.get("failure", "")
        found |= answer.get("files", {})
    if failure:
        # What failed there fails here too, as an error with its place.
        return dict(_write_some(site, paths, old, new, again=True))
    return {path: found[path] for path in paths}


def _child(site: Site, paths: list[str], old: Path, new: Path, writer: int, parent: int) -> None:  # pragma: no cover
    status = 1
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: does not outlive the process that forked it
        if os.getppid() == parent:
            try:
                answer: dict[str, Any] = {"files": dict(_write_some(site, paths, old, new))}
            except Exception as error:
                answer = {"failure": f"{type(error).__name__}: {error}"}
            with os.fdopen(writer, "wb") as pipe:
                pipe.write(json.dumps(answer).encode())
            status = 0
    finally:
        os._exit(status)


def _write_some(
    site: Site, paths: Sequence[str], old: Path, new: Path, *, again: bool = False
) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in paths:
        document = site.document(path)
        assert document is not None, path
        place = os.path.join(new, path)  # noqa: PTH118 - as above
        if again and os.path.exists(place):  # noqa: PTH110
            os.unlink(place)  # noqa: PTH108
        fresh = not _same(os.path.join(old, path), document.content)  # noqa: PTH118
        if not fresh:
            try:
                os.link(os.path.join(old, path), place)  # noqa: PTH118
            except OSError:
                fresh = True
        if fresh:
            with open(place, "wb") as file:  # noqa: PTH123
                file.write(document.content)
        about = {"sha256": hashlib.sha256(document.content).hexdigest(), "bytes": len(document.content)}
        yield path, about | {"new": fresh}


def _same(place: str, content: bytes) -> bool:
    try:
        with open(place, "rb") as file:  # noqa: PTH123
            return file.read() == content
    except OSError:
        return False


def _to_disk(folder: Path) -> None:
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
    """Puts the new folder in the old one's place; afterwards the old one, if there was one, has the new one's name."""
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
