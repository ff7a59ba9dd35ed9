"""The catalogue of a project: its `.rq` files, each a query with a descriptive header, and its competency questions.

A query begins with a header of `#+` lines (the grlc convention, YAML); below it is plain SPARQL 1.1.

    #+ summary: Which partners work under an outcome?
    #+ summary_zh: 某一预期成果下有哪些合作伙伴？
    #+ tags: [partners, outcomes]
    #+ params:
    #+   outcome: {type: outcome, default: "2.4", about: the outcome's number}
    #+ returns:
    #+   partner: the partner
    #+   paragraph: the paragraph that states it
    SELECT ... WHERE { VALUES ?outcome { outcome:2.4 } ... }

A parameter is a variable with one `VALUES` block of one term, the default; `UNDEF` means "any". So the file runs
unchanged in every engine, and binding a parameter replaces the term in that block.

Competency questions are questions that the ontology must be able to answer, each with the query that answers it. They
are in `ontology/competency-questions.yaml`.

    - question: Which outcomes are part of pillar 4?
      zh: 战略支柱4之下有哪些预期成果？
      query: outcomes-of-pillar
      with: {pillar: "4"}
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from mtsp_kg.cache import cached_json
from mtsp_kg.errors import DataError, NotFoundError, QueryError
from mtsp_kg.formats import check_form
from mtsp_kg.profile import Profile
from mtsp_kg.project import Project

# Types of parameters in every project; a profile adds those of its resources.
PARAMETER_TYPES = ("entity", "string", "integer", "boolean", "date", "language")
COMPETENCY_FILE = "competency-questions.yaml"
# Queries that the package itself runs, which are never suggested for an unknown name.
_INTERNAL = "view"
_HEADER = re.compile(r"#\+ ?(.*)")
_DECLARED = re.compile(r"(?:^|\s)PREFIX\s+([\w.-]*):", re.IGNORECASE)
# IRIs and strings first, so that nothing inside them is taken for a prefix.
_USED = re.compile(r"<[^<>\s]*>|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|(?<![\w:?$-])([A-Za-z]\w*):")


class Parameter(NamedTuple):
    """A parameter of a query: its variable's name, its type, its default as a user writes it (None: any)."""

    name: str
    type: str
    default: str | None = None
    about: str = ""


@dataclass(frozen=True)
class NamedQuery:
    """A query of the catalogue, with the fields of its header. kind: the name of its folder (`ask`, `check` ...)."""

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

    forms: ClassVar[tuple[str, ...]] = ("text", "json")

    def write(self, form: str = "text") -> str:
        """The question, its parameters, its columns and its SPARQL, as `text` or `json`. Raises NotFoundError."""
        if form == "json":
            return _json(self._as_dict() | {"sparql": self.text})
        check_form(form, self.forms, "A query")
        lines = [self.name, f"  {self.summary}"]
        lines += [f"  {self.summary_zh}"] if self.summary_zh else []
        lines += [f"  --param {p.name}={p.default or '(any)'}  {p.type}: {p.about}" for p in self.parameters]
        lines += [f"  column {column}: {about}" for column, about in self.returns.items()]
        body = [line for line in self.text.splitlines() if not line.startswith("#+")]
        return "\n".join([*lines, "", *body]) + "\n"

    def __str__(self) -> str:
        return self.write()

    def _as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind,
            "summary": self.summary,
            "summary_zh": self.summary_zh,
            "tags": list(self.tags),
            "parameters": [parameter._asdict() for parameter in self.parameters],
            "returns": self.returns,
        }


class QueryList:
    """Queries of the catalogue, by name."""

    forms: ClassVar[tuple[str, ...]] = ("text", "json")

    def __init__(self, queries: Iterable[NamedQuery]) -> None:
        self.queries = tuple(queries)

    def __len__(self) -> int:
        return len(self.queries)

    def __iter__(self) -> Iterator[NamedQuery]:
        return iter(self.queries)

    def write(self, form: str = "text") -> str:
        """As `text`, one query per line with its question, or as `json`. Raises NotFoundError."""
        if form == "json":
            return _json([query._as_dict() for query in self.queries])
        check_form(form, self.forms, "A list of queries")
        width = max((len(query.name) for query in self.queries), default=0)
        return "".join(f"{query.name:<{width}}  {query.summary}\n" for query in self.queries)

    def __str__(self) -> str:
        return self.write()


class CompetencyQuestion(NamedTuple):
    """A question, in English and Chinese, the name of a query, and its parameters as on the command line."""

    question: str
    zh: str
    query: str
    parameters: Mapping[str, str]


def read_query(path: Path, profile: Profile) -> NamedQuery:
    """The query in a file. profile: has the types of parameters. Raises QueryError, with file and line."""
    text = read_text(path)
    header = _header(text, path)
    if not isinstance(header, dict) or not header.get("summary"):
        raise QueryError("The '#+' header has no summary.", remedy="Begin with '#+ summary: ...'.", file=path, line=1)
    types = (*PARAMETER_TYPES, *profile.resource_types)
    return NamedQuery(
        name=path.stem,
        kind=path.parent.name,
        path=path,
        text=text,
        summary=str(header["summary"]),
        summary_zh=str(header.get("summary_zh", "")),
        tags=tuple(header.get("tags") or ()),
        parameters=tuple(_parameter(name, about, types, path) for name, about in (header.get("params") or {}).items()),
        returns=dict(header.get("returns") or {}),
        header=header,
    )


