"""Every inferred triple is explained down to assertions, and the explanation is replayed."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from mtsp_kg.cli import cli
from mtsp_kg.errors import DataError, NotFoundError
from mtsp_kg.graph import KnowledgeGraph, open_graph
from mtsp_kg.infer.proofs import Proof, ProofStep
from mtsp_kg.infer.reasoning import Reasoning

ROOT = Path(__file__).parents[2]
GREEN = ("service:wipo-green", "contributesTo", "pillar:3")


@pytest.fixture(scope="module")
def kg() -> KnowledgeGraph:
    return open_graph(ROOT)


@pytest.fixture(scope="module")
def reasoning(kg: KnowledgeGraph) -> Reasoning:
    return kg.reasoning()


@pytest.mark.slow
def test_a_thousand_inferred_triples_are_explained_and_replayed(reasoning: Reasoning) -> None:
    facts = sorted(fact for _, fact in reasoning.closure.inferred())
    for fact in random.Random(32).sample(facts, min(1000, len(facts))):
        found = reasoning.explainer.explain(fact, 3)
        assert found.proofs, fact
        for proof in found.proofs:
            assert reasoning.explainer.replay(proof) == []
            assert fact in proof.steps


def test_proofs_are_minimal_and_come_shortest_first(reasoning: Reasoning) -> None:
    for _, fact in sorted(reasoning.closure.inferred(), key=lambda given: given[1])[::20]:
        proofs = reasoning.explainer.explain(fact, 6).proofs
        sizes = [len(proof.steps) for proof in proofs]
        assert sizes == sorted(sizes)
        for proof in proofs:
            assert not any(other.support < proof.support for other in proofs)


def test_a_step_that_does_not_follow_is_found(reasoning: Reasoning) -> None:
    (proof, *_) = reasoning.explain(*GREEN).proofs
    step = proof.steps[proof.goal]
    wrong = ProofStep(step.fact, step.rule, tuple(reversed(step.premises)))
    assert reasoning.explainer.replay(Proof(proof.goal, {**proof.steps, proof.goal: wrong}))


def test_a_premise_that_nothing_asserts_is_found(reasoning: Reasoning) -> None:
    (proof, *_) = reasoning.explain(*GREEN).proofs
    (fault,) = reasoning.explainer.replay(Proof(proof.goal, {}))
    assert fault.startswith("Not asserted: ")


def test_text_names_axiom_paragraph_and_line(kg: KnowledgeGraph) -> None:
    text = kg.explain(*GREEN, limit=1).write()
    assert "mtsp:contributesTo o mtsp:partOf SubPropertyOf mtsp:contributesTo" in text
    assert "ontology/mtsp.ttl:" in text
    assert "asserted in para:82 (graph/mtsp-2022-2026/pillar-3.trig:" in text
    assert "curated in graph/mtsp-2022-2026/plan.ttl:" in text


def test_a_proof_is_a_tree_whose_leaves_have_graph_file_and_line(kg: KnowledgeGraph) -> None:
    found = kg.explain(*GREEN, limit=1)
    assert found.holds
    (tree,) = found.trees
    assert tree.terms[0] == kg.entities.find("WIPO GREEN")
    assert tree.step is not None
    assert tree.step.rule.kind == "property-chain"
    contributes, part_of = tree.premises
    assert [kg.profile.shrink(source.graph) for source in contributes.sources] == ["para:82", "para:83"]
    assert all(source.is_passage and source.file.endswith("pillar-3.trig") for source in contributes.sources)
    assert all(source.line for source in contributes.sources)
    assert [source.file for source in part_of.sources if not source.is_passage] == ["graph/mtsp-2022-2026/plan.ttl"]


def test_an_explanation_cannot_be_written_in_another_form(kg: KnowledgeGraph) -> None:
    with pytest.raises(NotFoundError, match=r"Explanations cannot be written as 'csv'\. Choose one of: text, json"):
        kg.explain(*GREEN).write("csv")


def test_a_curated_statement_shows_the_curators_note(kg: KnowledgeGraph) -> None:
    found = kg.explain("org:wipo", "skos:exactMatch", "http://eurovoc.europa.eu/2143")
    text = found.write()
    note = "The concept is the World Intellectual Property Organization."
    assert f"curated in graph/alignments/eurovoc.ttl:20 (the curator's note: {note})" in text
    (source,) = json.loads(found.write("json"))[0]["proofs"][0]["asserted"][0]["sources"]
    assert source["note"] == {"en": note, "zh": "该概念即世界知识产权组织。"}
    chinese = kg.explain("org:wipo", "skos:exactMatch", "http://eurovoc.europa.eu/2143", language="zh")
    assert "该概念即世界知识产权组织。" in chinese.write()
    assert chinese.write().startswith("世界知识产权组织 (org:wipo)")


def test_names_labels_iris_and_open_parts(reasoning: Reasoning) -> None:
    ways = [GREEN, ("WIPO GREEN", "contributes to", "pillar:3"),
            ("https://w3id.org/mtsp-kg/id/service/wipo-green", "mtsp:contributesTo", "pillar:3")]  # fmt: skip
    assert len({reasoning.explain(*way)[0].fact for way in ways}) == 1
    partners = reasoning.explain("?", "a", "partner", most=100)
    assert len(partners) > 5
    assert all(one.holds for one in partners)
    with pytest.raises(NotFoundError, match="has no property"):
        reasoning.explain("WIPO GREEN", "sells", "?")


def test_an_explanation_has_what_is_missing(kg: KnowledgeGraph) -> None:
    found = kg.explain("service:wipo-green", "contributesTo", "pillar:1")
    assert not found.holds
    assert not found.proofs
    assert found.missing[0].holds
    assert found.missing[0].missing
    text = found.write()
    assert "is not entailed" in text
    assert "missing  WIPO GREEN (service:wipo-green) contributes to" in text


def test_json_is_replayed_and_a_forged_one_is_not(reasoning: Reasoning) -> None:
    text = reasoning.explain("?", "a", "mtsp:Partner").write("json")
    replayed = reasoning.replay_json(text)
    assert replayed.proofs > 5
    assert not replayed.faults
    assert str(replayed) == f"{replayed.proofs} proofs replayed, 0 faults\n"
    forged = json.loads(text)
    forged[0]["proofs"][0]["steps"][0]["axiom"] = "mtsp:Outcome SubClassOf mtsp:Partner"
    assert reasoning.replay_json(json.dumps(forged)).faults
    with pytest.raises(DataError, match="not a JSON array of proofs"):
        reasoning.replay_json("[1]")


def test_turtle_is_turtle_and_names_the_passages(kg: KnowledgeGraph) -> None:
    store = ox.Store()
    store.load(kg.explain(*GREEN).write("turtle").encode(), format=ox.RdfFormat.TURTLE)
    source = ox.NamedNode("http://www.w3.org/ns/prov#hadPrimarySource")
    assert any(str(quad.object).endswith("para/82>") for quad in store.quads_for_pattern(None, source, None))


def test_mermaid_has_an_arrow_for_each_premise(kg: KnowledgeGraph) -> None:
    drawn = kg.explain(*GREEN, limit=1).write("mermaid")
    assert drawn.startswith("flowchart BT\n")
    assert drawn.count("-->") == 2


@pytest.mark.slow
def test_an_edit_is_never_stale(tmp_path: Path) -> None:
    for room in ("ontology", "graph", "queries"):
        shutil.copytree(ROOT / room, tmp_path / room)
    assert open_graph(tmp_path).explain(*GREEN).holds
    for path in (tmp_path / "graph").rglob("*.trig"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("mtsp:contributesTo outcome:3.3", "mtsp:concerns outcome:3.3"), encoding="utf-8")
    assert not open_graph(tmp_path).explain(*GREEN).holds


def test_the_command_line() -> None:
    run = CliRunner()
    done = run.invoke(cli, ["explain", *GREEN, "--check"], standalone_mode=False)
    assert done.return_value == 0
    assert "proofs replayed, 0 faults" in done.output
    done = run.invoke(cli, ["explain", "service:wipo-green", "contributesTo", "pillar:1"], standalone_mode=False)
    assert done.return_value == 1
