"""The `.rq` files of a project: a header of `#+` lines (the grlc convention, YAML), below it plain SPARQL 1.1.

    #+ summary: Which partners work under an outcome?
    #+ summary_zh: 某一预期成果下有哪些合作伙伴？
    #+ tags: [partners, outcomes]
    #+ params:
    #+   outcome: {type: outcome, default: "2.4", about: the outcome's number}
    #+ returns:
    #+   partner: the partner
    #+   paragraph: the paragraph that says so
    SELECT ... WHERE { VALUES ?outcome { outcome:2.4 } ... }

A parameter is a variable with one `VALUES` block of one term, the default; `UNDEF` there means "any". So the file runs
unchanged in every engine, and binding a parameter puts one other term into that block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from mtsp_kg.cache import kept
from mtsp_kg.errors import NotFoundError, QueryError
from mtsp_kg.project import Project

PARAMETER_TYPES = ("entity", "outcome", "pillar", "paragraph", "string", "integer", "language")
_HEADER = re.compile(r"#\+ ?(.*)")


class Parameter(NamedTuple):
    """One parameter of a query: the variable's name, its type, its default as a user would write it (None: any)."""

    name: str
    type: str
    default: str | None = None
    about: str = ""


@dataclass(frozen=True)
class NamedQuery:
    """A query of the catalogue, as its file describes it."""

    name: str
    kind: str
    path: Path
    text: str
    summary: str
    summary_zh: str
    tags: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    returns: dict[str, str] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)


def read_query(path: Path) -> NamedQuery:
    """The query in a file. Raises QueryError, with file and line, when its header is not as it should be."""
    text = read_text(path)
    header = _header(text, path)
    if not isinstance(header, dict) or not header.get("summary"):
        raise QueryError("The '#+' header has no summary.", remedy="Begin with '#+ summary: ...'.", file=path, line=1)
    return NamedQuery(
        name=path.stem,
        kind=path.parent.name,
        path=path,
        text=text,
        summary=str(header["summary"]),
        summary_zh=str(header.get("summary_zh", "")),
        tags=tuple(header.get("tags") or ()),
        parameters=tuple(_parameter(name, about, path) for name, about in (header.get("params") or {}).items()),
        returns=dict(header.get("returns") or {}),
        header=header,
    )


def read_text(path: Path) -> str:
    """A query file's text. Raises NotFoundError when there is none, QueryError when it is not UTF-8 text."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFoundError("There is no such query file.", file=path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"The query file cannot be read: {error}.", file=path) from error


def _header(text: str, path: Path) -> Any:
    # A query without parameters runs without its header, and one with parameters has it from the cache: importing YAML
    # takes longer than answering.
    return kept("header", text, lambda: _parsed(text, path))


def _parsed(text: str, path: Path) -> Any:
    import yaml

    lines = [found.group(1) for line in text.splitlines() if (found := _HEADER.match(line))]
    try:
        return yaml.load("\n".join(lines), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise QueryError(f"The '#+' header is not YAML: {error.problem}.", file=path, line=line) from error


def _parameter(name: str, about: Any, path: Path) -> Parameter:
    if not isinstance(about, dict) or about.get("type") not in PARAMETER_TYPES:
        known = ", ".join(PARAMETER_TYPES)
        raise QueryError(f"Parameter '{name}' has no known type.", remedy=f"Give it one of: {known}.", file=path)
    default = about.get("default")
    return Parameter(name, about["type"], None if default is None else str(default), str(about.get("about", "")))


def read_catalogue(project: Project, kind: str | None = None) -> list[NamedQuery]:
    """All queries of a kind (`ask`, `check`, ...), by name; of all kinds when none is given. Raises QueryError."""
    return sorted((read_query(path) for path in project.query_files(kind)), key=lambda query: (query.kind, query.name))


def find_query(project: Project, name: str, kind: str | None = None) -> NamedQuery:
    """The query of that name. Raises NotFoundError, which suggests the nearest names, and QueryError."""
    return read_query(find_file(project, name, kind))


def find_file(project: Project, name: str, kind: str | None = None) -> Path:
    """The file of the query of that name. Raises NotFoundError, which suggests the nearest names."""
    files = project.query_files(kind)
    for path in files:
        if path.stem == name:
            return path
    import difflib

    near = difflib.get_close_matches(name, [path.stem for path in files if path.parent.name != "view"], n=3, cutoff=0.4)
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    raise NotFoundError(f"There is no query called '{name}'.", remedy=f"{hint}'mtsp queries' lists them all.")
