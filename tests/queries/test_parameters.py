"""Parameters: text as on the command line, Python values where the type fits, and clear errors for everything else."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

import mtsp_kg
from mtsp_kg.errors import NotFoundError, ParameterError, QueryError
from mtsp_kg.graph import KnowledgeGraph

OUTCOME = "https://w3id.org/mtsp-kg/id/mtsp-2022-2026/outcome/2.4"
# A query that gives its parameters back.
ECHO = """#+ summary: Which values were given?
#+ params:
#+   text: {type: string, default: "a"}
#+   number: {type: integer, default: 1}
#+   truth: {type: boolean, default: true}
#+   day: {type: date, default: 2026-01-31}
#+   language: {type: language, default: en}
#+   entity: {type: entity}
#+   pillar: {type: pillar, default: "2"}
PREFIX pillar: <https://w3id.org/mtsp-kg/id/mtsp-2022-2026/pillar/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT ?text ?number ?truth ?day ?language ?entity ?pillar WHERE {
  VALUES ?text { "a" } VALUES ?number { 1 } VALUES ?truth { true } VALUES ?day { "2026-01-31"^^xsd:date }
  VALUES ?language { "en" } VALUES ?entity { UNDEF } VALUES ?pillar { pillar:2 }
}
"""


@pytest.fixture(scope="module")
def kg() -> KnowledgeGraph:
    return mtsp_kg.open()


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("queries") / "echo.rq"
    path.write_text(ECHO, encoding="utf-8")
    return path


@pytest.mark.parametrize("given", ["2.4", "outcome:2.4", OUTCOME, f"<{OUTCOME}>", ox.NamedNode(OUTCOME)])
def test_an_outcome_is_given_by_number_name_or_iri(kg: KnowledgeGraph, given: str) -> None:
    assert kg.query("partners-of-outcome", outcome=given).terms == kg.query("partners-of-outcome").terms


def test_a_resource_of_an_answer_is_a_parameter(kg: KnowledgeGraph) -> None:
    outcome = kg.query("outcomes-of-pillar", pillar=2)[-1].outcome
    assert kg.query("partners-of-outcome", outcome=outcome).terms == (
        kg.query("partners-of-outcome", outcome=outcome.short).terms
    )


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("text", "2.4", "2.4"),
        ("text", '"} UNION { ?s ?p ?o } #', '"} UNION { ?s ?p ?o } #'),
        ("number", 7, 7),
        ("number", "-07", -7),
        ("truth", False, False),
        ("truth", "false", False),
        ("day", date(2026, 11, 26), date(2026, 11, 26)),
        ("day", "2026-11-26", date(2026, 11, 26)),
        ("language", "ZH", "zh"),
        ("entity", "WIPO GREEN", "https://w3id.org/mtsp-kg/id/service/wipo-green"),
        ("entity", ox.NamedNode(OUTCOME), OUTCOME),
        ("pillar", 3, "https://w3id.org/mtsp-kg/id/mtsp-2022-2026/pillar/3"),
    ],
)
def test_a_value_of_the_type_is_bound(kg: KnowledgeGraph, echo: Path, name: str, given: Any, expected: object) -> None:
    (row,) = kg.query_file(echo, **{name: given})
    assert row[name] == expected
    assert type(row[name]) is type(expected) or isinstance(row[name], str)


def test_defaults_are_those_of_the_text(kg: KnowledgeGraph, echo: Path) -> None:
    (without,) = kg.query_file(echo)
    (with_one,) = kg.query_file(echo, number=1)
    assert without == with_one


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("text", 5, r"Parameter 'text' must be a string, not 5 \(int\)\. Write text='5'\."),
        ("text", ox.NamedNode(OUTCOME), "must be a string"),
        ("number", 1.0, r"Parameter 'number' must be an integer, not 1\.0 \(float\)\. For example number=10\."),
        ("number", True, r"must be an integer, not True \(bool\)"),
        ("number", "two", "must be an integer, not 'two'"),
        ("number", "٣", "must be an integer"),
        ("number", Decimal(1), "must be an integer"),
        ("truth", 1, r"must be a boolean, not 1 \(int\)\. For example truth=true\."),
        ("truth", "yes", "must be a boolean, not 'yes'"),
        ("day", datetime(2026, 11, 26), "must be a date"),
        ("day", "26.11.2026", r"must be a date, not '26\.11\.2026'\. For example day=2026-01-31\."),
        ("language", "english!", r"must be a language, not 'english!'\. For example language=zh\."),
        ("entity", 12, r"must be an entity, not 12 \(int\)"),
        ("entity", " ", "must be an entity, not ' '"),
        ("entity", None, r"must be an entity, not None \(NoneType\)"),
        ("entity", ["org:who"], r"must be an entity, not \['org:who'\] \(list\)"),
        ("pillar", "two", r"must be a pillar, not 'two'\. For example pillar=2\."),
        ("pillar", 2.0, r"must be text, not the float 2\.0"),
        ("nubmer", 1, r"has no parameter 'nubmer'\. Did you mean 'number'\? It has: text, number"),
    ],
)
def test_a_value_of_another_type_is_an_error(kg: KnowledgeGraph, echo: Path, name: str, given: Any, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        kg.query_file(echo, **{name: given})


def test_an_outcome_is_not_a_float(kg: KnowledgeGraph) -> None:
    with pytest.raises(ParameterError) as caught:
        kg.query("partners-of-outcome", outcome=2.4)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "Parameter 'outcome' must be text, not the float 2.4: 2.1 and 2.10 are one float. Write outcome='2.4'."
    )


def test_what_the_graph_does_not_have_is_not_found(kg: KnowledgeGraph) -> None:
    with pytest.raises(NotFoundError, match="The graph does not contain the IRI"):
        kg.query("partners-of-outcome", outcome="9.9")
    with pytest.raises(NotFoundError, match="Did you mean 'partners-of-outcome'"):
        kg.query("partners-of-outcom")


@pytest.mark.parametrize("given", ["open-doors", "outcome:open-doors", "Open doors", "OPEN DOORS"])
def test_an_outcome_without_a_number_has_a_name(toy: Path, given: str) -> None:
    rows = mtsp_kg.open(toy).query("commitments-of-outcome", outcome=given)
    assert [row.commitment.short for row in rows] == ["commitment:open-doors-2.1"]


@pytest.mark.parametrize("given", ["open-door", "residents", "City Library"])
def test_the_name_of_something_else_is_not_an_outcome(toy: Path, given: str) -> None:
    with pytest.raises(ParameterError, match=f"must be an outcome, not '{given}'"):
        mtsp_kg.open(toy).query("commitments-of-outcome", outcome=given)


def test_a_type_that_nothing_knows_is_an_error_in_the_header(kg: KnowledgeGraph, tmp_path: Path) -> None:
    query = tmp_path / "which.rq"
    query.write_text("#+ summary: Which?\n#+ params: {it: {type: colour}}\nSELECT ?it { VALUES ?it { UNDEF } }\n")
    with pytest.raises(QueryError, match=r"no known type\. Give it one of: entity, .*paragraph"):
        kg.query_file(query, it="red")
