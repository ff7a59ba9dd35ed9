"""The site of the project, made and published once for all tests of this room."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from publish_project import ROOT, little_project

import mtsp_kg
from mtsp_kg.plan.pages.publisher import SiteOptions
from mtsp_kg.plan.pages.site import PlanSite
from mtsp_kg.plan.project import plan_project


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it is now, in a copy that nobody edits while tests run."""
    folder = tmp_path_factory.mktemp("copy")
    for room in ("ontology", "graph", "shapes", "queries"):
        shutil.copytree(ROOT / room, folder / room)
    return folder


@pytest.fixture(scope="session")
def site(project: Path) -> PlanSite:
    kg = mtsp_kg.open(project)
    return PlanSite(kg.project, kg.store)


@pytest.fixture(scope="session")
def published(project: Path, whole_run: Path) -> Path:
    """The whole site as `mtsp publish` writes it, once for all processes of a run. No test changes it."""
    with (whole_run / "published.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = whole_run / "published" / "site"
        if not folder.exists():
            mtsp_kg.open(project).publish(folder, site="https://example.org/mtsp/")
    return folder


@pytest.fixture
def little(tmp_path: Path) -> Path:
    """A project that is published in a second: a plan of a few things, a question."""
    return little_project(tmp_path / "project")


@pytest.fixture
def make_site(tmp_path: Path) -> Callable[..., PlanSite]:
    """Makes a site of the little project with more in its graph."""

    def make(graph: str, options: SiteOptions | None = None) -> PlanSite:
        kg = mtsp_kg.open(little_project(tmp_path / "made", graph))
        return PlanSite(plan_project(tmp_path / "made"), kg.store, options)

    return make
