"""The forms of a report: each says the same, is what its standard asks for, and is the same bytes in each run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from mtsp_kg import cli, vocab
from mtsp_kg.errors import DataError, NotFoundError, ParameterError
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.plan import names
from mtsp_kg.project import Project
from mtsp_kg.validate.engines import ENGINES, shacl
from mtsp_kg.validate.findings import Finding, Position, Severity, SourceLookup
from mtsp_kg.validate.forms import FORMS
from mtsp_kg.validate.forms.github import summary_page
from mtsp_kg.validate.merged_data import merged_ntriples
from mtsp_kg.validate.report import Report
from mtsp_kg.validate.report_view import ReportView
from mtsp_kg.validate.runner import read_project_shapes

BAD = Path(__file__).parents[1] / "shapes" / "FigureValueShape.ttl"
BLANKS = """@prefix ex: <https://example.org/> .
ex:a ex:knows [ ex:name "B", "C" ; ex:age "no" ] .
_:free a ex:Person ; ex:name 1 .
"""
OWN = f"""@prefix ex: <https://example.org/> . @prefix sh: <{vocab.SH}> .
[] a sh:NodeShape ; sh:targetObjectsOf ex:knows ; sh:targetClass ex:Person ;
    sh:property [ sh:path ex:name ; sh:maxCount 1 ; sh:nodeKind sh:Literal ],
        [ sh:path [ sh:inversePath ex:knows ] ; sh:minCount 1 ; sh:message "Be known." ] ;
    sh:closed true ; sh:ignoredProperties ( ex:name <{vocab.RDF_TYPE}> ) ;
    sh:nodeKind sh:IRI .
