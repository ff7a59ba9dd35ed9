"""A project: a folder with `ontology/`, `graph/`, `shapes/` and `queries/`; its files and the graphs of these files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mtsp_kg.formats import is_rdf_file
from mtsp_kg.profile import Profile


@dataclass(frozen=True)
class Project:
    """root: the project's folder; profile: the IRIs that its data uses."""

    root: Path
    profile: Profile

    def ontology_files(self) -> list[Path]:
        """The files of the ontology and its alignments, sorted."""
        return self._rdf_files("ontology")

    def graph_files(self) -> list[Path]:
        """The files of the graph, sorted."""
        return self._rdf_files("graph")

    def shape_files(self) -> list[Path]:
        """The files of SHACL shapes, sorted."""
        return self._rdf_files("shapes")

    def query_files(self, kind: str | None = None) -> list[Path]:
        """The query files of one kind (`ask`, `check`, ...), or all, sorted."""
        folder = self.root / "queries"
        return sorted((folder / kind if kind else folder).rglob("*.rq"))

    def relative(self, path: Path) -> str:
        """The path of a file relative to the root, with slashes; for a file outside the root, its path as given."""
        try:
            return path.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            return path.as_posix()

    def graph_of(self, path: Path) -> str:
        """The IRI of the graph for the triples of a file that are in no named graph.

        A file outside the project's folder does not belong to the project: its graph is named by its own path.
        """
        resolved = path.resolve()
        if resolved.is_relative_to(self.root.resolve()):
            return self.profile.graph_of_file(self.relative(path))
        return resolved.as_uri()

    def _rdf_files(self, room: str) -> list[Path]:
        return sorted(path for path in (self.root / room).rglob("*") if is_rdf_file(path))
