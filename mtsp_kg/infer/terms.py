"""Terms, atoms, and the class and property expressions of OWL 2.

A term is its N-Triples form. An atom is a triple pattern over a known predicate: `(property, subject, object)`, or
`(class, member)` for a type. A variable is a string that begins with `?`; an atom without variables is a fact.
"""

from __future__ import annotations

from dataclasses import dataclass

from mtsp_kg import vocab

Atom = tuple[str, ...]
Triple = tuple[str, str, str]


def nt(iri: str) -> str:
    """The N-Triples form of an IRI.

    >>> nt("urn:a")
    '<urn:a>'
    """
    return f"<{iri}>"


RDF_TYPE = nt(vocab.RDF_TYPE)
SAME_AS = nt(vocab.OWL + "sameAs")
DIFFERENT_FROM = nt(vocab.OWL + "differentFrom")
SUBCLASS = nt(vocab.RDFS_SUBCLASS)
SUBPROPERTY = nt(vocab.VOCABULARIES["rdfs"] + "subPropertyOf")
THING = nt(vocab.OWL + "Thing")
NOTHING = nt(vocab.OWL + "Nothing")


def iri(term: str) -> str:
    """The IRI of a term in N-Triples form; other terms as they are.

    >>> iri("<urn:a>")
    'urn:a'
    """
    return term[1:-1] if term.startswith("<") else term


def is_variable(term: str) -> bool:
    """Whether a term is a variable."""
    return term.startswith("?")


def is_literal(term: str) -> bool:
    """Whether a term is a literal."""
    return term.startswith('"')


def is_named(term: str) -> bool:
    """Whether a term is an IRI."""
    return term.startswith("<")


def triple_of(atom: Atom) -> Triple:
    """An atom as subject, predicate and object.

    >>> triple_of(("<urn:C>", "<urn:x>"))[2]
    '<urn:C>'
    """
    return (atom[1], RDF_TYPE, atom[0]) if len(atom) == 2 else (atom[1], atom[0], atom[2])


def atom_of(subject: str, predicate: str, object_: str) -> Atom:
    """A triple as an atom."""
    return (object_, subject) if predicate == RDF_TYPE else (predicate, subject, object_)


def substitute(atom: Atom, binding: dict[str, str]) -> Atom:
    """An atom with its variables replaced by their values in a binding."""
    return (atom[0], *(binding.get(term, term) for term in atom[1:]))


def line(atom: Atom) -> str:
    """A fact as a line of N-Triples, without the full stop."""
    return " ".join(triple_of(atom))


@dataclass(frozen=True)
class Property:
    """A property, or the inverse of one."""

    name: str
    inverse: bool = False

    def flipped(self) -> Property:
        """Its inverse."""
        return Property(self.name, not self.inverse)


@dataclass(frozen=True)
class Named:
    """A class with a name."""

    name: str


@dataclass(frozen=True)
class Intersection:
    """The intersection of classes (owl:intersectionOf)."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Union:
    """The union of classes (owl:unionOf)."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Complement:
    """The complement of a class (owl:complementOf)."""

    of: Expression


@dataclass(frozen=True)
class OneOf:
    """An enumeration of individuals (owl:oneOf)."""

    members: tuple[str, ...]


@dataclass(frozen=True)
class Some:
    """An existential restriction (owl:someValuesFrom)."""

    property: Property
    filler: Expression


@dataclass(frozen=True)
class Only:
    """A universal restriction (owl:allValuesFrom)."""

    property: Property
    filler: Expression


@dataclass(frozen=True)
class Value:
    """A restriction to one individual or literal (owl:hasValue)."""

    property: Property
    value: str


@dataclass(frozen=True)
class Self:
    """A restriction to individuals that a property relates to themselves (owl:hasSelf)."""

    property: Property


@dataclass(frozen=True)
class Cardinality:
    """A cardinality restriction; bound: `min`, `max` or `exactly`."""

    bound: str
    number: int
    property: Property
    filler: Expression


@dataclass(frozen=True)
class DataRange:
    """A datatype or data range; name: the datatype's if it has one."""

    name: str


Expression = Named | Intersection | Union | Complement | OneOf | Some | Only | Value | Self | Cardinality | DataRange
