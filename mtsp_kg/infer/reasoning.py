"""What a knowledge graph's reasoning answers, in the forms that the command line and Python users want.

    kg.reasoning().explain("WIPO GREEN", "contributes to", "?")

Imports all of the room.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from mtsp_kg.infer.closure import Closure
from mtsp_kg.infer.explain import OPEN, Explainer, Explanation, fact_of
from mtsp_kg.infer.inferred_graphs import counts, written
from mtsp_kg.infer.reasoner import Reasoner
from mtsp_kg.infer.render import Teller, proofs_of
from mtsp_kg.infer.wording import Words
from mtsp_kg.project import Project

if TYPE_CHECKING:
    from mtsp_kg.infer.ontology_check import Checked


class Reasoning:
    """Reasoning over a project's store. find: the IRI of an entity by any of its names; label: the label of an IRI."""

    def __init__(
        self,
        project: Project,
        store: ox.Store,
        plan: str | None,
        *,
        find: Callable[[str], str],
        label: Callable[[str], str],
        alignments: bool = False,
        language: str = "en",
    ) -> None:
        """language: of curators' notes; other parameters are those of the class."""
        self._plan = plan
        self._language = language
        self._store = store
        self.reasoner = Reasoner(project, alignments=alignments)
        self.explainer = Explainer(self.reasoner, store, find, Words(label, plan))
        self._tellers: dict[bool, Teller] = {}  # by whether they look for lines

    @cached_property
    def closure(self) -> Closure:
        """All that follows. Raises DataError for an axiom that is not supported, QueryError for a query."""
        return self.explainer.closure

    def counts(self) -> dict[str, int]:
        """How many triples each kind of rule gives."""
        return counts(self.closure)

    def write(self, form: str = "trig") -> bytes:
        """The inferred graphs in an RDF format. Raises NotFoundError."""
        return written(self.closure, form, self._plan)

    def explain(
        self, subject: str, predicate: str, object_: str, *, limit: int = 5, most: int = 20
    ) -> list[Explanation]:
        """Why triples hold; a part given as `?` is any.

        limit: how many proofs of each; most: how many triples. Raises NotFoundError, ParameterError.
        """
        pattern = self.explainer.pattern(subject, predicate, object_)
        if OPEN not in pattern:
            return [self.explainer.explain(fact_of(pattern), limit)]
        return [self.explainer.explain(fact, limit) for fact in self.explainer.matches(pattern)[:most]]

    def tell(self, found: list[Explanation], form: str = "text", *, lines: bool = True) -> str:
        """Explanations as `text`, `json`, `turtle` or `mermaid`."""
        if lines not in self._tellers:  # one remembers where it looked things up
            self._tellers[lines] = Teller(self.explainer, lines=lines, language=self._language)
        return self._tellers[lines].write(found, form)

    def check(self, *, reasoner: str | None = None, dl: bool = True) -> Checked:
        """Whether ontology and graph are in OWL 2 DL and contradict nothing; see `check.check`."""
        from mtsp_kg.infer.ontology_check import check

        return check(self.explainer, self._store, reasoner=reasoner, dl=dl)

    def tell_check(self, found: Checked, form: str = "text") -> str:
        """What a check found, as `text` or `json`."""
        from mtsp_kg.infer.ontology_check import Report

        report = Report(self.explainer)
        return report.json(found) if form == "json" else report.text(found)

    def replay(self, found: list[Explanation]) -> list[str]:
        """What is wrong with any of the proofs, as graph and axioms are now."""
        return [fault for one in found for proof in one.proofs for fault in self.explainer.replay(proof)]

    def replay_text(self, text: str) -> tuple[int, list[str]]:
        """How many proofs a JSON text holds, and what is wrong with them now. Raises DataError."""
        read = proofs_of(text, self.explainer)
        wrong = [fault for proof, faults in read for fault in (*faults, *self.explainer.replay(proof))]
        return len(read), wrong
