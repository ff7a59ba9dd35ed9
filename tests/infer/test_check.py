"""mtsp check-ontology: what breaks OWL 2 DL, contradictions and what they follow from, the class tree.

Each file of `inconsistent/` contradicts the core ontology: its header says by which kind of rule and which axiom, and
every one of its statements must be in the explanation, with its line.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from mtsp_kg.cli import cli
from mtsp_kg.errors import MissingExtraError
from mtsp_kg.graph import KnowledgeGraph, open_graph
from mtsp_kg.infer import hermit

ROOT = Path(__file__).parents[2]
FILES = sorted((Path(__file__).parent / "inconsistent").glob("*.ttl"))
HEAD = "".join(
    f"@prefix {prefix}: <{name}> .\n"
    for prefix, name in {
        "mtsp": "https://w3id.org/mtsp-kg/ontology#", "owl": "http://www.w3.org/2002/07/owl#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "xsd": "http://www.w3.org/2001/XMLSchema#",
        "org": "https://w3id.org/mtsp-kg/id/org/"}.items()
)  # fmt: skip


def small(folder: Path, extra: str = "") -> KnowledgeGraph:
    """The core ontology with a file more, and no graph."""
    (folder / "ontology").mkdir()
    (folder / "graph").mkdir()
    for name in ("mtsp.ttl", "document.ttl"):
        shutil.copy(ROOT / "ontology" / name, folder / "ontology" / name)
    (folder / "ontology" / "extra.ttl").write_text(extra, encoding="utf-8")
    return open_graph(folder)


def header(text: str, key: str) -> str:
    return next(line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith(f"# {key}:"))


def statements(text: str) -> set[int]:
    """The lines that state something of a thing."""
    starts = ("#", "@", "[", "mtsp:")
    return {number for number, line in enumerate(text.splitlines(), 1) if line and not line.startswith(starts)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_contradiction_is_found_and_explained(tmp_path: Path, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = small(tmp_path, text).check_ontology(dl=False)
    assert not found.conforms
    assert [issue for issue in found.issues if not issue.is_note] == []
    told = [clash for clash in json.loads(found.write("json"))["clashes"]
            if clash["kind"] == header(text, "finds")]  # fmt: skip
    assert told
    assert any(header(text, "axiom") in (clash["axiom"] or "") for clash in told)
    lines = {
        source["line"]
        for clash in told
        for proof in clash["proofs"]
        for fact in proof["asserted"]
        for source in fact["sources"]
        if source["file"] == "ontology/extra.ttl"
    }
    assert statements(text) <= lines
    for line in lines:
        assert f"ontology/extra.ttl:{line}" in found.write()


@pytest.mark.conformance
@pytest.mark.parametrize("reasoner", hermit.REASONERS)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_contradiction_is_found_by_the_reasoner(tmp_path: Path, path: Path, reasoner: str) -> None:
    if reasoner == "hermit" and hermit.java() is None:
        pytest.skip("no Java")
    if reasoner == "pyhermit":
        pytest.importorskip("pyhermit")
    found = small(tmp_path, path.read_text(encoding="utf-8")).check_ontology(reasoner=reasoner)
    assert found.classification is not None
    assert not found.classification.consistent


@pytest.mark.conformance
@pytest.mark.parametrize("reasoner", hermit.REASONERS)
def test_the_core_is_consistent_and_has_the_tree_that_is_shipped(tmp_path: Path, reasoner: str) -> None:
    if reasoner == "hermit" and hermit.java() is None:
        pytest.skip("no Java")
    if reasoner == "pyhermit":
        pytest.importorskip("pyhermit")
    # A date and a year are outside OWL's datatype map, and must not break it.
    more = 'org:plan mtsp:startDate "2022"^^xsd:gYear ; mtsp:endDate "2026-12-31"^^xsd:date .'
    found = small(tmp_path, HEAD + more).check_ontology(reasoner=reasoner)
    assert found.conforms, found.write()
    assert found.classification is not None
    assert len(found.classification.superclasses) > 50
    assert not found.added
    assert {issue.what.split()[0] for issue in found.issues} == {"xsd:date", "xsd:gYear"}


@pytest.mark.conformance
@pytest.mark.parametrize("reasoner", hermit.REASONERS)
def test_what_the_tree_has_more_and_what_is_empty(tmp_path: Path, reasoner: str) -> None:
    if reasoner == "hermit" and hermit.java() is None:
        pytest.skip("no Java")
    if reasoner == "pyhermit":
        pytest.importorskip("pyhermit")
    more = (
        "mtsp:Both a owl:Class ; rdfs:subClassOf mtsp:Agent , mtsp:Service .\n"
        "mtsp:Host a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:unionOf ( mtsp:Body mtsp:Treaty ) ] .\n"
        "mtsp:Wide a owl:Class ; owl:equivalentClass "
        "[ a owl:Class ; owl:unionOf ( mtsp:Organization mtsp:Instrument ) ] .\n"
    )
    found = small(tmp_path, HEAD + more).check_ontology(reasoner=reasoner)
    assert found.classification is not None
    ontology = "https://w3id.org/mtsp-kg/ontology#"
    assert found.classification.unsatisfiable == {f"{ontology}Both"}
    assert (f"{ontology}Host", f"{ontology}Wide") in found.added  # by cases: no rule sees it
    assert not found.conforms


NOT_DL = {
    "mtsp:serves a owl:DatatypeProperty .": "declared as DatatypeProperty and ObjectProperty",
    "mtsp:Theme a rdfs:Datatype .": "as a class and as a datatype",
    "mtsp:Theme rdfs:subClassOf mtsp:Nowhere .": "mtsp:Nowhere is used as a class",
    "mtsp:nowhere rdfs:subPropertyOf mtsp:serves .": "mtsp:nowhere is used as a property",
    "mtsp:number rdfs:subPropertyOf mtsp:serves .": "relates object, datatype or annotation properties",
    "mtsp:number a owl:TransitiveProperty .": "allowed for object properties only",
    "mtsp:partOf a owl:IrreflexiveProperty .": "must be simple",
    "mtsp:contributesTo a owl:AsymmetricProperty .": "must be simple",
    "mtsp:Theme rdfs:subClassOf [ a owl:Restriction ; owl:onProperty mtsp:partOf ; "
    'owl:maxCardinality "1"^^xsd:nonNegativeInteger ] .':
    "must be simple",
    "mtsp:partOf owl:propertyChainAxiom ( mtsp:serves mtsp:contributesTo ) .": "property hierarchy circular",
    'org:wipo mtsp:serves "everybody" .': "is an object property and has a literal as its value",
    "org:wipo mtsp:number org:who .": "is a datatype property and has a resource as its value",
    "org:wipo mtsp:sells org:who .": "mtsp:sells is used but not declared",
    "org:wipo a mtsp:Company .": "mtsp:Company is used as a class but not declared",
    'org:wipo mtsp:foundedIn "when"^^xsd:gYear .': "not a valid lexical form of its datatype",
    "mtsp:Theme rdfs:subClassOf [ a owl:Restriction ; owl:onProperty mtsp:serves ; owl:allValuesFrom xsd:string ] .":
    "has a literal or data range",
    "owl:Class a owl:Class .": "in the reserved vocabulary",
}  # fmt: skip


@pytest.mark.parametrize(("given", "what"), NOT_DL.items(), ids=lambda text: text[:50])
def test_what_breaks_owl_2_dl_is_found_with_its_place(tmp_path: Path, given: str, what: str) -> None:
    found = small(tmp_path, f"{HEAD}\n{given}\n").check_ontology(dl=False)
    said = [line for line in found.write().splitlines() if what in line]
    assert said
    assert not found.conforms
    assert any("ontology/extra.ttl:" in line or "ontology/mtsp.ttl:" in line for line in said)


def test_things_that_turn_out_to_be_the_same_are_told(tmp_path: Path) -> None:
    given = "org:f mtsp:indicator org:one , org:two ."
    found = small(tmp_path, HEAD + given).check_ontology(dl=False)
    assert not found.conforms
    assert "The same: org:one is the same as org:two" in found.write()


def test_without_any_reasoner_one_message_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hermit, "java", lambda: None)
    monkeypatch.setitem(__import__("sys").modules, "pyhermit", None)
    with pytest.raises(MissingExtraError, match=r"mtsp-kg\[dl\]"):
        hermit.classify(b"")


def test_the_shipped_graph_is_in_owl_2_dl_and_contradicts_nothing() -> None:
    done = CliRunner().invoke(cli, ["check-ontology", "--rules-only"], standalone_mode=False)
    assert done.return_value == 0, done.output


@pytest.mark.conformance
@pytest.mark.skipif(hermit.java() is None, reason="no Java")
def test_the_shipped_graph_is_consistent_for_hermit_too() -> None:
    done = CliRunner().invoke(cli, ["check-ontology"], standalone_mode=False)
    assert done.return_value == 0, done.output
    assert "ontology and graph are consistent" in done.output
