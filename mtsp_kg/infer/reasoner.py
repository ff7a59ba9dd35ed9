"""A project's rules (its axioms and its query rules), and the closure of its store under them.

A query rule is a CONSTRUCT query in `queries/infer/`, for what OWL cannot express; it runs after the closure under the
axioms. Besides its summary, its header has `because`: a triple pattern of the WHERE clause that is a premise (one line
for each), and `absent`: a description of what must not be in the graph. Each query runs on what the axioms derive,
without the results of other queries, so that their order does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.errors import QueryError
from mtsp_kg.infer.axioms import Axiom, read_axioms
from mtsp_kg.infer.closure import Closure, Evaluation, needed
from mtsp_kg.infer.compile import clashes_of, rules_of
from mtsp_kg.infer.completion import QUERY_RULES
from mtsp_kg.infer.facts import read_ntriples
from mtsp_kg.infer.ontology_index import OntologyIndex, axiom_files
from mtsp_kg.infer.rules import Rule
from mtsp_kg.infer.terms import SUBCLASS, SUBPROPERTY, Atom, atom_of, is_named, line, nt
from mtsp_kg.profile import Profile
from mtsp_kg.project import Project

_HEADER = re.compile(r"^#\+ (\w+): *(.*)$", re.MULTILINE)
_PREFIX = re.compile(r"^\s*PREFIX\s+([\w-]*):\s*<([^>]*)>", re.MULTILINE | re.IGNORECASE)
_TEMPLATE = re.compile(r"CONSTRUCT\s*\{([^}]*)\}", re.IGNORECASE)
_PATTERN = re.compile(r"(\?\w+|<[^>]*>|[^\s;,]+)\s+([^\s;,|/^]+|<[^>]*>)\s+(<[^>]*>|\"[^\"]*\"\S*|[^\s;,]+)")
# Comments, IRIs and strings, in which the word GRAPH means nothing.
_NOT_SPARQL = re.compile(r"^\s*#.*$|<[^>]*>|\"[^\"]*\"", re.MULTILINE)
_GRAPH = re.compile(r"\bGRAPH\b", re.IGNORECASE)
Pattern = tuple[str, str, str]


class Reasoner:
    """A project's axioms and rules. alignments: whether to read the files that link to other vocabularies too."""

    def __init__(self, project: Project, *, alignments: bool = False) -> None:
        self.project = project
        self.alignments = alignments

    @cached_property
    def index(self) -> OntologyIndex:
        """The triples of the ontology's files. Raises DataError."""
        files = axiom_files(self.project, alignments=self.alignments)
        return OntologyIndex(((path, self.project.relative(path)) for path in files), self.project.profile)

    @cached_property
    def axioms(self) -> list[Axiom]:
        """The ontology's axioms. Raises DataError for an unsupported axiom."""
        return read_axioms(self.index)

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules that derive triples. Raises DataError."""
        return rules_of(self.axioms)

    @cached_property
    def clashes(self) -> list[Rule]:
        """The rules that detect contradictions. Raises DataError."""
        return clashes_of(self.axioms)

    @cached_property
    def queries(self) -> list[RuleQuery]:
        """The query rules. Raises QueryError."""
        return rule_queries(self.project)

    def close(self, store: ox.Store) -> Closure:
        """The closure of a store's default graph, without inferred triples in it; the store is not changed.

        Raises DataError, QueryError.
        """
        return self.close_ntriples(dump(store, self.project.profile))

    def close_ntriples(self, text: bytes) -> Closure:
        """The closure of a graph as N-Triples in canonical form.

        Raises DataError, QueryError.
        """
        facts = read_ntriples(text, needed(self.rules))
        for schema in (SUBCLASS, SUBPROPERTY):
            facts.pairs[schema] = self._asserted(schema)
        evaluation = Evaluation(facts, self.rules, lambda: read_ntriples(text), self.project.profile.shrink)
        closure = evaluation.run()
        if self.queries:
            store = _store_of(text, closure)
            results = [(query.rule, query.run(store)) for query in self.queries]
            for rule, facts_of_rule in results:
                evaluation.add(rule, facts_of_rule)
                for fact, ways in facts_of_rule.items():
                    closure.by_query.setdefault(fact, []).extend((rule, premises) for premises in ways)
            evaluation.run()
        return closure

    def _asserted(self, predicate: str) -> set[tuple[str, str]]:
        """The pairs of a schema property that the ontology's files assert (others may be in the store)."""
        triples = self.index.file_of
        return {(one, two) for one, name, two in triples if name == predicate and is_named(one) and is_named(two)}


