"""Grounding: what a passage names, what its graph refers to, and the differences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import mtsp_kg
from mtsp_kg.errors import NotFoundError, ParameterError
from mtsp_kg.plan import names
from mtsp_kg.plan.document.grounding import Grounding, LabelMatcher, Mention, PassageGrounding, ground_passage
from mtsp_kg.plan.document.model import Kind, Passage

DATA = Path(__file__).parent.parent / "data" / "plan"
PLAN = "harbour-2030-2034"
OFFICES, SMALL, FIRMS, ACADEMY, OUTCOME = (
    "https://example.org/offices",
    "https://example.org/small-firms",
    "https://example.org/firms",
    "https://example.org/academy",
    f"{names.ID}{PLAN}/outcome/1.1",
)
KNOWN = LabelMatcher(
    [
        ("港务局", OFFICES),
        ("小型企业", SMALL),
        ("企业", FIRMS),
        ("海图 学院", ACADEMY),
        ("小型企业得到更好的海图", OUTCOME),
    ]
)
SERVES, CONCERNS = names.term("serves"), names.term("concerns")
PRONOUN, CONTEXT = names.term("mentionsByPronoun"), names.term("mentionsByContext")
NODE, HERE = "https://example.org/commitment/7.1", "https://example.org/para/7"


def passage(text: str, *headings: str) -> Passage:
    return Passage(Kind.PARAGRAPH, "7", 7, "1.1", headings, "outcome/1.1", text, 40)


def test_a_longer_name_wins_over_a_shorter_one_inside_it() -> None:
    assert KNOWN.mentions("小型企业和企业") == [Mention(SMALL, "小型企业", 0, 4), Mention(FIRMS, "企业", 5, 7)]


def test_white_space_inside_a_name_is_no_difference_and_offsets_count_it() -> None:
    assert KNOWN.mentions("海图学院与 海图 学院。") == [
        Mention(ACADEMY, "海图学院", 0, 4),
        Mention(ACADEMY, "海图 学院", 6, 11),
    ]


def test_a_label_of_two_entities_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"'港务 局' is a label of both <https://example.org/offices> and"):
        LabelMatcher([("港务局", OFFICES), ("港务 局", ACADEMY)])


def test_what_is_named_and_spoken_of_is_sound() -> None:
    found = ground_passage(passage("港务局帮助小型企业。"), [(NODE, SERVES, SMALL), (NODE, CONCERNS, OFFICES)], KNOWN)
    assert found.sound
    assert (found.statements, found.grounded, found.accounted) == (2, 2, 2)


def test_what_is_spoken_of_and_not_named_is_reported_unless_a_reason_is_given() -> None:
    triples = [(NODE, SERVES, FIRMS), (NODE, CONCERNS, OFFICES)]
    text = passage("它们帮助小型企业。")
    assert ground_passage(text, [*triples, (NODE, SERVES, SMALL)], KNOWN).unnamed == {FIRMS, OFFICES}
    excused = ground_passage(
        text, [*triples, (NODE, SERVES, SMALL), (HERE, PRONOUN, OFFICES), (HERE, CONTEXT, FIRMS)], KNOWN
    )
    assert excused.sound
    assert excused.grounded == 3


def test_a_heading_names_things_even_inside_longer_names() -> None:
    text = passage("将继续提供。", "支柱 1", "1.1 小型企业得到更好的海图")
    assert ground_passage(text, [(NODE, SERVES, SMALL), (NODE, CONCERNS, OUTCOME)], KNOWN).sound


def test_the_title_of_an_outcome_in_the_text_names_what_it_names() -> None:
    assert ground_passage(
        passage("小型企业得到更好的海图。"), [(NODE, SERVES, SMALL), (NODE, CONCERNS, OUTCOME)], KNOWN
    ).sound


def test_what_is_named_and_not_spoken_of_is_reported() -> None:
    found = ground_passage(passage("港务局帮助小型企业。"), [(NODE, SERVES, SMALL)], KNOWN)
    assert found.unaccounted == {OFFICES}
    assert found.accounted == 1


def test_a_reason_without_need_is_reported() -> None:
    found = ground_passage(passage("港务局。"), [(HERE, PRONOUN, OFFICES)], KNOWN)
    assert found.needless == {OFFICES}
    assert not found.silent


def grounding(*passages: PassageGrounding, copy: str = "copy.txt") -> Grounding:
    return Grounding(copy, PLAN, "zh", passages, lambda iri: iri.rpartition("/")[2], Path("mentions.ttl"))


def test_a_passage_without_statements_is_reported() -> None:
    found = ground_passage(passage("天气很好。"), [], KNOWN)
    assert found.silent
    assert str(grounding(found)).startswith("copy.txt:40: The graph of para:7 is empty: add statements, or mention")
    assert "\n1 passage has no statements.\n" in str(grounding(found))
    assert not grounding(found).reaches(0, 0)


def test_the_report_gives_line_entity_and_sums() -> None:
    one = ground_passage(passage("港务局帮助小型企业。"), [(NODE, SERVES, SMALL), (NODE, SERVES, FIRMS)], KNOWN)
    found = grounding(one)
    assert found.write().splitlines() == [
        "copy.txt:40: para:7 refers to https://example.org/firms (firms), but does not name it: "
        "correct the statement, or add the reason.",
        "copy.txt:40: para:7 names https://example.org/offices (offices), but its graph does not refer to it.",
        "1 of 2 statements grounded (50.0 %), 1 of 2 mentions accounted for (50.0 %), 1 passages.",
    ]
    body = json.loads(found.write("json"))
    assert (body["grounded"], body["accounted"]) == (1, 1)
    assert body["items"][0]["mentions"][1] == {"thing": SMALL, "form": "小型企业", "start": 5, "end": 9}
    assert "&lt;" not in found.write("html")
    assert "copy &lt;b&gt;" in grounding(one, copy="copy <b>").write("html")
    assert (found.reaches(50, 50), found.reaches(51, 50), found.reaches(50, 51)) == (True, False, False)
    with pytest.raises(NotFoundError, match="A grounding cannot be written as 'csv'"):
        found.write("csv")


def test_mentions_are_written_with_their_offsets(tmp_path: Path) -> None:
    import pyoxigraph as ox

    found = grounding(ground_passage(passage("港务局。"), [], KNOWN))
    target = tmp_path / "mentions.ttl"
    assert found.write_mentions(target) == (target, True)
    assert found.write_mentions(target) == (target, False)
    quads = list(ox.parse(target.read_bytes(), format=ox.RdfFormat.TURTLE))
    values = {quad.predicate.value.rsplit("#")[-1]: quad.object.value for quad in quads}
    assert (values["start"], values["end"], values["exact"], values["mentionOf"]) == ("0", "3", "港务局", OFFICES)
    assert [(one.passage, one.mention.form) for one in found.mentions] == [(f"{names.ID}{PLAN}/para/7", "港务局")]


def test_labels_in_the_language_of_the_document_count(second: Path) -> None:
    kg = mtsp_kg.open(second)
    found = kg.ground(DATA / "plan-zh.txt")
    assert (found.plan, found.language, len(found)) == ("mtsp-2032-2035", "zh", 26)
    assert {one.mention.form for one in found.mentions} >= {"海图组织", "引航员"}
    assert "para/11" in [passage.name for passage in found if passage.unnamed]


def test_the_document_of_another_plan_is_refused(toy: Path) -> None:
    with pytest.raises(
        NotFoundError, match=r"does not have the plan 'mtsp-2032-2035'.* Its plans: city-library-plan\."
    ):
        mtsp_kg.open(toy).ground(DATA / "plan-zh.txt")


def test_the_graph_is_grounded_in_the_document(copy_of_document: Path) -> None:
    kg = mtsp_kg.open()
    found = kg.ground(copy_of_document)
    assert [passage.name for passage in found if not passage.sound] == []
    assert found.reaches()
    assert (found.grounded, found.accounted, found.silent) == (found.statements, len(found.mentions), 0)
    assert len(found.mentions) > 1000
    mentions = kg.project.root / "graph" / "mtsp-2022-2026" / "mentions.ttl"
    assert mentions.read_text(encoding="utf-8") == found.turtle()
