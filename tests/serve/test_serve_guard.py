"""The query guard: what it rejects and why, what it must not reject, and that it takes linear time."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtsp_kg.errors import QueryError
from mtsp_kg.serve import guard

QUERIES = sorted((Path(__file__).parents[2] / "queries").rglob("*.rq"))

GOOD = [
    "SELECT * { GRAPH service:a { ?s ?p ?o } }",
    "PREFIX service: <http://x/> DESCRIBE service:x { ?s ?p service:y }",
    "SELECT * FROM service:g { ?s a service:x }",
    'SELECT ?service { ?service a ex:Service ; rdfs:label "SERVICE"@en ; ex:service service:a . { ?x a ?y } }',
    'SELECT ("\\u0022 SERVICE" AS ?x) { <http://\\u0061/SERVICE> ?p """a " "" SERVICE { """ }  # SERVICE {',
    "SELECT * { ?s ?p '' , \"\" , 'it\\'s', ex:a\\'b , ex:a%20b , '''a'b''c''' }",
    "ASK { FILTER(1<2&&3>2) }",
    "ASK { ?s ex:p/ex:q*|^ex:r ?o . FILTER(?o < 5.5e3) } # LOAD <x>",
    "SELECT * { _:service ?p ?o . ?s ex:a.b ?c . ?load ex:load load:x }",
    "SELECT * { ?s <http://en.wikipedia.org/wiki/Patent_(law)> ?o }",
    "ASK {" + "{" * 60 + "}" * 60 + "}",
    "SELECT * { VALUES ?x { " + " ".join(f"<http://a/{n}>" for n in range(2000)) + " } }",
]

SERVICES = [
    "SELECT * { SERVICE <http://a/> {} }",
    "SELECT * { serVice ?x {} }",
    "SELECT * { SERVICE?x {} }",
    "SELECT * { SERVICE SILENT <http://a/> {} }",
    "PREFIX : <http://a/> SELECT * { SERVICE:y {} }",
    "PREFIX : <http://a/> SELECT * { SERVICESILENT:y {} }",
    "PREFIX x: <http://a/> SELECT * { SERVICEx:y {} }",
    "PREFIX : <http://a/> SELECT * { ?s ?p trueSERVICE:y {} }",
    "PREFIX : <http://a/> SELECT * { ?s ?p 1SERVICE:y# comment\n{} }",
    "ASK { FILTER EXISTS { SERVICE <http://a/> {} } }",
    "S\\u0045RVICE",
    "SELECT * { S\\U00000045RVICE <http://a/> {} }",
]

BAD = [
    ("LOAD <http://a/>", "read-only"),
    ("# a comment\nPREFIX a: <b> insert data { <a> <b> <c> }", "read-only"),
    ("\ufeffDELETE WHERE { ?s ?p ?o }", "read-only"),
    ("ASK {} ; DROP ALL", "read-only"),
    ("{" * 65, "nested"),
    ("ASK { FILTER" + "(" * 65, "nested"),
    ("ASK {" + "[" * 65, "nested"),
    ("ASK { FILTER(" + "1<((((((1>0) && " * 20, "nested"),
    ("ASK { FILTER(1" + "+1" * 513, "operators"),
    ("ASK {" + "{} UNION " * 513, "operators"),
    ("ASK { FILTER(?x" + "&&?x" * 513, "operators"),
    ('SELECT ("abc', "Unterminated string"),
    ('SELECT ("""abc"" ', "Unterminated string"),
    ("SELECT ('a\nb')", "Unterminated string"),
    ("SELECT ?\\u0061 {}", "Codepoint escapes"),
    ("ASK { <" + "a" * 3000 + "> ?p ?o }", "IRI is longer"),
    ("?" * 2000, "do not start a SPARQL token"),
]


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_guard_lets_every_query_of_the_catalogue_pass(path: Path) -> None:
    guard.check(path.read_text("utf-8"))


@pytest.mark.parametrize("text", GOOD)
def test_guard_lets_sparql_pass(text: str) -> None:
    guard.check(text)


@pytest.mark.parametrize("text", SERVICES)
def test_guard_refuses_every_spelling_of_service(text: str) -> None:
    with pytest.raises(QueryError, match=r"SERVICE is not supported|Codepoint escapes"):
        guard.check(text)


@pytest.mark.parametrize(("text", "reason"), BAD, ids=lambda value: value[:20])
def test_guard_refuses_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason) as caught:
        guard.check(text)
    assert caught.value.http_status == 400
    assert caught.value.line


def test_guard_says_where() -> None:
    with pytest.raises(QueryError) as caught:
        guard.check("SELECT *\n{ ?s ?p ?o .\n  SERVICE <http://a/> {} }")
    assert (caught.value.line, caught.value.column) == (3, 3)


def test_a_query_over_64_kb_is_413() -> None:
    guard.check("#" + "a" * (64 * 1024 - 1))
    for text in ("#" + "a" * 64 * 1024, "#" + "é" * 33 * 1024):
        with pytest.raises(QueryError, match="64 KB") as caught:
            guard.check(text)
        assert caught.value.http_status == 413


LONG = [
    '"\\"',
    '"""\\',
    "<",
    "<a",
    "a ",
    "a.",
    "a-",
    "?",
    "#\n",
    ".",
    "1e",
    "\\",
    "'''\\'",
    "@a-",
    "%",
    "\u00b7",
    "a:b\\",
]


@pytest.mark.parametrize("piece", LONG)
def test_guard_takes_linear_time(piece: str) -> None:
    whole = (piece * 65000)[: 64 * 1000]

    def seconds(text: str) -> float:
        began = time.process_time()
        with contextlib.suppress(QueryError):
            guard.check(text)
        return time.process_time() - began

    assert min(seconds(whole) for _ in range(2)) < 0.5


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="SERVICEservice{}()[]<>\"'\\#?$@.:;,&|!=+-*/^_ \n\tab1\u00e9\u4e2d\U0001f600", max_size=200))
def test_guard_raises_query_errors_only(text: str) -> None:
    with contextlib.suppress(QueryError):
        guard.check(text)
