"""What the pages of the ontology and of the shapes tell: each term with its definition, its place and its use.

Imports `names`, `publish.index`, `publish.trails`, `publish.view`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox
from markupsafe import Markup

from mtsp_kg import vocab
from mtsp_kg.layout import natural_key
from mtsp_kg.plan import names
from mtsp_kg.plan.pages.view import At
from mtsp_kg.publish.triple_index import Index, key

_RDF, _RDFS, _OWL, _SKOS, _SH = (vocab.VOCABULARIES[prefix] for prefix in ("rdf", "rdfs", "owl", "skos", "sh"))
_LABELS = frozenset((*vocab.LABELS, vocab.DEFINITION, vocab.EXAMPLE, vocab.RDF_TYPE))
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
# The parts of a restriction, and the keyword of Manchester Syntax (section 2.4) for each.
_RESTRICTIONS = {
    "someValuesFrom": "some", "allValuesFrom": "only", "hasValue": "value", "cardinality": "exactly",
    "minCardinality": "min", "maxCardinality": "max", "qualifiedCardinality": "exactly",
    "minQualifiedCardinality": "min", "maxQualifiedCardinality": "max",
}  # fmt: skip
# What a term's page tells besides what is said of the term: where others speak of it. Word of the page to property.
_BACK = {
    "term_below": (_RDFS + "subClassOf", _RDFS + "subPropertyOf"),
    "term_inverse": (_OWL + "inverseOf",),
    "term_domain_of": (_RDFS + "domain",),
    "term_range_of": (_RDFS + "range",),
}
_STEPS = frozenset(_OWL + name for name in (
    "intersectionOf", "unionOf", "complementOf", "oneOf", "someValuesFrom", "allValuesFrom", "hasValue", "onClass",
    "onProperty", "inverseOf", "propertyChainAxiom", "equivalentClass")) | {
    vocab.RDF_FIRST, vocab.RDF_REST, vocab.RDFS_SUBCLASS}  # fmt: skip
_TARGETS = frozenset(vocab.SH_TARGETS)


@dataclass
class Term:
    """A term of the ontology. rows: property to values, with the graphs that say so; used: in how many triples.

    back: where other terms speak of it, word of the page to terms.
    """

    iri: str
    sort: str
    kinds: list[str]
    rows: list[tuple[str, list[tuple[object, list[str]]]]]
    used: int
    definitions: Sequence[object] = field(default_factory=list)
    examples: Sequence[object] = field(default_factory=list)
    back: dict[str, list[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The term's local name, which is its place in the page."""
        return self.iri[len(names.ONTOLOGY) :]


def terms(index: Index) -> dict[str, list[Term]]:
    """Every term of the ontology by sort (`class`, `property`, `individual`), in the order of their names."""
    uses: dict[str, int] = {}
    for quad in index.quads:
        uses[quad.predicate.value] = uses.get(quad.predicate.value, 0) + 1
        if quad.predicate.value == vocab.RDF_TYPE:
            uses[key(quad.object)] = uses.get(key(quad.object), 0) + 1
    known = (iri for iri in {*index.by_subject, *index.by_object, *uses} if iri.startswith(names.ONTOLOGY))
    apart = _disjoint(index)
    found: dict[str, list[Term]] = {"class": [], "property": [], "individual": []}
    for iri in sorted(known, key=lambda iri: (natural_key(iri.lower()), iri)):
        term = _term(iri, index, uses.get(iri, 0), apart)
        found[term.sort].append(term)
    return found


def _term(iri: str, index: Index, used: int, apart: list[list[str]]) -> Term:
    table: dict[str, dict[object, list[str]]] = {}
    for quad in index.by_subject.get(iri, ()):
        if quad.predicate.value not in _LABELS:
            table.setdefault(quad.predicate.value, {}).setdefault(quad.object, []).append(key(quad.graph_name))
    kinds = [key(node) for node in index.objects(iri, vocab.RDF_TYPE)]
    sort = "class" if _OWL + "Class" in kinds else "property" if _PROPERTIES.intersection(kinds) else "individual"
    rows = [(property_, list(values.items())) for property_, values in sorted(table.items())]
    return Term(
        iri,
        sort,
        kinds,
        rows,
        used,
        index.objects(iri, vocab.DEFINITION),
        index.objects(iri, vocab.EXAMPLE),
        _back(iri, index, apart),
    )


