"""The axioms of an ontology's files: each with its kind, its parts, the IRI that provenance cites, and its position.

An unsupported axiom is an error with the file and the line: nothing is skipped. The module also has the property
hierarchy and the restrictions of OWL 2 DL on it. References: OWL 2 Mapping to RDF Graphs (section 3, tables 11 to
15); OWL 2 Structural Specification (section 11).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mtsp_kg import vocab
from mtsp_kg.errors import DataError
from mtsp_kg.infer.ontology_index import OntologyIndex, UnreadableAxiomError
from mtsp_kg.infer.terms import (
    RDF_TYPE,
    THING,
    Cardinality,
    Complement,
    DataRange,
    Expression,
    Intersection,
    Named,
    OneOf,
    Only,
    Property,
    Self,
    Some,
    Union,
    Value,
    is_literal,
    is_named,
    nt,
)

RDFS = vocab.VOCABULARIES["rdfs"]
CLASS_AXIOMS = {RDFS + "subClassOf": "subclass", vocab.OWL + "equivalentClass": "equivalent-classes",
                vocab.OWL + "disjointWith": "disjoint-classes"}  # fmt: skip
PROPERTY_AXIOMS = {RDFS + "subPropertyOf": "subproperty", vocab.OWL + "equivalentProperty": "equivalent-properties",
                   vocab.OWL + "propertyDisjointWith": "disjoint-properties",
                   vocab.OWL + "inverseOf": "inverse"}  # fmt: skip
CHARACTERISTICS = {vocab.OWL + f"{name}Property": kind for name, kind in {
    "Transitive": "transitive", "Symmetric": "symmetric", "Asymmetric": "asymmetric", "Irreflexive": "irreflexive",
    "Functional": "functional", "InverseFunctional": "inverse-functional"}.items()}  # fmt: skip
FACTS = {vocab.OWL + "sameAs": "same", vocab.OWL + "differentFrom": "different"}
_PARTS = frozenset(vocab.OWL + name for name in ("intersectionOf", "unionOf", "complementOf", "oneOf"))
_DATA_PARTS = ("onDatatype", "datatypeComplementOf")
_CARDINALITIES = {
    "minCardinality": "min",
    "maxCardinality": "max",
    "cardinality": "exactly",
    "minQualifiedCardinality": "min",
    "maxQualifiedCardinality": "max",
    "qualifiedCardinality": "exactly",
}
# Terms of OWL and RDFS that make no axiom by themselves: declarations, annotations, parts of other axioms.
_NO_AXIOM = {RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy", "Datatype", "Class")} | {
    vocab.OWL + name
    for name in (
        "Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "OntologyProperty", "NamedIndividual",
        "Ontology", "Restriction", "Thing", "Nothing", "DataRange", "Axiom", "Annotation", "DeprecatedClass",
        "DeprecatedProperty", "imports", "versionIRI", "versionInfo", "priorVersion", "backwardCompatibleWith",
        "incompatibleWith", "deprecated", "annotatedSource", "annotatedProperty", "annotatedTarget", "onProperty",
        "someValuesFrom", "allValuesFrom", "hasValue", "hasSelf", "cardinality", "minCardinality", "maxCardinality",
        "qualifiedCardinality", "minQualifiedCardinality", "maxQualifiedCardinality", "onClass", "onDataRange",
        "onDatatype", "withRestrictions", "intersectionOf", "unionOf", "oneOf", "complementOf",
        "datatypeComplementOf", "members", "distinctMembers", "sourceIndividual", "assertionProperty",
        "targetIndividual", "targetValue",
    )
}  # fmt: skip
_LISTS = {"AllDisjointClasses": "disjoint-classes", "AllDisjointProperties": "disjoint-properties",
          "AllDifferent": "different"}  # fmt: skip
Part = Expression | Property | str


@dataclass(frozen=True)
class Axiom:
    """One axiom. about: the class or property that it describes, else its ontology."""

    kind: str
    parts: tuple[Part, ...]
    about: str = field(compare=False, default="")
    file: str = field(compare=False, default="")
    line: int | None = field(compare=False, default=None)


def read_axioms(index: OntologyIndex) -> list[Axiom]:
    """The axioms of some files, in their order. Raises DataError for a malformed or unsupported axiom."""
    return AxiomReader(index).read()


class AxiomReader:
    """Reads the axioms of some files."""

    def __init__(self, index: OntologyIndex) -> None:
        self._index = index
        self._classes = ClassReader(index)
        self._found: dict[Axiom, Axiom] = {}
        self._ontology = {
            file: subject
            for (subject, predicate, object_), file in index.file_of.items()
            if predicate == RDF_TYPE and object_ == nt(vocab.OWL + "Ontology")
        }

    def read(self) -> list[Axiom]:
        """The axioms, in the order of the files. Raises DataError for a malformed or unsupported axiom."""
        for subject, by_predicate in self._index.by_subject.items():
            for predicate, objects in by_predicate.items():
                for object_ in objects:
                    file = self._index.file_of[subject, predicate, object_]
                    try:
                        self._triple(subject, predicate, object_, file)
                    except UnreadableAxiomError as error:
                        mark = object_ if predicate == RDF_TYPE else predicate
                        raise DataError(
                            str(error),
                            remedy="Use a supported axiom, or remove it from the ontology.",
                            file=self._index.paths[file],
                            line=self._index.line(file, error.subject or subject, error.mark or mark)
                            or self._index.line(file, subject, mark),
                        ) from error
        return list(self._found)

    def _triple(self, subject: str, predicate: str, object_: str, file: str) -> None:
        key = predicate[1:-1]
        if predicate == RDF_TYPE:
            self._type(subject, object_, file)
        elif key in CLASS_AXIOMS:
            if self._classes.is_datatype(subject):
                self._add("datatype", (subject,), subject, file, predicate)
                return
            parts = (self._classes.read(subject), self._classes.read(object_))
            self._add(CLASS_AXIOMS[key], parts, subject, file, predicate)
        elif key in PROPERTY_AXIOMS:
            if is_named(subject):
                properties = (self._classes.property(subject), self._classes.property(object_))
                self._add(PROPERTY_AXIOMS[key], properties, subject, file, predicate)
        elif key in (RDFS + "domain", RDFS + "range"):
            given = (self._classes.property(subject), self._classes.read(object_))
            self._add(key.removeprefix(RDFS), given, subject, file, predicate)
        elif key == vocab.OWL + "propertyChainAxiom":
            steps = [self._classes.property(step) for step in self._index.items(object_)]
            self._add("chain", (*steps, self._classes.property(subject)), subject, file, predicate)
        elif key == vocab.OWL + "hasKey":
            keys = [self._classes.property(item) for item in self._index.items(object_)]
            self._add("key", (self._classes.read(subject), *keys), subject, file, predicate)
        elif key == vocab.OWL + "disjointUnionOf":
            members = [self._classes.read(item) for item in self._index.items(object_)]
            self._add("disjoint-union", (self._classes.read(subject), *members), subject, file, predicate)
        elif key in FACTS:
            self._add(FACTS[key], (subject, object_), subject, file, predicate)
        elif is_named(subject) and self._classes.is_expression_part(key):
            # A named class with the parts of an expression is equivalent to that expression.
            if not self._classes.is_datatype(subject):
                both = (Named(subject), self._classes.read_expression(subject))
                self._add("equivalent-classes", both, subject, file, predicate)
        elif key.startswith((vocab.OWL, RDFS)) and key not in _NO_AXIOM:
            raise UnreadableAxiomError(f"Axioms with {self._index.profile.shrink(key)} are not supported.")

    def _type(self, subject: str, kind: str, file: str) -> None:
        key = kind[1:-1]
        local = key.removeprefix(vocab.OWL)
        if key in CHARACTERISTICS:
            self._add(CHARACTERISTICS[key], (self._classes.property(subject),), subject, file, kind)
        elif key.startswith(vocab.OWL) and local in _LISTS:
            heads = self._index.objects(subject, nt(vocab.OWL + "members"))
            heads += self._index.objects(subject, nt(vocab.OWL + "distinctMembers"))
            for head in heads:
                items = self._index.items(head)
                read = {"AllDisjointClasses": self._classes.read, "AllDisjointProperties": self._classes.property}
                parts = tuple(read[local](item) if local in read else item for item in items)
                self._add(_LISTS[local], parts, subject, file, kind)
        elif key == vocab.OWL + "NegativePropertyAssertion":
            given = [
                self._index.only(subject, nt(vocab.OWL + name)) for name in ("sourceIndividual", "assertionProperty")
            ]
            target = self._index.only(subject, nt(vocab.OWL + "targetIndividual")) or self._index.only(
                subject, nt(vocab.OWL + "targetValue")
            )
            if given[0] is None or given[1] is None or target is None:
                raise UnreadableAxiomError("A negative property assertion has no source, property or target.")
            self._add("negative", (given[0], self._classes.property(given[1]), target), subject, file, kind)
        elif key.startswith(vocab.OWL) and key not in _NO_AXIOM:
            raise UnreadableAxiomError(f"Axioms of the kind {self._index.profile.shrink(key)} are not supported.")

    def _add(self, kind: str, parts: tuple[Part, ...], subject: str, file: str, mark: str) -> None:
        about = subject if is_named(subject) else self._ontology.get(file, nt(self._index.profile.graph_of_file(file)))
        if not is_named(subject):
            named = [part.name for part in parts if isinstance(part, Named | Property)]
            about = named[0] if named and kind not in ("disjoint-classes", "disjoint-properties") else about
        if any(isinstance(part, OneOf) and not part.members for part in parts):
            raise UnreadableAxiomError("An enumeration has no individuals.", subject, mark)
        line = self._index.line(file, subject, mark) if is_named(subject) else None
        if line is None:
            named = [part.name for part in parts if isinstance(part, Named | Property)]
            line = self._index.line_naming(file, mark, named)
        axiom = Axiom(kind, parts, about, file, line)
        self._found.setdefault(axiom, axiom)


class ClassReader:
    """Reads class expressions and properties."""

    def __init__(self, index: OntologyIndex) -> None:
        self._index = index

    def is_expression_part(self, predicate: str) -> bool:
        """Whether a predicate (its IRI) introduces a boolean combination of classes or an enumeration."""
        return predicate in _PARTS

    def is_datatype(self, term: str) -> bool:
        """Whether a term is a datatype, or an expression over datatypes."""
        if is_named(term):
            builtin = term[1:-1].startswith(vocab.XSD) or term[1:-1] in (
                RDFS + "Literal",
                vocab.VOCABULARIES["rdf"] + "langString",
                vocab.VOCABULARIES["rdf"] + "PlainLiteral",
                vocab.OWL + "real",
                vocab.OWL + "rational",
            )
            return builtin or nt(RDFS + "Datatype") in self._index.objects(term, RDF_TYPE)
        if any(self._get(term, part) for part in _DATA_PARTS):
            return True
        if nt(RDFS + "Datatype") in self._index.objects(term, RDF_TYPE):
            return True
        one_of = self._get(term, "oneOf")
        return one_of is not None and any(is_literal(item) for item in self._items(one_of))

    def property(self, term: str) -> Property:
        """A property, or the inverse of one."""
        if is_literal(term):
            raise UnreadableAxiomError(f"{term} is a literal where a property is required.")
        if is_named(term):
            return Property(term)
        of = self._get(term, "inverseOf")
        if of is None:
            raise UnreadableAxiomError("An anonymous property is not the inverse of a named property.", term)
        return self.property(of).flipped()

    def read(self, term: str) -> Expression:
        """A named class, or the class expression of an anonymous class. Raises UnreadableAxiomError."""
        if is_literal(term):
            raise UnreadableAxiomError(f"{term} is a literal where a class is required.")
        if self.is_datatype(term):
            return DataRange(term)
        return Named(term) if is_named(term) else self.read_expression(term)

    def read_expression(self, term: str) -> Expression:
        """The class expression that a node represents. Raises UnreadableAxiomError."""
        parts = self._get(term, "intersectionOf")
        if parts is not None:
            return Intersection(tuple(self.read(item) for item in self._items(parts)))
        parts = self._get(term, "unionOf")
        if parts is not None:
            return Union(tuple(self.read(item) for item in self._items(parts)))
        of = self._get(term, "complementOf")
        if of is not None:
            return Complement(self.read(of))
        parts = self._get(term, "oneOf")
        if parts is not None:
            return OneOf(tuple(self._items(parts)))
        on = self._get(term, "onProperty")
        if on is None:
            known = [self._index.profile.shrink(name[1:-1]) for name in self._index.by_subject.get(term, {})]
            raise UnreadableAxiomError(
                f"An anonymous class is not a supported class expression ({', '.join(known)}).", term
            )
        return self._restriction(term, self.property(on))

    def _restriction(self, term: str, on: Property) -> Expression:
        for name, form in (("someValuesFrom", Some), ("allValuesFrom", Only)):
            filler = self._get(term, name)
            if filler is not None:
                return form(on, self.read(filler))
        value = self._get(term, "hasValue")
        if value is not None:
            return Value(on, value)
        if self._get(term, "hasSelf") is not None:
            return Self(on)
        for name, bound in _CARDINALITIES.items():
            number = self._get(term, name)
            if number is not None:
                filler = self._get(term, "onClass") or self._get(term, "onDataRange") or THING
                digits = number.split('"')[1] if is_literal(number) else ""
                if not digits.isdigit():
                    raise UnreadableAxiomError(f"{number} is not a cardinality.", term, nt(vocab.OWL + name))
                return Cardinality(bound, int(digits), on, self.read(filler))
        known = ", ".join(self._index.profile.shrink(name[1:-1]) for name in self._index.by_subject.get(term, {}))
        raise UnreadableAxiomError(f"A restriction of this kind is not supported ({known}).", term)

    def _items(self, head: str) -> list[str]:
        return self._index.items(head)

    def _get(self, term: str, name: str) -> str | None:
        return self._index.only(term, nt(vocab.OWL + name))


def not_simple(axioms: Iterable[Axiom]) -> set[str]:
    """The properties that are not simple: transitive, implied by a chain, or above one of these."""
    axioms = list(axioms)
    composite = {_properties(axiom)[-1].name for axiom in axioms if axiom.kind in ("transitive", "chain")}
    return closed(composite, _hierarchy(axioms))


def irregular(axioms: Iterable[Axiom]) -> list[Axiom]:
    """The property chains that make the property hierarchy irregular (OWL 2 DL requires a regular one)."""
    axioms = list(axioms)
    above = _hierarchy(axioms)
    chains = [axiom for axiom in axioms if axiom.kind == "chain"]
    before: dict[str, set[str]] = {sub: set(uppers) for sub, uppers in above.items()}
    strict: list[tuple[Axiom, str, str]] = []
    for axiom in chains:
        *steps, whole = (on.name for on in _properties(axiom))
        if steps == [whole, whole]:
            continue
        inner = steps[1:] if steps[0] == whole else steps[:-1] if steps[-1] == whole else steps
        for step in inner:
            strict.append((axiom, step, whole))
            before.setdefault(step, set()).add(whole)
    found = [axiom for axiom, step, whole in strict if step in closed({whole}, before)]
    return list(dict.fromkeys(found))


def closed(start: set[str], above: dict[str, set[str]]) -> set[str]:
    """Nodes of a hierarchy and all of their ancestors."""
    found, open_ = set(start), list(start)
    while open_:
        for upper in above.get(open_.pop(), set()) - found:
            found.add(upper)
            open_.append(upper)
    return found


def _properties(axiom: Axiom) -> list[Property]:
    return [part for part in axiom.parts if isinstance(part, Property)]


def _hierarchy(axioms: Iterable[Axiom]) -> dict[str, set[str]]:
    """Property to its direct superproperties; a property and its inverse count as one."""
    above: dict[str, set[str]] = {}
    for axiom in axioms:
        names = [part.name for part in _properties(axiom)]
        if axiom.kind in ("subproperty", "equivalent-properties", "inverse"):
            above.setdefault(names[0], set()).add(names[1])
            if axiom.kind != "subproperty":
                above.setdefault(names[1], set()).add(names[0])
    return above
