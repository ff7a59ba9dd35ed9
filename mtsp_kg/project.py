"""Where the data rooms are, which files they hold, and which graph a file is.

A project is a folder with `ontology/`, `graph/`, `shapes/` and `queries/`. It is the folder that the user names, or the
one named by the environment variable MTSP_PROJECT, or the checkout that this package stands in, or the copy that the
wheel carries. Imports `errors`, `names` and `formats`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from mtsp_kg import names
from mtsp_kg.errors import NotFoundError
from mtsp_kg.formats import RDF_FORMATS

ENVIRONMENT = "MTSP_PROJECT"
_RDF_SUFFIXES = frozenset(suffix for format_ in RDF_FORMATS for suffix in format_.suffixes)


@dataclass(frozen=True)
class Project:
    """A folder that holds the data rooms."""

    root: Path

    def ontology_files(self) -> list[Path]:
        """The files of the ontology and its alignments, sorted."""
        return self._rdf_files("ontology")

    def graph_files(self) -> list[Path]:
        """The files of statements about the plans and the things they name, sorted."""
        return self._rdf_files("graph")

    def shape_files(self) -> list[Path]:
        """The files of SHACL shapes, sorted."""
        return self._rdf_files("shapes")

    def query_files(self, kind: str | None = None) -> list[Path]:
        """The query files of one kind (`ask`, `check`, ...), or all, sorted."""
        folder = self.root / "queries"
        return sorted((folder / kind if kind else folder).rglob("*.rq"))

    def plans(self) -> list[str]:
        """The slugs of the plans: the folders of `graph/` that hold a `plan.ttl`."""
        return sorted(found.parent.name for found in (self.root / "graph").glob("*/plan.ttl"))

    def plan_folder(self, plan: str) -> Path:
        """The folder that holds what belongs to a plan."""
        return self.root / "graph" / plan

    def relative(self, path: Path) -> str:
        """A file's path below the root, with slashes; its whole path where it is elsewhere."""
        try:
            return path.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            return path.as_posix()

    def graph_of(self, path: Path) -> str:
        """The IRI of the graph for what a file says outside any named graph."""
        return names.graph_of_file(self.relative(path))

    def _rdf_files(self, room: str) -> list[Path]:
        found = (path for path in (self.root / room).rglob("*") if path.suffix.lower() in _RDF_SUFFIXES)
        return sorted(found)


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
        return Project(root)
    package = Path(__file__).resolve().parent
    for root in (package.parent, package / "data"):
        if (root / "ontology" / "mtsp.ttl").is_file():
            return Project(root)
    raise NotFoundError(
        "The data rooms (ontology/, graph/, shapes/, queries/) are not beside this package.",
        remedy="Reinstall mtsp-kg, or name a checkout with --project.",
    )
