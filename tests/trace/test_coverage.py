"""Coverage matrices: cells with their passages, and what is empty."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

import mtsp_kg
from mtsp_kg.errors import NotFoundError, QueryError
from mtsp_kg.graph import KnowledgeGraph

COVERAGE = """\
Empty: 1 of 2
  Newer charts (outcome:1.2)

Safer harbours (outcome:1.1)
  harbour pilots (group:harbour-pilots)  para:11
  pilots (group:pilots)                  para:11
"""

LIBRARY = """\
Empty: 1 of 3
  Memory of the city (outcome:memory-of-the-city)

Open doors (outcome:open-doors)
  residents far from a branch (group:remote-residents)  para:open-doors-1
  shift workers (group:shift-workers)                   para:open-doors-2
Reading for all (outcome:reading-for-all)
  children (group:children)    para:reading-for-all-1
  newcomers (group:newcomers)  para:reading-for-all-2
"""


def test_a_matrix_shows_what_is_empty_first(kg: KnowledgeGraph) -> None:
    assert str(kg.coverage("outcomes-groups")) == COVERAGE


def test_outcomes_without_numbers_have_a_matrix(library: KnowledgeGraph) -> None:
    assert str(library.coverage("outcomes-groups")) == LIBRARY


def test_a_matrix_is_data(kg: KnowledgeGraph) -> None:
    matrix = kg.coverage("outcomes-groups")
    assert matrix.title.startswith("Which groups")
    assert [row.short for row in matrix.rows] == ["outcome:1.1", "outcome:1.2"]
    assert [column.label for column in matrix.columns] == ["harbour pilots", "pilots"]
    assert {
        (row.short, column.short): [one.short for one in passages] for (row, column), passages in matrix.cells.items()
    } == {
        ("outcome:1.1", "group:harbour-pilots"): ["para:11"],
        ("outcome:1.1", "group:pilots"): ["para:11"],
    }
    assert [row.short for row in matrix.empty_rows] == ["outcome:1.2"]
    assert matrix.empty_columns == []
    first, pilots = kg.entities.find("outcome:1.1"), kg.entities.find("pilots")
    assert [passage.short for passage in matrix[first, pilots]] == ["para:11"]
    assert matrix[kg.entities.find("outcome:1.2"), pilots] == ()
    with pytest.raises(KeyError):
        matrix[pilots, first]


def test_a_wide_matrix_has_a_cell_for_each_row_and_column(kg: KnowledgeGraph) -> None:
    lines = kg.coverage("outcomes-groups").write("csv", wide=True).splitlines()
    assert lines[0].endswith("group:harbour-pilots,group:pilots")
    assert lines[1:] == ["outcome:1.1,para:11,para:11", "outcome:1.2,,"]


@pytest.mark.parametrize("name", ["outcomes-groups", "outcomes-partners", "services-outcomes", "challenges-services"])
def test_every_form_has_every_cell(either: KnowledgeGraph, name: str) -> None:
    matrix = either.coverage(name)
    cells = {
        (row.short, column.short, passage.short) for (row, column), found in matrix.cells.items() for passage in found
    }
    rows = list(csv.DictReader(io.StringIO(matrix.write("csv"))))
    assert {(row["row"], row["column"], one) for row in rows for one in row["paragraphs"].split()} == cells
    assert matrix.write("tsv").replace("\t", ",").count("\n") == len(rows) + 1
    body = json.loads(matrix.write("json"))
    assert sum(len(cell["passages"]) for cell in body["cells"]) == len(cells)
    assert [row["name"] for row in body["empty"]] == [row.short for row in matrix.empty_rows]
    for form in ("table", "md", "html"):
        for wide in (False, True):
            text = matrix.write(form, wide=wide)
            assert all(passage in text for _, _, passage in cells)
            assert all(row.label in text for row in matrix.empty_rows)


def test_a_matrix_as_a_data_frame(kg: KnowledgeGraph) -> None:
    pytest.importorskip("pandas")
    frame = kg.coverage("outcomes-groups").to_pandas()
    assert frame.loc["outcome:1.1", "group:pilots"] == ("para:11",)
    assert frame.map(len).sum(axis=1).to_dict() == {"outcome:1.1": 2, "outcome:1.2": 0}


def test_a_matrix_about_nothing_says_so(library: KnowledgeGraph) -> None:
    matrix = library.coverage("pillars-sdgs")
    assert (matrix.rows, matrix.columns) == ((), ())
    assert str(matrix) == "The matrix 'pillars-sdgs' is empty: the graph contains no resources for its rows.\n"
    assert "is empty" in matrix.write("html")


QUERY = """\
#+ summary: Which groups does which service serve?
#+ summary_zh: 哪项服务服务于哪些群体？
#+ tags: [coverage]
#+ returns:
#+   row: the service
#+   column: the group
#+   passage: a passage
PREFIX mtsp: <https://w3id.org/mtsp-kg/ontology#>
SELECT ?row ?column ?passage WHERE {
  { ?column a mtsp:StakeholderGroup } UNION { ?column a mtsp:TargetGroup }
  OPTIONAL { GRAPH ?passage { ?row mtsp:serves ?column } FILTER(CONTAINS(STR(?row), "/service/")) }
}
"""


def test_a_column_without_a_row_is_empty(toy: Path, tmp_path: Path) -> None:
    project = shutil.copytree(toy, tmp_path / "project")
    (project / "queries" / "coverage" / "groups-served.rq").write_text(QUERY, encoding="utf-8")
    matrix = mtsp_kg.open(project).coverage("groups-served")
    assert {column.short for column in matrix.empty_columns} == {
        "group:newcomers", "group:shift-workers", "group:volunteers",
    }  # fmt: skip
    assert matrix.empty_rows == []
    assert "Empty columns: 3 of 6\n  newcomers (group:newcomers)\n" in matrix.write()
    assert len(json.loads(matrix.write("json"))["empty_columns"]) == 3


def test_a_query_without_a_column_is_refused(toy: Path, tmp_path: Path) -> None:
    project = shutil.copytree(toy, tmp_path / "project")
    query = QUERY.replace("?row ?column ?passage WHERE", "?row ?column WHERE")
    (project / "queries" / "coverage" / "groups-served.rq").write_text(query, encoding="utf-8")
    with pytest.raises(QueryError, match=r"'groups-served' .* has no column 'passage'\. It must return: row"):
        mtsp_kg.open(project).coverage("groups-served")


def test_an_unknown_matrix(kg: KnowledgeGraph) -> None:
    with pytest.raises(NotFoundError, match="Did you mean 'outcomes-groups'"):
        kg.coverage("outcome-groups")
    with pytest.raises(NotFoundError, match=r"A matrix cannot be written as 'xlsx'"):
        kg.coverage("outcomes-groups").write("xlsx")
