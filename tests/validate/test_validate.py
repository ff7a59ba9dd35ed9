"""Validation from beginning to end: what is found, in which passage, by which engine, and how it is told."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from mtsp_kg import vocab
from mtsp_kg.errors import DataError, MissingExtraError, NotFoundError
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.load import load_project
from mtsp_kg.plan import names
from mtsp_kg.project import Project
from mtsp_kg.store import EmbeddedStore
from mtsp_kg.validate import engines
from mtsp_kg.validate.findings import Finding, Severity
from mtsp_kg.validate.inputs import start_loading
from mtsp_kg.validate.options import ValidationOptions
from mtsp_kg.validate.report import Report
from mtsp_kg.validate.runner import validate

ID = names.ID
PARA = f"{ID}mtsp-2031-2035/para/1"
BAD = f"""@prefix mtsp: <{names.ONTOLOGY}> .
@prefix para: <{ID}mtsp-2031-2035/para/> .
@prefix service: <{ID}service/> .
@prefix theme: <{ID}theme/> .

para:1 {{
    service:seed-bank
        mtsp:serves theme:gardening .
}}
"""
SHAPES = f"""@prefix sh: <{vocab.SH}> .
@prefix mtsp: <{names.ONTOLOGY}> .
<https://example.org/Named> a sh:NodeShape ;
    sh:targetClass mtsp:Outcome ;
    sh:property [ sh:path mtsp:webAddress ; sh:minCount 1 ; sh:message "Give the address."@en ] .
