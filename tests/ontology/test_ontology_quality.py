"""The checks of queries/ontology/: each finds its bad example, and nothing in good.ttl or in our own ontology.

A check has a bad example (`quality/<query>.ttl`) and the rows that it must give there (`quality/<query>.csv`). It is
asked of good.ttl, what uses it, and the bad example, in the embedded store and in rdflib.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner
from rdflib import RDFS, URIRef
from rdflib.namespace import OWL, RDF, SH
from reading import ontologies, ours, whole_ontology

from mtsp_kg import vocab
from mtsp_kg.cli import cli
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.load import load_files
from mtsp_kg.plan import names
from mtsp_kg.plan.project import find_project, plan_project
from mtsp_kg.project import Project
from mtsp_kg.query.catalogue import read_catalogue

HERE = Path(__file__).parent / "quality"
ROOT = find_project().root
QUERIES = {query.name: query for query in read_catalogue(find_project(), "ontology")}
# What these relate can be of any kind, as their definitions say; a passage's wording is all that limits them.
BETWEEN_ANYTHING = {
    "addresses", "affects", "aimsAt", "basedOn", "concerns", "guidedBy", "includes", "supports", "uses",
}  # fmt: skip
MAIN = URIRef("https://w3id.org/mtsp-kg/ontology")


def _store(bad: Path | None = None) -> ox.Store:
    files = [(HERE / "good.ttl", "ontology/good.ttl"), (HERE / "good-use.ttl", "graph/good-use.ttl")]
    if bad:
        files.append((bad, f"ontology/{bad.name}"))
    return load_files([(path, names.profile().graph_of_file(place)) for path, place in files])


def _csv(store: ox.Store, query: str) -> str:
    results = store.query(query)
    assert isinstance(results, ox.QuerySolutions)
    return (results.serialize(format=ox.QueryResultsFormat.CSV) or b"").decode().replace("\r\n", "\n")


@pytest.mark.parametrize("name", QUERIES)
def test_a_check_finds_its_bad_example_and_nothing_else(name: str) -> None:
    assert len(_csv(_store(), QUERIES[name].text).splitlines()) == 1
    rows = _csv(_store(HERE / f"{name}.ttl"), QUERIES[name].text)
    expected = HERE / f"{name}.csv"
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(rows, encoding="utf-8")
    assert rows == expected.read_text(encoding="utf-8")
    assert len(rows.splitlines()) > 1


@pytest.mark.conformance
@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")
@pytest.mark.parametrize("name", QUERIES)
def test_a_check_gives_the_same_rows_in_rdflib(name: str) -> None:
    store = _store(HERE / f"{name}.ttl")
    dataset = rdflib.Dataset(default_union=True)
    named = [quad for quad in store if isinstance(quad.graph_name, ox.NamedNode)]
    dataset.parse(data=(ox.serialize(named, format=ox.RdfFormat.N_QUADS) or b"").decode(), format="nquads")
    found = sorted([str(cell) for cell in row] for row in dataset.query(QUERIES[name].text))  # type: ignore[union-attr]
    assert found == sorted(list(csv.reader(io.StringIO(_csv(store, QUERIES[name].text))))[1:])


def test_every_example_belongs_to_a_query() -> None:
    assert {path.stem for path in HERE.iterdir()} == {*QUERIES, "good", "good-use"}


@pytest.mark.parametrize("query", QUERIES.values(), ids=lambda query: query.name)
def test_a_check_says_what_it_finds_in_both_languages(query) -> None:  # type: ignore[no-untyped-def]
    assert query.summary.endswith("?")
    assert query.summary_zh.endswith("？")
    assert query.header["severity"] in ("violation", "warning")
    assert query.header["message"].endswith(".")
    assert query.header["message_zh"].endswith("。")
    assert query.tags
    assert query.returns


def test_every_check_is_told_of_in_the_docs() -> None:
    told = re.findall(r"`([a-z-]+)`", (ROOT / "docs" / "guide" / "ontology-quality.md").read_text("utf-8"))
    assert set(QUERIES) <= set(told)


def test_our_own_ontology_has_no_finding_and_no_stale_waiver() -> None:
    report = KnowledgeGraph(find_project()).check_quality()
    assert [finding.message("en") for finding in report.findings] == []
    assert report.checks == len(QUERIES)
    assert report.waived


@pytest.fixture
def copy(tmp_path: Path) -> Project:
    for room in ("ontology", "queries", "graph"):
        shutil.copytree(ROOT / room, tmp_path / room)
    return plan_project(tmp_path)


def test_the_command_tells_what_it_finds_and_where(copy: Project) -> None:
    file = copy.root / "ontology" / "mtsp.ttl"
    file.write_text(file.read_text("utf-8") + "mtsp:OtherThing a owl:Class ; rdfs:subClassOf mtsp:Agent .\n", "utf-8")
    lines = len(file.read_text("utf-8").splitlines())
    call = ["--project", str(copy.root), "check-ontology", "--rules-only"]
    done = CliRunner().invoke(cli, call, standalone_mode=False)
    assert done.return_value == 1
    assert f"ontology/mtsp.ttl:{lines}:1" in done.output
    assert "class-miscellaneous: mtsp:OtherThing" in done.output
    told = json.loads(CliRunner().invoke(cli, [*call, "-f", "json"], standalone_mode=False).output)
    assert [finding["rule"] for finding in told["quality"]["findings"]] == ["class-miscellaneous"]
    assert told["owl2dl"] is not None


def test_a_waiver_that_waives_nothing_is_found(copy: Project) -> None:
    waivers = copy.root / "queries" / "ontology" / "waivers.yaml"
    waivers.write_text(waivers.read_text("utf-8").replace("mtsp:provides", "mtsp:serves"), "utf-8")
    report = KnowledgeGraph(copy).check_quality()
    assert sorted(finding.shape for finding in report.findings) == ["term-unused", "waivers"]
    assert not report.conforms


def test_the_header_says_what_the_changelog_and_the_citation_say() -> None:
    """A release sets dcterms:issued, and from the second version on there is one to point back at."""
    versions = re.findall(r"^## ([\d.]+) \((.+)\)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    (current, day), earlier = versions[0], versions[1:]
    graph = whole_ontology()
    for ontology in ontologies():
        assert str(graph.value(ontology, OWL.versionInfo)) == current
    assert f"\nversion: {current}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
    issued = graph.value(MAIN, URIRef(vocab.VOCABULARIES["dcterms"] + "issued"))
    assert (str(issued) if issued else "unreleased") == day
    prior = graph.value(MAIN, OWL.priorVersion)
    assert (str(prior) if prior else None) == (f"{MAIN}/{earlier[0][0]}" if earlier else None)


def test_a_property_without_domain_or_range_is_held_by_a_shape() -> None:
    """OOPS! P11: where an axiom would say too much, a shape says between what the property may stand."""
    graph = whole_ontology()
    shapes = rdflib.Graph()
    for path in find_project().shape_files():
        shapes.parse(path)
    ways = (SH.path, SH.targetSubjectsOf, SH.targetObjectsOf, SH.inversePath)
    held = {node for by in ways for node in shapes.objects(None, by)}

    def has(property_: URIRef) -> bool:
        above = set(graph.transitive_objects(property_, RDFS.subPropertyOf))
        above |= {node for one in above for by in (OWL.inverseOf, ~OWL.inverseOf) for node in graph.objects(one, by)}
        return any((one, by, None) in graph for one in above for by in (RDFS.domain, RDFS.range)) or bool(held & above)

    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
    properties = sorted({node for kind in kinds for node in graph.subjects(RDF.type, kind) if ours(node)})
    assert len(properties) > 60
    assert {property_.rsplit("#", 1)[1] for property_ in properties if not has(URIRef(property_))} == BETWEEN_ANYTHING
