"""The graph of any project as a Python object: its store, queries with their evidence, and reasoning."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mtsp_kg.project import Project
from mtsp_kg.store import EmbeddedStore, Store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mtsp_kg.infer.ontology_check import OntologyReport
    from mtsp_kg.infer.reasoning import Explanations, Inferred, Reasoning
    from mtsp_kg.query.answer import Answer
    from mtsp_kg.query.catalogue import NamedQuery, QueryList
    from mtsp_kg.query.entities import Entities
    from mtsp_kg.query.evidence import Evidence
    from mtsp_kg.query.execute import QueryRunner
    from mtsp_kg.query.parameters import ParameterValue


class ProjectGraph:
    """A project's ontology and graph, which are loaded when they are first needed."""

    def __init__(self, project: Project, *, inferences: bool = True) -> None:
        """inferences: whether queries include inferred triples; all other methods use asserted triples."""
        self.project = project
        self.profile = project.profile
        self.inferences = inferences
        self._reasoning: dict[bool, Reasoning] = {}

    @cached_property
    def store(self) -> Store:
        """The store with the asserted triples. Raises DataError."""
        from mtsp_kg.cache import cached_store

        return EmbeddedStore(cached_store(self.project))

    @cached_property
    def completed(self) -> Store:
        """The store that queries run on, with inferred triples if requested. Raises DataError, QueryError."""
        if not self.inferences:
            return self.store
        from mtsp_kg.cache import cached_store
        from mtsp_kg.infer.completion import InferenceCompletion

        return EmbeddedStore(cached_store(self.project, InferenceCompletion(self.project)))

    @cached_property
    def entities(self) -> Entities:
        """The entities of the graph, by name."""
        from mtsp_kg.query.entities import Entities

        return Entities(self.store, self.profile)

    def query(self, name: str, /, **parameters: ParameterValue) -> Answer:
        """The answer to a query of the catalogue.

        parameters: by the names in its header: text as on the command line, or an IRI, integer, truth value or date if
        the parameter's type allows it. Raises NotFoundError, ParameterError, QueryError, DataError.
        """
        return self._queries.named(name, parameters)

    def query_file(self, path: str | Path, /, **parameters: ParameterValue) -> Answer:
        """The answer to a query in a file. Raises as `query` does."""
        return self._queries.file(Path(path), parameters)

    def sparql(self, text: str) -> Answer:
        """The answer to a query given as text; the project's prefixes need no declaration. Raises QueryError."""
        return self._queries.text(text)

    def queries(self, kind: str = "ask", tag: str | None = None) -> QueryList:
        """The queries of one kind (a folder of `queries/`) in the catalogue, optionally only those with a tag.

        Raises NotFoundError if there are none, QueryError.
        """
        from mtsp_kg.query.catalogue import list_queries

        return list_queries(self.project, kind, tag)

    def query_details(self, name: str) -> NamedQuery:
        """A query of the catalogue: its question, parameters, columns and text. Raises NotFoundError, QueryError."""
        from mtsp_kg.query.catalogue import find_query

        return find_query(self.project, name)

    def evidence(
        self,
        query: str,
        parameters: Mapping[str, ParameterValue] | None = None,
        *,
        row: int | None = None,
        language: str = "en",
    ) -> Evidence:
        """The evidence for one row of an answer (by number, from 1) or for all: triples with passages and proofs.

        query: a name, a file that ends in .rq, or SPARQL; language: of labels and notes. Raises as `query` does;
        ParameterError if there is no such row.
        """
        from mtsp_kg.query.evidence import evidence

        text, answer = self._queries.run(query, parameters or {})
        return evidence(self.completed, text, answer, self.reasoning(), row=row, language=language)

    def explain(
        self,
        subject: str,
        predicate: str,
        object_: str,
        *,
        limit: int = 5,
        most: int = 20,
        alignments: bool = False,
        language: str = "en",
    ) -> Explanations:
        """Explains why triples hold, down to the passages that assert them, or which premises are missing.

        Each part is an IRI, a prefixed name or a label, or `?` for any term. limit: of proofs for each triple; most: of
        triples; alignments: as for `reasoning`; language: of labels and notes. Raises NotFoundError, ParameterError,
        DataError, QueryError.
        """
        reasoning = self.reasoning(alignments=alignments)
        return reasoning.explain(subject, predicate, object_, limit=limit, most=most, language=language)

    def infer(self, *, alignments: bool = False) -> Inferred:
        """The triples inferred by the ontology's axioms and the rules in `queries/infer/`.

        alignments: as for `reasoning`. Raises DataError, QueryError.
        """
        return self.reasoning(alignments=alignments).infer()

    def check_ontology(
        self, *, reasoner: str | None = None, dl: bool = True, alignments: bool = False, language: str = "en"
    ) -> OntologyReport:
        """Checks that ontology and graph are in OWL 2 DL and consistent, and that a reasoner infers the same hierarchy.

        reasoner: `hermit` or `pyhermit`, by default the first that is available; dl: whether to run one; alignments: as
        for `reasoning`; language: of labels and notes. Raises DataError, MissingExtraError.
        """
        return self.reasoning(alignments=alignments).check(reasoner=reasoner, dl=dl, language=language)

    def reasoning(self, *, alignments: bool = False) -> Reasoning:
        """The reasoning over the graph, whose closure is computed once.

        alignments: whether to include the ontology's links to other vocabularies.
        """
        if alignments not in self._reasoning:
            from mtsp_kg.infer.reasoning import Reasoning

            self._reasoning[alignments] = Reasoning(
                self.project,
                self.store.snapshot(),
                find=self.entities.find,
                label=self.entities.label,
                alignments=alignments,
            )
        return self._reasoning[alignments]

    @cached_property
    def _queries(self) -> QueryRunner:
        from mtsp_kg.query.execute import QueryRunner

        def entities() -> Entities:
            from mtsp_kg.query.entities import Entities

            return Entities(self.completed, self.profile)

        return QueryRunner(self.project, self.completed, entities)

    @cached_property
    def _view_runner(self) -> QueryRunner:
        from mtsp_kg.query.execute import QueryRunner

        return QueryRunner(self.project, self.store, lambda: self.entities)
