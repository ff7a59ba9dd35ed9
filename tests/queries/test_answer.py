"""An answer in Python: named rows of typed values, resources with their labels, notebooks and pandas."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, date, datetime
from decimal import Decimal

import pyoxigraph as ox
import pytest

import mtsp_kg
from mtsp_kg.errors import NotFoundError, QueryError
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.profile import Profile
from mtsp_kg.query.answer import Answer, answer
from mtsp_kg.query.entities import Resource
from mtsp_kg.query.values import Row

PROFILE = Profile("https://example.org/", {"ex": "https://example.org/id/", "xsd": "http://www.w3.org/2001/XMLSchema#"})


@pytest.fixture(scope="module")
def kg() -> KnowledgeGraph:
    return mtsp_kg.open()


def ask(query: str, asked: list[str] | None = None) -> Answer:
    """The answer of an empty store; asked: gets the IRIs whose labels are looked up."""

    def label(iri: str, language: str) -> str:
        if asked is not None:
            asked.append(iri)
        return f"<{language}> & {iri[-1]}"

    prefixes = "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in PROFILE.prefixes.items())
    return answer(ox.Store().query(prefixes + query), PROFILE, label)


def value(term: str) -> object:
    (row,) = ask(f"SELECT ?it {{ VALUES ?it {{ {term} }} }}")
    return row.it


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("12", 12),
        ('"-7"^^xsd:negativeInteger', -7),
        ('"2026"^^xsd:gYear', 2026),
        ('"2026Z"^^xsd:gYear', "2026Z"),
        ("1.10", Decimal("1.10")),
        ("1.5e0", 1.5),
        ('"-INF"^^xsd:double', float("-inf")),
        ("true", True),
        ('"0"^^xsd:boolean', False),
        ('"2026-11-26"^^xsd:date', date(2026, 11, 26)),
        ('"2026-11-26Z"^^xsd:date', "2026-11-26Z"),
        ('"2026-02-30"^^xsd:date', "2026-02-30"),
        ('"-0044-03-15"^^xsd:date', "-0044-03-15"),
        ('"2026-11-26T12:00:00Z"^^xsd:dateTime', datetime(2026, 11, 26, 12, tzinfo=UTC)),
        ('"2026-11-26T12:00:00.1234567"^^xsd:dateTime', "2026-11-26T12:00:00.1234567"),
        ('"٣"^^xsd:integer', "٣"),
        ('"many"^^xsd:integer', "many"),
        (f'"{"9" * 5000}"^^xsd:integer', "9" * 5000),
        ('"many"^^<urn:unit>', "many"),
        ('"many"', "many"),
        ('"viele"@de', "viele"),
        ("UNDEF", None),
    ],
)
def test_a_literal_is_a_python_value_where_nothing_is_lost(term: str, expected: object) -> None:
    found = value(term)
    assert found == expected
    assert type(found) is type(expected)


def test_a_resource_is_its_iri_and_knows_its_names() -> None:
    asked: list[str] = []
    rows = ask("SELECT ?it ?again { VALUES (?it ?again) { (ex:a ex:a) (<urn:b> ex:a) } }", asked)
    first, second = rows
    assert isinstance(first.it, Resource)
    assert first.it == "https://example.org/id/a" == first.it.iri
    assert (first.it.short, repr(first.it)) == ("ex:a", "ex:a")
    assert (second.it.short, repr(second.it)) == ("urn:b", "<urn:b>")
    assert asked == [], "labels are looked up when they are asked for"
    assert first.it.label == first.again.label == second.again.label == "<en> & a"
    assert first.it.label_in("zh") == "<zh> & a"
    assert asked == ["https://example.org/id/a"] * 2, "and once in each language"
    assert json.dumps([first.it]) == '["https://example.org/id/a"]'
    assert pickle.loads(pickle.dumps(first))["it"] == first.it


def test_labels_are_those_of_the_graph(kg: KnowledgeGraph) -> None:
    row = kg.query("partners-of-outcome", outcome="2.4")[0]
    assert row.partner.label == row.label
    assert kg.show(row.partner) == kg.show(row.partner.short)
    made = kg.sparql("CONSTRUCT { org:wipo a ?kind } WHERE { org:wipo a ?kind }")
    assert made[0].subject.label == "World Intellectual Property Organization"
    assert made[0].subject.label_in("zh") == "世界知识产权组织"


def test_rows_are_named_tuples_of_columns() -> None:
    rows = ask("SELECT ?a ?count { VALUES (?a ?count) { (1 2) (3 UNDEF) } }")
    assert rows.columns == ["a", "count"]
    assert len(rows) == 2
    assert [tuple(row) for row in rows] == [(1, 2), (3, None)]
    a, count = rows[0]
    assert (a, count) == (rows[0].a, rows[0].count) == (rows[0]["a"], rows[0][1]) == (1, 2)
    assert rows[-1][:1] == (3,)
    assert rows[0]._asdict() == {"a": 1, "count": 2}
    assert rows[0] == (1, 2)
    assert len({rows[0], rows[0], rows[1]}) == 2
    assert repr(rows[0]) == "Row(a=1, count=2)"
    assert repr(rows) == "<Table: 2 rows of a, count>"
    with pytest.raises(AttributeError, match=r"no column 'coutn'\. Did you mean 'count'\? It has: a, count\."):
        _ = rows[0].coutn
    with pytest.raises(KeyError, match="no column 'b'"):
        _ = rows[0]["b"]
    with pytest.raises(IndexError):
        _ = rows[2]
    assert not hasattr(Row(("a",), (1,)), "__array__")


def test_terms_stay_as_they_are() -> None:
    assert ask('SELECT ?it { VALUES ?it { "1"^^<urn:unit> } }').terms == [
        (ox.Literal("1", datatype=ox.NamedNode("urn:unit")),)
    ]


def test_an_ask_is_a_truth_value_and_has_no_rows() -> None:
    yes, no = ask("ASK { VALUES ?x { 1 } }"), ask("ASK { ?s ?p ?o }")
    assert yes
    assert not no
    assert (str(yes), no.write("csv"), yes._repr_html_()) == ("true\n", "false\n", "true")
    assert json.loads(no.write("json")) == {"head": {}, "boolean": False}
    assert yes.columns == []
    for read in (len, list, lambda truth: truth[0], lambda truth: truth.to_pandas()):
        with pytest.raises(QueryError, match="true or false and has no rows"):
            read(yes)
    with pytest.raises(NotFoundError, match="cannot be written as 'xls'"):
        yes.write("xls")


def test_triples_are_rows_and_a_graph() -> None:
    made = ask('CONSTRUCT { ex:a ex:p ?o } WHERE { VALUES ?o { 2 1 "x" } }')
    assert made.columns == ["subject", "predicate", "object"]
    assert [row.object for row in made] == [1, 2, "x"]
    assert made[0].subject.short == "ex:a"
    graph = made.graph()
    assert {str(triple[2]) for triple in graph} == {"1", "2", "x"}
    with pytest.raises(QueryError, match="Only the answer to a CONSTRUCT or DESCRIBE query is a graph"):
        ask("SELECT ?it { VALUES ?it { 1 } }").graph()
    assert made.to_pandas().columns.tolist() == ["subject", "predicate", "object"]
    assert str(made) == made.write("turtle")
    with pytest.raises(NotFoundError, match="Unknown RDF format 'csv'"):
        made.write("csv")


def test_a_notebook_shows_links_and_runs_nothing() -> None:
    rows = ask(
        "SELECT ?it ?text { VALUES (?it ?text) "
        '{ (ex:a "<script>alert(1)</script>") (<javascript:alert(1)> "\\"") (UNDEF 1) } }'
    )
    shown = rows._repr_html_()
    assert '<a href="https://example.org/id/a"><span title="ex:a">&lt;en&gt; &amp; a</span></a>' in shown
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown
    assert 'href="javascript' not in shown
    assert "<td></td><td>1</td>" in shown
    many = ask(f"SELECT ?it {{ VALUES ?it {{ {' '.join(map(str, range(250)))} }} }}")._repr_html_()
    assert many.count("<tr>") == 201
    assert "50 more rows are not shown." in many


def test_pandas_has_a_type_for_each_column() -> None:
    pandas = pytest.importorskip("pandas")
    rows = ask(
        "SELECT * { VALUES (?resource ?text ?whole ?exact ?long ?mixed ?truth ?day ?old ?any ?big) { "
        '(ex:a "a" 1 1.50 0.12345678901234567890 1 true "2026-11-26"^^xsd:date "0001-01-01"^^xsd:date 1 1) '
        f'(UNDEF UNDEF UNDEF UNDEF 1.0 0.5 UNDEF UNDEF "2026-01-01"^^xsd:date "x" {10**30 + 1}) }} }}'
    )
    frame = rows.to_pandas()
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        "resource": "string", "text": "string", "whole": "Int64", "exact": "Float64", "long": "object",
        "mixed": "Float64", "truth": "boolean", "day": frame["day"].dtype.name, "old": frame["old"].dtype.name,
        "any": "object", "big": "object",
    }  # fmt: skip
    assert pandas.api.types.is_datetime64_any_dtype(frame["day"])
    assert frame["resource"][0] == "ex:a"
    assert frame["long"][0] == Decimal("0.12345678901234567890")
    assert frame["big"][1] == 10**30 + 1
    assert frame["mixed"].sum() == 1.5
    assert str(frame["old"][0])[:10] == "0001-01-01"
    assert frame["whole"].isna().tolist() == [False, True]
    empty = ask("SELECT ?a ?b { ?a ?x ?b }").to_pandas()
    assert (list(empty.columns), len(empty)) == (["a", "b"], 0)
