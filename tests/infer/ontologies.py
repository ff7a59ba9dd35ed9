"""Small ontologies with facts, made by hypothesis: axioms of the kinds asked for, over few names, so that they meet."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

HEAD = """@prefix : <urn:t:> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:A a owl:Class . :B a owl:Class . :C a owl:Class . :D a owl:Class . :E a owl:Class .
:p a owl:ObjectProperty . :q a owl:ObjectProperty . :r a owl:ObjectProperty . :s a owl:ObjectProperty .
:k a owl:DatatypeProperty . :l a owl:DatatypeProperty .
"""
classes = st.sampled_from([":A", ":B", ":C", ":D", ":E"])
properties = st.sampled_from([":p", ":q", ":r", ":s"])
things = st.sampled_from([":a", ":b", ":c", ":d", ":e", ":f"])
values = st.sampled_from(['"1"^^xsd:integer', '"2"^^xsd:integer', '"x"'])

RESTRICTION = "[ a owl:Restriction ; owl:onProperty {p} ; {rest} ]"
# Each kind as a template; {A}, {B}, {C} are classes, {p}, {q}, {r} properties, {x}, {y} things.
KINDS = {
    "subclass": "{A} rdfs:subClassOf {B} .",
    "equivalent-class": "{A} owl:equivalentClass {B} .",
    "domain": "{p} rdfs:domain {A} .",
    "range": "{p} rdfs:range {A} .",
    "subproperty": "{p} rdfs:subPropertyOf {q} .",
    "equivalent-property": "{p} owl:equivalentProperty {q} .",
    "inverse": "{p} owl:inverseOf {q} .",
    "symmetric": "{p} a owl:SymmetricProperty .",
    "transitive": "{p} a owl:TransitiveProperty .",
    "chain": "{p} owl:propertyChainAxiom ( {q} {r} ) .",
    "long-chain": "{p} owl:propertyChainAxiom ( {q} {r} {q} ) .",
    "functional": "{p} a owl:FunctionalProperty .",
    "inverse-functional": "{p} a owl:InverseFunctionalProperty .",
    "same": "{x} owl:sameAs {y} .",
    "some-below": "{A} owl:equivalentClass " + RESTRICTION.replace("{rest}", "owl:someValuesFrom {B}") + " .",
    "some-thing": "{A} owl:equivalentClass " + RESTRICTION.replace("{rest}", "owl:someValuesFrom owl:Thing") + " .",
    "all": "{A} rdfs:subClassOf " + RESTRICTION.replace("{rest}", "owl:allValuesFrom {B}") + " .",
    "all-both": "{A} owl:equivalentClass " + RESTRICTION.replace("{rest}", "owl:allValuesFrom {B}") + " .",
    "some-above": "{A} rdfs:subClassOf " + RESTRICTION.replace("{rest}", "owl:someValuesFrom {B}") + " .",
    "value": "{A} owl:equivalentClass " + RESTRICTION.replace("{rest}", "owl:hasValue {x}") + " .",
    "max": "{A} rdfs:subClassOf "
    + RESTRICTION.replace("{rest}", 'owl:maxCardinality "1"^^xsd:nonNegativeInteger')
    + " .",
    "max-qualified": "{A} rdfs:subClassOf "
    + RESTRICTION.replace("{rest}", 'owl:maxQualifiedCardinality "1"^^xsd:nonNegativeInteger ; owl:onClass {B}')
    + " .",
    "intersection": "{A} owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( {B} {C} ) ] .",
    "union": "{A} owl:equivalentClass [ a owl:Class ; owl:unionOf ( {B} {C} ) ] .",
    "enumeration": "{A} owl:equivalentClass [ a owl:Class ; owl:oneOf ( {x} {y} ) ] .",
    "nested": "{A} owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( {B} "
    + RESTRICTION.replace("{rest}", "owl:someValuesFrom {C}")
    + " ) ] .",
    "key": "{A} owl:hasKey ( :k ) .",
    "two-keys": "{A} owl:hasKey ( :k :l ) .",
}


@st.composite
def axiom(draw: st.DrawFn, kinds: Sequence[str]) -> str:
    """One axiom of one of the kinds."""
    template = KINDS[draw(st.sampled_from(kinds))]
    filled = {name: draw(classes) for name in "ABC"} | {name: draw(properties) for name in "pqr"}
    filled |= {name: draw(things) for name in "xy"}
    for name, value in filled.items():
        template = template.replace("{" + name + "}", value)
    return template


@st.composite
def fact(draw: st.DrawFn) -> str:
    """A type, a link, or a value."""
    form = draw(st.sampled_from(["type", "link", "link", "value"]))
    subject = draw(things)
    if form == "type":
        return f"{subject} a {draw(classes)} ."
    if form == "link":
        return f"{subject} {draw(properties)} {draw(things)} ."
    return f"{subject} {draw(st.sampled_from([':k', ':l']))} {draw(values)} ."


@st.composite
def ontology(draw: st.DrawFn, kinds: Sequence[str]) -> str:
    """A Turtle document with axioms of the kinds, and facts."""
    axioms = draw(st.lists(axiom(kinds), min_size=1, max_size=5, unique=True))
    facts = draw(st.lists(fact(), min_size=2, max_size=9, unique=True))
    return HEAD + "\n".join([*axioms, *facts]) + "\n"
