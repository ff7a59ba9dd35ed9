"""The settings of a user's own project: `[tool.mtsp]` in pyproject.toml, or mtsp.toml.

    data = ["data"]
    shapes = ["shapes"]
    ontology = []
    fail-on = "violation"
    waivers = "waivers.yaml"

Paths are relative to the file. The nearest file is used: that of the folder, or of a folder above it in the same
repository.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple, cast

from mtsp_kg import vocab
from mtsp_kg.errors import DataError
from mtsp_kg.formats import is_rdf_file
from mtsp_kg.output import write_whole
from mtsp_kg.validate.options import EngineName, SeverityName, ValidationArguments

FILE = "mtsp.toml"
_PYPROJECT = "pyproject.toml"
_PATH_LISTS = ("data", "shapes", "ontology")
_PATHS = ("waivers", "baseline")
_CHOICES = {"fail-on": ("violation", "warning", "info"), "engine": ("shacl", "pyshacl")}
_KEYS = (*_PATH_LISTS, *_PATHS, *_CHOICES)
_TABLE = "[tool.mtsp]\n"


class ValidationSettings(NamedTuple):
    """The content of a settings file; a setting that it lacks is empty. file: the settings file, if there is one."""

    file: Path | None = None
    data: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    ontology: tuple[str, ...] = ()
    waivers: str | None = None
    baseline: str | None = None
    fail_on: SeverityName | None = None
    engine: EngineName | None = None

    def arguments(self, files: tuple[str, ...] = ()) -> tuple[tuple[str, ...], ValidationArguments]:
        """The files to validate and the options of the validation.

        files: those of the command line. They replace the data of the settings, and with the data the shapes, the
        ontology, the waivers and the baseline.
        """
        found: ValidationArguments = {}
        if self.fail_on:
            found["fail_on"] = self.fail_on
        if self.engine:
            found["engine"] = self.engine
        if files or not self.data:
            return files, found
        found |= {"shapes": self.shapes, "ontology": self.ontology}
        if self.waivers and Path(self.waivers).is_file():  # `init` names a file that need not exist
            found["waivers"] = self.waivers
        if self.baseline:
            found["baseline"] = self.baseline
        return self.data, found


def find_settings(folder: Path) -> ValidationSettings:
    """The settings that apply to a folder; empty if it has no settings file. Raises DataError."""
    for above in (folder, *folder.parents):
        for name in (FILE, _PYPROJECT):
            if (above / name).is_file():
                table = _read(above / name)
                if table is not None:
                    return _settings(table, above / name)
        if (above / ".git").exists():
            break
    return ValidationSettings()


def _read(file: Path) -> dict[str, Any] | None:
    try:
        text = file.read_text(encoding="utf-8")
        if file.name == _PYPROJECT and "mtsp" not in text:
            return None
        import tomllib

        content = tomllib.loads(text)
    except (ValueError, OSError) as error:
        raise DataError(f"Invalid TOML: {error}.", file=file) from error
    if file.name == FILE and "tool" not in content:
        return content
    found = content.get("tool", {}).get("mtsp")
    if found is not None and not isinstance(found, dict):
        raise DataError("[tool.mtsp] is not a table.", file=file)
    return found


def _settings(table: dict[str, Any], file: Path) -> ValidationSettings:
    for key in table:
        if key not in _KEYS:
            import difflib

            near = difflib.get_close_matches(key, _KEYS, n=1)
            remedy = f"Did you mean '{near[0]}'?" if near else f"Use one of: {', '.join(_KEYS)}."
            raise DataError(f"Unknown setting '{key}'.", remedy=remedy, file=file)
    lists = {key: tuple(_path(found, file) for found in _texts(table, key, file)) for key in _PATH_LISTS}
    single = {key: next(iter(_texts(table, key, file)), None) for key in (*_PATHS, *_CHOICES)}
    for key, known in _CHOICES.items():
        if single[key] is not None and single[key] not in known:
            what = f"'{single[key]}' is not a valid value for '{key}'."
            raise DataError(what, remedy=f"Choose one of: {', '.join(known)}.", file=file)
    paths = {key: _path(found, file) if (found := single[key]) else None for key in _PATHS}
    return ValidationSettings(
        file,
        data=lists["data"],
        shapes=lists["shapes"],
        ontology=lists["ontology"],
        waivers=paths["waivers"],
        baseline=paths["baseline"],
        fail_on=cast("SeverityName | None", single["fail-on"]),
        engine=cast("EngineName | None", single["engine"]),
    )


def _texts(table: dict[str, Any], key: str, file: Path) -> list[str]:
    found = table.get(key, [])
    texts = [found] if isinstance(found, str) else found
    if not isinstance(texts, list) or not all(isinstance(text, str) and text for text in texts):
        raise DataError(f"'{key}' is not a string or a list of strings.", file=file, remedy=f'Write {key} = ["..."].')
    return texts


def _path(text: str, file: Path) -> str:
    """A path relative to the current folder."""
    return Path(os.path.relpath(file.parent / text)).as_posix()


def init(folder: Path) -> Path:
    """Writes settings for the files of a folder; returns the settings file. Raises DataError if one already exists."""
    if existing := find_settings(folder).file:
        raise DataError("A settings file already exists.", file=existing, remedy="Edit it.")
    rooms: dict[str, set[str]] = {key: set() for key in _PATH_LISTS}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and is_rdf_file(path) and not any(part.startswith(".") for part in parts):
            rooms[_kind(path)].add(parts[0])
    for key in ("ontology", "shapes"):  # a folder of shapes and data is named once, as shapes
        rooms["data"] -= rooms[key]
    lines = [f"{key} = [{', '.join(_quoted(room) for room in sorted(rooms[key]))}]" for key in _PATH_LISTS]
    text = "\n".join([*lines, 'fail-on = "violation"', 'waivers = "waivers.yaml"']) + "\n"
    pyproject = folder / _PYPROJECT
    if pyproject.is_file():
        before = pyproject.read_text(encoding="utf-8")
        write_whole(pyproject, f"{before.rstrip()}\n\n{_TABLE}{text}".encode())
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
