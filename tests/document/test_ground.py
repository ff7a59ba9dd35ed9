"""Grounding: what a passage names, what its graph speaks of, and what is left between them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import mtsp_kg
from mtsp_kg.errors import ParameterError
from mtsp_kg.plan import names
from mtsp_kg.plan.document.grounding import Mention, Names, as_html, as_json, as_text, figures, ground, mentions_turtle
from mtsp_kg.plan.document.model import Kind, Passage

PLAN = "harbour-2030-2034"
OFFICES, SMALL, FIRMS, ACADEMY, OUTCOME = (
    "https://example.org/offices",
    "https://example.org/small-firms",
    "https://example.org/firms",
    "https://example.org/academy",
    f"{names.ID}{PLAN}/outcome/1.1",
)
KNOWN = Names(
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


def test_a_name_of_two_things_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"'港务 局' names both <https://example.org/offices> and"):
        Names([("港务局", OFFICES), ("港务 局", ACADEMY)])


def test_what_is_named_and_spoken_of_is_sound() -> None:
    found = ground(passage("港务局帮助小型企业。"), [(NODE, SERVES, SMALL), (NODE, CONCERNS, OFFICES)], KNOWN)
    assert found.sound
    assert (found.statements, found.grounded, found.accounted) == (2, 2, 2)


def test_what_is_spoken_of_and_not_named_is_reported_unless_a_reason_is_given() -> None:
    said = [(NODE, SERVES, FIRMS), (NODE, CONCERNS, OFFICES)]
    text = passage("它们帮助小型企业。")
    assert ground(text, [*said, (NODE, SERVES, SMALL)], KNOWN).unnamed == {FIRMS, OFFICES}
    excused = ground(text, [*said, (NODE, SERVES, SMALL), (HERE, PRONOUN, OFFICES), (HERE, CONTEXT, FIRMS)], KNOWN)
    assert excused.sound
    assert excused.grounded == 3


def test_a_heading_names_things_even_inside_longer_names() -> None:
    text = passage("将继续提供。", "支柱 1", "1.1 小型企业得到更好的海图")
    assert ground(text, [(NODE, SERVES, SMALL), (NODE, CONCERNS, OUTCOME)], KNOWN).sound


def test_the_title_of_an_outcome_in_the_text_names_what_it_names() -> None:
    assert ground(passage("小型企业得到更好的海图。"), [(NODE, SERVES, SMALL), (NODE, CONCERNS, OUTCOME)], KNOWN).sound


def test_what_is_named_and_not_spoken_of_is_reported() -> None:
    found = ground(passage("港务局帮助小型企业。"), [(NODE, SERVES, SMALL)], KNOWN)
    assert found.unaccounted == {OFFICES}
    assert found.accounted == 1


def test_a_reason_without_need_is_reported() -> None:
    found = ground(passage("港务局。"), [(HERE, PRONOUN, OFFICES)], KNOWN)
    assert found.needless == {OFFICES}
    assert not found.silent


def test_a_passage_of_which_nothing_is_said_is_reported() -> None:
    found = ground(passage("天气很好。"), [], KNOWN)
    assert found.silent
    assert "para:7 says nothing in the graph" in as_text([found], "copy.txt", str, PLAN)


def test_the_report_gives_line_thing_and_sums() -> None:
    found = [ground(passage("港务局帮助小型企业。"), [(NODE, SERVES, SMALL), (NODE, SERVES, FIRMS)], KNOWN)]
    text = as_text(found, "copy.txt", lambda iri: iri.rsplit("/", 1)[-1], PLAN)
    assert "copy.txt:40: para:7 speaks of https://example.org/firms (firms), which is not named there" in text
    assert (
        "copy.txt:40: para:7 names https://example.org/offices (offices), and its graph does not speak of it." in text
    )
    assert text.endswith("1 of 2 statements grounded (50.0 %), 1 of 2 mentions accounted for (50.0 %), 1 passages.\n")
    body = json.loads(as_json(found, PLAN))
    assert (body["grounded"], body["accounted"]) == (1, 1)
    assert body["items"][0]["mentions"][1] == {"thing": SMALL, "form": "小型企业", "start": 5, "end": 9}
    assert "&lt;" not in as_html(found, "copy.txt", str, PLAN)
    assert "copy &lt;b&gt;" in as_html(found, "copy <b>", str, PLAN)


def test_mentions_are_written_with_their_offsets(tmp_path: Path) -> None:
    import pyoxigraph as ox

    written = mentions_turtle([ground(passage("港务局。"), [], KNOWN)], PLAN)
    quads = list(ox.parse(written.encode(), format=ox.RdfFormat.TURTLE))
    values = {quad.predicate.value.rsplit("#")[-1]: quad.object.value for quad in quads}
    assert (values["start"], values["end"], values["exact"], values["mentionOf"]) == ("0", "3", "港务局", OFFICES)


def test_the_graph_is_grounded_in_the_document(copy_of_document: Path) -> None:
    kg = mtsp_kg.open()
    found = kg.ground(copy_of_document)
    sums = figures(found)
    assert [item.name for item in found if not item.sound] == []
    assert (sums.grounded, sums.accounted, sums.silent) == (sums.statements, sums.mentions, 0)
    assert sums.mentions > 1000
    mentions = kg.project.root / "graph" / "mtsp-2022-2026" / "mentions.ttl"
    assert mentions.read_text(encoding="utf-8") == mentions_turtle(found, "mtsp-2022-2026")
