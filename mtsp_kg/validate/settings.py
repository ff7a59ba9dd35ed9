"""What a project of one's own writes down once: `[tool.mtsp]` in pyproject.toml, or mtsp.toml.

    data = ["data"]
    shapes = ["shapes"]
    ontology = []
    fail-on = "violation"
    waivers = "waivers.yaml"

Paths are relative to the file. The nearest file counts: of this folder, or of one above it in the same repository.
Imports `errors`, `names`, `output` and, of this room, `inputs`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

from mtsp_kg import vocab
from mtsp_kg.errors import DataError
from mtsp_kg.formats import is_rdf_file
from mtsp_kg.output import write_whole

FILE = "mtsp.toml"
_PYPROJECT = "pyproject.toml"
_PATHS = ("data", "shapes", "ontology")
_PATH = ("waivers", "baseline")
_WORDS = {"fail-on": ("violation", "warning", "info"), "engine": ("shacl", "pyshacl")}
_KEYS = (*_PATHS, *_PATH, *_WORDS)
_HEAD = "[tool.mtsp]\n"


class Settings(NamedTuple):
    """What a file of settings says; empty where it says nothing. file: where it was said."""

    file: Path | None = None
    data: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    ontology: tuple[str, ...] = ()
    waivers: str | None = None
    baseline: str | None = None
    fail_on: str | None = None
    engine: str | None = None


def find_settings(folder: Path) -> Settings:
    """The settings for a folder; empty ones where there are none. Raises DataError."""
    for above in (folder, *folder.parents):
        for name in (FILE, _PYPROJECT):
            if (above / name).is_file():
                told = _read(above / name)
                if told is not None:
                    return _settings(told, above / name)
        if (above / ".git").exists():
            break
    return Settings()


def _read(file: Path) -> dict[str, Any] | None:
    try:
        text = file.read_text(encoding="utf-8")
        if file.name == _PYPROJECT and "mtsp" not in text:
            return None
        import tomllib

        told = tomllib.loads(text)
    except (ValueError, OSError) as error:
        raise DataError(f"This is not TOML: {error}.", file=file) from error
    if file.name == FILE and "tool" not in told:
        return told
    found = told.get("tool", {}).get("mtsp")
    if found is not None and not isinstance(found, dict):
        raise DataError("[tool.mtsp] is no table.", file=file)
    return found


def _settings(told: dict[str, Any], file: Path) -> Settings:
    for key in told:
        if key not in _KEYS:
            import difflib

            near = difflib.get_close_matches(key, _KEYS, n=1)
            hint = f"Did you mean '{near[0]}'?" if near else f"Known are: {', '.join(_KEYS)}."
            raise DataError(f"There is no setting '{key}'.", remedy=hint, file=file)
    paths = {key: tuple(_path(found, file) for found in _texts(told, key, file)) for key in _PATHS}
    one = {key: next(iter(_texts(told, key, file)), None) for key in (*_PATH, *_WORDS)}
    for key, known in _WORDS.items():
        if one[key] is not None and one[key] not in known:
            raise DataError(f"'{one[key]}' is no {key}.", remedy=f"Choose one of: {', '.join(known)}.", file=file)
    places = {key: _path(found, file) if (found := one[key]) else None for key in _PATH}
    return Settings(
        file, **paths, waivers=places["waivers"], baseline=places["baseline"],
        fail_on=one["fail-on"], engine=one["engine"],
    )  # fmt: skip


def _texts(told: dict[str, Any], key: str, file: Path) -> list[str]:
    found = told.get(key, [])
    texts = [found] if isinstance(found, str) else found
    if not isinstance(texts, list) or not all(isinstance(text, str) and text for text in texts):
        raise DataError(f"'{key}' is no text, nor a list of texts.", file=file, remedy=f'Write {key} = ["..."].')
    return texts


def _path(told: str, file: Path) -> str:
    """A path as seen from the current folder."""
    return Path(os.path.relpath(file.parent / told)).as_posix()


def init(folder: Path) -> Path:
    """Writes settings that fit what is in a folder; gives back the file. Raises DataError where there are some."""
    if find_settings(folder).file:
        raise DataError("There are settings already.", file=find_settings(folder).file, remedy="Edit them.")
    rooms: dict[str, set[str]] = {key: set() for key in _PATHS}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and is_rdf_file(path) and not any(part.startswith(".") for part in parts):
            rooms[_kind(path)].add(parts[0])
    for key in ("ontology", "shapes"):  # a folder that holds shapes and data is named once, as what it is first
        rooms["data"] -= rooms[key]
    lines = [f"{key} = [{', '.join(_quoted(room) for room in sorted(rooms[key]))}]" for key in _PATHS]
    text = "\n".join([*lines, 'fail-on = "violation"', 'waivers = "waivers.yaml"']) + "\n"
    pyproject = folder / _PYPROJECT
    if pyproject.is_file():
        before = pyproject.read_text(encoding="utf-8")
        write_whole(pyproject, f"{before.rstrip()}\n\n{_HEAD}{text}".encode())
        return pyproject
    write_whole(folder / FILE, text.encode())
    return folder / FILE


def _kind(path: Path) -> str:
    text = path.read_bytes()
    if vocab.SH.encode() in text and (b"NodeShape" in text or b"PropertyShape" in text):
        return "shapes"
    return "ontology" if vocab.OWL.encode() in text and b"owl:Class" in text else "data"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
