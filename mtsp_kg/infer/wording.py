"""Facts, axioms and rules in words: labels for terms, OWL 2's Manchester syntax for axioms."""

from __future__ import annotations

import re
from collections.abc import Callable

from mtsp_kg.infer.axioms import Axiom, Part
from mtsp_kg.infer.rules import CLASHES, KINDS, Rule
from mtsp_kg.infer.terms import (
    RDF_TYPE,
    SAME_AS,
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
    triple_of,
)
from mtsp_kg.profile import Profile

Label = Callable[[str], str]
LONGEST = 60
_TERM = re.compile(r"<[^>]*>")
_CHARACTERISTICS = {"transitive": "Transitive", "symmetric": "Symmetric", "asymmetric": "Asymmetric",
                    "irreflexive": "Irreflexive", "functional": "Functional",
                    "inverse-functional": "InverseFunctional"}  # fmt: skip
_BETWEEN = {"subclass": "SubClassOf", "equivalent-classes": "EquivalentTo", "subproperty": "SubPropertyOf",
            "equivalent-properties": "EquivalentTo", "inverse": "InverseOf", "domain": "Domain", "range": "Range",
            "same": "SameAs"}  # fmt: skip
_LISTS = {"disjoint-classes": "DisjointClasses", "disjoint-properties": "DisjointProperties",
          "different": "DifferentIndividuals", "key": "HasKey", "disjoint-union": "DisjointUnionOf",
          "negative": "not"}  # fmt: skip


class Wording:
    """Words for facts, axioms and rules. profile: for short names; label: the label of an IRI."""

    def __init__(self, profile: Profile, label: Label | None = None) -> None:
        self._profile = profile
        self._label = label or profile.shrink

    def short(self, term: str) -> str:
        """A term as a prefixed name, or as it is."""
        return self._profile.shrink(iri(term)) if is_named(term) else term

    def thing(self, term: str) -> str:
        """A term by its label and its short name."""
        if is_literal(term):
            return term
        if term.startswith("["):
            return self.anonymous(term)
        label, short = self._label(iri(term)), self.short(term)
        if label == short or not is_named(term):
            return short
        return f"{label if len(label) <= LONGEST else label[: LONGEST - 1].rstrip() + '…'} ({short})"

    def fact(self, fact: Atom) -> str:
        """A fact as a sentence."""
        subject, predicate, object_ = triple_of(fact)
        if predicate == RDF_TYPE:
            return f"{self.thing(subject)} is an instance of {self.thing(object_)}"
        relation = "is the same as" if predicate == SAME_AS else self.relation(predicate)
        return f"{self.thing(subject)} {relation} {self.thing(object_)}"

    def relation(self, predicate: str) -> str:
        """A property by its label alone."""
        return self._label(iri(predicate))

    def anonymous(self, term: str) -> str:
        """An anonymous class, by its name in square brackets (see `rules.name_of`)."""
        return _TERM.sub(lambda found: self.short(found.group()), term)

    def rule(self, rule: Rule) -> str:
        """The kind of a rule."""
        kind = (KINDS if rule.head is not None else CLASHES).get(rule.kind, {})
        return kind.get("en", f"the rule {rule.kind}")

    def axiom(self, axiom: Axiom) -> str:
        """An axiom in a form close to Manchester syntax."""
        parts = [self._part(part) for part in axiom.parts]
        if axiom.kind in _BETWEEN:
            return f"{parts[0]} {_BETWEEN[axiom.kind]} {parts[1]}"
        if axiom.kind in _CHARACTERISTICS:
            return f"{parts[0]} Characteristics {_CHARACTERISTICS[axiom.kind]}"
        if axiom.kind == "chain":
            return f"{' o '.join(parts[:-1])} SubPropertyOf {parts[-1]}"
        if axiom.kind in ("key", "disjoint-union"):
            return f"{parts[0]} {_LISTS[axiom.kind]} {', '.join(parts[1:])}"
        if axiom.kind == "negative":
            return f"not {' '.join(parts)}"
        return f"{_LISTS.get(axiom.kind, axiom.kind)} {', '.join(parts)}"

    def _part(self, part: Part) -> str:
        match part:
            case str():
                return self.short(part)
            case Property(name, inverse):
                return f"inverse {self.short(name)}" if inverse else self.short(name)
            case Named(name):
                return self.short(name)
            case DataRange(name):
                return self.short(name) if is_named(name) else "a data range"
            case Intersection(parts):
                return f"({' and '.join(map(self._part, parts))})"
            case Union(parts):
                return f"({' or '.join(map(self._part, parts))})"
            case Complement(of):
                return f"not {self._part(of)}"
            case OneOf(members):
                return f"{{{', '.join(map(self.short, members))}}}"
            case Some(on, filler):
                return f"{self._part(on)} some {self._part(filler)}"
            case Only(on, filler):
                return f"{self._part(on)} only {self._part(filler)}"
            case Value(on, value):
                return f"{self._part(on)} value {self.short(value)}"
            case Self(on):
                return f"{self._part(on)} Self"
            case Cardinality(bound, number, on, filler):
                return f"{self._part(on)} {bound} {number} {self._part(filler)}"
