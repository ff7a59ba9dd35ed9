"""Asking a store: a query of the catalogue, a file or a text, with parameters bound; errors say where in which file.

Imports this room, `project` and `store`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mtsp_kg.errors import QueryError
from mtsp_kg.project import Project
from mtsp_kg.query.answer import Answer, answer
from mtsp_kg.query.catalogue import find_file, read_query, read_text
from mtsp_kg.store import Store

if TYPE_CHECKING:
    from mtsp_kg.query.entities import Entities


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
        from mtsp_kg.query.binding import bind

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
        from mtsp_kg.query.prologue import with_prefixes

        return with_prefixes(text, self.plan)

    def located(self, text: str, path: Path) -> Answer:
        """The answer to a text that stands in a file, which errors name. Raises QueryError."""
        try:
            return answer(self.store.query(text), self.plan)
        except QueryError as error:
            raise QueryError(
                error.what, remedy=error.remedy, file=path, line=error.line, column=error.column
            ) from error

    @cached_property
    def _names(self) -> Entities:
        return self._entities()
