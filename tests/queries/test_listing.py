"""The catalogue as text and JSON, all queries and one."""

from __future__ import annotations

import json

import pytest

from mtsp_kg.errors import NotFoundError
from mtsp_kg.plan.project import find_project
from mtsp_kg.query.catalogue import find_query, list_queries, read_catalogue

PROJECT = find_project()
NAME = "partners-of-outcome"
OUTCOME = {"name": "outcome", "type": "outcome"}


def test_all_queries_are_listed_by_name_and_question() -> None:
    lines = str(list_queries(PROJECT, "ask")).splitlines()
    queries = read_catalogue(PROJECT, "ask")
    assert [line.split(maxsplit=1) for line in lines] == [[query.name, query.summary] for query in queries]


def test_as_json_a_query_has_its_parameters_and_columns() -> None:
    listed = {query["name"]: query for query in json.loads(list_queries(PROJECT, "ask").write("json"))}
    assert set(listed) == {query.name for query in read_catalogue(PROJECT, "ask")}
    (parameter,) = listed[NAME]["parameters"]
    assert parameter.items() >= OUTCOME.items()
    assert set(parameter) == {"name", "type", "default", "about"}
    assert listed[NAME]["returns"]
    alone = json.loads(find_query(PROJECT, NAME).write("json"))
    assert alone.pop("sparql").startswith("#+ summary:")
    assert alone == listed[NAME]


def test_as_text_a_query_has_its_sparql_without_its_header() -> None:
    text = find_query(PROJECT, NAME).write("text")
    assert text.startswith(f"{NAME}\n")
    assert "--param outcome=" in text
    assert "SELECT" in text
    assert "#+" not in text


def test_a_tag_chooses_and_an_unknown_one_is_an_error_that_lists_the_tags() -> None:
    found = list_queries(PROJECT, "ask", "partners")
    assert NAME in {query.name for query in found}
    assert len(found) < len(list_queries(PROJECT, "ask"))
    with pytest.raises(NotFoundError, match=r"Tags: .*partners"):
        list_queries(PROJECT, "ask", "no-such-tag")
    with pytest.raises(NotFoundError, match=r"Unknown kind of query 'asks'.*Kinds: .*ask, check"):
        list_queries(PROJECT, "asks")