<https://example.org/Idle> a sh:NodeShape ; sh:targetClass mtsp:Nowhere ; sh:nodeKind sh:IRI .
"""


def _write(garden: Project, name: str, text: str) -> Path:
    path = garden.root / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def bad(garden: Project) -> Project:
    _write(garden, "graph/mtsp-2031-2035/wrong.trig", BAD)
    return garden


def test_the_good_project_conforms(garden: Project) -> None:
    report = KnowledgeGraph(garden).validate()
    assert report.findings == ()
    assert report.conforms
    assert report.nodes > 50
    assert report.checks > 0


@pytest.mark.parametrize("name", engines.ENGINES)
def test_a_finding_tells_focus_path_value_shape_and_passage(name: str, bad: Project) -> None:
    pytest.importorskip(name)
    found = KnowledgeGraph(bad).validate(engine=name, checks=False).findings
    (finding,) = (finding for finding in found if finding.components)
    assert finding.focus == f"{ID}service/seed-bank"
    assert "mtsp:serves" in finding.path
    assert finding.value == f"<{ID}theme/gardening>"
    assert finding.shape == names.SHAPES + "AgentObjectShape"
    assert finding.severity is Severity.VIOLATION
    assert set(finding.messages) == {"en", "zh"}
    assert finding.graphs == (PARA,)


def test_the_text_names_the_passage_and_shows_the_line(bad: Project) -> None:
    text = KnowledgeGraph(bad).validate(checks=False).write(show="warning")
    assert text.startswith(
        "graph/mtsp-2031-2035/wrong.trig\n  violation  AgentObjectShape: The value of this property must be"
    )
    assert (
        """
    graph/mtsp-2031-2035/wrong.trig:8:21  para:1
    8 |         mtsp:serves theme:gardening .
      |                     ^^^^^^^^^^^^^^^
    shape at shapes/facts.ttl:"""
        in text
    )
    assert "\ndoes not conform: " in text
    assert "; 1 violation." in text


def test_files_are_held_against_the_shapes_alone(garden: Project) -> None:
    path = _write(garden, "mine.trig", BAD)
    report = KnowledgeGraph(garden).validate([path])
    assert {finding.shape for finding in report.findings} == {
        names.SHAPES + "AgentObjectShape",
    }
    assert report.nodes == 1
    assert report.checks == 0
    assert "1 shape matches no node" not in str(report)
    assert names.SHAPES + "PlanShape" in report.unmatched


def test_shapes_of_ones_own_and_shapes_that_look_at_nothing(garden: Project) -> None:
    path = _write(garden, "mine.ttl", SHAPES)
    reports = [
        KnowledgeGraph(garden).validate(shapes=[path], engine=name, checks=False)
        for name in engines.ENGINES
        if find_spec(name)
    ]
    for report in reports:
        found = [finding for finding in report.findings if finding.components]
        assert [finding.shape for finding in found] == ["https://example.org/Named-property-1"] * 2
        assert [finding.message("zh") for finding in found] == ["Give the address."] * 2
        kinds = {(finding.shape, finding.focus) for finding in report.findings}
        assert ("unmatched-shape", "https://example.org/Idle") in kinds
        assert ("unknown-class", names.ONTOLOGY + "Nowhere") in kinds
    assert all(report.findings == reports[0].findings for report in reports)


@pytest.mark.parametrize("name", engines.ENGINES)
@pytest.mark.parametrize(
    "shapes",
    [
        'sh:property [ sh:path <http://e/p> ; sh:pattern "(" ]',
        "sh:property [ sh:minCount 1 ]",
        "sh:or ( <http://e/p>",
    ],
)
def test_shapes_that_are_none_are_told_as_such(name: str, shapes: str, garden: Project) -> None:
    pytest.importorskip(name)
    head = f"@prefix sh: <{vocab.SH}> . @prefix mtsp: <{names.ONTOLOGY}> .\n"
    path = _write(garden, "mine.ttl", f"{head}<http://e/S> a sh:NodeShape ; sh:targetClass mtsp:Outcome ; {shapes} .")
    with pytest.raises(DataError):
        KnowledgeGraph(garden).validate(shapes=[path], engine=name, checks=False)


def test_a_file_without_shapes_is_no_clean_bill(garden: Project) -> None:
    path = _write(garden, "mine.ttl", "")
    with pytest.raises(DataError, match="No shapes were found"):
        KnowledgeGraph(garden).validate(shapes=[path])


def test_the_reference_engine_is_used_where_the_fast_one_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "shacl", None)
    monkeypatch.setattr(engines, "find_spec", lambda name: None if name == "shacl" else object())
    assert engines.choose_engine() == "pyshacl"
    with pytest.raises(MissingExtraError, match="not installed"):
        engines.shacl(b"")
    with pytest.raises(NotFoundError):
        engines.choose_engine("nonsense")


def test_less_grave_findings_are_counted_and_not_shown() -> None:
    finding = Finding("x", "", "", "S", Severity.INFO, {"en": "Look."})
    report = Report((finding,), names.profile(), "shacl", 1, 1)
    assert report.write(show="warning") == "conforms: 1 shape over 1 node; 1 info.\n"
    assert report.write(language="zh").startswith("  提示  S: Look.\n    x\n")


@pytest.mark.parametrize("count", [1, 2])
def test_a_blank_node_of_n_triples_is_placed_though_the_engine_did_not_wait_for_the_store(
    count: int, garden: Project
) -> None:
    """One file's labels are read by the engine as they are written; two files' labels must be kept apart."""
    rule = "sh:targetSubjectsOf <http://e.x/p> ; sh:property [ sh:path <http://e.x/p> ; sh:maxCount 1 ]"
    shapes = _write(garden, "own.ttl", f"@prefix sh: <{vocab.SH}> . <http://e.x/S> a sh:NodeShape ; {rule} .")
    text = '# one\n<http://e.x/a> <http://e.x/p> "1" .\n_:b <http://e.x/p> "1" .\n_:b <http://e.x/p> "2" .\n'
    files = [_write(garden, f"{number}.nt", text.replace('"2"', f'"{number + 2}"')) for number in range(count)]
    report = KnowledgeGraph(garden).validate(files, shapes=[shapes])
    found = [finding for finding in report.findings if finding.components]
    assert [str(at) for finding in sorted(found, key=lambda one: one.graphs) for at in finding.positions] == [
        f"{number}.nt:3:1" for number in range(count)
    ]
    assert all(finding.focus.startswith("_:") for finding in found)


def test_what_is_held_elsewhere_is_not_loaded_here(garden: Project) -> None:
    there = EmbeddedStore(load_project(garden))
    _write(garden, "graph/entities/wrong.ttl", "<http://example.org/a> <http://example.org/b>")
    inputs = start_loading(garden, load=False)
    report = validate(garden, options=ValidationOptions(checks=False), inputs=inputs, store=there)
    assert report.conforms
    assert "wrong.ttl" not in {file.path.name for file in report.sources}
    with pytest.raises(DataError, match="Turtle syntax error"):
        inputs.store()
