"""Every row of every question has evidence: the statements that it rests on, each asserted somewhere or proved."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

import mtsp_kg
from mtsp_kg.cli import cli
from mtsp_kg.errors import MtspError, NotFoundError, ParameterError
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.plan.project import find_project
from mtsp_kg.query.answer import Table
from mtsp_kg.query.catalogue import NamedQuery, read_catalogue
from mtsp_kg.query.evidence import EvidenceFinder
from mtsp_kg.query.patterns import flattened
from mtsp_kg.store import EmbeddedStore

pytestmark = pytest.mark.slow

ASK = {query.name: query for query in read_catalogue(find_project(), "ask")}


@pytest.fixture(scope="module")
def kg() -> KnowledgeGraph:
    return mtsp_kg.open(inferences=True)


@pytest.mark.parametrize("query", ASK.values(), ids=ASK)
def test_every_row_of_every_question_rests_on_something(kg: KnowledgeGraph, query: NamedQuery) -> None:
    evidence = kg.evidence(query.name)
    assert [row.number for row in evidence] == list(range(1, len(kg.query(query.name)) + 1))
    for row in evidence:
        assert row.facts, f"row {row.number}"
        explained = kg.reasoning().explain_facts(row.facts[:3], limit=1)
        assert all(len(one.proofs) == 1 for one in explained)
        assert explained.replay().faults == ()


def test_a_row_names_the_paragraph_that_it_shows(kg: KnowledgeGraph) -> None:
    """The paragraph of a row is among the sources of its statements, row by row."""
    evidence = kg.evidence("partners-of-outcome")
    assert len(evidence) > 10
    for row in evidence:
        assert row.row.paragraph in {graph for statement in row.statements for graph in statement.graphs}


def test_evidence_is_data(kg: KnowledgeGraph) -> None:
    (row,) = kg.evidence("partners-of-outcome", {"outcome": "3.3"}, row=1)
    assert row.number == 1
    assert row.cells["partner"] == row.row.partner.short
    assert not row.absence
    assert row.statements.holds
    with pytest.raises(NotFoundError, match="Evidence cannot be written as 'csv'"):
        kg.evidence("partners", row=1).write("csv")
    with pytest.raises(ParameterError, match="not with SPARQL"):
        kg.evidence("ASK { ?s ?p ?o }", {"outcome": "3.3"})


def test_evidence_does_not_depend_on_the_order_in_a_store(kg: KnowledgeGraph) -> None:
    turned = ox.Store()
    turned.extend(sorted(kg.completed.snapshot(), key=str, reverse=True))
    query, answer = kg.query_details("target-group-hierarchy"), kg.query("target-group-hierarchy")
    assert isinstance(answer, Table)
    finders = [
        EvidenceFinder(store, query.text, answer, kg.reasoning()) for store in (kg.completed, EmbeddedStore(turned))
    ]
    rows = range(0, len(answer), 10)
    assert [finders[0].facts(row) for row in rows] == [finders[1].facts(row) for row in rows]


def run(*words: str) -> str:
    done = CliRunner().invoke(cli, ["query", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_command_line_opens_a_row_and_all_rows() -> None:
    text = run("partners-today-and-promised", "--evidence", "5")
    assert text.startswith("Row 5: agent org:who; ")
    assert "by symmetric property: mtsp:partnersWith Characteristics Symmetric" in text
    assert "asserted in para:55 (graph/mtsp-2022-2026/pillar-2.trig:" in text
    assert run("services-for-smes", "--evidence").count("Row ") == 8
    assert "para:82" in run("partners-of-outcome", "-p", "outcome=3.3", "--evidence", "1")


def test_json_has_cells_statements_and_whether_something_is_absent() -> None:
    (row,) = json.loads(run("outcomes-without-target-group", "--evidence", "1", "-f", "json"))
    assert row["row"] == 1
    assert row["cells"]["outcome"].startswith("outcome:")
    assert row["absence"] is True
    assert all(statement["proofs"] for statement in row["statements"])
    assert "It also depends on the absence of triples that the query excludes." in run(
        "outcomes-without-target-group", "--evidence", "1"
    )


def test_free_sparql_with_paths_counts_and_inner_selects_is_opened() -> None:
    counted = "SELECT ?whole (COUNT(*) AS ?n) { outcome:2.4 mtsp:partOf+ ?whole } GROUP BY ?whole ORDER BY ?whole"
    text = run("-e", counted, "--evidence", "1")
    assert "part of" in text
    text = run("-e", "SELECT ?o { { SELECT ?o ?s { ?s a mtsp:Platform ; mtsp:contributesTo/mtsp:partOf ?o } } "
               "?s a mtsp:Service . FILTER(?o = pillar:3) } LIMIT 1", "--evidence", "1")  # fmt: skip
    assert "contributes to" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["partners", "--evidence", "999"], "Row 999 does not exist"),
        (["partners", "--evidence", "0"], "Row 0 does not exist"),
        (["partners", "--evidence", "first"], "is not a row number"),
        (["-e", "ASK { ?s ?p ?o }", "--evidence", "1"], "Only rows have evidence"),
    ],
)
def test_what_cannot_be_opened_says_so(words: list[str], said: str) -> None:
    with pytest.raises(MtspError, match=said) as caught:
        CliRunner().invoke(cli, ["query", *words], catch_exceptions=False)
    assert isinstance(caught.value, ParameterError)


@pytest.mark.parametrize(
    ("text", "flat"),
    [
        ("SELECT ?a WHERE { ?a ?b ?c } ORDER BY ?a", "SELECT DISTINCT * WHERE { ?a ?b ?c }"),
        ("SELECT (COUNT(?c) AS ?n) { { SELECT ?a { ?a ?b ?c } LIMIT 2 } ?a ?b ?c } GROUP BY ?a",
         "SELECT DISTINCT * WHERE { { { ?a ?b_1 ?c_1 }} ?a ?b ?c }"),
        ('SELECT * { ?a ?b "SELECT ?x { }" . ?a <urn:?b> ?c # SELECT {\n}',
         'SELECT DISTINCT * WHERE { ?a ?b "SELECT ?x { }" . ?a <urn:?b> ?c \n}'),
        ("ASK { ?a ?b ?c }", None),
    ],
)  # fmt: skip
def test_a_pattern_without_what_counts_and_orders_it(text: str, flat: str | None) -> None:
    assert flattened(text) == flat
