"""Runs queries on a store: a query of the catalogue, a file or a text, with bound parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mtsp_kg.errors import ParameterError, QueryError
from mtsp_kg.project import Project
from mtsp_kg.query.answer import Answer, answer
from mtsp_kg.query.catalogue import find_file, read_query, read_text, with_prefixes
from mtsp_kg.query.entities import Entities
from mtsp_kg.query.parameters import bind
from mtsp_kg.store import Store

if TYPE_CHECKING:
    from mtsp_kg.query.parameters import ParameterValue


class QueryRunner:
    """Runs queries of a project on one store. entities: called when a parameter or a label needs them."""

    def __init__(self, project: Project, store: Store, entities: Callable[[], Entities]) -> None:
        self._project = project
        self._store = store
        self._make_entities = entities

    def named(self, name: str, parameters: Mapping[str, ParameterValue], kind: str | None = None) -> Answer:
        """The answer to a query of the catalogue. Raises NotFoundError, ParameterError, QueryError."""
        return self.file(find_file(self._project, name, kind), parameters)

    def file(self, path: Path, parameters: Mapping[str, ParameterValue]) -> Answer:
        """The answer to a query in a file. Raises NotFoundError, ParameterError, QueryError."""
        _, found = self._run_file(path, parameters)
        return found

    def text(self, text: str) -> Answer:
        """The answer to a query given as text; the project's prefixes need no declaration. Raises QueryError."""
        _, found = self._run_text(text)
        return found

    def run(self, query: str, parameters: Mapping[str, ParameterValue]) -> tuple[str, Answer]:
        """The text of a query as executed, and its answer.

        query: a query's name, a file that ends in .rq, or SPARQL. Raises NotFoundError, ParameterError, QueryError.
        """
        if query.endswith(".rq"):
            return self._run_file(Path(query), parameters)
        if re.search(r"\s", query):
            if parameters:
                raise ParameterError("Parameters go with a query of the catalogue or a file, not with SPARQL.")
            return self._run_text(query)
        return self._run_file(find_file(self._project, query), parameters)

    def _run_file(self, path: Path, parameters: Mapping[str, ParameterValue]) -> tuple[str, Answer]:
        text = self._bound(path, parameters)
        try:
            return self._run(text)
        except QueryError as error:
            raise QueryError(
                error.what, remedy=error.remedy, file=path, line=error.line, column=error.column
            ) from error

    def _run_text(self, text: str) -> tuple[str, Answer]:
        whole = with_prefixes(text, self._project.profile)
        try:
            return self._run(whole)
        except QueryError as error:
            if error.line == 1 and error.column is not None:
                error.column -= len(whole) - len(text)
            raise

    def _run(self, text: str) -> tuple[str, Answer]:
        return text, answer(self._store.query(text), self._project.profile, self._label)

    def _bound(self, path: Path, parameters: Mapping[str, ParameterValue]) -> str:
        if not parameters:  # a header is needed for parameters only, and takes time to read
            return read_text(path)
        return bind(read_query(path, self._project.profile), parameters, self._entities)

    @cached_property
    def _entities(self) -> Entities:
        return self._make_entities()

    def _label(self, iri: str, language: str) -> str:
        return self._entities.label(iri, language)
