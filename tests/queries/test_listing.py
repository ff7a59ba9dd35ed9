"""`mtsp queries`: the catalogue as text and JSON, all queries and one."""

from __future__ import annotations

import json

import pytest

from mtsp_kg.errors import NotFoundError
from mtsp_kg.plan.project import find_project
from mtsp_kg.query.catalogue import every, one, read_catalogue

PROJECT = find_project()
NAME = "partners-of-outcome"
OUTCOME = {"name": "outcome", "type": "outcome"}


def test_all_queries_are_listed_by_name_and_question() -> None:
    lines = every(PROJECT, "ask", None, "text").splitlines()
    queries = read_catalogue(PROJECT, "ask")
    assert [line.split(maxsplit=1) for line in lines] == [[query.name, query.summary] for query in queries]


def test_as_json_a_query_has_its_parameters_and_columns() -> None:
    listed = {query["name"]: query for query in json.loads(every(PROJECT, "ask", None, "json"))}
    assert set(listed) == {query.name for query in read_catalogue(PROJECT, "ask")}
    (parameter,) = listed[NAME]["parameters"]
    assert parameter.items() >= OUTCOME.items()
    assert set(parameter) == {"name", "type", "default", "about"}
    assert listed[NAME]["returns"]
    alone = json.loads(one(PROJECT, NAME, "json"))
    assert alone.pop("sparql").startswith("#+ summary:")
    assert alone == listed[NAME]


def test_as_text_a_query_is_told_with_its_sparql_and_without_its_header() -> None:
    text = one(PROJECT, NAME, "text")
    assert text.startswith(f"{NAME}\n")
    assert "--param outcome=" in text
    assert "SELECT" in text
    assert "#+" not in text


def test_a_tag_chooses_and_one_that_nothing_has_is_told_with_those_there_are() -> None:
    assert NAME in every(PROJECT, "ask", "partners", "text")
    with pytest.raises(NotFoundError, match="Tags: "):
        every(PROJECT, "ask", "no-such-tag", "text")
