"""The closures of other reasoners, brought to what ours infers (`kinds.toml` has the list of what it leaves out)."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from mtsp_kg.infer.axioms import read_axioms
from mtsp_kg.infer.closure import Closure, close, needed
from mtsp_kg.infer.compile import rules_of
from mtsp_kg.infer.facts import read_ntriples
from mtsp_kg.infer.ontology_index import OntologyIndex
from mtsp_kg.infer.terms import triple_of
from mtsp_kg.profile import Profile

RDFS = "<http://www.w3.org/2000/01/rdf-schema#"
OWL = "<http://www.w3.org/2002/07/owl#"
RDF = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "<http://www.w3.org/2001/XMLSchema#"
TYPE = f"{RDF}type>"
CLOSURE = (f"{RDFS}subClassOf>", f"{RDFS}subPropertyOf>")
Triples = set[tuple[str, str, str]]


def ours(path: Path) -> Closure:
    """Our closure of one Turtle file that holds axioms and facts."""
    store = ox.Store()
    store.load(path=path, format=ox.RdfFormat.TURTLE)
    axioms = read_axioms(OntologyIndex([(path, path.name)], Profile("https://example.org/")))
    rules = rules_of(axioms)
    text = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
    return close(read_ntriples(text, needed(rules)), rules, lambda: read_ntriples(text))


def inferred(closure: Closure) -> Triples:
    """What a closure of ours adds."""
    return {triple_of(fact) for _, fact in closure.inferred()}


def by_owlrl(path: Path) -> Triples:
    """What owlrl adds to a Turtle file."""
    import owlrl
    import rdflib

    graph = rdflib.Graph().parse(path, format="turtle")
    before = _triples(graph)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)
    return comparable(_triples(graph) - before)


def by_turbo(path: Path) -> Triples:
    """What owlrl-turbo adds to a Turtle file."""
    import owlrl_turbo
    import rdflib

    graph = rdflib.Graph().parse(path, format="turtle")
    return comparable(_triples(owlrl_turbo.expand(graph)) - _triples(graph))


def by_reasonable(path: Path) -> Triples:
    """What reasonable adds to a Turtle file."""
    import rdflib
    import reasonable

    graph = rdflib.Graph().parse(path, format="turtle")
    reasoner = reasonable.PyReasoner()
    reasoner.from_graph(graph)
    return comparable(_triples(reasoner.reason()) - _triples(graph))


def _triples(given: object) -> Triples:
    import rdflib

    # Reasoners over RDF also make triples with a literal as subject, which N-Triples cannot say.
    kept = rdflib.Graph()
    for subject, predicate, object_ in given:  # type: ignore[attr-defined]
        if not isinstance(subject, rdflib.Literal) and isinstance(predicate, rdflib.URIRef):
            kept.add((subject, predicate, object_))
    return _canonical(kept.serialize(format="nt"))


def _canonical(ntriples: str) -> Triples:
    store = ox.Store()
    store.load(ntriples.encode(), format=ox.RdfFormat.N_TRIPLES)
    return {(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in store}


def comparable(triples: Triples) -> Triples:
    """The triples that are not on the list of what ours leaves out."""
    return {triple for triple in triples if not _left_out(*triple)}


_EVERYTHING = {f"{OWL}Thing>", f"{RDFS}Resource>", f"{OWL}Nothing>"}
_SCHEMA = {f"{RDFS}{name}>" for name in ("domain", "range")} | {
    f"{OWL}{name}>" for name in ("equivalentClass", "equivalentProperty", "disjointWith", "inverseOf", "hasValue",
                                 "someValuesFrom", "allValuesFrom", "onProperty", "propertyDisjointWith",
                                 "differentFrom", "members", "distinctMembers", "oneOf", "intersectionOf", "unionOf",
                                 "propertyChainAxiom", "hasKey", "maxCardinality", "maxQualifiedCardinality",
                                 "onClass")
} | {f"{RDF}first>", f"{RDF}rest>"}  # fmt: skip
_LANGUAGES = (RDF, RDFS, OWL, XSD)


def _left_out(subject: str, predicate: str, object_: str) -> bool:
    if predicate in _SCHEMA or (subject == object_ and predicate in (*CLOSURE, f"{OWL}sameAs>")):
        return True
    if predicate in CLOSURE:
        ends = (subject, object_)
        return any(end in _EVERYTHING or not end.startswith("<") or end.startswith(_LANGUAGES) for end in ends)
    if predicate == TYPE and (not object_.startswith("<") or object_.startswith(_LANGUAGES)):
        return True
    if predicate == f"{OWL}sameAs>" and ('"' in subject or '"' in object_):
        return True
    return subject.startswith(("_:", *_LANGUAGES)) or object_.startswith("_:") or predicate.startswith("_:")
