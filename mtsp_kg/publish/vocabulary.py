"""What the pages of the ontology and of the shapes tell: each term with its definition, its place and its use.

Imports `names`, `publish.index`, `publish.trails`, `publish.view`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox
from markupsafe import Markup

from mtsp_kg import names
from mtsp_kg.publish.index import Index, key
from mtsp_kg.publish.trails import natural
from mtsp_kg.publish.view import At

_RDF, _OWL, _SKOS, _SH = (names.VOCABULARIES[prefix] for prefix in ("rdf", "owl", "skos", "sh"))
_LABELS = frozenset((*names.LABELS, names.DEFINITION, names.EXAMPLE, names.RDF_TYPE))
_PROPERTIES = frozenset(_OWL + name for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")) | {
    _RDF + "Property"
}
_LINKS = {
    _OWL + "oneOf": ("{ ", ", ", " }"),
    _OWL + "unionOf": ("(", " or ", ")"),
    _OWL + "intersectionOf": ("(", " and ", ")"),
    _SH + "alternativePath": ("(", " | ", ")"),
    _SH + "or": ("(", " or ", ")"),
    _SH + "and": ("(", " and ", ")"),
    _SH + "xone": ("(", " xor ", ")"),
}
_AROUND = {
    _OWL + "inverseOf": ("inverse ", "", ""),
    _OWL + "complementOf": ("not ", "", ""),
    _SH + "inversePath": ("^", "", ""),
    _SH + "zeroOrMorePath": ("", "", "*"),
    _SH + "oneOrMorePath": ("", "", "+"),
    _SH + "zeroOrOnePath": ("", "", "?"),
}
_RESTRICTIONS = ("someValuesFrom", "allValuesFrom", "hasValue", "cardinality", "minCardinality", "maxCardinality")
_TARGETS = frozenset(names.SH_TARGETS)


@dataclass
class Term:
    """A term of the ontology. rows: property to values, with the graphs that say so; used: in how many triples."""

    iri: str
    sort: str
    kinds: list[str]
    rows: list[tuple[str, list[tuple[object, list[str]]]]]
    used: int
    definitions: Sequence[object] = field(default_factory=list)
    examples: Sequence[object] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The term's local name, which is its place in the page."""
        return self.iri[len(names.ONTOLOGY) :]


def terms(index: Index) -> dict[str, list[Term]]:
    """Every term of the ontology by sort (`class`, `property`, `individual`), in the order of their names."""
    uses: dict[str, int] = {}
    for quad in index.quads:
        uses[quad.predicate.value] = uses.get(quad.predicate.value, 0) + 1
        if quad.predicate.value == names.RDF_TYPE:
            uses[key(quad.object)] = uses.get(key(quad.object), 0) + 1
    known = (iri for iri in {*index.by_subject, *index.by_object, *uses} if iri.startswith(names.ONTOLOGY))
    found: dict[str, list[Term]] = {"class": [], "property": [], "individual": []}
    for iri in sorted(known, key=lambda iri: (natural(iri.lower()), iri)):
        term = _term(iri, index, uses.get(iri, 0))
        found[term.sort].append(term)
    return found


def _term(iri: str, index: Index, used: int) -> Term:
    table: dict[str, dict[object, list[str]]] = {}
    for quad in index.by_subject.get(iri, ()):
        if quad.predicate.value not in _LABELS:
            table.setdefault(quad.predicate.value, {}).setdefault(quad.object, []).append(key(quad.graph_name))
    kinds = [key(node) for node in index.objects(iri, names.RDF_TYPE)]
    sort = "class" if _OWL + "Class" in kinds else "property" if _PROPERTIES.intersection(kinds) else "individual"
    rows = [(property_, list(values.items())) for property_, values in sorted(table.items())]
    return Term(
        iri,
        sort,
        kinds,
        rows,
        used,
        index.objects(iri, names.DEFINITION),
        index.objects(iri, names.EXAMPLE),
    )


def expression(node: object, index: Index, at: At, depth: int = 0) -> Markup:
    """A class expression, property path or list as text in the manner of Manchester and SPARQL syntax, names as links.

    What is none of those is written as Turtle would: properties and values in brackets.
    """
    if not isinstance(node, ox.BlankNode):
        return at.node(node)
    if depth > 8:
        return Markup("…")
    name = key(node)

    def inner(one: object) -> Markup:
        return expression(one, index, at, depth + 1)

    for part, (left, between, right) in _LINKS.items():
        for head in index.objects(name, part):
            return Markup(left) + Markup(between).join(inner(one) for one in _list(head, index)) + Markup(right)
    for part, (left, _, right) in _AROUND.items():
        for one in index.objects(name, part):
            return Markup(left) + inner(one) + Markup(right)
    on = index.objects(name, _OWL + "onProperty")
    for part in _RESTRICTIONS:
        for value in index.objects(name, _OWL + part):
            word = part.removesuffix("ValuesFrom")
            return (inner(on[0]) if on else Markup("")) + f" {word} " + inner(value)
    if index.objects(name, names.RDF_FIRST):
        return Markup("( ") + Markup(" ").join(inner(one) for one in _list(node, index)) + Markup(" )")
    rows = [at.node(quad.predicate) + " " + inner(quad.object) for quad in index.by_subject.get(name, ())]
    return Markup("[ ") + Markup(" ; ").join(rows) + Markup(" ]")


def _list(head: object, index: Index) -> list[object]:
    found: list[object] = []
    at, seen = key(head), set()
    while at not in seen and (first := index.objects(at, names.RDF_FIRST)):
        seen.add(at)
        found.append(first[0])
        rest = index.objects(at, names.RDF_REST)
        at = key(rest[0]) if rest else ""
    return found


@dataclass
class ShapeRow:
    """A shape as a page shows it."""

    iri: str
    targets: list[tuple[str, list[object]]]
    properties: list[object]
    severity: list[object]
    rows: list[tuple[str, list[object]]]

    @property
    def name(self) -> str:
        """The shape's local name, which is its place in the page."""
        return self.iri[len(names.SHAPES) :]


def shapes(index: Index) -> dict[str, list[ShapeRow]]:
    """Every shape by the graph (the file) that holds it; index: of the shapes' files."""
    found: dict[str, list[ShapeRow]] = {}
    for graph, quads in sorted(index.by_graph.items()):
        subjects = dict.fromkeys(key(quad.subject) for quad in quads)
        rows = [_shape(iri, index) for iri in subjects if iri.startswith(names.SHAPES)]
        if rows:
            found[graph] = sorted(rows, key=lambda row: natural(row.name))
    return found


def _shape(iri: str, index: Index) -> ShapeRow:
    table: dict[str, list[object]] = {}
    for quad in index.by_subject[iri]:
        table.setdefault(quad.predicate.value, []).append(quad.object)
    targets = [(name, nodes) for name, nodes in sorted(table.items()) if name in _TARGETS]
    shown = {names.RDF_TYPE, names.SH_PROPERTY, names.SH_MESSAGE, _SH + "severity", _SH + "name", *_TARGETS}
    rows: list[tuple[str, list[object]]] = [
        (name, list(nodes)) for name, nodes in sorted(table.items()) if name not in shown
    ]
    return ShapeRow(iri, targets, table.get(names.SH_PROPERTY, []), table.get(_SH + "severity", []), rows)


def texts(iri: str, property_: str, index: Index, language: str) -> list[Any]:
    """The literals of a property in a language of the interface; all of them where there is none in it."""
    found = [node for node in index.objects(iri, property_) if isinstance(node, ox.Literal)]
    return [node for node in found if (node.language or language) == language] or found
