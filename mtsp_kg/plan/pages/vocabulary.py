"""The content of the pages of the ontology and the shapes: definitions, axioms, use, class expressions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox
from markupsafe import Markup

from mtsp_kg import vocab
from mtsp_kg.layout import natural_key
from mtsp_kg.plan import names
from mtsp_kg.plan.pages.view import PageLinks
from mtsp_kg.publish.triple_index import TripleIndex, key

_RDF, _RDFS, _OWL, _SKOS, _SH = (vocab.VOCABULARIES[prefix] for prefix in ("rdf", "rdfs", "owl", "skos", "sh"))
_LABELS = frozenset((*vocab.LABELS, vocab.DEFINITION, vocab.EXAMPLE, vocab.RDF_TYPE))
_PROPERTIES = frozenset(_OWL + name for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")) | {
    _RDF + "Property"
}
# Connectives of lists: opening, separator, closing.
_CONNECTIVES = {
    _OWL + "oneOf": ("{ ", ", ", " }"),
    _OWL + "unionOf": ("(", " or ", ")"),
    _OWL + "intersectionOf": ("(", " and ", ")"),
    _SH + "alternativePath": ("(", " | ", ")"),
    _SH + "or": ("(", " or ", ")"),
    _SH + "and": ("(", " and ", ")"),
    _SH + "xone": ("(", " xor ", ")"),
}
# The text before and after an operand.
_OPERATORS = {
    _OWL + "inverseOf": ("inverse ", ""),
    _OWL + "complementOf": ("not ", ""),
    _SH + "inversePath": ("^", ""),
    _SH + "zeroOrMorePath": ("", "*"),
    _SH + "oneOrMorePath": ("", "+"),
    _SH + "zeroOrOnePath": ("", "?"),
}
# The parts of a restriction, and the keyword of Manchester Syntax (section 2.4) for each.
_RESTRICTIONS = {
    "someValuesFrom": "some", "allValuesFrom": "only", "hasValue": "value", "cardinality": "exactly",
    "minCardinality": "min", "maxCardinality": "max", "qualifiedCardinality": "exactly",
    "minQualifiedCardinality": "min", "maxQualifiedCardinality": "max",
}  # fmt: skip
# Properties by which other terms refer to a term, by the word of the interface for it.
_REFERENCES = {
    "term_below": (_RDFS + "subClassOf", _RDFS + "subPropertyOf"),
    "term_inverse": (_OWL + "inverseOf",),
    "term_domain_of": (_RDFS + "domain",),
    "term_range_of": (_RDFS + "range",),
}
# From a part of a definition or property chain to the whole.
_WHOLES = frozenset(_OWL + name for name in (
    "intersectionOf", "unionOf", "complementOf", "oneOf", "someValuesFrom", "allValuesFrom", "hasValue", "onClass",
    "onProperty", "inverseOf", "propertyChainAxiom", "equivalentClass")) | {
    vocab.RDF_FIRST, vocab.RDF_REST, vocab.RDFS_SUBCLASS}  # fmt: skip
_TARGETS = frozenset(vocab.SH_TARGETS)


@dataclass
class OntologyTerm:
    """A term of the ontology.

    sort: `class`, `property` or `individual`; rows: property to values; used: the number of triples that use it;
    references: the terms that refer to it, by the word of the interface for it.
    """

    iri: str
    sort: str
    kinds: list[str]
    rows: list[tuple[str, list[object]]]
    used: int
    definitions: Sequence[object] = field(default_factory=list)
    examples: Sequence[object] = field(default_factory=list)
    references: dict[str, list[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The local name of the term, which is its fragment in the page."""
        return self.iri[len(names.ONTOLOGY) :]


def ontology_terms(index: TripleIndex) -> dict[str, list[OntologyTerm]]:
    """Every term of the ontology by sort (`class`, `property`, `individual`), in the order of their names."""
    uses: dict[str, int] = {}
    for quad in index.quads:
        uses[quad.predicate.value] = uses.get(quad.predicate.value, 0) + 1
        if quad.predicate.value == vocab.RDF_TYPE:
            uses[key(quad.object)] = uses.get(key(quad.object), 0) + 1
    known = (iri for iri in {*index.by_subject, *index.by_object, *uses} if iri.startswith(names.ONTOLOGY))
    disjoint = _disjoint_classes(index)
    found: dict[str, list[OntologyTerm]] = {"class": [], "property": [], "individual": []}
    for iri in sorted(known, key=lambda iri: (natural_key(iri.lower()), iri)):
        term = _term(iri, index, uses.get(iri, 0), disjoint)
        found[term.sort].append(term)
    return found


def _term(iri: str, index: TripleIndex, used: int, disjoint: list[list[str]]) -> OntologyTerm:
    table: dict[str, dict[object, None]] = {}
    for quad in index.by_subject.get(iri, ()):
        if quad.predicate.value not in _LABELS:
            table.setdefault(quad.predicate.value, {})[quad.object] = None
    kinds = [key(node) for node in index.objects(iri, vocab.RDF_TYPE)]
    sort = "class" if _OWL + "Class" in kinds else "property" if _PROPERTIES.intersection(kinds) else "individual"
    rows = [(property_, list(values)) for property_, values in sorted(table.items())]
    return OntologyTerm(
        iri,
        sort,
        kinds,
        rows,
        used,
        index.objects(iri, vocab.DEFINITION),
        index.objects(iri, vocab.EXAMPLE),
        _references(iri, index, disjoint),
    )


