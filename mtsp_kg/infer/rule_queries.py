"""The rules that OWL cannot say: CONSTRUCT queries in `queries/infer/`, run after the axioms' closure.

A query's header says, beside its summary, `because`: a triple pattern of the WHERE clause that stands as a premise (as
often as needed), and `absent`: what the query looks for and does not find, in words. Each query sees what the axioms
give and not what other queries give, so their order is no matter. Imports `errors`, `names`, `axioms` and `rules`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_PATTERN = re.compile(r"(\S+)\s+(\S+)\s+(.+)")


@dataclass(frozen=True)
class RuleQuery:
    """One query of `queries/infer/`."""

    name: str
    path: Path
    text: str
    summary: str
    because: tuple[tuple[str, str, str], ...]
    absent: tuple[str, ...]
    rule: Rule

    def infer(self, store: ox.Store) -> list[Atom]:
        """What the query constructs over a store. Raises QueryError."""
        try:
            found = store.query(self.text)
        except SyntaxError as error:
            raise QueryError(f"The query is not SPARQL 1.1: {error.msg}.", file=self.path) from error
        if not isinstance(found, ox.QueryTriples):
            raise QueryError("A query of queries/infer/ must be a CONSTRUCT.", file=self.path)
        return [atom_of(*(str(term) for term in triple)) for triple in found]

    def premises(self, store: ox.Store, fact: Atom) -> Iterator[tuple[Atom, ...]]:
        """The premises under which the query constructs a fact, one tuple for each solution that differs."""
        try:
            found = store.query(names.construct_as_select(self.text))
        except SyntaxError as error:
            raise QueryError(f"The query is not SPARQL 1.1: {error.msg}.", file=self.path) from error
        assert isinstance(found, ox.QuerySolutions)
        known = {f"?{variable.value}" for variable in found.variables}
        template = self._template()
        seen = set()
        for solution in found:
            values = {name: str(solution[name[1:]]) for name in known if solution[name[1:]] is not None}
            if not any(atom_of(*(values.get(term, term) for term in triple)) == fact for triple in template):
                continue
            given = tuple(atom_of(*(values.get(term, term) for term in triple)) for triple in self.because)
            if given not in seen:
                seen.add(given)
                yield given

    def _template(self) -> list[tuple[str, str, str]]:
        block = re.search(r"CONSTRUCT\s*\{([^}]*)\}", self.text, re.IGNORECASE)
        triples = [part for part in re.split(r"\s\.(?=\s|$)", block.group(1)) if part.strip()] if block else []
        return [_pattern(triple.strip(), self.path) for triple in triples]


def rule_queries(project: Project) -> list[RuleQuery]:
    """The queries of `queries/infer/`, by name. Raises QueryError for a header that cannot be read."""
    return [_read(project, path) for path in project.query_files(FOLDER)]


def _read(project: Project, path: Path) -> RuleQuery:
    text = path.read_text(encoding="utf-8")
    header = [(key, value.strip().strip('"')) for key, value in _HEADER.findall(text)]
    said = dict(header)
    because = tuple(_pattern(value, path) for key, value in header if key == "because")
    if "summary" not in said or not because:
        raise QueryError(
            "The header of an inferring query lacks its summary or its premises.",
            remedy="Write '#+ summary: ...' and '#+ because: ?thing rdf:type mtsp:...'.",
            file=path,
        )
    absent = tuple(value for key, value in header if key == "absent")
    about = nt(names.BASE + f"queries/{FOLDER}/{path.stem}")
    axiom = Axiom("query", (said["summary"], *absent), about, project.relative(path), 1)
    return RuleQuery(path.stem, path, text, said["summary"], because, absent, Rule(path.stem, None, (), axiom))


def _pattern(text: str, path: Path) -> tuple[str, str, str]:
    found = _PATTERN.fullmatch(text.strip())
    if found is None:
        raise QueryError(f"'{text}' is no triple pattern.", remedy="Write subject, predicate and object.", file=path)
    subject, predicate, object_ = (_term(term.strip()) for term in found.groups())
    return subject, predicate, object_


def _term(text: str) -> str:
    if text == "a":
        return nt(names.RDF_TYPE)
    expanded = None if text.startswith(("?", '"')) else names.expand(text)
    return nt(expanded) if expanded is not None else text
