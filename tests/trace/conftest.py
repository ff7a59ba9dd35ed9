"""The two made-up plans, opened once: one with pillars, numbers and Chinese, one without."""

from __future__ import annotations

from pathlib import Path

import pytest

import mtsp_kg
from mtsp_kg.graph import KnowledgeGraph


@pytest.fixture(scope="session")
def kg(second: Path) -> KnowledgeGraph:
    return mtsp_kg.open(second)


@pytest.fixture(scope="session")
def library(toy: Path) -> KnowledgeGraph:
    return mtsp_kg.open(toy)


@pytest.fixture(scope="session", params=["second", "toy"])
def either(request: pytest.FixtureRequest) -> KnowledgeGraph:
    return mtsp_kg.open(request.getfixturevalue(request.param))
