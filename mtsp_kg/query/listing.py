"""The catalogue as text and JSON."""

from __future__ import annotations

import json
from typing import Any

from mtsp_kg.errors import NotFoundError
from mtsp_kg.project import Project
from mtsp_kg.query.catalogue import NamedQuery, find_query, read_catalogue


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
