"""The project that a command works on, and the plans in it.

It is the folder that the user names, or the one that the environment variable MTSP_PROJECT names, or the checkout that
contains this package, or the copy that the wheel carries.
"""

from __future__ import annotations

import os
from pathlib import Path

from mtsp_kg.errors import NotFoundError
from mtsp_kg.plan.names import PlanProfile
from mtsp_kg.project import Project

ENVIRONMENT = "MTSP_PROJECT"


def plan_project(root: Path) -> Project:
    """The project in a folder; its prefixes are those of its first plan."""
    return Project(root, PlanProfile(next(iter(_plans(root)), None)))


def find_project(folder: str | Path | None = None) -> Project:
    """The project in a folder, or the one that this installation stands for. Raises NotFoundError."""
    named = folder if folder is not None else os.environ.get(ENVIRONMENT)
    if named:
        root = Path(named)
        if not (root / "graph").is_dir() or not (root / "ontology").is_dir():
            raise NotFoundError(
                f"'{root}' is not a project: it has no graph/ and ontology/.",
                remedy="Name the folder that holds ontology/, graph/, shapes/ and queries/.",
            )
        return plan_project(root)
    package = Path(__file__).resolve().parents[1]
    for root in (package.parent, package / "data"):
        if (root / "ontology" / "mtsp.ttl").is_file():
            return plan_project(root)
    raise NotFoundError(
        "The data rooms (ontology/, graph/, shapes/, queries/) are not beside this package.",
        remedy="Reinstall mtsp-kg, or name a checkout with --project.",
    )


def plans(project: Project) -> list[str]:
    """The slugs of a project's plans: the folders of `graph/` that hold a `plan.ttl`."""
    return _plans(project.root)


def plan_folder(project: Project, plan: str) -> Path:
    """The folder that holds what belongs to a plan."""
    return project.root / "graph" / plan


def _plans(root: Path) -> list[str]:
    return sorted(found.parent.name for found in (root / "graph").glob("*/plan.ttl"))
