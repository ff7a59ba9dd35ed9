"""The report as Python has it: findings with their positions, options in every form, one object for all callers."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import get_type_hints

import click
import pytest

import mtsp_kg
from mtsp_kg import vocab
from mtsp_kg.cli.validate import command
from mtsp_kg.errors import NotFoundError, ParameterError
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.project import Project
from mtsp_kg.validate import position_search
from mtsp_kg.validate.findings import Position
from mtsp_kg.validate.options import ValidationArguments, ValidationOptions
from mtsp_kg.validate.report import Report

DATA = "@prefix ex: <https://example.org/> .\nex:a a ex:C ;\n    ex:name 1 .\nex:b a ex:D .\n"
SHAPES = f"""@prefix ex: <https://example.org/> . @prefix sh: <{vocab.SH}> .
ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:Name , ex:Note .
ex:Name a sh:PropertyShape ; sh:path ex:name ; sh:nodeKind sh:IRI ; sh:message "An IRI."@en .
ex:Note a sh:PropertyShape ; sh:path ex:note ; sh:minCount 1 ; sh:severity sh:Info ; sh:message "A note."@en .
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Data and shapes of a stranger, in the current folder."""
    monkeypatch.chdir(tmp_path)
    data, shapes = Path("data.ttl"), Path("shapes.ttl")
    data.write_text(DATA, encoding="utf-8")
    shapes.write_text(SHAPES, encoding="utf-8")
    return data, shapes


@pytest.fixture
def report(files: tuple[Path, Path]) -> Report:
    return mtsp_kg.open().validate(files[0], shapes=files[1])


def test_findings_carry_positions_graph_and_shape_position(report: Report) -> None:
    untouched, name, note = report
    assert name.positions == (Position("data.ttl", 3, 13, 14, "    ex:name 1 .", ""),)
    assert (name.graphs, name.shape_position) == ((Path("data.ttl").resolve().as_uri(),), Position(*_shape(3)))
    assert [str(position) for position in note.positions] == ["data.ttl:2:1"]
    assert note.shape_position == Position(*_shape(4))
    assert [str(position) for position in untouched.positions] == ["data.ttl:4:1"]
    assert untouched.shape_position is None


def _shape(number: int) -> tuple[str, int, int, int, str]:
    line = SHAPES.splitlines()[number - 1]
    return "shapes.ttl", number, 1, line.index(" ") + 1, line


def test_a_report_is_a_sequence_of_findings_with_a_verdict(report: Report) -> None:
    assert (len(report), list(report)) == (3, list(report.findings))
    assert not report.conforms
    assert report.counts() == {"violation": 1, "info": 2}
    assert str(report) == report.write("text") == report.write()
    assert report.write(show="violation").count("data.ttl:") == 1


def test_sarif_from_python_has_locations(report: Report) -> None:
    (run,) = json.loads(report.write("sarif"))["runs"]
    lines = [result["locations"][0]["physicalLocation"]["region"]["startLine"] for result in run["results"]]
    assert lines == [4, 3, 2]
    assert run["tool"]["driver"]["rules"][0]["properties"]["definedAt"] == "shapes.ttl:3:1"


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "gitlab", "github", "html", "ttl", "jsonld"])
def test_no_form_names_the_graph_of_a_file_outside_the_project(form: str, report: Report) -> None:
    text = report.write(form)
    assert "file:" not in text.replace("file=", "")
    assert f"{mtsp_kg.open().profile.graphs}" not in text


def test_positions_of_infos_are_not_searched_before_they_are_wanted(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[int] = []
    find = position_search.find_positions
    monkeypatch.setattr(
        position_search,
        "find_positions",
        lambda files, lookups: (passes.append(len(lookups)), find(files, lookups)),
    )
    assert report.counts()
    assert not report.conforms
    report.write("json", show="warning")
    _, violation, note = report
    assert violation.positions
    assert violation.shape_position
    assert passes == [2]  # the violation and its shape
    assert note.positions
    assert report.write("sarif")
    assert len(passes) == 2


def test_a_file_that_has_changed_since_has_no_lines(report: Report, files: tuple[Path, Path]) -> None:
    files[0].write_text("# moved\n" + DATA, encoding="utf-8")
    _, violation, _ = report
    assert violation.positions == (Position("data.ttl"),)
    assert violation.shape_position == Position(*_shape(3))


def test_a_file_that_is_gone_has_no_lines(report: Report, files: tuple[Path, Path]) -> None:
    files[0].unlink()
    assert "data.ttl\n  violation" in str(report)


def test_options_are_an_object_or_keywords_which_take_precedence(garden: Project, files: tuple[Path, Path]) -> None:
    kg = KnowledgeGraph(garden)
    data, shapes = files
    options = ValidationOptions(shapes=[shapes], engine="shacl", fail_on="info")
    assert kg.validate([str(data)], options).fail_on == "info"
    assert kg.validate(data, options) == kg.validate([data], shapes=str(shapes), engine="shacl", fail_on="info")
    assert kg.validate(data, options, fail_on="warning").fail_on == "warning"
    with pytest.raises(NotFoundError, match="Unknown SHACL engine 'magic'"):
        kg.validate(data, options, engine="magic")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="Unknown severity 'grave'"):
        ValidationOptions(fail_on="grave")  # type: ignore[arg-type]


def test_every_caller_has_the_same_options() -> None:
    hints = get_type_hints(ValidationOptions)
    assert get_type_hints(ValidationArguments) == hints
    fields = {field.name for field in dataclasses.fields(ValidationOptions)}
    given = {parameter.name for parameter in command.params if isinstance(parameter, click.Option)}
    assert given - fields == {"form", "output", "reports", "lang", "show", "init", "store"}
    assert fields <= given


def test_shapes_from_python_are_those_of_the_command(garden: Project) -> None:
    listing = KnowledgeGraph(garden).shapes()
    shape = next(one for one in listing if one.name == "CommitmentMadeByShape")
    assert (shape.targets, shape.rule.severity) == (("sh:targetClass mtsp:Commitment",), "violation")
    assert shape.nodes > 0
    assert len(listing) == len(str(listing).splitlines()) - 2
    assert "## CommitmentMadeByShape\n" in listing.write("md")
    with pytest.raises(NotFoundError, match="cannot be written as 'html'"):
        listing.write("html")


def test_a_remote_graph_has_neither_files_nor_revisions(files: tuple[Path, Path]) -> None:
    pytest.importorskip("httpx")
    kg = mtsp_kg.open(store="http://127.0.0.1:9/sparql")
    for arguments, options in (((files[0],), {}), ((), {"changed_since": "HEAD"})):
        with pytest.raises(ParameterError, match="neither files nor Git revisions"):
            kg.validate(*arguments, **options)