@dataclass(frozen=True)
class RuleQuery:
    """A rule that is a CONSTRUCT query. because: its premises; template: the triples that it derives."""

    name: str
    path: Path
    text: str
    summary: str
    template: tuple[Pattern, ...]
    because: tuple[Pattern, ...]
    rule: Rule

    def run(self, store: ox.Store) -> dict[Atom, list[tuple[Atom, ...]]]:
        """The facts that the query derives from a store's default graph, each with its premises: one tuple for each
        solution that differs in them. Raises QueryError.
        """
        try:
            found = store.query(_construct_as_select(self.text))
        except SyntaxError as error:
            raise QueryError(f"The query is not valid SPARQL 1.1: {error.msg}.", file=self.path) from error
        assert isinstance(found, ox.QuerySolutions)
        known = {f"?{variable.value}" for variable in found.variables}
        facts: dict[Atom, dict[tuple[Atom, ...], None]] = {}
        for solution in found:
            values = {name: str(solution[name[1:]]) for name in known if solution[name[1:]] is not None}
            premises = tuple(atom_of(*(values.get(term, term) for term in triple)) for triple in self.because)
            for triple in self.template:
                fact = atom_of(*(values.get(term, term) for term in triple))
                if not any(term.startswith("?") for term in fact):
                    facts.setdefault(fact, {})[premises] = None
        return {fact: list(ways) for fact, ways in facts.items()}


def rule_queries(project: Project) -> list[RuleQuery]:
    """The query rules of a project, by name. Raises QueryError for a malformed one."""
    return [_read(project, path) for path in project.query_files(QUERY_RULES)]


def dump(store: ox.Store, profile: Profile) -> bytes:
    """A store's default graph as N-Triples, without inferred triples."""
    text = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
    inferred = [graph for graph in store.named_graphs() if str(graph).startswith(f"<{profile.inferred}")]
    if not inferred:
        return text
    out: set[bytes] = set()
    for graph in inferred:
        out.update((store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b"").split(b"\n"))
    return b"\n".join(line for line in text.split(b"\n") if line not in out)


def _read(project: Project, path: Path) -> RuleQuery:
    text = path.read_text(encoding="utf-8")
    header = [(key, value.strip().strip('"')) for key, value in _HEADER.findall(text)]
    summary = dict(header).get("summary")
    prefixes = {**project.profile.prefixes, **dict(_PREFIX.findall(text))}
    because = tuple(_pattern(value, prefixes, path) for key, value in header if key == "because")
    if summary is None or not because:
        raise QueryError(
            "The header of a query rule lacks a summary or premises.",
            remedy="Write '#+ summary: ...' and '#+ because: ?thing rdf:type mtsp:...'.",
            file=path,
        )
    if _GRAPH.search(_NOT_SPARQL.sub(" ", text)):
        raise QueryError(
            "A query rule contains a GRAPH pattern.",
            remedy="Query the default graph: the proofs name the graphs that assert the premises.",
            file=path,
        )
    block = _TEMPLATE.search(text)
    if block is None:
        raise QueryError(
            "A query rule must be a CONSTRUCT query.",
            remedy="Construct the triples that the rule derives.",
            file=path,
        )
    triples = [part.strip() for part in re.split(r"\s\.(?=\s|$)", block.group(1)) if part.strip()]
    template = tuple(_pattern(triple, prefixes, path) for triple in triples)
    about = nt(project.profile.base + f"queries/{QUERY_RULES}/{path.stem}")
    absent = [value for key, value in header if key == "absent"]
    axiom = Axiom("query", (summary, *absent), about, project.relative(path), 1)
    return RuleQuery(path.stem, path, text, summary, template, because, Rule(path.stem, None, (), axiom))


def _pattern(text: str, prefixes: Mapping[str, str], path: Path) -> Pattern:
    found = _PATTERN.fullmatch(text.strip())
    if found is None:
        raise QueryError(
            f"'{text}' is not a triple pattern.",
            remedy="Write subject, predicate and object, with ' .' between triples.",
            file=path,
        )
    subject, predicate, object_ = (_term(term, prefixes) for term in found.groups())
    return subject, predicate, object_


def _term(text: str, prefixes: Mapping[str, str]) -> str:
    if text == "a":
        return nt(vocab.RDF_TYPE)
    if text.startswith(("?", '"', "<")):
        return text
    prefix, _, local = text.partition(":")
    return nt(prefixes[prefix] + local) if prefix in prefixes else text


def _store_of(text: bytes, closure: Closure) -> ox.Store:
    """A store with the given N-Triples and the inferred facts of a closure."""
    store = ox.Store()
    store.bulk_load(text, format=ox.RdfFormat.N_TRIPLES)
    inferred = "".join(f"{line(fact)} .\n" for _, fact in closure.inferred())
    store.bulk_load(inferred.encode(), format=ox.RdfFormat.N_TRIPLES)
    return store


def _construct_as_select(query: str) -> str:
    """The SELECT of all variables over the WHERE clause of a CONSTRUCT."""
    template = re.compile(r"CONSTRUCT\s*\{[^}]*\}\s*(?:WHERE)?", re.IGNORECASE)
    return template.sub("SELECT DISTINCT * WHERE ", query, count=1)
