"""What counts: severities, baselines, the change since a revision; random edits are held against the full run."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest

from mtsp_kg import vocab
from mtsp_kg.errors import DataError, ParameterError
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.project import Project
from mtsp_kg.validate.report import Report

EXAMPLES = Path(__file__).parents[1] / "shapes"
WARNING = EXAMPLES / "OntologyTitleShape.ttl"
VIOLATION = EXAMPLES / "FigureValueShape.ttl"
SHAPES = f"""@prefix ex: <https://example.org/> . @prefix sh: <{vocab.SH}> .
ex:P a sh:NodeShape ; sh:targetClass ex:Person ;
    sh:property [ sh:path [ sh:inversePath ex:knows ] ; sh:minCount 1 ; sh:message "Be known." ] ,
        [ sh:path ( ex:knows ex:name ) ; sh:minCount 1 ; sh:message "Know somebody with a name." ] ;
    sh:property [ sh:path ex:knows ; sh:node ex:Named ; sh:message "Know people with one name." ] .
ex:Named a sh:NodeShape ; sh:property [ sh:path ex:name ; sh:maxCount 1 ; sh:message "One name." ] .
"""


def _git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


def _found(report: Report) -> set[tuple[str, ...]]:
    return {finding.key for finding in report.findings}


def test_the_gravity_that_fails_is_chosen(garden: Project) -> None:
    kg = KnowledgeGraph(garden)
    assert kg.validate([WARNING]).conforms
    assert not kg.validate([WARNING], fail_on="warning").conforms
    with pytest.raises(ParameterError):
        kg.validate([WARNING], fail_on="grave")


def test_a_baseline_knows_findings_and_tells_the_fixed(garden: Project, tmp_path: Path) -> None:
    kg = KnowledgeGraph(garden)
    file = tmp_path / "baseline.json"
    full = kg.validate([VIOLATION])
    assert not full.conforms
    report = kg.validate([VIOLATION], baseline=file, update_baseline=True)
    assert (report.conforms, report.findings, report.known, report.fixed) == (True, (), len(full.findings), ())
    assert len(json.loads(file.read_text(encoding="utf-8"))["findings"]) == len(full.findings)
    other = kg.validate([WARNING], baseline=file, fail_on="warning")
    assert not other.conforms
    assert len(other.fixed) == len(full.findings)
    assert "known findings no longer occur: " in str(other)


@pytest.mark.parametrize("text", ["", "[]", '{"findings": 1}', '{"findings": [{"focus": 1}]}', "{"])
def test_a_baseline_that_is_none_is_told(text: str, garden: Project, tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"JSON|not a baseline"):
        KnowledgeGraph(garden).validate([VIOLATION], baseline=file)


def test_a_baseline_to_update_is_named(garden: Project) -> None:
    with pytest.raises(ParameterError, match="requires a baseline"):
        KnowledgeGraph(garden).validate([VIOLATION], update_baseline=True)


def test_of_an_unchanged_project_nothing_is_told(garden: Project) -> None:
    (garden.root / "graph" / "wrong.ttl").write_bytes(VIOLATION.read_bytes())
    _git(garden.root, "init", "-q")
    _git(garden.root, "add", ".")
    _git(garden.root, "commit", "-qm", "begin")
    kg = KnowledgeGraph(garden)
    assert not kg.validate().conforms
    assert kg.validate(changed_since="HEAD").findings == ()
    (garden.root / "graph" / "more.ttl").write_bytes((EXAMPLES / "CommitmentMadeByShape.ttl").read_bytes())
    found = KnowledgeGraph(garden).validate(changed_since="HEAD")
    assert any("CommitmentMadeByShape" in finding.shape for finding in found.findings)


def test_a_revision_whose_files_were_broken_had_no_findings(garden: Project) -> None:
    wrong = garden.root / "graph" / "wrong.ttl"
    wrong.write_bytes(VIOLATION.read_bytes() + b"<urn:a> <urn:b>")
    _git(garden.root, "init", "-q")
    _git(garden.root, "add", ".")
    _git(garden.root, "commit", "-qm", "begin")
    wrong.write_bytes(VIOLATION.read_bytes())
    kg = KnowledgeGraph(garden)
    assert kg.validate(changed_since="HEAD").findings == kg.validate().findings != ()


def _people(generator: random.Random) -> str:
    lines = []
    for person in range(12):
        lines.append(f"ex:p{person} a ex:Person .")
        lines += [f'ex:p{person} ex:name "{generator.choice("abc")}" .' for _ in range(generator.randrange(3))]
        lines += [f"ex:p{person} ex:knows ex:p{generator.randrange(12)} ." for _ in range(generator.randrange(3))]
    return "@prefix ex: <https://example.org/> .\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize("seed", range(12))
def test_whatever_an_edit_brought_is_told(seed: int, garden: Project, tmp_path: Path) -> None:
    generator = random.Random(seed)
    data, shapes = tmp_path / "data.ttl", tmp_path / "shapes.ttl"
    data.write_text(_people(generator), encoding="utf-8")
    shapes.write_text(SHAPES, encoding="utf-8")
    _git(tmp_path, "init", "-q")
    _git(tmp_path, "add", "data.ttl", "shapes.ttl")
    _git(tmp_path, "commit", "-qm", "begin")
    kg = KnowledgeGraph(garden)
    before = _found(kg.validate([data], shapes=[shapes]))
    lines = data.read_text(encoding="utf-8").splitlines()
    for _ in range(3):
        at = generator.randrange(1, len(lines))
        lines[at] = generator.choice(["", lines[at].replace("p1", "p2"), lines[at] + "\nex:p3 ex:knows ex:p4 ."])
    data.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if seed % 3 == 0:
        shapes.write_text(SHAPES.replace("sh:minCount 1", "sh:minCount 2"), encoding="utf-8")
    full = _found(kg.validate([data], shapes=[shapes]))
    told = _found(kg.validate([data], shapes=[shapes], changed_since="HEAD"))
    assert full - before <= told <= full


def test_a_revision_that_is_none_is_told(garden: Project) -> None:
    with pytest.raises(DataError, match="does not exist"):
        KnowledgeGraph(garden).validate(changed_since="HEAD")
    _git(garden.root, "init", "-q")
    with pytest.raises(DataError, match="does not exist"):
        KnowledgeGraph(garden).validate(changed_since="nonsense")
