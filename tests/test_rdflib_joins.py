"""The joins that the tests give rdflib are rdflib's: the same rows in the same order."""

from __future__ import annotations

from random import Random

import pytest
import rdflib
from rdflib import Literal, URIRef, Variable
from rdflib.plugins.sparql.evalutils import _join as nested_loop
from rdflib.plugins.sparql.sparql import FrozenDict
from rdflib_joins import fast_joins, hash_join

LEFT, RIGHT = ([Variable(name) for name in names] for names in ("abc", "bcd"))
# Equal numbers in different forms are different terms, and a string is no IRI.
VALUES = [URIRef("x"), Literal("x"), Literal(1), Literal("01", datatype=rdflib.XSD.integer), Literal("x", lang="en")]


def rows(random: Random, names: list[Variable], bound: float) -> list[FrozenDict]:
    return [
        FrozenDict((name, random.choice(VALUES)) for name in names if random.random() < bound)
        for _ in range(random.randrange(12))
    ]


@pytest.mark.parametrize("bound", [0.3, 0.8, 1])
def test_rows_are_those_of_the_nested_loop_in_its_order(bound: float) -> None:
    random = Random(7)
    joined = 0
    for _ in range(200):
        left, right = rows(random, LEFT, bound), rows(random, RIGHT, bound)
        expected = [dict(row) for row in nested_loop(left, right)]
        assert [dict(row) for row in hash_join(left, right)] == expected
        joined += len(expected)
    assert joined > 100


def test_queries_give_the_same_rows() -> None:
    graph = rdflib.Graph()
    graph.parse(data="@prefix : <x:> . :a :p :b , :c ; :q 1 . :b :p :c ; :q 1 , 2 . :c :p :a , :c .", format="turtle")
    query = """SELECT * { { ?s <x:p> ?o OPTIONAL { ?o <x:q> ?n } } { SELECT ?o ?n { ?o <x:q>|<x:p> ?n } }
               MINUS { SELECT ?s ?o { ?s <x:p> ?o FILTER(?s = ?o) } } }"""
    plain = sorted(map(str, graph.query(query)))
    with fast_joins():
        assert sorted(map(str, graph.query(query))) == plain
    assert len(plain) > 3