def read_text(path: Path) -> str:
    """The text of a query file. Raises NotFoundError if it does not exist, QueryError if it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFoundError("The query file does not exist.", file=path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"The query file cannot be read: {error}.", file=path) from error


def read_catalogue(project: Project, kind: str | None = None) -> list[NamedQuery]:
    """All queries of a kind, or of all kinds, by name. Raises QueryError."""
    queries = (read_query(path, project.profile) for path in project.query_files(kind))
    return sorted(queries, key=lambda query: (query.kind, query.name))


def list_queries(project: Project, kind: str, tag: str | None = None) -> QueryList:
    """The queries of a kind, or those that have a tag. Raises NotFoundError if there are none, QueryError."""
    queries = read_catalogue(project, kind)
    found = tuple(query for query in queries if tag is None or tag in query.tags)
    if found:
        return QueryList(found)
    if not queries:
        kinds = sorted({path.parent.name for path in project.query_files()} - {_INTERNAL})
        raise NotFoundError(f"Unknown kind of query '{kind}'.", remedy=f"Kinds: {', '.join(kinds) or 'none'}.")
    tags = sorted({tag for query in queries for tag in query.tags})
    raise NotFoundError(f"No '{kind}' query has the tag '{tag}'.", remedy=f"Tags: {', '.join(tags) or 'none'}.")


def find_query(project: Project, name: str, kind: str | None = None) -> NamedQuery:
    """The query with a name. Raises NotFoundError, which suggests the nearest names, and QueryError."""
    return read_query(find_file(project, name, kind), project.profile)


def find_file(project: Project, name: str, kind: str | None = None) -> Path:
    """The file of the query with a name. Raises NotFoundError, which suggests the nearest names."""
    files = project.query_files(kind)
    for path in files:
        if path.stem == name:
            return path
    import difflib

    names = [path.stem for path in files if path.parent.name != _INTERNAL]
    near = [f"'{one}'" for one in difflib.get_close_matches(name, names, n=3, cutoff=0.4)]
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    raise NotFoundError(f"Unknown query '{name}'.", remedy=f"{hint}'mtsp queries' lists all queries.")


def with_prefixes(text: str, profile: Profile) -> str:
    """A query with declarations of the project's prefixes that it uses and does not declare, all on its first line, so
    that the lines in error messages are those of the text.

    >>> profile = Profile("https://example.org/", {"org": "https://example.org/org/", "rdfs": "urn:rdfs#"})
    >>> with_prefixes("ASK { org:who ?p ?o }", profile)
    'PREFIX org: <https://example.org/org/> ASK { org:who ?p ?o }'
    >>> with_prefixes("ASK { ?s a/rdfs:subClassOf <http://org:80/> ; ?p 'org:who' }", profile)
    "PREFIX rdfs: <urn:rdfs#> ASK { ?s a/rdfs:subClassOf <http://org:80/> ; ?p 'org:who' }"
    """
    declared = set(_DECLARED.findall(text))
    used = set(_USED.findall(text)) - declared - {""}
    lines = [f"PREFIX {prefix}: <{profile.prefixes[prefix]}>" for prefix in sorted(used) if prefix in profile.prefixes]
    return " ".join([*lines, text])


def competency_questions(project: Project) -> list[CompetencyQuestion]:
    """The project's competency questions in the order of their file; none if there is no file. Raises DataError."""
    import yaml  # not at start-up

    path = project.root / "ontology" / COMPETENCY_FILE
    if not path.is_file():
        return []
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DataError(f"The file is not YAML: {error.problem}.", file=path, line=line) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"The competency questions cannot be read: {error}.", file=path) from error
    if not isinstance(entries, list):
        raise DataError("Competency questions must be a list.", file=path, remedy="Begin each with '- question: ...'.")
    return [_competency_question(entry, number, path) for number, entry in enumerate(entries, start=1)]


def _competency_question(entry: object, number: int, path: Path) -> CompetencyQuestion:
    texts, given = ("question", "zh", "query"), {}
    right = isinstance(entry, dict) and set(entry) <= {*texts, "with"}
    if isinstance(entry, dict) and right:
        given = entry.get("with", {})
        right = all(isinstance(entry.get(key), str) for key in texts) and isinstance(given, dict)
    if not isinstance(entry, dict) or not right or not all(isinstance(value, str) for value in given.values()):
        raise DataError(
            f"Competency question {number} needs {', '.join(texts)}, and may have 'with'.",
            file=path,
            remedy="Write each as text, parameters as in 'with: {pillar: \"4\"}'.",
        )
    return CompetencyQuestion(entry["question"], entry["zh"], entry["query"], given)


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


def _parameter(name: str, about: Any, types: tuple[str, ...], path: Path) -> Parameter:
    if not isinstance(about, dict) or about.get("type") not in types:
        raise QueryError(
            f"Parameter '{name}' has no known type.", remedy=f"Give it one of: {', '.join(types)}.", file=path
        )
    default = about.get("default")
    if isinstance(default, bool):
        default = str(default).lower()
    return Parameter(name, about["type"], None if default is None else str(default), str(about.get("about", "")))


def _json(body: Any) -> str:
    import json

    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"
