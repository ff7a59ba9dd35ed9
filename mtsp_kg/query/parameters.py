"""Parameters of queries: converts a value, given as text or as a Python object, to a term in the query's text.

A value becomes an RDF term, which pyoxigraph writes into the one `VALUES` block of the parameter's variable; the user's
text is never pasted into a query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.errors import NotFoundError, ParameterError, QueryError
from mtsp_kg.query.catalogue import NamedQuery, Parameter
from mtsp_kg.query.entities import Entities

if TYPE_CHECKING:
    from datetime import date

    # What may be given for a parameter: text as on the command line, or a Python value of the parameter's type.
    ParameterValue = str | int | bool | date | ox.NamedNode

_LITERALS = {
    "integer": (r"[+-]?\d{1,18}", "10"),
    "boolean": (r"true|false", "true"),
    "date": (r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "2026-01-31"),
}
_LANGUAGE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*"


def bind(query: NamedQuery, values: Mapping[str, ParameterValue], entities: Entities) -> str:
    """The text of a query with its parameters bound.

    values: by name; other parameters keep their defaults. Raises ParameterError for an unknown name or a value of the
    wrong type, NotFoundError for an unknown entity.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    text = query.text
    for name, value in values.items():
        if name not in known:
            import difflib

            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean '{near[0]}'? " if near else ""
            has = f"It has: {', '.join(known)}." if known else "It has none."
            raise ParameterError(f"The query '{query.name}' has no parameter '{name}'.", remedy=hint + has)
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


def term(parameter: Parameter, value: ParameterValue, entities: Entities) -> ox.NamedNode | ox.Literal:
    """A value as the RDF term that the parameter's type requires. Raises ParameterError, NotFoundError."""
    text = _text(parameter, value, entities)
    if parameter.type == "string":
        return ox.Literal(text)
    if parameter.type == "language":
        if not re.fullmatch(_LANGUAGE, text):
            raise _wrong(parameter, value, "zh")
        return ox.Literal(text.lower())
    if parameter.type in _LITERALS:
        pattern, example = _LITERALS[parameter.type]
        if not re.fullmatch(pattern, text, re.ASCII):
            raise _wrong(parameter, value, example)
        lexical = str(int(text)) if parameter.type == "integer" else text
        return ox.Literal(lexical, datatype=ox.NamedNode(vocab.XSD + parameter.type))
    return ox.NamedNode(_resource(parameter, text, entities))


def _text(parameter: Parameter, value: ParameterValue, entities: Entities) -> str:
    """A value as a user would write it for a parameter's type. Raises ParameterError for a value of the wrong type."""
    if isinstance(value, str):
        if not value.strip() and parameter.type == "entity":
            raise _wrong(parameter, value, _example(parameter, entities))
        return str(value)
    if isinstance(value, ox.NamedNode) and parameter.type not in ("string", "language", *_LITERALS):
        return value.value
    if isinstance(value, bool):
        if parameter.type == "boolean":
            return str(value).lower()
    elif isinstance(value, int):
        if parameter.type == "integer" or re.fullmatch(_pattern(parameter, entities), str(value)):
            return str(value)
    elif parameter.type == "date" and _is_date(value):
        return str(value)
    if isinstance(value, float) and parameter.type in entities.profile.resource_types:
        raise ParameterError(
            f"Parameter '{parameter.name}' must be text, not the float {value}: 2.1 and 2.10 are one float.",
            remedy=f"Write {parameter.name}='{value}'.",
        )
    raise _wrong(parameter, value, _example(parameter, entities))


def _resource(parameter: Parameter, text: str, entities: Entities) -> str:
    """The IRI of the entity that a text names: by local name, IRI, prefixed name or label.

    Raises ParameterError, NotFoundError.
    """
    known = entities.profile.resource_types.get(parameter.type)
    if known is None or entities.profile.expand(text) is not None:
        return entities.find(text)
    name = f"{known.prefix}:{text}"
    iri = entities.profile.expand(name)
    if re.fullmatch(known.pattern, text, re.ASCII) or (iri is not None and entities.has(iri)):
        return entities.find(name)
    try:
        return entities.find(text, entities.profile.prefixes[known.prefix])
    except (KeyError, NotFoundError) as error:  # a project without a plan has no such prefix
        raise _wrong(parameter, text, known.example) from error


def _pattern(parameter: Parameter, entities: Entities) -> str:
    known = entities.profile.resource_types.get(parameter.type)
    return known.pattern if known is not None else r"(?!)"  # matches nothing


def _example(parameter: Parameter, entities: Entities) -> str:
    known = entities.profile.resource_types.get(parameter.type)
    if known is not None:
        return known.example
    return _LITERALS[parameter.type][1] if parameter.type in _LITERALS else parameter.default or ""


def _is_date(value: object) -> bool:
    from datetime import date, datetime

    return isinstance(value, date) and not isinstance(value, datetime)


def _wrong(parameter: Parameter, value: object, example: str) -> ParameterError:
    article = "an" if parameter.type[0] in "aeiou" else "a"
    given = f"'{value}'" if isinstance(value, str) else f"{value!r} ({type(value).__name__})"
    remedy = f"For example {parameter.name}={example}." if example else ""
    if parameter.type == "string":
        remedy = f"Write {parameter.name}='{value}'."
    return ParameterError(
        f"Parameter '{parameter.name}' must be {article} {parameter.type}, not {given}.", remedy=remedy
    )
