"""The made-up plan of a city library: nothing that reads a plan assumes pillars, numbers or Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import mtsp_kg
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.plan.document import digest, normalise
from mtsp_kg.validate.report import Report


@pytest.fixture(scope="module")
def kg(toy: Path) -> KnowledgeGraph:
    return mtsp_kg.open(toy)


@pytest.fixture(scope="module")
def report(kg: KnowledgeGraph) -> Report:
    return kg.validate()


def test_the_structure_describes_the_text(toy: Path) -> None:
    blocks = [normalise(block) for block in (toy / "plan.txt").read_text(encoding="utf-8").split("\n\n")]
    recorded = (toy / "graph" / "city-library-plan" / "document.ttl").read_text(encoding="utf-8")
    paragraphs = [block for block in blocks if block.endswith(".")]
    assert re.findall(r"mtsp:textLength (\d+)", recorded) == [str(len(text)) for text in paragraphs]
    assert re.findall(r'mtsp:textDigest "(\w+)"', recorded) == [digest(text) for text in paragraphs]
    headings = [block for block in blocks if not block.endswith(".")][1:]
    assert re.findall(r'a mtsp:Section ;\n +skos:prefLabel "([^"]+)"@en', recorded) == headings


def test_the_plan_has_no_pillars_no_numbers_and_no_chinese(toy: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (toy / "graph").rglob("*.t*")]
    assert len(texts) == 4
    assert not [text for text in texts if re.search(r"mtsp:Pillar|mtsp:StrategyHouse|mtsp:number|@zh", text)]


def test_the_plan_conforms(report: Report) -> None:
    assert report.conforms
    # Such a warning is right here: the plan has, for example, no footnotes.
    assert {finding.shape for finding in report.findings if finding.severity == "warning"} == {"unmatched-shape"}
