"""The API's own description (OpenAPI 3.1), made from the headers of the queries. Imports `query` and this room."""

from __future__ import annotations

import json
from typing import Any

from mtsp_kg import __version__
from mtsp_kg.query.catalogue import NamedQuery, Parameter
from mtsp_kg.serve.api import LONGEST_VALUE, TYPES
from mtsp_kg.serve.protocol import GRAPH_TYPES, TABLE_TYPES
from mtsp_kg.serve.responses import PROBLEM

_LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$"
_REASONS = {
    "400": "A parameter is unknown, missing or of the wrong type, or the query is not SPARQL 1.1",
    "404": "Nothing is called so",
    "405": "The resource has no such method",
    "406": "None of the accepted types is on offer",
    "413": "The body, the query or the result is over its limit",
    "415": "The body is of a type that is not taken",
    "429": "This client has its share of queries here already",
    "503": "All workers are taken, or the query took too much memory",
    "504": "The query was ended at its time limit",
}


def openapi(queries: list[NamedQuery], base: str) -> bytes:
    """The description as JSON. base: the server's IRI, with its final slash."""
    paths: dict[str, Any] = {f"/api/{query.name}": {"get": _operation(query)} for query in queries}
    paths["/sparql"] = {"get": _sparql_get(), "post": _sparql_post()}
    paths["/health"] = {
        "get": {
            "operationId": "health",
            "summary": "Is the server well?",
            "responses": {"200": _json_answer("It is", {"type": "object"}), **_problems("503")},
        }
    }
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "mtsp-kg: WIPO's Medium-Term Strategic Plan 2022-2026 as linked data",
            "version": __version__,
            "description": "The questions of the catalogue, and SPARQL 1.1. Read-only. Each row names its paragraph.",
        },
        "servers": [{"url": base.rstrip("/")}],
        "paths": paths,
        "components": {"schemas": {"Problem": _problem_schema()}},
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


def _operation(query: NamedQuery) -> dict[str, Any]:
    row = {
        "type": "object",
        "properties": {name: {"description": str(about)} for name, about in query.returns.items()},
    }
    whole = {
        "type": "object",
        "required": ["query", "rows"],
        "properties": {"query": {"const": query.name}, "rows": {"type": "array", "items": row}},
    }
    content: dict[str, Any] = {media: {"schema": {"type": "string"}} for media in TYPES if media.startswith("text/")}
    content |= {media: {} for media in TYPES if media not in content}
    content["application/json"] = {"schema": whole}
    return {
        "operationId": query.name,
        "summary": query.summary,
        "description": query.summary_zh,
        "tags": list(query.tags),
        "parameters": [_parameter(parameter) for parameter in query.parameters],
        "responses": {
            "200": {"description": "The rows", "content": content},
            **_problems("400", "404", "406", "413", "429", "503", "504"),
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "maxLength": LONGEST_VALUE}
    if parameter.type == "integer":
        schema = {"type": "integer", "minimum": -(10**18) + 1, "maximum": 10**18 - 1}
    elif parameter.type == "boolean":
        schema = {"type": "boolean"}
    elif parameter.type == "date":
        schema["format"] = "date"
    elif parameter.type == "language":
        schema["pattern"] = _LANGUAGE
    about = {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": f"{parameter.about or parameter.name} ({parameter.type})",
        "schema": schema,
    }
    if parameter.default is not None:
        default: Any = parameter.default
        if parameter.type in ("integer", "boolean"):
            default = json.loads(parameter.default)
        schema["default"] = default
        about["example"] = default
    return about


def _sparql_get() -> dict[str, Any]:
    return {
        "operationId": "sparql",
        "summary": "A SPARQL 1.1 query; without one, the service description",
        "parameters": [_text("query", many=False), _text("default-graph-uri"), _text("named-graph-uri")],
        "responses": _sparql_answers(),
    }


def _sparql_post() -> dict[str, Any]:
    form = {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}
    return {
        "operationId": "sparqlPost",
        "summary": "A SPARQL 1.1 query in the body",
        "requestBody": {
            "required": True,
            "content": {
                "application/sparql-query": {"schema": {"type": "string"}},
                "application/x-www-form-urlencoded": {"schema": form},
            },
        },
        "responses": _sparql_answers(),
    }


def _sparql_answers() -> dict[str, Any]:
    content: dict[str, Any] = {media: {} for media in (*TABLE_TYPES, *GRAPH_TYPES)}
    return {
        "200": {"description": "Solutions, a boolean, or triples", "content": content},
        **_problems("400", "406", "413", "415", "429", "503", "504"),
    }


def _text(name: str, *, many: bool = True) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "array", "items": {"type": "string"}} if many else {"type": "string"}
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _problems(*statuses: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {status: {"description": _REASONS[status], "content": {PROBLEM: {"schema": schema}}} for status in statuses}


def _json_answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _problem_schema() -> dict[str, Any]:
    text, number = {"type": "string"}, {"type": "integer"}
    return {
        "type": "object",
        "required": ["title", "status", "detail"],
        "properties": {
            "title": text, "status": number, "detail": text, "remedy": text, "line": number, "column": number,
        },
    }  # fmt: skip
