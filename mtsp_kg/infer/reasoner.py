"""The rules that OWL cannot say: CONSTRUCT queries in `queries/infer/`, run after the axioms' closure.

A query's header says, beside its summary, `because`: a triple pattern of the WHERE clause that stands as a premise (as
often as needed), and `absent`: what the query looks for and does not find, in words. Each query sees what the axioms
give and not what other queries give, so their order is no matter, and asks of what holds, not of who says so. Imports
`errors`, `names`, `axioms` and `rules`.

A project's ontology as rules, and the closure of its store under them.

Imports `axioms`, `closure`, `compile`, `facts`, `rule_queries` and `sources`.
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
from mtsp_kg.infer.facts import read_ntriples
from mtsp_kg.infer.ontology_index import Sources, axiom_files
from mtsp_kg.infer.rules import Rule
from mtsp_kg.infer.terms import SUBCLASS, SUBPROPERTY, Atom, atom_of, is_named, line, nt
from mtsp_kg.plan import names
from mtsp_kg.project import Project

FOLDER = "infer"
_HEADER = re.compile(r"^#\+ (\w+): *(.*)$", re.MULTILINE)
_PREFIX = re.compile(r"^\s*PREFIX\s+([\w-]*):\s*<([^>]*)>", re.MULTILINE | re.IGNORECASE)
_TEMPLATE = re.compile(r"CONSTRUCT\s*\{([^}]*)\}", re.IGNORECASE)
_PATTERN = re.compile(r"(\?\w+|<[^>]*>|[^\s;,]+)\s+([^\s;,|/^]+|<[^>]*>)\s+(<[^>]*>|\"[^\"]*\"\S*|[^\s;,]+)")
# What is no SPARQL, and names that may hold the word.
_APART = re.compile(r"^\s*#.*$|<[^>]*>|\"[^\"]*\"", re.MULTILINE)
_GRAPH = re.compile(r"\bGRAPH\b", re.IGNORECASE)
Pattern = tuple[str, str, str]


@dataclass(frozen=True)
class RuleQuery:
    """One query of `queries/infer/`."""

    name: str
    path: Path
    text: str
    summary: str
    template: tuple[Pattern, ...]
    because: tuple[Pattern, ...]
    rule: Rule

    def given(self, store: ox.Store) -> dict[Atom, list[tuple[Atom, ...]]]:
        """What the query constructs over a store's default graph, each fact with its premises: one tuple for each
        solution that differs in them. Raises QueryError."""
        try:
            found = store.query(_construct_as_select(self.text))
        except SyntaxError as error:
            raise QueryError(f"The query is not SPARQL 1.1: {error.msg}.", file=self.path) from error
        assert isinstance(found, ox.QuerySolutions)
        known = {f"?{variable.value}" for variable in found.variables}
        given: dict[Atom, dict[tuple[Atom, ...], None]] = {}
        for solution in found:
            values = {name: str(solution[name[1:]]) for name in known if solution[name[1:]] is not None}
            premises = tuple(atom_of(*(values.get(term, term) for term in triple)) for triple in self.because)
            for triple in self.template:
                fact = atom_of(*(values.get(term, term) for term in triple))
                if not any(term.startswith("?") for term in fact):
                    given.setdefault(fact, {})[premises] = None
        return {fact: list(ways) for fact, ways in given.items()}


def rule_queries(project: Project) -> list[RuleQuery]:
    """The queries of `queries/infer/`, by name. Raises QueryError for a header that cannot be read."""
    return [_read(project, path) for path in project.query_files(FOLDER)]


def _read(project: Project, path: Path) -> RuleQuery:
    text = path.read_text(encoding="utf-8")
    header = [(key, value.strip().strip('"')) for key, value in _HEADER.findall(text)]
    said = dict(header)
    prefixes = dict(_PREFIX.findall(text))
    because = tuple(_pattern(value, prefixes, path) for key, value in header if key == "because")
    if "summary" not in said or not because:
        raise QueryError(
            "The header of an inferring query lacks its summary or its premises.",
            remedy="Write '#+ summary: ...' and '#+ because: ?thing rdf:type mtsp:...'.",
            file=path,
        )
    if _GRAPH.search(_APART.sub(" ", text)):
        raise QueryError(
            "An inferring query asks for a graph.",
            remedy="Ask of what holds, whoever says so: a proof names the paragraphs.",
            file=path,
        )
    block = _TEMPLATE.search(text)
    if block is None:
        raise QueryError(
            "A query of queries/infer/ must be a CONSTRUCT.",
            remedy="Name the triples that it gives.",
            file=path,
        )
    triples = [part.strip() for part in re.split(r"\s\.(?=\s|$)", block.group(1)) if part.strip()]
    template = tuple(_pattern(triple, prefixes, path) for triple in triples)
    about = nt(names.BASE + f"queries/{FOLDER}/{path.stem}")
    absent = [value for key, value in header if key == "absent"]
    axiom = Axiom("query", (said["summary"], *absent), about, project.relative(path), 1)
    return RuleQuery(path.stem, path, text, said["summary"], template, because, Rule(path.stem, None, (), axiom))


def _pattern(text: str, prefixes: Mapping[str, str], path: Path) -> Pattern:
    found = _PATTERN.fullmatch(text.strip())
    if found is None:
        raise QueryError(
            f"'{text}' is no triple pattern.", remedy="Write subject, predicate and object, with ' .' between triples.",
            file=path,
        )  # fmt: skip
    subject, predicate, object_ = (_term(term, prefixes) for term in found.groups())
    return subject, predicate, object_


def _term(text: str, prefixes: Mapping[str, str]) -> str:
    if text == "a":
        return nt(vocab.RDF_TYPE)
    if text.startswith(("?", '"', "<")):
        return text
    prefix, _, local = text.partition(":")
    expanded = prefixes[prefix] + local if prefix in prefixes else names.expand(text)
    return nt(expanded) if expanded is not None else text


class Reasoner:
    """What follows in a project, and by which axioms. alignments: whether links to other vocabularies count."""

    def __init__(self, project: Project, *, alignments: bool = False) -> None:
        self.project = project
        self.alignments = alignments

    @cached_property
    def sources(self) -> Sources:
        """The ontology's files. Raises DataError."""
        files = axiom_files(self.project, alignments=self.alignments)
        return Sources((path, self.project.relative(path)) for path in files)

    @cached_property
    def axioms(self) -> list[Axiom]:
        """The ontology's axioms. Raises DataError for one of a kind that is not supported."""
        return read_axioms(self.sources)

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules that infer. Raises DataError."""
        return rules_of(self.axioms)

    @cached_property
    def clashes(self) -> list[Rule]:
        """The rules of contradiction. Raises DataError."""
        return clashes_of(self.axioms)

    @cached_property
    def queries(self) -> list[RuleQuery]:
        """The rules that are queries. Raises QueryError."""
        return rule_queries(self.project)

    def close(self, store: ox.Store) -> Closure:
        """The closure of what holds in a store (its default graph, without inferences); the store is not changed.

        Raises DataError, QueryError.
        """
        return self.close_text(dump(store))

    def close_text(self, text: bytes) -> Closure:
        """The closure of a graph given as N-Triples in canonical form, from whatever store it comes.

        Raises DataError, QueryError.
        """
        facts = read_ntriples(text, needed(self.rules))
        for schema in (SUBCLASS, SUBPROPERTY):
            facts.pairs[schema] = self._stated(schema)
        evaluation = Evaluation(facts, self.rules, lambda: read_ntriples(text))
        closure = evaluation.run()
        if self.queries:
            asked = _store_of(text, closure)
            answers = [(query.rule, query.given(asked)) for query in self.queries]
            for rule, given in answers:
                evaluation.give(rule, given)
                for fact, ways in given.items():
                    closure.given.setdefault(fact, []).extend((rule, premises) for premises in ways)
            evaluation.run()
        return closure

    def _stated(self, predicate: str) -> set[tuple[str, str]]:
        """The pairs of a schema property that the files of axioms state (others may be in the store)."""
        triples = self.sources.file_of
        return {(one, two) for one, name, two in triples if name == predicate and is_named(one) and is_named(two)}


def _store_of(text: bytes, closure: Closure) -> ox.Store:
    """A store with some N-Triples and what a closure infers."""
    store = ox.Store()
    store.bulk_load(text, format=ox.RdfFormat.N_TRIPLES)
    inferred = "".join(f"{line(fact)} .\n" for _, fact in closure.inferred())
    store.bulk_load(inferred.encode(), format=ox.RdfFormat.N_TRIPLES)
    return store


def dump(store: ox.Store) -> bytes:
    """A store's default graph as N-Triples, without the inferences that it may hold."""
    text = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
    inferred = [graph for graph in store.named_graphs() if str(graph).startswith(f"<{names.INFERRED}")]
    if not inferred:
        return text
    out: set[bytes] = set()
    for graph in inferred:
        out.update((store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b"").split(b"\n"))
    return b"\n".join(line for line in text.split(b"\n") if line not in out)


def _construct_as_select(query: str) -> str:
    """The SELECT of all variables over the WHERE clause of a CONSTRUCT."""
    template = re.compile(r"CONSTRUCT\s*\{[^}]*\}\s*(?:WHERE)?", re.IGNORECASE)
    return template.sub("SELECT DISTINCT * WHERE ", query, count=1)
