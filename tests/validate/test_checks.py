"""Every check query has a bad example (`checks/<query>.trig`) with the rows that it must give (`checks/<query>.csv`).

They are asked of the good examples with the bad one added, in the embedded store and in rdflib.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyoxigraph as ox
import pytest

from mtsp_kg import vocab
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.load import load_files, load_project
from mtsp_kg.plan import names
from mtsp_kg.plan.project import find_project
from mtsp_kg.project import Project
from mtsp_kg.query.catalogue import read_catalogue
from mtsp_kg.store import EmbeddedStore
from mtsp_kg.validate.check_queries import check_findings, run_checks
from mtsp_kg.validate.merged_data import UnmergedStore

HERE = Path(__file__).parent / "checks"
PLAN = "mtsp-2031-2035"
QUERIES = {query.name: query for query in read_catalogue(find_project(), "check")}


def _store(garden: Project, example: Path | None = None) -> ox.Store:
    files = [(path, garden.graph_of(path)) for path in [*garden.ontology_files(), *garden.graph_files()]]
    return load_files(
        [*files, *([(example, names.profile().graph_of_file(f"graph/{example.stem}.trig"))] if example else [])]
    )


def _csv(store: ox.Store, query: str) -> str:
    results = store.query(query)
    assert isinstance(results, ox.QuerySolutions)
    return (results.serialize(format=ox.QueryResultsFormat.CSV) or b"").decode().replace("\r\n", "\n")


@pytest.mark.parametrize("name", QUERIES)
def test_a_check_finds_its_bad_example_and_nothing_else(name: str, garden: Project) -> None:
    rows = _csv(_store(garden, HERE / f"{name}.trig"), QUERIES[name].text)
    assert rows == (HERE / f"{name}.csv").read_text(encoding="utf-8")
    assert len(rows.splitlines()) > 1


@pytest.mark.parametrize("name", QUERIES)
def test_a_check_finds_the_same_where_graphs_are_not_merged_and_say_things_twice(name: str, garden: Project) -> None:
    merged = _store(garden, HERE / f"{name}.trig")
    again = ox.NamedNode(names.profile().graph_of_file("graph/entities/again.ttl"))
    for quad in list(merged):
        if quad.predicate.value != vocab.RDF_TYPE:  # that would be more things in a graph of entities
            merged.add(ox.Quad(quad.subject, quad.predicate, quad.object, again))
    alone = ox.Store()
    alone.bulk_extend(quad for quad in merged if isinstance(quad.graph_name, ox.NamedNode))
    stores = (EmbeddedStore(merged), UnmergedStore(alone))
    findings = [check_findings(QUERIES[name], store, garden.profile) for store in stores]
    assert findings[0] == findings[1]
    assert findings[0]


@pytest.mark.conformance
@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")
@pytest.mark.parametrize("name", QUERIES)
def test_a_check_gives_the_same_rows_in_rdflib(name: str, garden: Project) -> None:
    import rdflib

    store = _store(garden, HERE / f"{name}.trig")
    dataset = rdflib.Dataset(default_union=True)
    named = [quad for quad in store if isinstance(quad.graph_name, ox.NamedNode)]
    dataset.parse(data=(ox.serialize(named, format=ox.RdfFormat.N_QUADS) or b"").decode(), format="nquads")
    found = sorted([str(cell) for cell in row] for row in dataset.query(QUERIES[name].text))  # type: ignore[union-attr]
    assert found == sorted(list(csv.reader(io.StringIO(_csv(store, QUERIES[name].text))))[1:])


def test_the_good_examples_have_no_finding(garden: Project) -> None:
    findings, rules = run_checks(garden, EmbeddedStore(load_project(garden)))
    assert findings == []
    assert list(rules) == list(QUERIES)


def test_every_bad_example_belongs_to_a_query() -> None:
    assert {path.stem for path in HERE.iterdir()} == set(QUERIES)


@pytest.mark.parametrize("query", QUERIES.values(), ids=lambda query: query.name)
def test_a_check_says_what_it_finds_in_both_languages(query) -> None:  # type: ignore[no-untyped-def]
    assert query.summary.endswith("?")
    assert query.summary_zh.endswith("？")
    assert query.header["severity"] in ("violation", "warning", "info")
    assert query.header["message"].endswith((".", "'."))
    assert query.header["message_zh"].endswith("。")
    assert query.tags
    assert query.returns


TRIPLE = """#+ summary: Which opening days are no day of the week?
#+ summary_zh: 哪些开放日不是星期几？
#+ severity: warning
#+ message: "{focus} opens on {value}: write a day of the week."
#+ message_zh: "{focus} 的开放日为 {value}：请写明星期几。"
SELECT ?number ?focus ?path ?value WHERE {
  VALUES ?path { <http://e.x/opens> }
  ?focus ?path ?value .
  FILTER(?value != "Monday")
  BIND(1 AS ?number)
}
"""


def test_columns_called_focus_path_and_value_are_the_finding_s(garden: Project) -> None:
    (garden.root / "queries" / "check" / "opening-day.rq").write_text(TRIPLE, encoding="utf-8")
    data = f"<{names.ID}{PLAN}/para/1> {{\n  <http://e.x/a> <http://e.x/opens> 'Monday' ,\n    'Mayday' .\n}}\n"
    (garden.root / "graph" / PLAN / "opening.trig").write_text(data, encoding="utf-8")
    report = KnowledgeGraph(garden).validate()
    (found,) = (finding for finding in report if finding.shape == "opening-day")
    assert (found.focus, found.path, found.value) == ("http://e.x/a", "http://e.x/opens", '"Mayday"')
    assert found.message("en") == "http://e.x/a opens on Mayday: write a day of the week."
    assert found.graphs == (f"{names.ID}{PLAN}/para/1",)
    assert [str(position) for position in found.positions] == [f"graph/{PLAN}/opening.trig:3:5"]
