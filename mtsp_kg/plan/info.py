"""How much the graph holds, and where it came from."""

from __future__ import annotations

import json
from dataclasses import dataclass

from mtsp_kg.plan import names


@dataclass(frozen=True)
class Info:
    """What a project holds. counts: class IRI to things of that class and passages that speak of them."""

    project: str
    plans: list[str]
    triples: int
    graphs: int
    counts: dict[str, tuple[int, int]]


def as_text(info: Info, labels: dict[str, str]) -> str:
    """The counts for reading; labels: class IRI to its label."""
    lines = [
        f"project  {info.project}",
        f"plans    {', '.join(info.plans) or 'none'}",
        f"triples  {info.triples:,} in {info.graphs:,} named graphs",
        "",
    ]
    space = max((len(labels[kind]) for kind in info.counts), default=0)
    for kind, (things, passages) in info.counts.items():
        spoken = f"   spoken of in {passages} passages" if passages else ""
        lines.append(f"{things:>5}  {labels[kind]:<{space}}{spoken}".rstrip())
    return "\n".join(lines) + "\n"


def as_json(info: Info) -> str:
    """The counts as one JSON object."""
    counts = {
        names.shrink(kind): {"things": things, "passages": passages} for kind, (things, passages) in info.counts.items()
    }
    body = {
        "project": info.project,
        "plans": info.plans,
        "triples": info.triples,
        "graphs": info.graphs,
        "counts": counts,
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"
