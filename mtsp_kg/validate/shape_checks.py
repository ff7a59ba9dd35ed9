"""Rejects malformed shapes, with file and line, before an engine interprets them.

The vocabulary of SHACL is in `shacl_terms.txt`. References: SHACL, sections 2.1 (shapes), 2.3.1 (paths), 3.4.3
(recursion, which SHACL leaves undefined and no available engine supports) and 4 (the values of constraint parameters).
"SHACL for SHACL" of the W3C expresses most of this as shapes, but running an engine on the shapes first takes three
times as long as this check with the native engine, and half a second more with pySHACL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.errors import DataError
from mtsp_kg.validate.shapes import Shapes, Term

_FILE = Path(__file__).with_name("shacl_terms.txt")


class ShaclTerms(NamedTuple):
    """Local names: terms of the Recommendation, node kinds, terms that no available engine evaluates, and properties by
    the kind of their values.
    """

    known: frozenset[str]
    node_kinds: tuple[str, ...]
    undecided: frozenset[str]
    values: dict[str, tuple[str, ...]]


@cache
def shacl_terms() -> ShaclTerms:
    """The terms in the file."""
    by_kind: dict[str, list[str]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, *names = line.split()
            by_kind.setdefault(kind, []).extend(names)
    return ShaclTerms(
        known=frozenset(name for kind, names in by_kind.items() if kind != "undecided" for name in names),
        node_kinds=tuple(by_kind["node-kind"]),
        undecided=frozenset(by_kind["undecided"]),
        values={kind.removeprefix("term:"): tuple(names) for kind, names in by_kind.items() if ":" in kind},
    )


_DEFAULT = ox.DefaultGraph()
_PATH_STEPS = (vocab.SH_INVERSE, vocab.SH_ZERO_OR_MORE, vocab.SH_ONE_OR_MORE, vocab.SH_ZERO_OR_ONE)
# Features of XPath's regular expressions that Python's lack: a pattern with one of these is left to the engine.
_BEYOND_PYTHON = re.compile(r"\\[pPiIcC]|-\[")
_MAX_PATH_DEPTH = 100


class _Fault(NamedTuple):
    """What is malformed, at which node, and what to do about it."""

    node: Term
    what: str
    remedy: str


def check_shapes(shapes: Shapes) -> None:
    """Raises DataError, with file and line, for the first malformed shape."""
    for fault in _ShapeChecker(shapes).faults():
        raise _error(shapes, fault)


class _ShapeChecker:
    def __init__(self, shapes: Shapes) -> None:
        self._triples = shapes.triples
        self._profile = shapes.profile

    def faults(self) -> Iterator[_Fault]:
        yield from self._paths()
        yield from self._values()
        yield from self._patterns()
        yield from self._recursion()

    def _paths(self) -> Iterator[_Fault]:
        for node, value in self._triples.pairs(vocab.SH_PROPERTY):
            if not self._triples.objects(value, vocab.SH_PATH):
                what = f"a property shape of {self._name(node)} has no sh:path"
                yield _Fault(node, what, "Add sh:path, or correct the name in sh:property")
        for node, value in self._triples.pairs(vocab.SH_PATH):
            if len(self._triples.objects(node, vocab.SH_PATH)) > 1:
                yield _Fault(node, "a property shape has more than one sh:path", "Keep one, or split the shape")
            if reason := self._path_fault(value, 0):
                yield _Fault(node, f"the value of sh:path is not a path: {reason}", "See SHACL, section 2.3.1")

    def _values(self) -> Iterator[_Fault]:
        terms = shacl_terms()
        for name, node, value in self._of_kinds("count"):
            if not (isinstance(value, ox.Literal) and re.fullmatch(r"\+?\d+", value.value)):
                what = f"the value of sh:{name} is {self._name(value)}, not a non-negative integer"
                yield _Fault(node, what, "Write an integer such as 1")
        for name, node, value in self._of_kinds("shapes", "list"):
            if reason := self._list_fault(value):
                yield _Fault(node, f"the value of sh:{name} is not a list: {reason}", "Write it as a list: ( ... )")
        for name, node, value in self._of_kinds("iri", "node-kind"):
            if not isinstance(value, ox.NamedNode):
                yield _Fault(node, f"the value of sh:{name} is {self._name(value)}, not an IRI", "Write an IRI")
        for _, node, value in self._of_kinds("node-kind"):
            if isinstance(value, ox.NamedNode) and value.value.removeprefix(vocab.SH) not in terms.node_kinds:
                remedy = f"Use one of: sh:{', sh:'.join(terms.node_kinds)}"
                yield _Fault(node, f"{self._name(value)} is not a value of sh:nodeKind", remedy)

    def _patterns(self) -> Iterator[_Fault]:
        for name, node, value in self._of_kinds("pattern"):
            if not isinstance(value, ox.Literal) or value.datatype.value != vocab.XSD + "string":
                what = f"the value of sh:{name} is {self._name(value)}, not a string"
                yield _Fault(node, what, "Write a regular expression")
            elif not _BEYOND_PYTHON.search(value.value):
                try:
                    re.compile(value.value)
                except (re.error, RecursionError, OverflowError) as error:
                    what = f"the pattern '{value.value}' is not a regular expression: {error}"
                    yield _Fault(node, what, "Correct the pattern")

    def _recursion(self) -> Iterator[_Fault]:
        """Shapes that refer to each other in a cycle."""
        needs: dict[Term, list[Term]] = {}
        for _, node, value in self._of_kinds("shape"):
            needs.setdefault(node, []).append(value)
        for _, node, value in self._of_kinds("shapes"):
            needs.setdefault(node, []).extend(sorted(self._triples.members(value), key=str))
        if cycle := _cycle(needs):
            names = " - ".join(map(self._name, cycle))
            what = f"the shapes are recursive, which SHACL leaves undefined: {names}"
            yield _Fault(cycle[0], what, "Break the cycle")

    def _of_kinds(self, *kinds: str) -> Iterator[tuple[str, Term, Term]]:
        """The properties whose values are of these kinds, with their subjects and values."""
        for kind in kinds:
            for name in shacl_terms().values[kind]:
                for node, value in self._triples.pairs(vocab.SH + name):
                    yield name, node, value

    def _path_fault(self, path: Term, depth: int) -> str:
        """Why a term is not a SHACL path; empty if it is one."""
        if isinstance(path, ox.NamedNode):
            return "" if path.value != vocab.RDF_NIL else "it is the empty list"
        if not isinstance(path, ox.BlankNode):
            return f"it is {self._name(path)}"
        if depth > _MAX_PATH_DEPTH:
            return "it is cyclic, or nested too deeply"
        about = {predicate: objects[0] for predicate, objects in self._triples.about.get(path, {}).items()}
        if vocab.RDF_FIRST in about:
            return self._members_fault(path, "a sequence has at least two members", depth)
        if vocab.SH_ALTERNATIVE in about:
            return self._members_fault(about[vocab.SH_ALTERNATIVE], "an alternative has at least two members", depth)
        steps = [about[step] for step in _PATH_STEPS if step in about]
        return self._path_fault(steps[0], depth + 1) if len(steps) == 1 else "a blank node does not describe a path"

    def _members_fault(self, node: Term, too_few: str, depth: int) -> str:
        if reason := self._list_fault(node):
            return reason
        members = list(self._triples.members(node))
        if len(members) < 2:
            return too_few
        return next(filter(None, (self._path_fault(member, depth + 1) for member in members)), "")

    def _list_fault(self, node: Term) -> str:
        """Why a term is not a list; empty if it is one."""
        seen: set[Term] = set()
        while node != ox.NamedNode(vocab.RDF_NIL):
            if node in seen:
                return "it is cyclic"
            seen.add(node)
            if not isinstance(node, ox.NamedNode | ox.BlankNode):
                return f"it is {self._name(node)}"
            rests = self._triples.objects(node, vocab.RDF_REST)
            if len(rests) != 1 or len(self._triples.objects(node, vocab.RDF_FIRST)) != 1:
                return "a member is missing" if seen - {node} else f"it is {self._name(node)}"
            node = rests[0]
        return ""

    def _name(self, term: Term) -> str:
        if isinstance(term, ox.NamedNode):
            return self._profile.shrink(term.value)
        return "a blank node" if isinstance(term, ox.BlankNode) else str(term)


def _cycle(needs: dict[Term, list[Term]]) -> list[Term]:
    """The nodes of a cycle, the first one repeated at the end; empty if there is no cycle."""
    decided: set[Term] = set()
    for start in sorted(needs, key=str):
        trail: list[Term] = []
        waiting: list[Iterator[Term]] = [iter([start])]
        while waiting:
            node = next(waiting[-1], None)
            if node is None:
                waiting.pop()
                decided |= {trail.pop()} if trail else set()
            elif node in trail:
                at = trail.index(node)
                return [*trail[at:], trail[at]]
            elif node not in decided and isinstance(node, ox.NamedNode | ox.BlankNode):
                trail.append(node)
                waiting.append(iter(needs.get(node, [])))
    return []


def _error(shapes: Shapes, fault: _Fault) -> DataError:
    """The error for a fault, at the nearest named node above it."""
    from mtsp_kg.validate.position_search import find_positions

    seen: set[Term] = set()
    above: Term | None = fault.node
    while isinstance(above, ox.BlankNode) and above not in seen:
        seen.add(above)
        above = next((quad.subject for quad in shapes.store.quads_for_pattern(None, None, above, _DEFAULT)), None)
    position = None
    if isinstance(above, ox.NamedNode):
        lookup = shapes.lookup(above.value)
        find_positions(shapes.files, [lookup])
        position = next(iter(lookup.positions()), None)
    only_file = shapes.files[0].name if len(shapes.files) == 1 else None
    return DataError(
        f"Malformed shapes: {fault.what}.",
        remedy=f"{fault.remedy}.",
        file=position.file if position else only_file,
        line=(position and position.line) or None,
        column=(position and position.column) or None,
    )
