"""Asking a store: a query of the catalogue, a file or a text, with parameters bound; errors say where in which file.

Imports this room, `project` and `store`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mtsp_kg.errors import ParameterError, QueryError
from mtsp_kg.project import Project
from mtsp_kg.query.answer import Answer, Rows, answer
from mtsp_kg.query.catalogue import find_file, read_query, read_text
from mtsp_kg.store import EmbeddedStore

if TYPE_CHECKING:
    from mtsp_kg.infer.reasoning import Reasoning
    from mtsp_kg.query.entities import Entities


class Asking:
    """Asks one store. entities: gives the store's names when a parameter needs them; plan: whose short names count."""

    def __init__(
        self, project: Project, store: EmbeddedStore, plan: str | None, entities: Callable[[], Entities]
    ) -> None:
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