def _back(iri: str, index: Index, apart: list[list[str]]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for quad in index.by_object.get(iri, ()):
        for word, properties in _BACK.items():
            if quad.predicate.value in properties and isinstance(quad.subject, ox.NamedNode):
                found.setdefault(word, set()).add(quad.subject.value)
    found["term_defines"] = set(_defined(iri, index)) - {iri}
    never = {one for members in apart if iri in members for one in members} - {iri}
    for way in (index.by_subject, index.by_object):
        for quad in way.get(iri, ()):
            if quad.predicate.value == _OWL + "disjointWith":
                never |= {key(quad.subject), key(quad.object)} - {iri}
    found["term_disjoint"] = never
    return {word: sorted(terms) for word, terms in found.items() if terms}


def _defined(iri: str, index: Index) -> list[str]:
    """The named terms whose definitions or chains an IRI is a part of."""
    found, waiting, seen = [], [iri], {iri}
    while waiting:
        at = waiting.pop()
        for quad in index.by_object.get(at, ()):
            subject = key(quad.subject)
            if quad.predicate.value not in _STEPS or subject in seen:
                continue
            if isinstance(quad.subject, ox.BlankNode):
                seen.add(subject)
                waiting.append(subject)
            elif at != iri:  # what is said of the term itself without a definition stands in its own rows
                found.append(subject)
    return found


def _disjoint(index: Index) -> list[list[str]]:
    """The members of each axiom that says that several classes have no member in common."""
    axioms = index.by_object.get(_OWL + "AllDisjointClasses", ())
    heads = [head for quad in axioms for head in index.objects(key(quad.subject), _OWL + "members")]
    return [[key(member) for member in _list(head, index)] for head in heads]


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
        told = expression(one, index, at, depth + 1)
        nested = isinstance(one, ox.BlankNode) and index.objects(key(one), _OWL + "onProperty")
        return Markup("(") + told + Markup(")") if nested else told

    for part, (left, between, right) in _LINKS.items():
        for head in index.objects(name, part):
            whole = not depth and left == "("
            told = Markup(between).join(inner(one) for one in _list(head, index))
            return told if whole else Markup(left) + told + Markup(right)
    on = index.objects(name, _OWL + "onProperty")
    for part, word in _RESTRICTIONS.items():
        for value in index.objects(name, _OWL + part) if on else ():
            role = expression(on[0], index, at, depth + 1)
            of = [Markup(" ") + inner(one) for one in index.objects(name, _OWL + "onClass")]
            return role + Markup(f' <span class="quiet">{word}</span> ') + inner(value) + Markup("").join(of)
    for part, (left, _, right) in _AROUND.items():
        for one in index.objects(name, part):
            return Markup(left) + inner(one) + Markup(right)
    if index.objects(name, vocab.RDF_FIRST):
        return Markup("( ") + Markup(" ").join(inner(one) for one in _list(node, index)) + Markup(" )")
    rows = [at.node(quad.predicate) + " " + inner(quad.object) for quad in index.by_subject.get(name, ())]
    return Markup("[ ") + Markup(" ; ").join(rows) + Markup(" ]")


def _list(head: object, index: Index) -> list[object]:
    found: list[object] = []
    at, seen = key(head), set()
    while at not in seen and (first := index.objects(at, vocab.RDF_FIRST)):
        seen.add(at)
        found.append(first[0])
        rest = index.objects(at, vocab.RDF_REST)
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
            found[graph] = sorted(rows, key=lambda row: natural_key(row.name))
    return found


def _shape(iri: str, index: Index) -> ShapeRow:
    table: dict[str, list[object]] = {}
    for quad in index.by_subject[iri]:
        table.setdefault(quad.predicate.value, []).append(quad.object)
    targets = [(name, nodes) for name, nodes in sorted(table.items()) if name in _TARGETS]
    shown = {
        vocab.RDF_TYPE,
        vocab.SH_PROPERTY,
        vocab.SH_MESSAGE,
        _SH + "severity",
        _SH + "name",
        *_TARGETS,
    }
    rows: list[tuple[str, list[object]]] = [
        (name, list(nodes)) for name, nodes in sorted(table.items()) if name not in shown
    ]
    return ShapeRow(iri, targets, table.get(vocab.SH_PROPERTY, []), table.get(_SH + "severity", []), rows)


def texts(iri: str, property_: str, index: Index, language: str) -> list[Any]:
    """The literals of a property in a language of the interface; all of them where there is none in it."""
    found = [node for node in index.objects(iri, property_) if isinstance(node, ox.Literal)]
    return [node for node in found if (node.language or language) == language] or found
