"""Class expressions and properties read from the RDF of an ontology.

References: OWL 2 Mapping to RDF Graphs, tables 11 to 15. Imports `names`, `expressions`, `sources` and `terms`.
"""

from __future__ import annotations

from mtsp_kg import names
from mtsp_kg.infer.expressions import (
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
)
from mtsp_kg.infer.sources import Sources, Unreadable
from mtsp_kg.infer.terms import RDF_TYPE, THING, is_literal, is_named, nt

RDFS = names.VOCABULARIES["rdfs"]
_PARTS = frozenset(names.OWL + name for name in ("intersectionOf", "unionOf", "complementOf", "oneOf"))
_DATA_PARTS = ("onDatatype", "datatypeComplementOf")
_BOUNDS = {"minCardinality": "min", "maxCardinality": "max", "cardinality": "exactly", "minQualifiedCardinality": "min",
           "maxQualifiedCardinality": "max", "qualifiedCardinality": "exactly"}  # fmt: skip


class ClassReader:
    """Reads class expressions and properties."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def is_expression_part(self, predicate: str) -> bool:
        """Whether a predicate's IRI writes a boolean class expression."""
        return predicate in _PARTS

    def is_datatype(self, term: str) -> bool:
        """Whether a term is a datatype, or an expression over datatypes."""
        if is_named(term):
            builtin = term[1:-1].startswith(names.XSD) or term[1:-1] in (
                RDFS + "Literal",
                names.VOCABULARIES["rdf"] + "langString",
                names.VOCABULARIES["rdf"] + "PlainLiteral",
                names.OWL + "real",
                names.OWL + "rational",
            )
            return builtin or nt(RDFS + "Datatype") in self._sources.objects(term, RDF_TYPE)
        if any(self._get(term, part) for part in _DATA_PARTS):
            return True
        if nt(RDFS + "Datatype") in self._sources.objects(term, RDF_TYPE):
            return True
        one_of = self._get(term, "oneOf")
        return one_of is not None and any(is_literal(item) for item in self._items(one_of))

    def property(self, term: str) -> Property:
        """A property, or the inverse of one."""
        if is_literal(term):
            raise Unreadable(f"{term} stands where a property must stand.")
        if is_named(term):
            return Property(term)
        of = self._get(term, "inverseOf")
        if of is None:
            raise Unreadable("A property has no name and is not the inverse of one that has.", term)
        return self.property(of).flipped()

    def read(self, term: str) -> Expression:
        """A class by its name, or the expression of a class that has none."""
        if is_literal(term):
            raise Unreadable(f"{term} stands where a class must stand.")
        if self.is_datatype(term):
            return DataRange(term)
        return Named(term) if is_named(term) else self.read_expression(term)

    def read_expression(self, term: str) -> Expression:
        """The expression that is written at a term."""
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
            known = [names.shrink(name[1:-1]) for name in self._sources.by_subject.get(term, {})]
            raise Unreadable(
                f"A class without a name is not an expression that is supported ({', '.join(known)}).", term
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
        for name, bound in _BOUNDS.items():
            number = self._get(term, name)
            if number is not None:
                filler = self._get(term, "onClass") or self._get(term, "onDataRange") or THING
                digits = number.split('"')[1] if is_literal(number) else ""
                if not digits.isdigit():
                    raise Unreadable(f"{number} is no number of things.", term, nt(names.OWL + name))
                return Cardinality(bound, int(digits), on, self.read(filler))
        known = ", ".join(names.shrink(name[1:-1]) for name in self._sources.by_subject.get(term, {}))
        raise Unreadable(f"A restriction is of a kind that is not supported ({known}).", term)

    def _items(self, head: str) -> list[str]:
        return self._sources.items(head)

    def _get(self, term: str, name: str) -> str | None:
        return self._sources.only(term, nt(names.OWL + name))
