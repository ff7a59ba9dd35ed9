"""Check queries see the merge of all graphs, whether it is made for them or not."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from mtsp_kg.errors import QueryError
from mtsp_kg.load import merge
from mtsp_kg.store import EmbeddedStore
from mtsp_kg.validate.merged_data import UnmergedStore, merge_graph

DATA = """
<http://e/a> <http://e/p> "1" <http://e/g> .
<http://e/a> <http://e/p> "1" <http://e/h> .
<http://e/a> <http://e/p> "2" <http://e/h> .
<http://e/b> <http://e/p> "1" <http://e/h> .
"""
QUERIES = {
    "SELECT ?s ?o WHERE { ?s <http://e/p> ?o }": False,
    "SELECT ?s ?g WHERE { ?s <http://e/p> '2' . GRAPH ?g { ?s ?p ?o } }": False,
    "SELECT ?s WHERE { ?s <http://e/p> ?o FILTER NOT EXISTS { ?s <http://e/p> '2' } }": False,
    "#+ summary: How many come from here? LIMIT, COUNT(*)\nSELECT ?s WHERE { ?s <http://e/p> ?o }": False,
    "SELECT ?s WHERE { ?s <http://e/p> ?o } GROUP BY ?s HAVING(COUNT(DISTINCT ?o) > 1)": False,
    "SELECT ?s WHERE { ?s <http://e/p> ?o } GROUP BY ?s HAVING(COUNT( DISTINCT ?o) > 1)": False,
    "SELECT ?s (MAX(?o) AS ?most) WHERE { ?s <http://e/p> ?o } GROUP BY ?s": False,
    "SELECT (COUNT(*) AS ?n) WHERE { ?s <http://e/p> ?o }": True,
    "SELECT (count( ?o ) AS ?n) WHERE { ?s <http://e/p> ?o }": True,
    "SELECT (SUM(<http://www.w3.org/2001/XMLSchema#integer>(?o)) AS ?n) WHERE { ?s <http://e/p> ?o }": True,
    "SELECT (GROUP_CONCAT(?o) AS ?all) WHERE { <http://e/b> <http://e/p> ?o }": True,
    "SELECT ?s ?o WHERE { ?s <http://e/p> ?o } ORDER BY ?s ?o LIMIT 2": True,
    "SELECT ?s ?o WHERE { ?s <http://e/p> ?o } ORDER BY ?s ?o OFFSET 1": True,
    "SELECT ?s FROM <http://e/g> WHERE { ?s <http://e/p> ?o }": True,
}


def loaded() -> ox.Store:
    store = ox.Store()
    store.load(DATA, format=ox.RdfFormat.N_QUADS)
    return store


def rows(store: EmbeddedStore, query: str) -> set[str]:
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    return {str(row) for row in found}


@pytest.mark.parametrize("query", QUERIES)
def test_rows_are_those_of_the_merge_which_is_made_only_where_rows_are_counted(query: str) -> None:
    united = loaded()
    merge(united)
    unmerged = loaded()
    store = UnmergedStore(unmerged)
    assert rows(store, query) == rows(EmbeddedStore(united), query)
    assert (merge_graph(unmerged) is not None) is QUERIES[query]


def test_a_query_that_is_none_is_told_with_its_place() -> None:
    with pytest.raises(QueryError, match="line 1, column"):
        UnmergedStore(loaded()).query("SELECT ?s WHERE { ?s }")
