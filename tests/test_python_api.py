"""Everything that the commands do, from Python: methods return objects with data, whose text is what commands print.

`mypy --strict` checks this file too, so that it uses typed objects only. Run as a script, it serves a project:
`python tests/test_python_api.py FOLDER`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from datetime import date
from decimal import Decimal
from pathlib import Path

import networkx as nx
import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from little_store import LittleStore

import mtsp_kg
from mtsp_kg.cli import cli
from mtsp_kg.errors import MissingExtraError, NotFoundError, ParameterError
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.infer.axioms import Axiom
from mtsp_kg.infer.rules import LEFT_OUT
from mtsp_kg.plan.document import Change
from mtsp_kg.publish.site_check import check_site
from mtsp_kg.query.entities import Resource
from mtsp_kg.remote_graph import RemoteKnowledgeGraph
from mtsp_kg.serve.settings import PoolLimits, ServerSettings
from mtsp_kg.validate.findings import Severity
from mtsp_kg.validate.options import ValidationOptions

ROOT = Path(__file__).resolve().parents[1]
MADE_UP = ROOT / "tests" / "data" / "plan" / "plan-zh.txt"
# What each test below compares with.
COMPARED: set[str] = set()


@pytest.fixture(scope="module")
def kg(toy: Path) -> KnowledgeGraph:
    return mtsp_kg.open(toy)


def printed(kg: KnowledgeGraph, command: str, *arguments: str | Path) -> str:
    """What a command prints, whatever its exit code."""
    COMPARED.add(command)
    run = CliRunner().invoke(cli, ["--project", str(kg.project.root), command, *map(str, arguments)])
    assert isinstance(run.exception, SystemExit | None), run.exception
    return run.stdout_bytes.decode()


def test_info(kg: KnowledgeGraph) -> None:
    info = kg.info()
    counts = {count.kind.short: count.things for count in info.counts}
    assert (counts["mtsp:Outcome"], counts["mtsp:Commitment"]) == (3, 3)
    assert info.plans == ("city-library-plan",)
    for form in info.forms:
        assert info.write(form) == printed(kg, "info", "-f", form)


def test_show(kg: KnowledgeGraph) -> None:
    shown = kg.show("School Board")
    assert (shown.label, shown.iri.short) == ("School Board", "org:school-board")
    assert [(fact.subject.label, fact.property.label) for fact in shown.facts] == [("City Library", "partners with")]
    (statement,) = shown.statements
    assert statement.voice.short == "mtsp:Commitment"
    assert [role.short for role in statement.roles] == ["mtsp:worksWith"]
    assert [outcome.label for outcome in statement.under] == ["Reading for all"]
    assert [passage.label for passage in statement.passages] == ["Reading for all, paragraph 2"]
    (figure,) = kg.show("Reading Hour").figures
    assert (figure.value, figure.unit.label, figure.comparison.label) == (300, "children", "about")
    for form in shown.forms:
        assert shown.write(form) == printed(kg, "show", "School Board", "-f", form)


def test_trace(kg: KnowledgeGraph) -> None:
    trace = kg.trace("Bookmobile")
    plan = kg.entities.find("id:city-library-plan")
    assert nx.has_path(trace.graph, trace.start, plan)
    assert [branch.passages for branch in trace.tree.branches] == [[kg.entities.find("para:open-doors-1")]]
    for form in trace.forms:
        assert trace.write(form) == printed(kg, "trace", "Bookmobile", "-f", form)
    down = kg.trace(plan, up=False, depth=1)
    assert str(down) == printed(kg, "trace", plan, "--down", "--depth", "1")


def test_coverage(kg: KnowledgeGraph) -> None:
    assert kg.queries("coverage").write() == printed(kg, "coverage")
    matrix = kg.coverage("outcomes-groups")
    assert [row.label for row in matrix.empty_rows] == ["Memory of the city"]
    assert {passage.short for passages in matrix.cells.values() for passage in passages} >= {"para:open-doors-2"}
    for form in matrix.forms:
        assert matrix.write(form, wide=True) == printed(kg, "coverage", "outcomes-groups", "-f", form, "--wide")


def test_pictures(kg: KnowledgeGraph) -> None:
    assert kg.house().svg == printed(kg, "house")
    assert kg.diagram("zh").write("svg") == printed(kg, "diagram", "--lang", "zh")


def test_queries(kg: KnowledgeGraph) -> None:
    listed = kg.queries(tag="partners")
    assert "partners-of-outcome" in [query.name for query in listed]
    details = kg.query_details("partners-of-outcome")
    assert [parameter.name for parameter in details.parameters] == ["outcome"]
    for form in listed.forms:
        assert listed.write(form) == printed(kg, "queries", "--tag", "partners", "-f", form)
        assert details.write(form) == printed(kg, "queries", "partners-of-outcome", "-f", form)


def test_query(kg: KnowledgeGraph, tmp_path: Path) -> None:
    answer = kg.query("partners-of-outcome", outcome="reading-for-all")
    (row,) = answer
    partner: Resource = row.partner
    assert (partner, partner.label) == (kg.entities.find("org:school-board"), "School Board")
    assert answer.columns == ["partner", "label", "relation", "subject", "paragraph"]
    assert "<table>" in answer._repr_html_()
    for form in answer.forms:
        asked = ("partners-of-outcome", "-p", "outcome=reading-for-all", "-f", form)
        assert answer.write(form) == printed(kg, "query", *asked)
    text = "SELECT ?it ?value { VALUES (?it ?value) { (org:city-museum 1.5) (UNDEF '2031-05-04'^^xsd:date) } }"
    values = kg.sparql(text)
    assert [tuple(row) for row in values] == [
        (kg.entities.find("City Museum"), Decimal("1.5")),
        (None, date(2031, 5, 4)),
    ]
    file = tmp_path / "asked.rq"
    prefix = "PREFIX mtsp: <https://w3id.org/mtsp-kg/ontology#>"
    file.write_text(f"{prefix}\nASK {{ ?library mtsp:issues ?plan }}", encoding="utf-8")
    assert kg.query_file(file)
    assert str(kg.query_file(file)) == printed(kg, "query", file)
    with pytest.raises(ParameterError, match="must be an outcome, not 2"):
        kg.query("partners-of-outcome", outcome=2)


def test_answers_and_matrices_as_data_frames(kg: KnowledgeGraph) -> None:
    pytest.importorskip("pandas")
    frame = kg.query("outcomes-without-target-group").to_pandas()
    assert list(frame["outcome"]) == ["outcome:memory-of-the-city"]
    assert kg.coverage("outcomes-groups").to_pandas().map(len).to_numpy().sum() == 4


@pytest.mark.slow
def test_evidence(kg: KnowledgeGraph) -> None:
    evidence = kg.evidence("partners-of-outcome", {"outcome": "reading-for-all"}, row=1)
    (row,) = evidence
    assert row.statements.holds
    assert {source.graph for tree in row.statements.trees for source in tree.sources} >= {
        kg.entities.find("para:reading-for-all-2")
    }
    for form in evidence.forms:
        asked = ("partners-of-outcome", "-p", "outcome=reading-for-all", "--evidence", "1", "-f", form)
        assert evidence.write(form) == printed(kg, "query", *asked)


@pytest.mark.slow
def test_explain(kg: KnowledgeGraph) -> None:
    found = kg.explain("Reading Hour", "contributes to", "id:city-library-plan")
    assert found.holds
    proof = found.proofs[0]
    assert [step.rule.kind for step in proof.steps.values() if step] == ["property-chain"]
    assert isinstance(next(iter(proof.steps.values())).rule.axiom, Axiom)
    assert found.replay().faults == ()
    for form in found.forms:
        asked = ("Reading Hour", "contributes to", "id:city-library-plan", "-f", form)
        assert found.write(form) == printed(kg, "explain", *asked)
    not_so = kg.explain("Bookmobile", "contributes to", "outcome:reading-for-all")
    assert not not_so.holds
    assert not_so.missing
    assert kg.reasoning().replay_json(found.write("json")).faults == ()


@pytest.mark.slow
def test_infer(kg: KnowledgeGraph, tmp_path: Path) -> None:
    inferred = kg.infer()
    assert inferred.counts["property-chain"] == 2
    assert str(inferred) == printed(kg, "infer", "--write", tmp_path / "inferred.trig")
    assert inferred.write("trig") == (tmp_path / "inferred.trig").read_text(encoding="utf-8")
    left_out = printed(kg, "infer", "--left-out")
    assert all(entry.what in left_out and entry.why in left_out for entry in LEFT_OUT)


@pytest.mark.slow
def test_check_ontology(kg: KnowledgeGraph) -> None:
    report, quality = kg.check_ontology(dl=False), kg.check_quality()
    assert report.conforms
    assert report.classification is None
    assert {finding.shape for finding in quality} >= {"term-unused"}
    assert str(report) + str(quality.write(show="info")) == printed(kg, "check-ontology", "--rules-only")


@pytest.mark.slow
def test_validate(kg: KnowledgeGraph, tmp_path: Path) -> None:
    report = kg.validate()
    assert report.conforms
    assert report.counts()[Severity.VIOLATION] == 0
    for form in ("text", "json", "sarif", "github", "gitlab", "junit", "ttl"):
        assert report.write(form, show="warning") == printed(kg, "validate", "-f", form)
    wrong = tmp_path / "wrong.ttl"
    wrong.write_text(
        "@prefix mtsp: <https://w3id.org/mtsp-kg/ontology#> .\n"
        "<https://w3id.org/mtsp-kg/id/org/Archive> a mtsp:Organization .\n",
        encoding="utf-8",
    )
    options = ValidationOptions(fail_on="violation")
    report = kg.validate([wrong], options)
    assert not report.conforms
    by_shape = {finding.shape.rpartition("#")[2]: finding for finding in report}
    assert set(by_shape) == {"OrganizationIriShape", "EnglishLabelShape"}
    (position,) = by_shape["OrganizationIriShape"].positions
    assert (position.file, position.line) == (str(wrong), 2)
    assert by_shape["OrganizationIriShape"].shape_position is not None
    assert report.write(show="warning") == printed(kg, "validate", wrong)
    found = json.loads(report.write("sarif"))["runs"][0]["results"]
    assert [one["locations"][0]["physicalLocation"]["region"]["startLine"] for one in found] == [2, 2]


@pytest.mark.slow
def test_shapes(kg: KnowledgeGraph) -> None:
    listed = kg.shapes()
    (shape,) = [one for one in listed if one.name == "OutcomeNumberedShape"]
    assert (shape.nodes, shape.rule.severity) == (3, Severity.VIOLATION)
    assert listed.write("md") == printed(kg, "shapes", "--doc")


def test_export(kg: KnowledgeGraph) -> None:
    for form in ("trig", "nquads", "turtle"):
        assert kg.export(form).decode() == printed(kg, "export", form)
    with pytest.raises(NotFoundError, match="RDF format 'pdf'"):
        kg.export("pdf")


@pytest.mark.slow
def test_publish(kg: KnowledgeGraph, tmp_path: Path) -> None:
    published = kg.publish(tmp_path / "site", base="https://library.example/plans/")
    assert (published.changed, published.files) == (True, published.written)
    again = kg.publish(tmp_path / "site", base="https://library.example/plans/")
    assert (again.changed, again.written, again.files) == (False, 0, published.files)
    assert f"{published.files:,} files" in printed(
        kg, "publish", tmp_path / "site", "--base", "https://library.example/plans/"
    )
    check = check_site(tmp_path / "site")
    assert check.passed
    assert str(check) == printed(kg, "publish", tmp_path / "site", "--check")


def serve(folder: Path) -> None:
    """Serves a project until it is interrupted; prints the address."""
    kg = mtsp_kg.open(folder)
    kg.serve(ServerSettings(port=0, pool=PoolLimits(workers=1)), announce=lambda line: print(line, flush=True))


@pytest.mark.slow
def test_serve(toy: Path) -> None:
    pytest.importorskip("uvicorn")
    COMPARED.add("serve")
    command = [sys.executable, __file__, str(toy)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "remote")])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        address = next(word for line in server.stdout for word in line.split() if word.startswith("http://"))
        with urllib.request.urlopen(f"{address.rstrip('/.')}/api/outcomes-without-target-group") as response:
            body = json.load(response)
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=20) == 0
    assert "outcome/memory-of-the-city" in json.dumps(body)


@pytest.mark.slow
def test_push_and_a_remote_store(kg: KnowledgeGraph) -> None:
    pytest.importorskip("httpx")
    store = LittleStore()
    planned = kg.push(store.graphs, query_url=store.queries, dry_run=True)
    assert (len(store.store), len(planned.sent) > 20) == (0, True)
    lines: list[str] = []
    pushed = kg.push(store.graphs, query_url=store.queries, progress=lines.append)
    assert pushed.agrees
    assert set(pushed.sent) >= set(planned.sent)
    again = kg.push(store.graphs, query_url=store.queries)
    assert (again.agrees, len(again.sent)) == (True, 0)
    assert again.write("json") == printed(kg, "push", store.graphs, "--query-url", store.queries, "-f", "json")
    remote = mtsp_kg.open(kg.project.root, store=store.graphs, query_url=store.queries)
    assert isinstance(remote, RemoteKnowledgeGraph)
    assert remote.show("Bookmobile") == kg.show("Bookmobile")
    assert remote.validate(checks=False).conforms
    assert remote.put_inferences(kg.infer().nquads()).agrees


def test_ingest_and_compare(second: Path, tmp_path: Path) -> None:
    kg = mtsp_kg.open(second)
    comparison = kg.compare(MADE_UP)
    assert comparison.same
    assert str(comparison) == printed(kg, "ingest", MADE_UP, "--check")
    written = kg.ingest(MADE_UP, output=tmp_path / "document.ttl")
    assert written == (tmp_path / "document.ttl", True, 26)
    copy = tmp_path / "copy.txt"
    copy.write_text(MADE_UP.read_text(encoding="utf-8").replace("小渔船", "大渔船"), encoding="utf-8")
    (difference,) = kg.compare(copy)
    assert (difference.change, difference.name, difference.line) == (Change.CHANGED, "para/9", 78)
    assert str(kg.compare(copy)) == printed(kg, "ingest", copy, "--check")


def test_ground(second: Path, tmp_path: Path) -> None:
    kg = mtsp_kg.open(second)
    grounding = kg.ground(MADE_UP)
    assert (grounding.plan, len(grounding), grounding.reaches()) == ("mtsp-2032-2035", 26, False)
    assert [passage.name for passage in grounding if passage.unnamed] == ["para/10", "para/11"]
    assert {mention.form for _, mention in grounding.mentions} >= {"海图组织"}
    for form in grounding.forms:
        assert grounding.write(form) == printed(kg, "ground", MADE_UP, "-f", form)
    written = grounding.write_mentions(tmp_path / "mentions.ttl")
    mentions = list(ox.parse(path=str(written.path), format=ox.RdfFormat.TURTLE))
    assert (written.changed, len(mentions)) == (True, 6 * len(grounding.mentions))


def test_a_missing_library_is_an_error_with_a_remedy(kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'mtsp-kg\[pandas\]'"):
        kg.coverage("outcomes-groups").to_pandas()


def test_every_command_is_compared(request: pytest.FixtureRequest) -> None:
    tests = [item for item in request.session.items if item.fspath == request.node.fspath]
    if len(tests) < len([name for name in globals() if name.startswith("test_")]):
        pytest.skip("only where all tests of this file run")
    context = cli.make_context("mtsp", ["--help"], resilient_parsing=True)
    assert sorted(COMPARED) == cli.list_commands(context)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
