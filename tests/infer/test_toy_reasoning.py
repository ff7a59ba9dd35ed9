"""Reasoning and evidence on a made-up plan without pillars, numbers and Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest

import mtsp_kg
from mtsp_kg.graph import KnowledgeGraph


@pytest.fixture(scope="module")
def kg(toy: Path) -> KnowledgeGraph:
    return mtsp_kg.open(toy, inferences=True)


def test_whatever_is_inferred_has_a_proof_that_is_replayed(kg: KnowledgeGraph) -> None:
    facts = [fact for _, fact in kg.reasoning().closure.inferred()]
    assert len(facts) == len(kg.infer()) > 50
    explained = kg.reasoning().explain_facts(facts, limit=2)
    assert all(one.holds for one in explained)
    assert explained.replay().faults == ()


def test_the_ontology_and_the_plan_contradict_nothing(kg: KnowledgeGraph) -> None:
    report = kg.check_ontology(dl=False)
    assert report.conforms, report.write()


def test_a_proof_names_the_paragraph_and_its_line(kg: KnowledgeGraph) -> None:
    text = kg.explain("City Museum", "a", "partner", limit=1).write()
    assert "City Museum (org:city-museum) is an instance of partner (mtsp:Partner)" in text
    assert "asserted in para:who-we-are-2 (graph/city-library-plan/statements.trig:" in text


def test_every_row_of_every_question_has_evidence(kg: KnowledgeGraph) -> None:
    answered = [query.name for query in kg.queries() if kg.query(query.name)]
    assert len(answered) > 10
    for name in answered:
        for row in kg.evidence(name):
            assert row.facts, f"{name}, row {row.number}"
            assert row.statements.holds
