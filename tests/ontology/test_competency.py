"""The competency questions (ontology/competency-questions.yaml): each is answered, with a golden file that is read.

Together their answers name members of every top class of the ontology, but for those that NOT_ASKED_FOR lists.
"""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest
import yaml

from mtsp_kg import names
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.project import find_project
from mtsp_kg.publish.outline import THING, cards
from mtsp_kg.query.answer import Rows

PROJECT = find_project()
QUESTIONS: list[dict[str, Any]] = yaml.safe_load(
    (PROJECT.root / "ontology" / "competency-questions.yaml").read_text(encoding="utf-8")
)
GOLDEN = PROJECT.root / "tests" / "queries" / "golden"
EVERY = pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked["question"])
# Top classes none of whose members are in any answer, and why.
NOT_ASKED_FOR = {
    "Alignment": "alignments are for machines that know other identifiers; `mtsp show` and the pages tell them",
    "Indicator": "answers give an indicator by its label, beside the figure that measures it",
    "Mention": "answers give the passage; the place in its text is for the site, which marks it there",
}


@pytest.fixture(scope="module")
def kg() -> KnowledgeGraph:
    return KnowledgeGraph(PROJECT)


@EVERY
def test_a_question_is_answered_and_its_answer_is_kept(kg: KnowledgeGraph, asked: dict[str, Any]) -> None:
    assert kg.query(asked["query"], **asked.get("with", {})).write("csv").splitlines()[1:]
    assert (GOLDEN / f"{asked['query']}.csv").read_text("utf-8").splitlines()[1:]


@EVERY
def test_a_question_is_asked_in_both_languages(asked: dict[str, Any]) -> None:
    assert set(asked) <= {"question", "zh", "query", "with"}
    assert asked["question"].endswith("?")
    assert asked["zh"].endswith("？")


def test_no_question_stands_twice() -> None:
    assert len({asked["question"] for asked in QUESTIONS}) == len(QUESTIONS)
    assert len({(asked["query"], str(asked.get("with"))) for asked in QUESTIONS}) == len(QUESTIONS)


def test_members_of_every_top_class_are_in_an_answer(kg: KnowledgeGraph) -> None:
    named: set[str] = set()
    for asked in QUESTIONS:
        answer = kg.query(asked["query"], **asked.get("with", {}))
        assert isinstance(answer, Rows)
        named |= {cell.value for row in answer.rows for cell in row if isinstance(cell, ox.NamedNode)}
    kinds = {
        quad.object.value
        for iri in named
        for quad in kg.store.oxigraph.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(names.RDF_TYPE), None, None)
        if isinstance(quad.object, ox.NamedNode)
    }
    tops = [card for card in cards(kg._view("terms")) if card.iri != THING]
    missing = {card.iri for card in tops if not kinds & {card.iri, *(kind.iri for kind in card.kinds)}}
    assert {iri.removeprefix(names.ONTOLOGY) for iri in missing} == set(NOT_ASKED_FOR)
