"""The rules that OWL cannot say: CONSTRUCT queries in `queries/infer/`, run after the axioms' closure.

A query's header says, beside its summary, `because`: a triple pattern of the WHERE clause that stands as a premise (as
often as needed), and `absent`: what the query looks for and does not find, in words. Each query sees what the axioms
give and not what other queries give, so their order is no matter, and asks of what holds, not of who says so. Imports
`errors`, `names`, `axioms` and `rules`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.errors import QueryError
from mtsp_kg.infer.axioms import Axiom
from mtsp_kg.infer.rules import Rule
from mtsp_kg.infer.terms import Atom, atom_of, nt
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
            found = store.query(names.construct_as_select(self.text))
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
        return nt(names.RDF_TYPE)
    if text.startswith(("?", '"', "<")):
        return text
    prefix, _, local = text.partition(":")
    expanded = prefixes[prefix] + local if prefix in prefixes else names.expand(text)
    return nt(expanded) if expanded is not None else text
