"""Whichever engine runs, the report is the same: over generated graphs, with blank nodes, paths, core constraints."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mtsp_kg import vocab
from mtsp_kg.plan import names
from mtsp_kg.validate.engines import ENGINES, read_report
from mtsp_kg.validate.findings import Finding
from mtsp_kg.validate.inputs import SourceFile
from mtsp_kg.validate.merged_data import merged_ntriples
from mtsp_kg.validate.shapes import Shapes, read_shapes

pytestmark = pytest.mark.conformance

SHAPES = f"""@prefix ex: <https://example.org/> . @prefix sh: <{vocab.SH}> . @prefix xsd: <{vocab.XSD}> .
ex:A a sh:NodeShape ; sh:targetClass ex:C ; sh:targetSubjectsOf ex:p ; sh:targetObjectsOf ex:q ;
    sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:maxCount 2 ; sh:class ex:C ] ,
        [ sh:path ex:q ; sh:nodeKind sh:IRI ; sh:message "An IRI."@en , "须为 IRI。"@zh ] ,
        [ sh:path ex:n ; sh:datatype xsd:integer ; sh:minInclusive 1 ; sh:maxExclusive 3 ; sh:severity sh:Warning ] ,
        [ sh:path ex:t ; sh:pattern "^a" ; sh:maxLength 2 ; sh:languageIn ( "en" "zh" ) ; sh:uniqueLang true ] ,
        [ sh:path [ sh:inversePath ex:p ] ; sh:maxCount 1 ] ,
        [ sh:path ( ex:p ex:q ) ; sh:minCount 1 ; sh:severity sh:Info ] ,
        [ sh:path [ sh:alternativePath ( ex:p ex:q ) ] ; sh:node ex:B ] ,
        [ sh:path [ sh:oneOrMorePath ex:p ] ; sh:disjoint ex:q ] ;
    sh:not [ sh:property [ sh:path ex:n ; sh:hasValue 2 ] ] ;
    sh:or ( [ sh:class ex:C ] [ sh:property [ sh:path ex:t ; sh:minCount 1 ] ] ) .
ex:B a sh:NodeShape ; sh:targetNode ex:x , ex:nowhere ; sh:closed true ;
    sh:ignoredProperties ( ex:p <{vocab.RDF_TYPE}> ) ;
    sh:property [ sh:path ex:q ; sh:in ( ex:x ex:y 1 "a" ) ] .
"""
NODES = st.sampled_from([*(ox.NamedNode(f"https://example.org/{name}") for name in "xyz"), *map(ox.BlankNode, "bc")])
# No boolean: pySHACL compares it with numbers, as Python does, where SPARQL (and so SHACL, section 4.3) cannot.
LITERALS = st.sampled_from(
    [
        ox.Literal("a"), ox.Literal("abc"), ox.Literal("a", language="en"), ox.Literal("b", language="en"),
        ox.Literal("1", datatype=ox.NamedNode(vocab.XSD + "integer")), ox.Literal(2),
        ox.Literal("many", datatype=ox.NamedNode(vocab.XSD + "integer")), ox.Literal("甲", language="zh"),
    ]
)  # fmt: skip
PROPERTIES = st.sampled_from([ox.NamedNode(f"https://example.org/{name}") for name in "pqnt"])
TYPES = st.tuples(NODES, st.just(ox.NamedNode(vocab.RDF_TYPE)), st.just(ox.NamedNode("https://example.org/C")))
GRAPHS = st.lists(st.tuples(NODES, PROPERTIES, NODES | LITERALS) | TYPES, max_size=14)


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Shapes:
    path: Path = tmp_path_factory.mktemp("engines") / "shapes.ttl"
    path.write_text(SHAPES, encoding="utf-8")
    return read_shapes([SourceFile(path, "urn:shapes", "shapes.ttl", (0, 0))], names.profile())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graph=GRAPHS)
def test_the_engines_say_the_same_of_any_graph(shapes: Shapes, graph: list[tuple[object, object, object]]) -> None:
    pytest.importorskip("shacl")
    store = ox.Store()
    for subject, predicate, object_ in graph:
        for where in (ox.DefaultGraph(), ox.NamedNode("urn:data")):
            store.add(ox.Quad(subject, predicate, object_, where))  # type: ignore[arg-type]
    native, reference = (
        read_report(ENGINES[name](shapes.ntriples)(merged_ntriples(store)), shapes, store) for name in ENGINES
    )
    assert _said(native) == _said(reference)


def _said(findings: list[Finding]) -> list[tuple[object, ...]]:
    return [
        (*found.key, found.severity, sorted(found.messages.items()), found.graphs, found.components)
        for found in findings
    ]
