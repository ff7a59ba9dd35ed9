"""What is said of an entity, voice by voice, each with its passages.

Asks the queries of `queries/view/`; writes text and JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from mtsp_kg import vocab
from mtsp_kg.plan import names

Ask = Callable[[str, str], Iterable[tuple[str, ...]]]
Label = Callable[[str], str]


@dataclass
class Said:
    """What the graph says of one entity. IRIs throughout; each list keeps the order of the document.

    names: kind of label (as `prefLabel`) to form to the languages in which it is one.
    """

    iri: str
    names: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    broader: list[str] = field(default_factory=list)
    facts: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    statements: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    figures: list[tuple[str, ...]] = field(default_factory=list)
    passages: list[str] = field(default_factory=list)


def said_of(iri: str, ask: Ask) -> Said:
    """What is said of an entity; ask: the rows of a view, by its name and an entity's IRI, as plain text and IRIs."""
    said = Said(iri)
    for predicate, value, language in ask("names-of", iri):
        if predicate in vocab.LABELS:
            said.names.setdefault(predicate.removeprefix(vocab.SKOS), {}).setdefault(value, []).append(language)
        elif predicate == vocab.RDF_TYPE:
            said.kinds.append(value)
        elif predicate == vocab.BROADER:
            said.broader.append(value)
    for subject, predicate, object_, passage in ask("facts-of", iri):
        said.facts.setdefault((subject, predicate, object_), []).append(passage)
    said.statements = [(row[0], row[1], row[2], row[3], row[4]) for row in ask("statements-of", iri)]
    said.figures = list(ask("figures-of", iri))
    said.passages = [row[0] for row in ask("mentions-of", iri)]
    return said


def as_text(said: Said, label: Label, plan: str | None) -> str:
    """What is said, for reading: kind and names, then facts, each kind of statement, figures, and all passages."""

    def short(iri: str) -> str:
        return names.shrink(iri, plan)

    def thing(value: str) -> str:
        if not value.startswith("http"):
            return value
        return "this" if value == said.iri else f"{label(value)} ({short(value)})"

    kinds = ", ".join(label(kind) for kind in said.kinds)
    lines = [f"{label(said.iri)}  ({short(said.iri)}; {kinds or 'no kind'})"]
    for kind, forms in sorted(said.names.items(), key=lambda item: item[0] != "prefLabel"):
        if kind != "hiddenLabel":
            listed = " · ".join(f"{form} ({' '.join(languages)})" for form, languages in forms.items())
            lines.append(f"  {'also ' if kind == 'altLabel' else ''}{listed}")
    lines += [f"  a kind of {thing(iri)}" for iri in said.broader]
    if said.facts:
        lines += ["", "Facts"]
        for (subject, predicate, object_), passages in said.facts.items():
            where = " ".join(short(passage) for passage in passages)
            lines.append(f"  {thing(subject)} {label(predicate)} {thing(object_)}  [{where}]")
    for voice in dict.fromkeys(row[0] for row in said.statements):
        lines += ["", f"{label(voice).capitalize()}s"]
        of_voice = [row for row in said.statements if row[0] == voice]
        for statement in dict.fromkeys(row[1] for row in of_voice):
            rows = [row for row in of_voice if row[1] == statement]
            roles = ", ".join(dict.fromkeys(label(row[2]) for row in rows))
            under = ", ".join(dict.fromkeys(short(row[3]) for row in rows))
            lines.append(f"  {label(statement)}  ({roles}; {short(statement)} under {under})  [{short(rows[0][4])}]")
    if said.figures:
        lines += ["", "Figures"]
        for figure, value, unit, period, comparison, passage in said.figures:
            exact = "" if comparison.endswith("#exactly") else f"{label(comparison)} "
            lines.append(f"  {label(figure)}: {exact}{value} {label(unit)}, {label(period)}  [{short(passage)}]")
    where = " ".join(short(passage) for passage in said.passages)
    count = f"{len(said.passages)} passage{'s' if len(said.passages) > 1 else ''}"
    lines += ["", f"Spoken of in {count}: {where}" if where else "No passage speaks of it."]
    return "\n".join(lines) + "\n"


def as_json(said: Said, label: Label) -> str:
    """What is said, as one JSON object."""
    statements: dict[str, dict[str, Any]] = {}
    for voice, statement, role, under, passage in said.statements:
        entry = statements.setdefault(
            statement,
            {"iri": statement, "voice": voice, "label": label(statement), "roles": [], "under": [], "passage": passage},
        )
        entry["roles"] += [role] if role not in entry["roles"] else []
        entry["under"] += [under] if under not in entry["under"] else []
    columns = ("iri", "value", "unit", "period", "comparison", "passage")
    body = {
        "iri": said.iri,
        "names": said.names,
        "kinds": said.kinds,
        "broader": said.broader,
        "facts": [
            {"subject": subject, "property": predicate, "object": object_, "passages": passages}
            for (subject, predicate, object_), passages in said.facts.items()
        ],
        "statements": list(statements.values()),
        "figures": [dict(zip(columns, row, strict=True)) for row in said.figures],
        "passages": said.passages,
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"
