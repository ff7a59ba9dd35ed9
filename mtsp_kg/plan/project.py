"""The project that a command works on, and its plans.

The project is the folder that the user names, or else the one in the environment variable MTSP_PROJECT, or the checkout
that contains this package, or the copy of the data in the wheel.
"""

from __future__ import annotations

import os
from pathlib import Path

from mtsp_kg.errors import NotFoundError
from mtsp_kg.plan.names import PlanProfile
from mtsp_kg.project import Project

_ENVIRONMENT = "MTSP_PROJECT"


def plan_project(root: Path) -> Project:
    """The project in a folder; its prefixes are those of its first plan."""
    return Project(root, PlanProfile(next(iter(_plans(root)), None)))


def find_project(folder: str | Path | None = None) -> Project:
    """The project in a folder, or the default project. Raises NotFoundError."""
    named = folder if folder is not None else os.environ.get(_ENVIRONMENT)
    if named:
        root = Path(named)
        if not (root / "graph").is_dir() or not (root / "ontology").is_dir():
            raise NotFoundError(
                f"'{root}' is not a project folder: graph/ or ontology/ is missing.",
                remedy="Name the folder that contains ontology/, graph/, shapes/ and queries/.",
            )
        return plan_project(root)
    package = Path(__file__).resolve().parents[1]
    for root in (package.parent, package / "data"):
        if (root / "ontology" / "mtsp.ttl").is_file():
            return plan_project(root)
    raise NotFoundError(
        "The data folders (ontology/, graph/, shapes/, queries/) are not next to this package.",
        remedy="Reinstall mtsp-kg, or name a project with --project.",
    )


def plans(project: Project) -> list[str]:
    """The slugs of a project's plans: the folders of `graph/` that contain a `plan.ttl`."""
    return _plans(project.root)


def plan_folder(project: Project, plan: str) -> Path:
    """The folder with the files of a plan."""
    return project.root / "graph" / plan


def _plans(root: Path) -> list[str]:
    return sorted(found.parent.name for found in (root / "graph").glob("*/plan.ttl"))
