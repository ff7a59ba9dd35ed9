"""Whether axioms and facts are within OWL 2 DL: what breaks it, and where.

Checked are the restrictions of OWL 2 Structural Specification: declarations and typing (5.8), what may stand in which
place (5.3 to 5.7), simple roles and regular hierarchies (11.2), and reserved names (2.4). Imports `names`, `axioms`,
`expressions`, `facts`, `sources`, `terms` and `values`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mtsp_kg import vocab
from mtsp_kg.infer.axioms import Axiom, Part
from mtsp_kg.infer.facts import Facts
from mtsp_kg.infer.join import ill_typed, parts
from mtsp_kg.infer.ontology_index import Sources
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
from mtsp_kg.plan import names

RESERVED = tuple(vocab.VOCABULARIES[prefix] for prefix in ("rdf", "rdfs", "owl", "xsd"))
BUILT_IN = {vocab.OWL + name for name in (
    "Thing", "Nothing", "topObjectProperty", "bottomObjectProperty", "topDataProperty", "bottomDataProperty",
    "versionInfo", "priorVersion", "backwardCompatibleWith", "incompatibleWith", "deprecated", "sameAs",
    "differentFrom")} | {vocab.VOCABULARIES["rdfs"] + name for name in ("label", "comment", "seeAlso", "isDefinedBy",
    "subClassOf", "subPropertyOf")}  # fmt: skip
# Types that are declarations and axioms, not classes of individuals.
KINDS = {vocab.OWL + f"{name}": name for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")}
# The datatype map of OWL 2 (section 4): what a DL reasoner knows.
IN_MAP = {vocab.XSD + name for name in (
    "decimal", "integer", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger", "negativeInteger", "long",
    "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "double", "float", "string",
    "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN", "boolean", "hexBinary", "base64Binary",
    "anyURI", "dateTime", "dateTimeStamp")} | {vocab.VOCABULARIES["rdf"] + name for name in (
    "PlainLiteral", "XMLLiteral", "langString")} | {vocab.VOCABULARIES["rdfs"] + "Literal", vocab.OWL + "real",
    vocab.OWL + "rational"}  # fmt: skip


@dataclass(frozen=True)
class Issue:
    """Something that is not OWL 2 DL: what, and the axiom or the fact that is at fault.

    A note says what reasoners are kept from, without being a fault of the ontology.
    """

    what: str
    axiom: Axiom | None = None
    fact: Atom | None = None
    file: str = ""
    line: int | None = None
    is_note: bool = False


class Profile:
    """Checks axioms and the facts of a store."""

    def __init__(self, sources: Sources, axioms: list[Axiom], facts: Facts) -> None:
        self._sources = sources
        self._axioms = axioms
        self._facts = facts
        self._kinds: dict[str, set[str]] = {}
        for subject, said in sources.by_subject.items():
            for kind in said.get(RDF_TYPE, ()):
                if iri(kind) in KINDS:
                    self._kinds.setdefault(subject, set()).add(KINDS[iri(kind)])
        self._classes = sources_of(sources, vocab.OWL + "Class")
        self._datatypes = sources_of(sources, vocab.VOCABULARIES["rdfs"] + "Datatype")

    def issues(self) -> list[Issue]:
        """What breaks OWL 2 DL, then notes; axioms first, in the order of the files."""
        found = [*self._punning(), *self._of_axioms(), *self._roles(), *self._of_facts(), *self._literals()]
        return sorted(dict.fromkeys(found), key=lambda issue: issue.is_note)

    def _short(self, term: str) -> str:
        return names.shrink(iri(term))

    def _punning(self) -> Iterator[Issue]:
        for term, kinds in self._kinds.items():
            if len(kinds) > 1:
                yield self._at(term, f"{self._short(term)} is declared as {' and '.join(sorted(kinds))}.")
        for term in sorted(self._classes & self._datatypes):
            yield self._at(term, f"{self._short(term)} is declared as class and as datatype.")
        for term in sorted((self._classes | self._kinds.keys()) - {nt(name) for name in BUILT_IN}):
            if iri(term).startswith(RESERVED):
                yield self._at(term, f"{self._short(term)} is a reserved name and is declared anew.")

    def _at(self, term: str, what: str) -> Issue:
        file = next((self._sources.file_of[term, RDF_TYPE, kind] for kind in self._sources.objects(term, RDF_TYPE)), "")
        return Issue(what, file=file, line=self._sources.line(file, term))

    def _of_axioms(self) -> Iterator[Issue]:
        for axiom in self._axioms:
            for what in self._undeclared(axiom):
                yield Issue(what, axiom)
            kinds = [self._kinds.get(part.name, set()) for part in axiom.parts if isinstance(part, Property)]
            if len(kinds) > 1 and axiom.kind != "key" and all(kinds) and not set.intersection(*kinds):
                yield Issue("The properties of an axiom are of different kinds.", axiom)
            objects_only = ("inverse", "symmetric", "asymmetric", "transitive", "irreflexive", "inverse-functional")
            if axiom.kind in (*objects_only, "chain") and any(kind and "ObjectProperty" not in kind for kind in kinds):
                yield Issue("Only object properties may have this axiom.", axiom)

    def _undeclared(self, axiom: Axiom) -> Iterator[str]:
        for part in flatten(axiom.parts):
            if isinstance(part, Named) and part.name not in self._classes and iri(part.name) not in BUILT_IN:
                yield f"{self._short(part.name)} is used as a class and is not declared as owl:Class."
            if isinstance(part, Property) and part.name not in self._kinds and iri(part.name) not in BUILT_IN:
                yield f"{self._short(part.name)} is used as a property and is not declared as one."
            if isinstance(part, DataRange) and is_named(part.name):
                own = iri(part.name)
                if own not in IN_MAP and part.name not in self._datatypes and not own.startswith(vocab.XSD):
                    yield f"{self._short(part.name)} is used as a datatype and is not declared as rdfs:Datatype."
            if isinstance(part, Some | Only | Cardinality | Value):
                yield from self._restricted(part)

    def _restricted(self, part: Some | Only | Cardinality | Value) -> Iterator[str]:
        kinds = self._kinds.get(part.property.name, set())
        over_data = is_literal(part.value) if isinstance(part, Value) else isinstance(part.filler, DataRange)
        thing = isinstance(part, Cardinality) and part.filler == Named(nt(vocab.OWL + "Thing"))
        if over_data and "ObjectProperty" in kinds:
            yield f"A restriction on the object property {self._short(part.property.name)} is over data."
        if not over_data and not thing and kinds == {"DatatypeProperty"}:
            yield f"A restriction on the datatype property {self._short(part.property.name)} is over things."
        if kinds == {"AnnotationProperty"}:
            yield f"A restriction is on the annotation property {self._short(part.property.name)}."

    def _roles(self) -> Iterator[Issue]:
        from mtsp_kg.infer.axioms import irregular, not_simple

        composite = not_simple(self._axioms)
        for axiom in self._axioms:
            of_axiom = ("functional", "inverse-functional", "irreflexive", "asymmetric", "disjoint-properties")
            for part in flatten(axiom.parts):
                needs = isinstance(part, Property) and axiom.kind in of_axiom
                on = part if needs else part.property if isinstance(part, Cardinality | Self) else None
                if isinstance(on, Property) and on.name in composite:
                    yield Issue(
                        f"{self._short(on.name)} is transitive or implied by a chain, and must be simple.", axiom
                    )
        for axiom in irregular(self._axioms):
            yield Issue("The chain makes the hierarchy of properties go in a circle.", axiom)

    def _of_facts(self) -> Iterator[Issue]:
        meta = {name for name in self._facts.members if iri(name).startswith(RESERVED)}
        for class_ in sorted(self._facts.members.keys() - self._classes - meta):
            member = min(self._facts.members[class_])
            yield Issue(f"{self._short(class_)} is used as a class and is not declared.", fact=(class_, member))
        for property_ in sorted(self._facts.pairs):
            kinds = self._kinds.get(property_, set())
            if not kinds and not iri(property_).startswith(RESERVED):
                yield self._used(property_, min(self._facts.pairs[property_]), "and is not declared")
            for pair in sorted(self._facts.pairs[property_]):
                if kinds == {"ObjectProperty"} and is_literal(pair[1]):
                    yield self._used(property_, pair, "an object property, with a literal")
                elif kinds == {"DatatypeProperty"} and not is_literal(pair[1]):
                    yield self._used(property_, pair, "a datatype property, with a thing")

    def _used(self, property_: str, pair: tuple[str, str], how: str) -> Issue:
        return Issue(f"{self._short(property_)} is used, {how}.", fact=(property_, *pair))

    def _literals(self) -> Iterator[Issue]:
        seen: dict[str, int] = {}
        for property_, pairs in self._facts.pairs.items():
            if self._kinds.get(property_) == {"AnnotationProperty"}:
                continue
            for subject, value in pairs:
                if not is_literal(value):
                    continue
                datatype = parts(value)[2]
                if ill_typed(value):
                    yield Issue(f"{value} is not a form of its datatype.", fact=(property_, subject, value))
                if datatype not in IN_MAP and nt(datatype) not in self._datatypes:
                    seen[datatype] = seen.get(datatype, 0) + 1
        for datatype, number in sorted(seen.items()):
            what = f"{names.shrink(datatype)} is outside OWL 2's datatype map ({number} values): read as text."
            yield Issue(what, is_note=True)


def sources_of(sources: Sources, kind: str) -> set[str]:
    """The terms that some files declare as of a kind."""
    return {subject for subject, said in sources.by_subject.items() if nt(kind) in said.get(RDF_TYPE, ())}


def flatten(given: Iterable[Part]) -> Iterator[Part]:
    """The parts of an axiom and all parts of these."""
    for part in given:
        yield part
        match part:
            case Intersection(inner) | Union(inner):
                yield from flatten(inner)
            case Complement(of):
                yield from flatten((of,))
            case Some(on, filler) | Only(on, filler) | Cardinality(_, _, on, filler):
                yield from flatten((on, filler))
            case Value(on, _) | Self(on):
                yield on
            case OneOf():
                continue
