"""Prefixes for queries typed by hand.

The `.rq` files of a project: a header of `#+` lines (the grlc convention, YAML), below it plain SPARQL 1.1.

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

The catalogue as text and JSON.

The competency questions of a project: what its ontology must be able to answer, and the query that answers each.

    - question: Which outcomes stand under pillar 4?
      zh: 战略支柱4之下有哪些预期成果？
      query: outcomes-of-pillar
      with: {pillar: "4"}

They stand in `ontology/competency-questions.yaml`. Imports `errors` and `project`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from mtsp_kg.cache import cached_json
from mtsp_kg.errors import DataError, NotFoundError, QueryError
from mtsp_kg.plan import names
from mtsp_kg.project import Project

_DECLARED = re.compile(r"(?:^|\s)PREFIX\s+([\w.-]*):", re.IGNORECASE)
# IRIs and strings first, so that what looks like a prefix inside them is none.
_USED = re.compile(r"<[^<>\s]*>|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|(?<![\w:?$-])([A-Za-z]\w*):")


def with_prefixes(text: str, plan: str | None) -> str:
    """A query with declarations for those of our prefixes that it uses and does not declare, all on its first line,
    so that the lines of error messages stay those of the text.

    >>> with_prefixes("ASK { org:who ?p ?o }", None)
    'PREFIX org: <https://w3id.org/mtsp-kg/id/org/> ASK { org:who ?p ?o }'
    >>> with_prefixes("ASK { ?s a/rdfs:subClassOf <http://org:80/> ; ?p 'org:who' }", None)
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> ASK { ?s a/rdfs:subClassOf <http://org:80/> ; ?p 'org:who' }"
    """
    declared = set(_DECLARED.findall(text))
    used = set(_USED.findall(text)) - declared - {""}
    table = names.prefixes(plan)
    lines = [f"PREFIX {prefix}: <{table[prefix]}>" for prefix in sorted(used) if prefix in table]
    return " ".join([*lines, text])


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
    return cached_json("header", text, lambda: _parsed(text, path))


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


def every(project: Project, kind: str, tag: str | None, form: str) -> str:
    """All queries of a kind, one a line with its question; tag: only those that have it. Raises NotFoundError."""
    queries = [query for query in read_catalogue(project, kind) if tag is None or tag in query.tags]
    if not queries:
        tags = sorted({tag for query in read_catalogue(project, kind) for tag in query.tags})
        raise NotFoundError(f"No '{kind}' query has the tag '{tag}'.", remedy=f"Tags: {', '.join(tags) or 'none'}.")
    if form == "json":
        return json.dumps([_as_json(query) for query in queries], ensure_ascii=False, indent=2) + "\n"
    space = max(len(query.name) for query in queries)
    return "".join(f"{query.name:<{space}}  {query.summary}\n" for query in queries)


def one(project: Project, name: str, form: str) -> str:
    """One query in full: question, parameters, columns, SPARQL. Raises NotFoundError, QueryError."""
    query = find_query(project, name)
    if form == "json":
        return json.dumps(_as_json(query) | {"sparql": query.text}, ensure_ascii=False, indent=2) + "\n"
    lines = [query.name, f"  {query.summary}"]
    lines += [f"  {query.summary_zh}"] if query.summary_zh else []
    lines += [f"  --param {p.name}={p.default or '(any)'}  {p.type}: {p.about}" for p in query.parameters]
    lines += [f"  column {column}: {about}" for column, about in query.returns.items()]
    body = [line for line in query.text.splitlines() if not line.startswith("#+")]
    return "\n".join([*lines, "", *body]) + "\n"


def _as_json(query: NamedQuery) -> dict[str, Any]:
    return {
        "name": query.name,
        "kind": query.kind,
        "summary": query.summary,
        "summary_zh": query.summary_zh,
        "tags": list(query.tags),
        "parameters": [parameter._asdict() for parameter in query.parameters],
        "returns": query.returns,
    }


FILE = "competency-questions.yaml"


@dataclass(frozen=True)
class Competency:
    """A question, in English and Chinese, the name of a query, and its parameters as on the command line."""

    question: str
    zh: str
    query: str
    parameters: Mapping[str, str] = field(default_factory=dict, hash=False)


def competency_questions(project: Project) -> list[Competency]:
    """The project's competency questions in the order of their file; none where there is no file. Raises DataError."""
    import yaml  # not at start-up

    path = project.root / "ontology" / FILE
    if not path.is_file():
        return []
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DataError(f"This is not YAML: {error.problem}.", file=path, line=line) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"The questions cannot be read: {error}.", file=path) from error
    if not isinstance(entries, list):
        raise DataError("Competency questions are a list.", file=path, remedy="Begin each with '- question: ...'.")
    return [_read(entry, number, project) for number, entry in enumerate(entries, start=1)]


def _read(entry: object, number: int, project: Project) -> Competency:
    texts, given = ("question", "zh", "query"), {}
    right = isinstance(entry, dict) and set(entry) <= {*texts, "with"}
    if isinstance(entry, dict) and right:
        given = entry.get("with", {})
        right = all(isinstance(entry.get(key), str) for key in texts) and isinstance(given, dict)
    if not isinstance(entry, dict) or not right or not all(isinstance(value, str) for value in given.values()):
        raise DataError(
            f"Competency question {number} needs {', '.join(texts)}, and may have 'with'.",
            file=project.root / "ontology" / FILE,
            remedy="Write each as text, parameters as in 'with: {pillar: \"4\"}'.",
        )
    return Competency(entry["question"], entry["zh"], entry["query"], given)
