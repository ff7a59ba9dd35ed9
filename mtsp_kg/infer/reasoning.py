"""Reasoning over a project's store: inferred triples, explanations, and checks of the ontology.

kg.reasoning().explain("WIPO GREEN", "contributes to", "?")
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import pyoxigraph as ox

from mtsp_kg.errors import DataError
from mtsp_kg.formats import RDF_FORMATS, check_form
from mtsp_kg.infer.closure import Closure
from mtsp_kg.infer.explain import ANY, Explainer, Explanation, MissingPremises
from mtsp_kg.infer.inferred_graphs import nquads, written
from mtsp_kg.infer.proofs import Proof, ProofNode, ProofStep, proof_tree
from mtsp_kg.infer.reasoner import Reasoner
from mtsp_kg.infer.render import ExplanationWriter
from mtsp_kg.infer.rules import KINDS
from mtsp_kg.infer.terms import Atom, atom_of
from mtsp_kg.infer.wording import Wording
from mtsp_kg.profile import Profile
from mtsp_kg.project import Project

if TYPE_CHECKING:
    from mtsp_kg.infer.ontology_check import OntologyReport


@dataclass(frozen=True)
class Explanations:
    """Explanations of triples, one for each that was found."""

    explanations: tuple[Explanation, ...]
    writer: ExplanationWriter = field(repr=False)
    explainer: Explainer = field(repr=False)

    forms: ClassVar[tuple[str, ...]] = ("text", "json", "turtle", "mermaid")

    def __len__(self) -> int:
        return len(self.explanations)

    def __iter__(self) -> Iterator[Explanation]:
        return iter(self.explanations)

    def __getitem__(self, index: int) -> Explanation:
        return self.explanations[index]

    @property
    def holds(self) -> bool:
        """Whether any of the triples holds."""
        return any(one.holds for one in self.explanations)

    @property
    def proofs(self) -> list[Proof]:
        """All proofs."""
        return [proof for one in self.explanations for proof in one.proofs]

    @property
    def trees(self) -> list[ProofNode]:
        """All proofs as trees, whose leaves have the graphs, files and lines of assertions."""
        return [proof_tree(proof, self.writer.sources) for proof in self.proofs]

    @property
    def missing(self) -> list[MissingPremises]:
        """The missing premises of the nearest rules, for triples that do not hold."""
        return [entry for one in self.explanations for entry in one.missing]

    def replay(self) -> Replay:
        """Checks the proofs step by step against the current graph and axioms."""
        return Replay(len(self.proofs), tuple(fault for proof in self.proofs for fault in self.explainer.replay(proof)))

    def write(self, form: str = "text") -> str:
        """The explanations as `text`, `json`, `turtle` (PROV-O) or `mermaid`. Raises NotFoundError."""
        check_form(form, self.forms, "Explanations")
        text: str = getattr(self.writer, form)(self.explanations)
        return text

    def __str__(self) -> str:
        return self.write()


class Replay(NamedTuple):
    """The result of checking proofs step by step: the number of proofs, and their faults."""

    proofs: int
    faults: tuple[str, ...]

    def __str__(self) -> str:
        faults = f"{len(self.faults)} fault{'' if len(self.faults) == 1 else 's'}"
        return "\n".join([*self.faults, f"{self.proofs} proofs replayed, {faults}"]) + "\n"


class InferredKind(NamedTuple):
    """The triples that a kind of rule derived first. label: of the kind, in English; rule: of OWL 2 RL, or `query`."""

    kind: str
    triples: int
    label: str
    rule: str


@dataclass(frozen=True)
class Inferred:
    """The inferred triples of a project, counted by kind of rule."""

    closure: Closure = field(repr=False)
    profile: Profile = field(repr=False)

    forms: ClassVar[tuple[str, ...]] = ("text", *(known.name for known in RDF_FORMATS))

    def __len__(self) -> int:
        return sum(kind.triples for kind in self.kinds)

    @cached_property
    def kinds(self) -> list[InferredKind]:
        """The kinds of rules that derived triples, in order of precedence; query rules come last, by name."""
        found = Counter(rule.kind for rule, _ in self.closure.inferred())
        names = [kind for kind in (*KINDS, *sorted(found.keys() - KINDS.keys())) if found[kind]]
        query = {"en": "a rule in queries/infer/", "rule": "query"}
        return [
            InferredKind(name, found[name], KINDS.get(name, query)["en"], KINDS.get(name, query)["rule"])
            for name in names
        ]

    @property
    def counts(self) -> dict[str, int]:
        """Kind of rule to number of triples."""
        return {kind.kind: kind.triples for kind in self.kinds}

    def write(self, form: str = "text") -> str:
        """The counts as `text`, or the inferred graphs in an RDF format (merged if it has no named graphs).

        The same graph gives the same text. Raises NotFoundError.
        """
        if form != "text":
            return written(self.closure, form, self.profile).decode()
        lines = [f"{kind.triples:7,}  {kind.kind:20} {kind.label}  ({kind.rule})\n" for kind in self.kinds]
        return "".join([*lines, f"{len(self):7,}  inferred triples\n"])

    def __str__(self) -> str:
        return self.write()

    def nquads(self) -> bytes:
        """The inferred graphs as sorted N-Quads."""
        return nquads(self.closure, self.profile)


class Reasoning:
    """Reasoning over a project's store of asserted triples. The closure is computed once.

    find: the IRI of an entity by any of its names; label: the label of an IRI in a language; alignments: whether to
    include the ontology's links to other vocabularies.
    """

    def __init__(
        self,
        project: Project,
        store: ox.Store,
        *,
        find: Callable[[str], str],
        label: Callable[[str, str], str],
        alignments: bool = False,
    ) -> None:
        self._store = store
        self._label = label
        self._profile = project.profile
        self._writers: dict[str, ExplanationWriter] = {}
        self.explainer = Explainer(Reasoner(project, alignments=alignments), store, find)

    @property
    def closure(self) -> Closure:
        """The closure. Raises DataError for an unsupported axiom, QueryError for an invalid query rule."""
        return self.explainer.closure

    def infer(self) -> Inferred:
        """The inferred triples. Raises DataError, QueryError."""
        return Inferred(self.closure, self._profile)

    def explain(
        self, subject: str, predicate: str, object_: str, *, limit: int = 5, most: int = 20, language: str = "en"
    ) -> Explanations:
        """Explains why triples hold; a part given as `?` matches any term.

        limit: of proofs for each triple; most: of triples; language: of labels and notes. Raises NotFoundError,
        ParameterError.
        """
        pattern = self.explainer.pattern(subject, predicate, object_)
        facts = [atom_of(*pattern)] if ANY not in pattern else self.explainer.matches(pattern)[:most]
        return self.explain_facts(facts, limit=limit, language=language)

    def explain_facts(self, facts: Sequence[Atom], *, limit: int = 5, language: str = "en") -> Explanations:
        """Like `explain`, for facts given as atoms."""
        found = tuple(self.explainer.explain(fact, limit) for fact in facts)
        return Explanations(found, self._writer(language), self.explainer)

    def replay_json(self, text: str) -> Replay:
        """Checks the proofs in JSON written by `Explanations.write`, as `Explanations.replay` does.

        Raises DataError if the text has another structure.
        """
        try:
            body = json.loads(text)
            explanations = body if isinstance(body, list) else [body]
            given = [proof for one in explanations for proof in one.get("proofs", [one] if "steps" in one else [])]
            read = [self._read(proof) for proof in given]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"The text is not a JSON array of proofs: {type(error).__name__} {error}.",
                remedy="Create it with mtsp explain ... -f json.",
            ) from error
        faults = [fault for proof, found in read for fault in (*found, *self.explainer.replay(proof))]
        return Replay(len(read), tuple(faults))

    def check(self, *, reasoner: str | None = None, dl: bool = True, language: str = "en") -> OntologyReport:
        """Whether ontology and graph are in OWL 2 DL and consistent; see `ontology_check.check_ontology`."""
        from mtsp_kg.infer.ontology_check import check_ontology

        return check_ontology(self.explainer, self._store, self._writer(language), reasoner=reasoner, dl=dl)

    def _writer(self, language: str) -> ExplanationWriter:
        if language not in self._writers:  # a writer remembers the sources that it looked up
            wording = Wording(self._profile, cache(lambda iri: self._label(iri, language)))
            self._writers[language] = ExplanationWriter(self.explainer, wording, language)
        return self._writers[language]

    def _read(self, given: dict[str, Any]) -> tuple[Proof, list[str]]:
        """A proof from JSON, and the steps that no rule derives any more."""
        steps: dict[Atom, ProofStep] = {}
        faults = []
        wording = self.explainer.wording
        for step in given["steps"]:
            fact = atom_of(*step["triple"])
            premises = tuple(atom_of(*premise) for premise in step["premises"])
            rules = [*self.explainer.prover.rules_for(fact), *(query.rule for query in self.explainer.reasoner.queries)]
            axiom = step.get("axiom")
            fitting = [
                rule
                for rule in rules
                if rule.kind == step["rule"] and (wording.axiom(rule.axiom) if rule.axiom else None) == axiom
            ]
            if not fitting:
                faults.append(f"No axiom yields this rule any more: {axiom or step['rule']}")
                continue
            chosen = next((rule for rule in fitting if len(rule.body) == len(premises)), fitting[0])
            steps[fact] = ProofStep(fact, chosen, premises)
        return Proof(atom_of(*given["goal"]), steps), faults
