"""Violations of OWL 2 DL in axioms and facts, with their positions.

The checks cover the restrictions of the OWL 2 Structural Specification: declarations and typing (5.8), what may occur
in which position (5.3 to 5.7), simple roles and regular hierarchies (11.2), and the reserved vocabulary (2.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mtsp_kg import vocab
from mtsp_kg.infer.axioms import Axiom, Part, irregular, not_simple
from mtsp_kg.infer.datatypes import ill_typed, parts
from mtsp_kg.infer.facts import Facts
from mtsp_kg.infer.ontology_index import OntologyIndex
from mtsp_kg.infer.terms import (
    RDF_TYPE,
    Atom,
    Cardinality,
    Complement,
    DataRange,
    Intersection,
    Named,
    OneOf,
    Only,
    Property,
    Self,
    Some,
    Union,
    Value,
    iri,
    is_literal,
    is_named,
    nt,
)

_RESERVED = tuple(vocab.VOCABULARIES[prefix] for prefix in ("rdf", "rdfs", "owl", "xsd"))
_BUILT_IN = {vocab.OWL + name for name in (
    "Thing", "Nothing", "topObjectProperty", "bottomObjectProperty", "topDataProperty", "bottomDataProperty",
    "versionInfo", "priorVersion", "backwardCompatibleWith", "incompatibleWith", "deprecated", "sameAs",
    "differentFrom")} | {vocab.VOCABULARIES["rdfs"] + name for name in ("label", "comment", "seeAlso", "isDefinedBy",
    "subClassOf", "subPropertyOf")}  # fmt: skip
# The types that declare a property.
_PROPERTY_KINDS = {vocab.OWL + f"{name}": name for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")}
# The datatype map of OWL 2 (section 4): what a DL reasoner knows.
IN_MAP = {vocab.XSD + name for name in (
    "decimal", "integer", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger", "negativeInteger", "long",
    "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "double", "float", "string",
    "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN", "boolean", "hexBinary", "base64Binary",
    "anyURI", "dateTime", "dateTimeStamp")} | {vocab.VOCABULARIES["rdf"] + name for name in (
    "PlainLiteral", "XMLLiteral", "langString")} | {vocab.VOCABULARIES["rdfs"] + "Literal", vocab.OWL + "real",
    vocab.OWL + "rational"}  # fmt: skip


@dataclass(frozen=True)
class DlIssue:
    """A violation of OWL 2 DL: a description, and the axiom or the fact.

    A note is not a fault of the ontology; it states what DL reasoners do not see.
    """

    what: str
    axiom: Axiom | None = None
    fact: Atom | None = None
    file: str = ""
    line: int | None = None
    is_note: bool = False


def dl_issues(index: OntologyIndex, axioms: list[Axiom], facts: Facts) -> list[DlIssue]:
    """The violations of OWL 2 DL, then notes; axioms first, in the order of files. facts: all triples of the store."""
    return _Check(index, axioms, facts).issues()


class _Check:
    def __init__(self, index: OntologyIndex, axioms: list[Axiom], facts: Facts) -> None:
        self._index = index
        self._axioms = axioms
        self._facts = facts
        self._kinds: dict[str, set[str]] = {}
        for subject, by_predicate in index.by_subject.items():
            for kind in by_predicate.get(RDF_TYPE, ()):
                if iri(kind) in _PROPERTY_KINDS:
                    self._kinds.setdefault(subject, set()).add(_PROPERTY_KINDS[iri(kind)])
        self._classes = _declared(index, vocab.OWL + "Class")
        self._datatypes = _declared(index, vocab.VOCABULARIES["rdfs"] + "Datatype")

    def issues(self) -> list[DlIssue]:
        found = [*self._punning(), *self._of_axioms(), *self._roles(), *self._of_facts(), *self._literals()]
        return sorted(dict.fromkeys(found), key=lambda issue: issue.is_note)

    def _short(self, term: str) -> str:
        return self._index.profile.shrink(iri(term))

    def _punning(self) -> Iterator[DlIssue]:
        for term, kinds in self._kinds.items():
            if len(kinds) > 1:
                yield self._at(term, f"{self._short(term)} is declared as {' and '.join(sorted(kinds))}.")
        for term in sorted(self._classes & self._datatypes):
            yield self._at(term, f"{self._short(term)} is declared as a class and as a datatype.")
        for term in sorted((self._classes | self._kinds.keys()) - {nt(name) for name in _BUILT_IN}):
            if iri(term).startswith(_RESERVED):
                yield self._at(term, f"{self._short(term)} is in the reserved vocabulary and must not be declared.")

    def _at(self, term: str, what: str) -> DlIssue:
        file = next((self._index.file_of[term, RDF_TYPE, kind] for kind in self._index.objects(term, RDF_TYPE)), "")
        return DlIssue(what, file=file, line=self._index.line(file, term))

    def _of_axioms(self) -> Iterator[DlIssue]:
        for axiom in self._axioms:
            for what in self._undeclared(axiom):
                yield DlIssue(what, axiom)
            kinds = [self._kinds.get(part.name, set()) for part in axiom.parts if isinstance(part, Property)]
            if len(kinds) > 1 and axiom.kind != "key" and all(kinds) and not set.intersection(*kinds):
                yield DlIssue("The axiom relates object, datatype or annotation properties to one another.", axiom)
            objects_only = ("inverse", "symmetric", "asymmetric", "transitive", "irreflexive", "inverse-functional")
            if axiom.kind in (*objects_only, "chain") and any(kind and "ObjectProperty" not in kind for kind in kinds):
                yield DlIssue("This axiom is allowed for object properties only.", axiom)

    def _undeclared(self, axiom: Axiom) -> Iterator[str]:
        for part in _flatten(axiom.parts):
            if isinstance(part, Named) and part.name not in self._classes and iri(part.name) not in _BUILT_IN:
                yield f"{self._short(part.name)} is used as a class but not declared as owl:Class."
            if isinstance(part, Property) and part.name not in self._kinds and iri(part.name) not in _BUILT_IN:
                yield f"{self._short(part.name)} is used as a property but not declared as one."
            if isinstance(part, DataRange) and is_named(part.name):
                own = iri(part.name)
                if own not in IN_MAP and part.name not in self._datatypes and not own.startswith(vocab.XSD):
                    yield f"{self._short(part.name)} is used as a datatype but not declared as rdfs:Datatype."
            if isinstance(part, Some | Only | Cardinality | Value):
                yield from self._restricted(part)

    def _restricted(self, part: Some | Only | Cardinality | Value) -> Iterator[str]:
        kinds = self._kinds.get(part.property.name, set())
        over_data = is_literal(part.value) if isinstance(part, Value) else isinstance(part.filler, DataRange)
        unqualified = isinstance(part, Cardinality) and part.filler == Named(nt(vocab.OWL + "Thing"))
        if over_data and "ObjectProperty" in kinds:
            yield f"A restriction on the object property {self._short(part.property.name)} has a literal or data range."
        if not over_data and not unqualified and kinds == {"DatatypeProperty"}:
            yield f"A restriction on the datatype property {self._short(part.property.name)} has a class or resource."
        if kinds == {"AnnotationProperty"}:
            yield f"A restriction is on the annotation property {self._short(part.property.name)}."

    def _roles(self) -> Iterator[DlIssue]:
        composite = not_simple(self._axioms)
        for axiom in self._axioms:
            of_axiom = ("functional", "inverse-functional", "irreflexive", "asymmetric", "disjoint-properties")
            for part in _flatten(axiom.parts):
                needs = isinstance(part, Property) and axiom.kind in of_axiom
                on = part if needs else part.property if isinstance(part, Cardinality | Self) else None
                if isinstance(on, Property) and on.name in composite:
                    name = self._short(on.name)
                    yield DlIssue(f"{name} must be simple here, but it is transitive or implied by a chain.", axiom)
        for axiom in irregular(self._axioms):
            yield DlIssue("The chain makes the property hierarchy circular.", axiom)

    def _of_facts(self) -> Iterator[DlIssue]:
        meta = {name for name in self._facts.members if iri(name).startswith(_RESERVED)}
        for class_ in sorted(self._facts.members.keys() - self._classes - meta):
            member = min(self._facts.members[class_])
            yield DlIssue(f"{self._short(class_)} is used as a class but not declared.", fact=(class_, member))
        for property_ in sorted(self._facts.pairs):
            kinds = self._kinds.get(property_, set())
            if not kinds and not iri(property_).startswith(_RESERVED):
                yield self._used(property_, min(self._facts.pairs[property_]), "is used but not declared")
            for pair in sorted(self._facts.pairs[property_]):
                if kinds == {"ObjectProperty"} and is_literal(pair[1]):
                    yield self._used(property_, pair, "is an object property and has a literal as its value")
                elif kinds == {"DatatypeProperty"} and not is_literal(pair[1]):
                    yield self._used(property_, pair, "is a datatype property and has a resource as its value")

    def _used(self, property_: str, pair: tuple[str, str], how: str) -> DlIssue:
        return DlIssue(f"{self._short(property_)} {how}.", fact=(property_, *pair))

    def _literals(self) -> Iterator[DlIssue]:
        seen: dict[str, int] = {}
        for property_, pairs in self._facts.pairs.items():
            if self._kinds.get(property_) == {"AnnotationProperty"}:
                continue
            for subject, value in pairs:
                if not is_literal(value):
                    continue
                datatype = parts(value)[2]
                if ill_typed(value):
                    what = f"{value} is not a valid lexical form of its datatype."
                    yield DlIssue(what, fact=(property_, subject, value))
                if datatype not in IN_MAP and nt(datatype) not in self._datatypes:
                    seen[datatype] = seen.get(datatype, 0) + 1
        for datatype, number in sorted(seen.items()):
            short = self._index.profile.shrink(datatype)
            what = f"{short} is not in the datatype map of OWL 2: DL reasoners read its {number} values as strings."
            yield DlIssue(what, is_note=True)


def _flatten(given: Iterable[Part]) -> Iterator[Part]:
    """The parts of an axiom and all parts of these."""
    for part in given:
        yield part
        match part:
            case Intersection(inner) | Union(inner):
                yield from _flatten(inner)
            case Complement(of):
                yield from _flatten((of,))
            case Some(on, filler) | Only(on, filler) | Cardinality(_, _, on, filler):
                yield from _flatten((on, filler))
            case Value(on, _) | Self(on):
                yield on
            case OneOf():
                continue


def _declared(index: OntologyIndex, kind: str) -> set[str]:
    return {subject for subject, by_predicate in index.by_subject.items() if nt(kind) in by_predicate.get(RDF_TYPE, ())}
