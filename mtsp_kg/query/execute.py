"""Parameters: from what a user writes to an RDF term, and from the term to its place in a query.

A term is written by pyoxigraph, never pasted from the user's text, into the one `VALUES` block of its variable.

Asking a store: a query of the catalogue, a file or a text, with parameters bound; errors say where in which file.

Imports this room, `project` and `store`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.errors import ParameterError, QueryError
from mtsp_kg.plan import names
from mtsp_kg.project import Project
from mtsp_kg.query.answer import Answer, Rows, answer
from mtsp_kg.query.catalogue import NamedQuery, Parameter, find_file, read_query, read_text
from mtsp_kg.query.entities import Entities
from mtsp_kg.store import Store

if TYPE_CHECKING:
    from mtsp_kg.infer.reasoning import Reasoning

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
        return ox.Literal(str(int(value)), datatype=ox.NamedNode(vocab.XSD + "integer"))
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


class Asking:
    """Asks one store. entities: gives the store's names when a parameter needs them; plan: whose short names count."""

    def __init__(self, project: Project, store: Store, plan: str | None, entities: Callable[[], Entities]) -> None:
        self.store = store
        self.plan = plan
        self._project = project
        self._entities = entities

    def named(self, name: str, parameters: Mapping[str, str], kind: str | None = None) -> Answer:
        """The answer to a query of the catalogue. Raises NotFoundError, ParameterError, QueryError."""
        return self.file(find_file(self._project, name, kind), parameters)

    def file(self, path: Path, parameters: Mapping[str, str]) -> Answer:
        """The answer to a query in a file; its header is needed only for parameters. Raises as `named` does."""
        return self.located(self.bound(path, parameters), path)

    def bound(self, path: Path, parameters: Mapping[str, str]) -> str:
        """The text of a query in a file, with parameters bound. Raises NotFoundError, ParameterError, QueryError."""
        if not parameters:
            return read_text(path)

        return bind(read_query(path), parameters, self._names)

    def text(self, text: str) -> Answer:
        """The answer to a query given as text; our prefixes need not be declared. Raises QueryError."""
        whole = self.whole(text)
        try:
            return answer(self.store.query(whole), self.plan)
        except QueryError as error:
            if error.line == 1 and error.column is not None:
                error.column -= len(whole) - len(text)
            raise

    def whole(self, text: str) -> str:
        """A query given as text with the declarations of our prefixes that it uses."""
        from mtsp_kg.query.catalogue import with_prefixes

        return with_prefixes(text, self.plan)

    def located(self, text: str, path: Path) -> Answer:
        """The answer to a text that stands in a file, which errors name. Raises QueryError."""
        try:
            return answer(self.store.query(text), self.plan)
        except QueryError as error:
            raise QueryError(
                error.what, remedy=error.remedy, file=path, line=error.line, column=error.column
            ) from error

    def evidence(
        self, query: str, parameters: Mapping[str, str], row: int | None, form: str, reasoning: Reasoning
    ) -> str:
        """What a row of an answer, or each, rests on; see `KnowledgeGraph.evidence`."""
        from mtsp_kg.query.evidence import FORMS, Evidence

        if form not in FORMS:
            raise ParameterError(
                f"Evidence cannot be written as '{form}'.", remedy=f"Choose one of: {', '.join(FORMS)}."
            )
        if re.search(r"\s", query) and not query.endswith(".rq"):
            text = self.whole(query)
            found = self.text(query)
        else:
            path = Path(query) if query.endswith(".rq") else find_file(self._project, query)
            text = self.bound(path, parameters)
            found = self.located(text, path)
        if not isinstance(found, Rows):
            raise ParameterError("Only rows can be opened, and this answer has none.", remedy="Ask with SELECT.")
        evidence = Evidence(self.store, text, found, reasoning)
        numbers = range(1, len(found.rows) + 1) if row is None else [row]
        return evidence.write([evidence.open(number) for number in numbers], form)

    @cached_property
    def _names(self) -> Entities:
        return self._entities()