def _references(iri: str, index: TripleIndex, disjoint: list[list[str]]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for quad in index.by_object.get(iri, ()):
        for word, properties in _REFERENCES.items():
            if quad.predicate.value in properties and isinstance(quad.subject, ox.NamedNode):
                found.setdefault(word, set()).add(quad.subject.value)
    found["term_defines"] = set(_defined_with(iri, index)) - {iri}
    found["term_disjoint"] = {one for members in disjoint if iri in members for one in members} - {iri}
    for table in (index.by_subject, index.by_object):
        for quad in table.get(iri, ()):
            if quad.predicate.value == _OWL + "disjointWith":
                found["term_disjoint"] |= {key(quad.subject), key(quad.object)} - {iri}
    return {word: sorted(terms) for word, terms in found.items() if terms}


def _defined_with(iri: str, index: TripleIndex) -> list[str]:
    """The named terms whose definitions or property chains contain an IRI."""
    found, waiting, seen = [], [iri], {iri}
    while waiting:
        at = waiting.pop()
        for quad in index.by_object.get(at, ()):
            subject = key(quad.subject)
            if quad.predicate.value not in _WHOLES or subject in seen:
                continue
            if isinstance(quad.subject, ox.BlankNode):
                seen.add(subject)
                waiting.append(subject)
            elif at != iri:  # an axiom about the term itself is in its own rows
                found.append(subject)
    return found


def _disjoint_classes(index: TripleIndex) -> list[list[str]]:
    """The members of each owl:AllDisjointClasses axiom."""
    axioms = index.by_object.get(_OWL + "AllDisjointClasses", ())
    heads = [head for quad in axioms for head in index.objects(key(quad.subject), _OWL + "members")]
    return [[key(member) for member in _list(head, index)] for head in heads]


def expression(node: object, index: TripleIndex, links: PageLinks, depth: int = 0) -> Markup:
    """A class expression in Manchester syntax, or a property path in that of SPARQL, with names as links.

    Other blank nodes are written as in Turtle: properties and values in brackets.
    """
    if not isinstance(node, ox.BlankNode):
        return links.node(node)
    if depth > 8:
        return Markup("…")
    name = key(node)

    def inner(one: object) -> Markup:
        written = expression(one, index, links, depth + 1)
        nested = isinstance(one, ox.BlankNode) and index.objects(key(one), _OWL + "onProperty")
        return Markup("(") + written + Markup(")") if nested else written

    for property_, (opening, separator, closing) in _CONNECTIVES.items():
        for head in index.objects(name, property_):
            written = Markup(separator).join(inner(one) for one in _list(head, index))
            return written if not depth and opening == "(" else Markup(opening) + written + Markup(closing)
    on = index.objects(name, _OWL + "onProperty")
    for part, word in _RESTRICTIONS.items():
        for value in index.objects(name, _OWL + part) if on else ():
            role = expression(on[0], index, links, depth + 1)
            of = [Markup(" ") + inner(one) for one in index.objects(name, _OWL + "onClass")]
            return role + Markup(f' <span class="quiet">{word}</span> ') + inner(value) + Markup("").join(of)
    for property_, (before, after) in _OPERATORS.items():
        for one in index.objects(name, property_):
            return Markup(before) + inner(one) + Markup(after)
    if index.objects(name, vocab.RDF_FIRST):
        return Markup("( ") + Markup(" ").join(inner(one) for one in _list(node, index)) + Markup(" )")
    rows = [links.node(quad.predicate) + " " + inner(quad.object) for quad in index.by_subject.get(name, ())]
    return Markup("[ ") + Markup(" ; ").join(rows) + Markup(" ]")


def _list(head: object, index: TripleIndex) -> list[object]:
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
    """A shape on its page."""

    iri: str
    targets: list[tuple[str, list[object]]]
    properties: list[object]
    severity: list[object]
    rows: list[tuple[str, list[object]]]

    @property
    def name(self) -> str:
        """The local name of the shape, which is its fragment in the page."""
        return self.iri[len(names.SHAPES) :]


def shapes_by_graph(index: TripleIndex) -> dict[str, list[ShapeRow]]:
    """Every shape by its graph, which is its file. index: of the files of shapes."""
    found: dict[str, list[ShapeRow]] = {}
    for graph, quads in sorted(index.by_graph.items()):
        subjects = dict.fromkeys(key(quad.subject) for quad in quads)
        rows = [_shape(iri, index) for iri in subjects if iri.startswith(names.SHAPES)]
        if rows:
            found[graph] = sorted(rows, key=lambda row: natural_key(row.name))
    return found


def _shape(iri: str, index: TripleIndex) -> ShapeRow:
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


def literals(iri: str, property_: str, index: TripleIndex, language: str) -> list[Any]:
    """The literals of a property in a language; all of them if none is in it."""
    found = [node for node in index.objects(iri, property_) if isinstance(node, ox.Literal)]
    return [node for node in found if (node.language or language) == language] or found
