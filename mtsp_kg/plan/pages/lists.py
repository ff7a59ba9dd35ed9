"""What lists tell: everything by kind, everything by name, all passages, and the names for the search.

Imports `names`, `publish.index`, `publish.paths`, `publish.trails`, `publish.view`, `publish.voices`.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from typing import Any

from mtsp_kg import vocab
from mtsp_kg.layout import natural_key
from mtsp_kg.plan import names
from mtsp_kg.plan.pages.entity import Voices
from mtsp_kg.plan.pages.view import Names, View
from mtsp_kg.publish import paths
from mtsp_kg.publish.triple_index import Index, key
from mtsp_kg.query.entities import fold

_MENTION, _IN_SECTION = names.term("Mention"), names.term("inSection")
_NOT_LISTED = frozenset(names.term(name) for name in ("Mention", "Alignment"))


def kinds_of(iri: str, index: Index) -> list[str]:
    """The classes of a thing."""
    return [key(node) for node in index.objects(iri, vocab.RDF_TYPE)]


def by_kind(view: View, voices: Voices) -> list[tuple[str, list[str]]]:
    """Classes of our ontology with the things of each, both in the order of their names; no mentions, no alignments."""
    table: dict[str, list[str]] = {}
    for iri in view.index.stems.values():
        for kind in kinds_of(iri, view.index):
            if kind.startswith(names.ONTOLOGY) and kind not in _NOT_LISTED and iri not in voices.order:
                table.setdefault(kind, []).append(iri)
    for kind, things in table.items():
        statements = any(iri in view.index.statements for iri in things)
        table[kind] = sorted(things, key=natural_key if statements else lambda iri: natural_key(fold(view.label(iri))))
    return sorted(table.items(), key=lambda item: natural_key(fold(view.label(item[0]))))


@dataclass(frozen=True)
class Entry:
    """A name in an alphabetical list. preferred: whether it is the thing's preferred one in that language."""

    text: str
    iri: str
    preferred: bool


def by_name(called: Names, index: Index, language: str) -> list[tuple[str, list[Entry]]]:
    """All names in a language under their first letters; of statements and passages none."""
    rows: dict[tuple[str, str], Entry] = {}
    for iri in index.stems.values():
        if iri in index.statements or iri in index.passages:
            continue
        for form in called.forms.get(iri, ()):
            if form.language == language and form.kind != "hiddenLabel":
                entry = Entry(form.text, iri, form.kind == "prefLabel")
                rows[form.text, iri] = max(rows.get((form.text, iri), entry), entry, key=lambda one: one.preferred)
    table: dict[str, list[Entry]] = {}
    for entry in sorted(rows.values(), key=lambda one: (_letters(one.text), one.text, one.iri)):
        table.setdefault(_letters(entry.text)[:1].upper() or "·", []).append(entry)
    return list(table.items())


def _letters(text: str) -> str:
    # Sorted and headed by base letters: accents out, what is neither letter nor digit out.
    plain = unicodedata.normalize("NFD", fold(text))
    return "".join(char for char in plain if char.isalnum()).removeprefix("ال")


def passages(index: Index, voices: Voices) -> list[tuple[str | None, list[tuple[str, int]]]]:
    """The passages in reading order, with how many triples each says, in runs that stand in one section."""
    runs: list[tuple[str | None, list[tuple[str, int]]]] = []
    for iri in sorted(voices.order, key=voices.order.__getitem__):
        section = next((key(node) for node in index.objects(iri, _IN_SECTION)), None)
        if not runs or runs[-1][0] != section:
            runs.append((section, []))
        runs[-1][1].append((iri, len(index.by_graph.get(iri, ()))))
    return runs


def search_index(index: Index, called: Names, views: dict[str, View]) -> bytes:
    """The names of everything, for the script of the search page.

    `kinds`: class labels by language of the interface; `things`: stem, place in `kinds`, names by language, the
    preferred one first.
    """
    kinds: dict[str, int] = {}
    things: list[list[Any]] = []
    for stem, iri in index.stems.items():
        found: dict[str, list[str]] = {}
        for form in sorted(called.forms.get(iri, ()), key=lambda form: form.kind != "prefLabel"):
            texts = found.setdefault(form.language, [])
            texts.extend([form.text] if form.text not in texts else [])
        own = [kind for kind in kinds_of(iri, index) if kind.startswith(names.ONTOLOGY) and kind != _MENTION]
        if found and own:
            things.append([stem, kinds.setdefault(own[0], len(kinds)), found])
    for iri in sorted(called.forms):
        place = paths.split(iri)
        if place and place[1] and iri.startswith(names.ONTOLOGY):
            labelled = {form.language: [form.text] for form in called.forms[iri] if form.kind == "prefLabel"}
            things.append([f"{place[0]}#{place[1]}", kinds.setdefault(vocab.OWL + "Ontology", len(kinds)), labelled])
    labels = {
        language: [str(view.words.term) if kind.startswith(vocab.OWL) else view.label(kind) for kind in kinds]
        for language, view in views.items()
    }
    lines = ",\n".join(json.dumps(thing, ensure_ascii=False) for thing in things)
    return f'{{"kinds":{json.dumps(labels, ensure_ascii=False)},\n"things":[\n{lines}\n]}}\n'.encode()


def search(text: str, called: Names, index: Index, most: int = 60) -> list[str]:
    """The things that are called so, whole names first, then beginnings, then parts; in any language."""
    wanted = fold(text)
    ranks: dict[str, int] = {}
    if not wanted:
        return []
    for iri, forms in called.forms.items():
        if paths.split(iri) is None:
            continue
        for form in forms:
            name = fold(form.text)
            if wanted in name:
                rank = 0 if name == wanted else 1 if name.startswith(wanted) else 2
                if iri in index.statements:
                    rank += 3
                ranks[iri] = min(rank, ranks.get(iri, rank))
    return sorted(ranks, key=lambda iri: (ranks[iri], natural_key(iri)))[:most]
