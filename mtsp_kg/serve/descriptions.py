"""Machine-readable descriptions of the server: OpenAPI 3.1, its queries as RDF, the SPARQL service description."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from mtsp_kg import __version__, vocab
from mtsp_kg.query.catalogue import NamedQuery, Parameter
from mtsp_kg.serve.api import API_TYPES, MAX_VALUE_LENGTH
from mtsp_kg.serve.negotiation import GRAPH_TYPES, TABLE_TYPES
from mtsp_kg.serve.responses import PROBLEM

_SERVICE_DESCRIPTION = Path(__file__).with_name("description.ttl")
_LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$"
_MAX_INTEGER = 10**18 - 1
_REASONS = {
    "400": "A parameter is unknown, missing or of the wrong type, or the query is not valid SPARQL 1.1",
    "404": "No query or entity has this name",
    "405": "The resource does not support this method",
    "406": "None of the accepted media types is available",
    "413": "The body, the query or the result exceeds its limit",
    "415": "The media type of the body is not supported",
    "429": "This client has reached its limit of concurrent queries",
    "503": "All workers are busy, or the query exceeded its memory limit",
    "504": "The query was cancelled at its time limit",
}
_QUERY_FORM = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b")
_COMMENT = re.compile(r"^\s*#.*\n?", re.MULTILINE)
_PREFIX = re.compile(r"^PREFIX\s+([\w.-]*):\s*<([^<>\s]*)>", re.MULTILINE | re.IGNORECASE)


def openapi(queries: Sequence[NamedQuery], base: str, title: str) -> bytes:
    """The OpenAPI 3.1 description of the server, in JSON. base: its public IRI, with a final slash."""
    paths: dict[str, Any] = {f"/api/{query.name}": {"get": _query_operation(query)} for query in queries}
    paths["/sparql"] = {"get": _sparql_get(), "post": _sparql_post()}
    paths["/health"] = {
        "get": {
            "operationId": "health",
            "summary": "Whether the server can answer queries, and how busy it is",
            "responses": {"200": _json_response("Ready for queries", {"type": "object"}), **_problems("503")},
        }
    }
    description = {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": __version__,
            "description": "The questions of the catalogue, and SPARQL 1.1. Read-only. Each row cites its source.",
        },
        "servers": [{"url": base.rstrip("/")}],
        "paths": paths,
        "components": {"schemas": {"Problem": _problem_schema()}},
    }
    return json.dumps(description, ensure_ascii=False, indent=1).encode() + b"\n"


def query_examples(queries: Sequence[NamedQuery], base: str, media_type: str) -> bytes:
    """The queries in an RDF format, like the SIB's SPARQL examples: an `sh:SPARQLExecutable` for each, with its
    question in each language, its text, its tags and its endpoint. base: see `openapi`.
    """
    namespaces: dict[str, str] = {}
    triples: list[ox.Triple] = []
    prefixes = ox.NamedNode(f"{base}.well-known/sparql-examples#prefixes")
    for query in queries:
        body = _COMMENT.sub("", query.text)
        namespaces |= dict(_PREFIX.findall(body))
        triples += _example(query, body, base, prefixes)
    for prefix, namespace in sorted(namespaces.items()):
        node = ox.NamedNode(f"{prefixes.value}-{prefix}")
        triples += [
            ox.Triple(prefixes, _sh("declare"), node),
            ox.Triple(node, _sh("prefix"), ox.Literal(prefix)),
            ox.Triple(node, _sh("namespace"), ox.Literal(namespace, datatype=ox.NamedNode(vocab.XSD + "anyURI"))),
        ]
    shortened = {"sh": vocab.SH, **{prefix: vocab.VOCABULARIES[prefix] for prefix in ("rdfs", "schema", "xsd")}}
    return _written(triples, media_type, shortened)


def service_description(base: str, media_type: str) -> bytes:
    """The SPARQL 1.1 Service Description of the endpoints (section 3) in an RDF format. base: see `openapi`."""
    parser = ox.parse(_SERVICE_DESCRIPTION.read_bytes(), ox.RdfFormat.TURTLE, base_iri=base)
    triples = [quad.triple for quad in parser]
    return _written(triples, media_type, parser.prefixes)


def _written(triples: list[ox.Triple], media_type: str, prefixes: Mapping[str, str]) -> bytes:
    form = ox.RdfFormat.from_media_type(media_type)
    return ox.serialize(triples, format=form, prefixes=dict(prefixes)) or b""


def _example(query: NamedQuery, body: str, base: str, prefixes: ox.NamedNode) -> Iterator[ox.Triple]:
    node = ox.NamedNode(f"{base}api/{query.name}")
    form = found.group(1) if (found := _QUERY_FORM.search(body)) else "SELECT"
    rdf_type, comment = ox.NamedNode(vocab.RDF_TYPE), ox.NamedNode(vocab.VOCABULARIES["rdfs"] + "comment")
    yield ox.Triple(node, rdf_type, _sh("SPARQLExecutable"))
    yield ox.Triple(node, rdf_type, _sh(f"SPARQL{form.capitalize()}Executable"))
    yield ox.Triple(node, comment, ox.Literal(query.summary, language="en"))
    if query.summary_zh:
        yield ox.Triple(node, comment, ox.Literal(query.summary_zh, language="zh"))
    yield ox.Triple(node, _sh("prefixes"), prefixes)
    yield ox.Triple(node, _sh(form.lower()), ox.Literal(body))
    schema = vocab.VOCABULARIES["schema"]
    for tag in query.tags:
        yield ox.Triple(node, ox.NamedNode(schema + "keywords"), ox.Literal(tag))
    yield ox.Triple(node, ox.NamedNode(schema + "target"), ox.NamedNode(base + "sparql"))


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(vocab.SH + name)


def _query_operation(query: NamedQuery) -> dict[str, Any]:
    row = {
        "type": "object",
        "properties": {name: {"description": str(about)} for name, about in query.returns.items()},
    }
    answer = {
        "type": "object",
        "required": ["query", "rows"],
        "properties": {"query": {"const": query.name}, "rows": {"type": "array", "items": row}},
    }
    content: dict[str, Any] = {
        media: {"schema": {"type": "string"}} for media in API_TYPES if media.startswith("text/")
    }
    content |= {media: {} for media in API_TYPES if media not in content}
    content["application/json"] = {"schema": answer}
    return {
        "operationId": query.name,
        "summary": query.summary,
        "description": query.summary_zh,
        "tags": list(query.tags),
        "parameters": [_parameter(parameter) for parameter in query.parameters],
        "responses": {
            "200": {"description": "The rows of the answer", "content": content},
            **_problems("400", "404", "406", "413", "429", "503", "504"),
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "maxLength": MAX_VALUE_LENGTH}
    if parameter.type == "integer":
        schema = {"type": "integer", "minimum": -_MAX_INTEGER, "maximum": _MAX_INTEGER}
    elif parameter.type == "boolean":
        schema = {"type": "boolean"}
    elif parameter.type == "date":
        schema["format"] = "date"
    elif parameter.type == "language":
        schema["pattern"] = _LANGUAGE
    described = {
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
        described["example"] = default
    return described


def _sparql_get() -> dict[str, Any]:
    return {
        "operationId": "sparql",
        "summary": "Run a SPARQL 1.1 query; without a query, get the service description",
        "parameters": [
            _text_parameter("query"),
            _text_parameter("default-graph-uri", repeated=True),
            _text_parameter("named-graph-uri", repeated=True),
        ],
        "responses": _sparql_responses(),
    }


def _sparql_post() -> dict[str, Any]:
    form = {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}
    return {
        "operationId": "sparqlPost",
        "summary": "Run the SPARQL 1.1 query in the body",
        "requestBody": {
            "required": True,
            "content": {
                "application/sparql-query": {"schema": {"type": "string"}},
                "application/x-www-form-urlencoded": {"schema": form},
            },
        },
        "responses": _sparql_responses(),
    }


def _sparql_responses() -> dict[str, Any]:
    content: dict[str, Any] = {media: {} for media in (*TABLE_TYPES, *GRAPH_TYPES)}
    return {
        "200": {"description": "Solutions, a boolean, or triples", "content": content},
        **_problems("400", "406", "413", "415", "429", "503", "504"),
    }


def _text_parameter(name: str, *, repeated: bool = False) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "array", "items": {"type": "string"}} if repeated else {"type": "string"}
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _problems(*statuses: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {status: {"description": _REASONS[status], "content": {PROBLEM: {"schema": schema}}} for status in statuses}


def _json_response(description: str, schema: dict[str, Any]) -> dict[str, Any]:
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
