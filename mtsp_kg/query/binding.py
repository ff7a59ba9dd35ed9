"""Parameters: from what a user writes to an RDF term, and from the term to its place in a query.

A term is written by pyoxigraph, never pasted from the user's text, into the one `VALUES` block of its variable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.errors import ParameterError, QueryError
from mtsp_kg.query.catalogue import NamedQuery, Parameter
from mtsp_kg.query.entities import Entities

_NUMBERED = {
    "outcome": re.compile(r"\d+\.\d+"),
    "pillar": re.compile(r"\d+"),
    "paragraph": re.compile(r"\d+|(?:note|cover|caption):\d+"),
}
_EXAMPLES = {"outcome": "2.4", "pillar": "2", "paragraph": "55", "integer": "10", "language": "zh"}


def bind(query: NamedQuery, values: Mapping[str, str], entities: Entities) -> str:
    """The query's text with parameters bound.

    values: parameter name to what the user wrote; a parameter left out keeps its default. Raises ParameterError for an
    unknown name or a value of the wrong type, NotFoundError for an entity that nothing is called.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    text = query.text
    for name, value in values.items():
        if name not in known:
            has = f"It has: {', '.join(known)}." if known else "It has none."
            raise ParameterError(f"The query '{query.name}' has no parameter '{name}'.", remedy=has)
        text = place(text, name, term(known[name], value, entities), query)
    return text


def place(text: str, variable: str, value: ox.NamedNode | ox.Literal, query: NamedQuery) -> str:
    """The text with `value` in the `VALUES` block of a variable. Raises QueryError unless there is exactly one."""
    block = re.compile(rf"(VALUES\s+\?{re.escape(variable)}\s*\{{)[^{{}}]*(\}})", re.IGNORECASE)
    changed, count = block.subn(lambda found: f"{found.group(1)} {value} {found.group(2)}", text)
    if count != 1:
        raise QueryError(
            f"Parameter '{variable}' has {count} VALUES blocks; it must have one.",
            remedy=f"Write 'VALUES ?{variable} {{ ... }}' once.",
            file=query.path,
        )
    return changed


def term(parameter: Parameter, value: str, entities: Entities) -> ox.NamedNode | ox.Literal:
    """What a user wrote, as the term that the parameter's type asks for. Raises ParameterError, NotFoundError."""
    if parameter.type == "string":
        return ox.Literal(value)
    if parameter.type == "language":
        if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*", value):
            raise _wrong(parameter, value)
        return ox.Literal(value.lower())
    if parameter.type == "integer":
        if not re.fullmatch(r"[+-]?\d{1,18}", value):
            raise _wrong(parameter, value)
        return ox.Literal(str(int(value)), datatype=ox.NamedNode(names.XSD + "integer"))
    if parameter.type in _NUMBERED and names.expand(value, entities.plan) is None:
        if not _NUMBERED[parameter.type].fullmatch(value):
            raise _wrong(parameter, value)
        value = f"para:{value}" if parameter.type == "paragraph" else f"{parameter.type}:{value}"
    return ox.NamedNode(entities.find(value))


def _wrong(parameter: Parameter, value: str) -> ParameterError:
    example = _EXAMPLES[parameter.type]
    return ParameterError(
        f"Parameter '{parameter.name}' must be {'an' if parameter.type[0] in 'aeiou' else 'a'} {parameter.type}, "
        f"not '{value}'.",
        remedy=f"For example {parameter.name}={example}.",
    )
