"""The size of a graph, and the number of resources of each class in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, NamedTuple

from mtsp_kg.formats import check_form
from mtsp_kg.query.entities import Resource


class CountRow(NamedTuple):
    """The number of resources of a class, and of the passages that refer to them."""

    kind: str
    things: str
    passages: str


class SizeRow(NamedTuple):
    """The size of a graph: triples of the default graph, and named graphs."""

    triples: str
    graphs: str


class ClassCount(NamedTuple):
    """The number of resources of a class, and of the passages that refer to them."""

    kind: Resource
    things: int
    passages: int


@dataclass(frozen=True)
class Info:
    """What a project holds. plans: their slugs; triples: of the default graph; graphs: named ones."""

    project: Path
    plans: tuple[str, ...]
    triples: int
    graphs: int
    counts: tuple[ClassCount, ...]

    forms: ClassVar[tuple[str, ...]] = ("text", "json")

    def write(self, form: str = "text") -> str:
        """The counts in one of its `forms`. Raises NotFoundError for an unknown form."""
        check_form(form, self.forms, "This information")
        return self._json() if form == "json" else self._text()

    def __str__(self) -> str:
        return self.write()

    def _text(self) -> str:
        lines = [
            f"project  {self.project}",
            f"plans    {', '.join(self.plans) or 'none'}",
            f"triples  {self.triples:,} in {self.graphs:,} named graphs",
            "",
        ]
        width = max((len(count.kind.label) for count in self.counts), default=0)
        for kind, things, passages in self.counts:
            where = f"   in {passages} passage{'s' if passages > 1 else ''}" if passages else ""
            lines.append(f"{things:>5}  {kind.label:<{width}}{where}".rstrip())
        return "\n".join(lines) + "\n"

    def _json(self) -> str:
        import json

        body = {
            "project": str(self.project),
            "plans": self.plans,
            "triples": self.triples,
            "graphs": self.graphs,
            "counts": {kind.short: {"things": things, "passages": passages} for kind, things, passages in self.counts},
        }
        return json.dumps(body, ensure_ascii=False, indent=2) + "\n"
