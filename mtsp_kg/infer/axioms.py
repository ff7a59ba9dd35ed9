"""The ontology as axioms: each with its kind, its terms, the name that provenance cites, and its place.

An axiom of a kind that is not known here is an error that names the file and the line: nothing is skipped.
References: OWL 2 Web Ontology Language, Mapping to RDF Graphs (section 3). Imports `errors`, `names` and `sources`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mtsp_kg import names
from mtsp_kg.errors import DataError
from mtsp_kg.infer.class_reader import ClassReader
from mtsp_kg.infer.expressions import Expression, Named, OneOf, Property
from mtsp_kg.infer.sources import Sources, Unreadable
from mtsp_kg.infer.terms import RDF_TYPE, is_named, nt

RDFS = names.VOCABULARIES["rdfs"]
Part = Expression | Property | str


@dataclass(frozen=True)
class Axiom:
    """One axiom. `about` is what it is said of: the IRI of a class or property, else that of its ontology."""

    kind: str
    parts: tuple[Part, ...]
    about: str = field(compare=False, default="")
    file: str = field(compare=False, default="")
    line: int | None = field(compare=False, default=None)


CLASS_AXIOMS = {RDFS + "subClassOf": "subclass", names.OWL + "equivalentClass": "equivalent-classes",
                names.OWL + "disjointWith": "disjoint-classes"}  # fmt: skip
PROPERTY_AXIOMS = {RDFS + "subPropertyOf": "subproperty", names.OWL + "equivalentProperty": "equivalent-properties",
                   names.OWL + "propertyDisjointWith": "disjoint-properties",
                   names.OWL + "inverseOf": "inverse"}  # fmt: skip
CHARACTERISTICS = {names.OWL + f"{name}Property": kind for name, kind in {
    "Transitive": "transitive", "Symmetric": "symmetric", "Asymmetric": "asymmetric", "Irreflexive": "irreflexive",
    "Functional": "functional", "InverseFunctional": "inverse-functional"}.items()}  # fmt: skip
FACTS = {names.OWL + "sameAs": "same", names.OWL + "differentFrom": "different"}

# What stands in the namespaces of OWL and RDFS and is no axiom: declarations, annotations, parts of other axioms.
_NO_AXIOM = {RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy", "Datatype", "Class")} | {
    names.OWL + name
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


class AxiomReader:
    """Reads the axioms of some files."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._classes = ClassReader(sources)
        self._found: dict[Axiom, Axiom] = {}
        self._ontology = {
            file: subject
            for (subject, predicate, object_), file in sources.file_of.items()
            if predicate == RDF_TYPE and object_ == nt(names.OWL + "Ontology")
        }

    def read(self) -> list[Axiom]:
        """The axioms, in the order of the files. Raises DataError for what is not known or not well formed."""
        for subject, said in self._sources.by_subject.items():
            for predicate, objects in said.items():
                for object_ in objects:
                    file = self._sources.file_of[subject, predicate, object_]
                    try:
                        self._triple(subject, predicate, object_, file)
                    except Unreadable as error:
                        mark = object_ if predicate == RDF_TYPE else predicate
                        raise DataError(
                            str(error),
                            remedy="Say it with an axiom that the rules know, or leave it out of the ontology.",
                            file=self._sources.paths[file],
                            line=self._sources.line(file, error.subject or subject, error.mark or mark)
                            or self._sources.line(file, subject, mark),
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
        elif key == names.OWL + "propertyChainAxiom":
            steps = [self._classes.property(step) for step in self._sources.items(object_)]
            self._add("chain", (*steps, self._classes.property(subject)), subject, file, predicate)
        elif key == names.OWL + "hasKey":
            keys = [self._classes.property(item) for item in self._sources.items(object_)]
            self._add("key", (self._classes.read(subject), *keys), subject, file, predicate)
        elif key == names.OWL + "disjointUnionOf":
            members = [self._classes.read(item) for item in self._sources.items(object_)]
            self._add("disjoint-union", (self._classes.read(subject), *members), subject, file, predicate)
        elif key in FACTS:
            self._add(FACTS[key], (subject, object_), subject, file, predicate)
        elif is_named(subject) and self._classes.is_expression_part(key):
            # A class or datatype that has a name and is itself written as an expression: an equivalence.
            if not self._classes.is_datatype(subject):
                both = (Named(subject), self._classes.read_expression(subject))
                self._add("equivalent-classes", both, subject, file, predicate)
        elif key.startswith((names.OWL, RDFS)) and key not in _NO_AXIOM:
            raise Unreadable(f"Axioms with {names.shrink(key)} are not supported.")

    def _type(self, subject: str, kind: str, file: str) -> None:
        key = kind[1:-1]
        local = key.removeprefix(names.OWL)
        if key in CHARACTERISTICS:
            self._add(CHARACTERISTICS[key], (self._classes.property(subject),), subject, file, kind)
        elif key.startswith(names.OWL) and local in _LISTS:
            heads = self._sources.objects(subject, nt(names.OWL + "members"))
            heads += self._sources.objects(subject, nt(names.OWL + "distinctMembers"))
            for head in heads:
                items = self._sources.items(head)
                read = {"AllDisjointClasses": self._classes.read, "AllDisjointProperties": self._classes.property}
                parts = tuple(read[local](item) if local in read else item for item in items)
                self._add(_LISTS[local], parts, subject, file, kind)
        elif key == names.OWL + "NegativePropertyAssertion":
            given = [
                self._sources.only(subject, nt(names.OWL + name)) for name in ("sourceIndividual", "assertionProperty")
            ]
            target = self._sources.only(subject, nt(names.OWL + "targetIndividual")) or self._sources.only(
                subject, nt(names.OWL + "targetValue")
            )
            if given[0] is None or given[1] is None or target is None:
                raise Unreadable("A negative property assertion lacks its source, its property or its target.")
            self._add("negative", (given[0], self._classes.property(given[1]), target), subject, file, kind)
        elif key.startswith(names.OWL) and key not in _NO_AXIOM:
            raise Unreadable(f"Axioms of the kind {names.shrink(key)} are not supported.")

    def _add(self, kind: str, parts: tuple[Part, ...], subject: str, file: str, mark: str) -> None:
        about = subject if is_named(subject) else self._ontology.get(file, nt(names.graph_of_file(file)))
        if not is_named(subject):
            named = [part.name for part in parts if isinstance(part, Named | Property)]
            about = named[0] if named and kind not in ("disjoint-classes", "disjoint-properties") else about
        if any(isinstance(part, OneOf) and not part.members for part in parts):
            raise Unreadable("A class lists no individuals.", subject, mark)
        line = self._sources.line(file, subject, mark) if is_named(subject) else None
        if line is None:
            named = [part.name for part in parts if isinstance(part, Named | Property)]
            line = self._sources.line_naming(file, mark, named)
        axiom = Axiom(kind, parts, about, file, line)
        self._found.setdefault(axiom, axiom)


def read_axioms(sources: Sources) -> list[Axiom]:
    """The axioms that some files state. Raises DataError for an axiom of a kind that is not supported."""
    return AxiomReader(sources).read()