"""


@pytest.fixture
def report(garden: Project) -> Report:
    return KnowledgeGraph(garden).validate(BAD)


@pytest.fixture
def own(garden: Project, tmp_path: Path) -> tuple[Path, Path]:
    data, shapes = tmp_path / "data.ttl", tmp_path / "shapes.ttl"
    data.write_text(BLANKS, encoding="utf-8")
    shapes.write_text(OWN, encoding="utf-8")
    return data, shapes


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_the_same_bytes_in_each_run(form: str, garden: Project, own: tuple[Path, Path]) -> None:
    data, shapes = own
    written = {KnowledgeGraph(garden).validate(data, shapes=shapes).write(form) for _ in range(3)}
    assert len(written) == 1


@pytest.mark.parametrize("form", sorted(set(FORMS) - {"ttl", "jsonld"}))
def test_a_form_names_file_line_and_message(form: str, report: Report) -> None:
    text = report.write(form)
    assert "FigureValueShape" in text
    assert "FigureValueShape.ttl" in text
    assert "A key figure must have exactly one mtsp:value" in text


def test_sarif_has_what_code_scanning_needs(report: Report) -> None:
    log = json.loads(report.write("sarif"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["partialFingerprints"]["mtspkg/v1"]
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] > 0
    schema = os.environ.get("MTSP_SARIF_SCHEMA")
    if schema:
        jsonschema = pytest.importorskip("jsonschema_rs")
        jsonschema.validator_for(json.loads(Path(schema).read_text(encoding="utf-8-sig"))).validate(log)


def test_a_fingerprint_stays_when_lines_above_move(garden: Project, tmp_path: Path) -> None:
    moved = tmp_path / BAD.name
    moved.write_text("\n# moved\n\n" + BAD.read_text(encoding="utf-8"), encoding="utf-8")
    found = []
    for path in (BAD, moved):
        log = json.loads(KnowledgeGraph(garden).validate([path]).write("sarif"))
        found.append([result["partialFingerprints"] for result in log["runs"][0]["results"]])
    assert found[0] == found[1]


def test_junit_is_xml_with_a_failure_for_what_fails(report: Report) -> None:
    root = ElementTree.fromstring(report.write("junit"))
    (suite,) = root
    failures = [case.get("name") for case in suite if case.find("failure") is not None]
    assert "FigureValueShape" in failures
    assert suite.get("failures") == str(len(failures))


def test_gitlab_entries_have_distinct_fingerprints(report: Report) -> None:
    entries = json.loads(report.write("gitlab"))
    assert len({entry["fingerprint"] for entry in entries}) == len(entries) > 1
    assert all(entry["location"]["lines"]["begin"] > 1 for entry in entries)


def test_what_github_and_xml_cannot_hold_is_escaped() -> None:
    lookup = SourceLookup(found=(Position("a,b:c.ttl", 2, 3, 4, "x"),))
    messages = {"en": "50 %\nand <more>\x00"}
    finding = Finding("urn:x", "", '"a\\u0000"', "S", Severity.VIOLATION, messages, lookup=lookup)
    report = Report((finding,), names.profile(), "shacl", 1, 1)
    assert report.write("github").startswith(
        "::error file=a%2Cb%3Ac.ttl,line=2,col=3,endColumn=4,title=S::50 %25%0Aand <more>"
    )
    ElementTree.fromstring(report.write("junit"))
    assert "&lt;more&gt;" in report.write("html")
    assert "\n" not in summary_page(ReportView.of(report)).splitlines()[-1]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("form", ["ttl", "jsonld"])
def test_the_standard_report_is_the_engines_own(
    form: str, engine: str, garden: Project, own: tuple[Path, Path]
) -> None:
    from mtsp_kg.load import load_files

    pytest.importorskip(engine)
    data, shapes = own
    report = KnowledgeGraph(garden).validate([data], shapes=[shapes], engine=engine)
    media = ox.RdfFormat.TURTLE if form == "ttl" else ox.RdfFormat.JSON_LD
    ours = _results(ox.parse(report.write(form), format=media))
    read = read_project_shapes(garden, [shapes])
    raw = shacl(read.ntriples)(merged_ntriples(load_files([(data, "urn:data")])))
    theirs = _results(ox.parse(raw, format=ox.RdfFormat.N_TRIPLES))
    assert len(ours) == 5
    assert ours == theirs


def _results(quads: object) -> list[list[str]]:
    """Each result as text without the labels of blank nodes; paths in full."""
    about: dict[object, dict[str, list[object]]] = {}
    for quad in quads:  # type: ignore[attr-defined]
        about.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(quad.object)

    def told(term: object) -> str:
        if not isinstance(term, ox.BlankNode):
            return str(term)
        inside = about.get(term, {})
        return "[" + " ".join(f"{key} {told(value)}" for key in sorted(inside) for value in inside[key]) + "]"

    roles = (
        vocab.SH_FOCUS_NODE,
        vocab.SH_RESULT_PATH,
        vocab.SH_VALUE,
        vocab.SH_SOURCE_SHAPE,
        vocab.SH_COMPONENT,
    )
    return sorted(
        [told(value) for role in (*roles, vocab.SH_RESULT_SEVERITY) for value in found.get(role, [])]
        for node, found in about.items()
        if ox.NamedNode(vocab.SH_VALIDATION_RESULT) in found.get(vocab.RDF_TYPE, [])
    )


def test_blank_nodes_and_unnamed_shapes_have_places(garden: Project, own: tuple[Path, Path]) -> None:
    data, shapes = own
    text = str(KnowledgeGraph(garden).validate([data], shapes=[shapes]))
    assert "data.ttl:2:15" in text
    assert "data.ttl:2:43" in text
    assert f"shape at {garden.relative(shapes)}:4" in text
    assert "sh:maxCount 1" in text


def _command(garden: Project, *arguments: object) -> Result:
    """Validates a file with one violation."""
    given = ["--project", str(garden.root), "validate", str(BAD), *map(str, arguments)]
    return CliRunner().invoke(cli.cli, given, standalone_mode=False)


def test_reports_are_written_whole_or_not_at_all(tmp_path: Path, garden: Project) -> None:
    reports = [f"--report={form}={tmp_path / 'report'}.{form}" for form in ("json", "sarif")]
    assert "does not conform" in _command(garden, *reports).output
    assert {path.name for path in tmp_path.glob("report*")} == {"report.json", "report.sarif"}
    assert _command(garden, "--format", "json", "-o", tmp_path / "one.json").output == ""
    assert not json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))["conforms"]
    failed = _command(garden, "--format", "json", "-o", tmp_path / "report.json" / "no.json")
    assert isinstance(failed.exception, DataError)


def test_github_gets_a_summary_where_it_asks_for_one(
    tmp_path: Path, garden: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    _command(garden)
    assert not summary.exists()
    _command(garden, "--format", "github")
    assert summary.read_text(encoding="utf-8").startswith("## mtsp validate\n\ndoes not conform")


def test_unknown_forms_languages_and_severities_are_errors(garden: Project) -> None:
    for arguments, message in (
        (["--format", "pdf"], "cannot be written as 'pdf'"),
        (["--report", "sarif"], "'sarif' is not FORM=FILE"),
    ):
        with pytest.raises(ParameterError, match=message):
            raise _command(garden, *arguments).exception or AssertionError
    report = Report((), names.profile(), "shacl", 1, 1)
    with pytest.raises(NotFoundError):
        report.write("pdf")
    with pytest.raises(ParameterError, match="not available in 'fr'"):
        report.write(language="fr")
    with pytest.raises(ParameterError, match="Unknown severity 'all'"):
        report.write(show="all")
