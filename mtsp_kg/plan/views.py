"""The answers to the queries in `queries/view/` and `queries/coverage/`, behind commands and pages, as typed rows.

A row type has the columns that are needed, by their names; those of one module only are defined there.

Text columns contain IRIs, lexical forms of literals, and an empty string if a variable is unbound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple, Protocol, TypeVar, get_type_hints

from mtsp_kg.errors import QueryError
from mtsp_kg.query.answer import Answer, Term


class PropertyRow(NamedTuple):
    """A label, class or broader concept of an entity, or another literal. language: of a label."""

    property: str
    value: str
    language: str


class FactRow(NamedTuple):
    """A fact, and a passage that states it."""

    subject: str
    property: str
    object: str
    passage: str


class StatementRow(NamedTuple):
    """A statement that refers to an entity. voice: its class; role: the property between them."""

    voice: str
    statement: str
    role: str
    under: str
    passage: str


class FigureRow(NamedTuple):
    """A key figure of an entity, and a passage that gives it. comparison: its precision."""

    figure: str
    value: Term | None
    unit: str
    period: str
    comparison: str
    passage: str


class PassageRow(NamedTuple):
    """A passage."""

    passage: str


class EntityViews(Protocol):
    """The views about one entity, each in the order of the document."""

    def properties_of(self, iri: str) -> Iterable[PropertyRow]:
        """Its labels, classes and broader concepts."""

    def facts_of(self, iri: str) -> Iterable[FactRow]:
        """The facts that it is the subject or object of."""

    def statements_of(self, iri: str) -> Iterable[StatementRow]:
        """The statements that refer to it."""

    def figures_of(self, iri: str) -> Iterable[FigureRow]:
        """Its key figures."""

    def passages_of(self, iri: str) -> Iterable[str]:
        """The passages that refer to it."""


@cache
def _types(row: type[NamedTuple]) -> dict[str, object]:
    return get_type_hints(row)


AnyRow = TypeVar("AnyRow", bound=NamedTuple)


class Views:
    """The views of one graph. run: the answer to a query, by its name, its parameters and its folder in `queries/`."""

    def __init__(self, run: Callable[[str, Mapping[str, str], str], Answer]) -> None:
        self._run = run

    def rows(self, row: type[AnyRow], name: str, *, entity: str | None = None, folder: str = "view") -> list[AnyRow]:
        """The rows of a view. entity: the IRI that the view is about, if it is about one.

        Raises QueryError if the query lacks a column, NotFoundError if there is no such query.
        """
        return [row._make(cells) for cells in self._cells(_types(row), name, entity, folder)]

    def by_entity(self, row: type[AnyRow], name: str) -> dict[str, list[AnyRow]]:
        """The rows of a view that has one for each entity of the graph, by the IRI in its column `entity`."""
        table: dict[str, list[AnyRow]] = {}
        for entity, *cells in self._cells({"entity": str, **_types(row)}, name):
            table.setdefault(str(entity), []).append(row._make(cells))
        return table

    def properties_of(self, iri: str) -> list[PropertyRow]:
        return self.rows(PropertyRow, "properties-of", entity=iri)

    def facts_of(self, iri: str) -> list[FactRow]:
        return self.rows(FactRow, "facts-of", entity=iri)

    def statements_of(self, iri: str) -> list[StatementRow]:
        return self.rows(StatementRow, "statements-of", entity=iri)

    def figures_of(self, iri: str) -> list[FigureRow]:
        return self.rows(FigureRow, "figures-of", entity=iri)

    def passages_of(self, iri: str) -> list[str]:
        return [row.passage for row in self.rows(PassageRow, "passages-of", entity=iri)]

    def passages(self) -> list[str]:
        """All passages in reading order."""
        return [row.passage for row in self.rows(PassageRow, "passages")]

    def _cells(
        self, types: Mapping[str, object], name: str, entity: str | None = None, folder: str = "view"
    ) -> Iterator[list[object]]:
        """The cells of each row. types: column to its type; what is not text is an RDF term."""
        answer = self._run(name, {} if entity is None else {"entity": entity}, folder)
        columns = answer.columns
        for column in types:
            if column not in columns:
                raise QueryError(
                    f"The query '{name}' in queries/{folder}/ has no column '{column}'.",
                    remedy=f"It must return: {', '.join(types)}.",
                )
        order = [(columns.index(column), type_ is str) for column, type_ in types.items()]
        for row in answer.terms:
            yield [getattr(row[index], "value", "") if text else row[index] for index, text in order]
