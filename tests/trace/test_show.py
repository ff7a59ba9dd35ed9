"""What a plan states about an entity, in each voice, as objects and in every form."""

from __future__ import annotations

import json

import pytest

from mtsp_kg.errors import NotFoundError
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.plan import names
from mtsp_kg.plan.show import EntityName

SHOWN = """\
Lighthouse Association  (org:lighthouses; organization)
  Lighthouse Association (en) · 灯塔协会 (zh)
  also LA (en)

Facts
  Charts Organization (org:charts) partners with this  [para:10 para:11]

Commitments
  put the Atlas into every pilot's hands  (works with; commitment:11.1 under outcome:1.1)  [para:11]

In 2 passages: para:10 para:11
"""

REMOTE = """\
residents far from a branch  (group:remote-residents; target group)
  residents far from a branch (en)
  narrower than residents (group:residents)

Facts
  Bookmobile (service:bookmobile) serves this  [para:open-doors-1]

Assessments
  some live far away  (affects; assessment:open-doors-1.1 under outcome:open-doors)  [para:open-doors-1]

In 1 passage: para:open-doors-1
"""


def test_an_entity_is_shown_voice_by_voice(kg: KnowledgeGraph) -> None:
    assert str(kg.show("LA")) == SHOWN


def test_an_entity_of_a_plan_without_numbers_is_shown(library: KnowledgeGraph) -> None:
    assert str(library.show("group:remote-residents")) == REMOTE


def test_facts_and_statements_are_typed(kg: KnowledgeGraph) -> None:
    shown = kg.show("LA")
    assert shown.iri == kg.entities.find("LA")
    assert (shown.label, shown.iri.short) == ("Lighthouse Association", "org:lighthouses")
    assert shown.names == (
        EntityName("Lighthouse Association", "prefLabel", ("en",)),
        EntityName("灯塔协会", "prefLabel", ("zh",)),
        EntityName("LA", "altLabel", ("en",)),
    )
    assert shown.kinds == (names.term("Organization"),)
    (fact,) = shown.facts
    assert (fact.subject.short, fact.property.label, fact.object) == ("org:charts", "partners with", shown.iri)
    assert [passage.short for passage in fact.passages] == ["para:10", "para:11"]
    (statement,) = shown.statements
    assert statement.voice == names.term("Commitment")
    assert statement.label == "put the Atlas into every pilot's hands"
    assert [role.label for role in statement.roles] == ["works with"]
    assert [element.label for element in statement.under] == ["Safer harbours"]
    assert [passage.short for passage in statement.passages] == ["para:11"]
    assert shown.by_voice() == {statement.voice: [statement]}
    assert [passage.short for passage in shown.passages] == ["para:10", "para:11"]


def test_a_figure_is_shown_with_its_precision(either: KnowledgeGraph) -> None:
    name = "Atlas" if either.plan == "mtsp-2032-2035" else "Reading Hour"
    shown = either.show(name)
    (figure,) = shown.figures
    value, comparison, text = {
        "Atlas": (40, "almost", "harbours in the Atlas: almost 40 members, at the time of the plan  [para:11]"),
        "Reading Hour": (
            300, "about",
            "children in the Reading Hour: about 300 children, each year  [para:reading-for-all-1]",
        ),
    }[name]  # fmt: skip
    assert (figure.value, figure.comparison.label) == (value, comparison)
    assert text in shown.write()
    assert json.loads(shown.write("json"))["figures"][0]["value"] == str(value)


def test_json_has_what_the_object_has(either: KnowledgeGraph) -> None:
    plan = names.plan_iri(str(either.plan))
    outcomes = [iri for iri in either.trace(plan, up=False).graph if "/outcome/" in iri]
    for iri in outcomes:
        shown = either.show(iri)
        body = json.loads(shown.write("json"))
        assert body["iri"] == iri
        assert [one["iri"] for one in body["statements"]] == [str(one.iri) for one in shown.statements]
        assert [one["passages"] for one in body["facts"]] == [[*fact.passages] for fact in shown.facts]
        assert body["passages"] == [*shown.passages]
    assert outcomes


def test_an_entity_without_passages_says_so(kg: KnowledgeGraph) -> None:
    assert kg.show("outcome:1.2").passages == ()
    assert kg.show("outcome:1.2").write().endswith("\nNo passage refers to it.\n")
    assert not kg.show("unit:members").write().endswith("No passage refers to it.\n")


def test_labels_have_the_language_that_is_asked_for(kg: KnowledgeGraph) -> None:
    shown = kg.show("LA", language="zh")
    assert (shown.label, shown.statements[0].label) == ("灯塔协会", "让每位引航员用上海图集")
    assert "\n承诺\n" in shown.write()


def test_another_form_is_refused(kg: KnowledgeGraph) -> None:
    with pytest.raises(NotFoundError, match=r"An entity cannot be written as 'html'\. Choose one of: text, json\."):
        kg.show("LA").write("html")
