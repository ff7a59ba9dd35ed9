"""Waivers: a known row is no finding; a waiver that waives nothing, or has ended, is one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mtsp_kg.errors import DataError
from mtsp_kg.load import load_project
from mtsp_kg.project import Project
from mtsp_kg.store import EmbeddedStore
from mtsp_kg.validate.check_queries import run_checks
from mtsp_kg.validate.findings import Finding
from mtsp_kg.validate.waivers import read_waivers, waive

GRAPH = (Path(__file__).parent / "checks" / "broader-of-other-kind.trig").read_text(encoding="utf-8")
WAIVER = """- query: broader-of-other-kind
  row: {row}
  who: the curators
  why: So the plan says.
"""


def _run(garden: Project, waivers: str, today: date = date(2027, 1, 1)) -> tuple[list[Finding], int]:
    (garden.root / "graph" / "entities" / "wrong.trig").write_text(GRAPH, encoding="utf-8")
    (garden.root / "queries" / "check" / "waivers.yaml").write_text(waivers, encoding="utf-8")
    found, _ = run_checks(garden, EmbeddedStore(load_project(garden)))
    file = garden.root / "queries" / "check" / "waivers.yaml"
    return waive(found, read_waivers(file), file, garden, today)


def test_without_a_waiver_the_row_is_a_finding(garden: Project) -> None:
    findings, waived = _run(garden, "[]\n")
    assert [finding.shape for finding in findings] == ["broader-of-other-kind"]
    assert waived == 0


def test_a_waived_row_is_no_finding(garden: Project) -> None:
    assert _run(garden, WAIVER.format(row="group:people")) == ([], 1)


def test_a_waiver_without_its_row_is_a_finding(garden: Project) -> None:
    findings, waived = _run(garden, WAIVER.format(row="group:people") + WAIVER.format(row="group:gnomes"))
    assert waived == 1
    (finding,) = findings
    assert (finding.shape, finding.focus) == ("waivers", "group:gnomes")
    assert "no longer matches a finding" in finding.message("en")


def test_an_ended_waiver_is_a_finding_beside_its_row(garden: Project) -> None:
    text = WAIVER.format(row="group:people") + "  until: 2026-12-31\n"
    findings, waived = _run(garden, text)
    assert {finding.shape for finding in findings} == {"waivers", "broader-of-other-kind"}
    assert waived == 0
    assert _run(garden, text, date(2026, 12, 31)) == ([], 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("query: x", "must be a list"),
        ("- query: x", "Waiver 1 needs"),
        (WAIVER.format(row="x") + "  until: soon\n", "is not a date"),
        (WAIVER.format(row="x") + "  because: x\n", "unknown fields: because"),
        ("- [", "Invalid YAML"),
    ],
)
def test_a_file_of_waivers_that_is_none_is_told_as_such(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_waivers(path)


def test_no_file_is_no_waivers(tmp_path: Path) -> None:
    assert read_waivers(tmp_path / "waivers.yaml") == []


def test_the_projects_own_waivers_can_be_read(garden: Project) -> None:
    from mtsp_kg.plan.project import find_project

    read_waivers(find_project().root / "queries" / "check" / "waivers.yaml")
