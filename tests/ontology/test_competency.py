"""The competency questions (ontology/competency-questions.yaml): each is answered, with a golden file that is read.

Together their answers name members of every top class of the ontology, but for those that NOT_ASKED_FOR lists.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from mtsp_kg import vocab
from mtsp_kg.errors import DataError
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.plan import names
from mtsp_kg.plan.pages.ontology_diagram import THING, TermRow, cards
from mtsp_kg.plan.project import find_project, plan_project
from mtsp_kg.query.catalogue import COMPETENCY_FILE, CompetencyQuestion, competency_questions
from mtsp_kg.query.entities import Resource

PROJECT = find_project()
QUESTIONS = competency_questions(PROJECT)
GOLDEN = PROJECT.root / "tests" / "queries" / "golden"
EVERY = pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.question)
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
def test_a_question_is_answered_and_its_answer_is_kept(kg: KnowledgeGraph, asked: CompetencyQuestion) -> None:
    assert kg.query(asked.query, **asked.parameters)
    assert (GOLDEN / f"{asked.query}.csv").read_text("utf-8").splitlines()[1:]


@EVERY
def test_a_question_is_asked_in_both_languages(asked: CompetencyQuestion) -> None:
    assert asked.question.endswith("?")
    assert asked.zh.endswith("？")


def test_no_question_stands_twice() -> None:
    assert len({asked.question for asked in QUESTIONS}) == len(QUESTIONS)
    assert len({(asked.query, str(asked.parameters)) for asked in QUESTIONS}) == len(QUESTIONS)


def test_members_of_every_top_class_are_in_an_answer(kg: KnowledgeGraph) -> None:
    named: set[str] = set()
    for asked in QUESTIONS:
        answer = kg.query(asked.query, **asked.parameters)
        named |= {value.iri for row in answer for value in row if isinstance(value, Resource)}
    kinds = {
        quad.object.value
        for iri in named
        for quad in kg.store.quads(ox.NamedNode(iri), ox.NamedNode(vocab.RDF_TYPE))
        if isinstance(quad.object, ox.NamedNode)
    }
    tops = [card for card in cards(kg.views.rows(TermRow, "terms")) if card.iri != THING]
    missing = {card.iri for card in tops if not kinds & {card.iri, *(kind.iri for kind in card.subclasses)}}
    assert {iri.removeprefix(names.ONTOLOGY) for iri in missing} == set(NOT_ASKED_FOR)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("question: What?", "must be a list"),
        ("- question: [", "not YAML"),
        ('- {question: "What?", query: partners}', "question 1 needs"),
        ('- {question: "What?", zh: "什么？", query: partners, with: {pillar: 4}}', "question 1 needs"),
        ("- What?", "question 1 needs"),
    ],
)
def test_a_bad_file_of_questions_is_told_with_its_name(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / COMPETENCY_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=said) as told:
        competency_questions(plan_project(tmp_path))
    assert told.value.remedy or told.value.line


def test_a_project_need_not_have_any(tmp_path: Path) -> None:
    assert competency_questions(plan_project(tmp_path)) == []
