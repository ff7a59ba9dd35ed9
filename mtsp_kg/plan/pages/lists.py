"""The lists of a site: resources by class, labels in alphabetical order, passages in reading order, the search, and the
answer to a question as a table.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.errors import MtspError
from mtsp_kg.layout import natural_key
from mtsp_kg.plan import names
from mtsp_kg.plan.pages.plan_index import PlanIndex, VoiceIndex
from mtsp_kg.plan.pages.view import LabelIndex, PageView
from mtsp_kg.profile import Profile
from mtsp_kg.publish.triple_index import key
from mtsp_kg.query.answer import Table
from mtsp_kg.query.catalogue import NamedQuery
from mtsp_kg.query.entities import fold

_MENTION, _IN_SECTION = names.term("Mention"), names.term("inSection")
_NOT_LISTED = frozenset(names.term(name) for name in ("Mention", "Alignment"))
_MOST_FOUND = 60


def classes_of(iri: str, index: PlanIndex) -> list[str]:
    """The classes of a resource."""
    return [key(node) for node in index.objects(iri, vocab.RDF_TYPE)]


def by_class(view: PageView, voices: VoiceIndex) -> list[tuple[str, list[str]]]:
    """The classes of our ontology with the resources of each, both in the order of their labels; without passages,
    mentions and alignments."""
    table: dict[str, list[str]] = {}
    for iri in view.index.stems.values():
        for class_ in classes_of(iri, view.index):
            if class_.startswith(names.ONTOLOGY) and class_ not in _NOT_LISTED and iri not in voices.order:
                table.setdefault(class_, []).append(iri)
    for class_, members in table.items():
        statements = any(iri in view.index.statements for iri in members)
        by_label = natural_key if statements else lambda iri: natural_key(fold(view.label(iri)))
        table[class_] = sorted(members, key=by_label)
    return sorted(table.items(), key=lambda item: natural_key(fold(view.label(item[0]))))


class LabelEntry(NamedTuple):
    """A label in an alphabetical list. preferred: whether it is the resource's preferred one in that language."""

    text: str
    iri: str
    preferred: bool


def by_label(labels: LabelIndex, index: PlanIndex, language: str) -> list[tuple[str, list[LabelEntry]]]:
    """All labels in a language under their first letters; without those of statements and passages."""
    found: dict[tuple[str, str], LabelEntry] = {}
    for iri in index.stems.values():
        if iri in index.statements or iri in index.passages:
            continue
        for form in labels.forms.get(iri, ()):
            if form.language == language and form.kind != "hiddenLabel":
                known = found.get((form.text, iri))
                preferred = form.kind == "prefLabel" or (known is not None and known.preferred)
                found[form.text, iri] = LabelEntry(form.text, iri, preferred)
    table: dict[str, list[LabelEntry]] = {}
    for entry in sorted(found.values(), key=lambda entry: (_letters(entry.text), entry.text, entry.iri)):
        table.setdefault(_letters(entry.text)[:1].upper() or "·", []).append(entry)
    return list(table.items())


def _letters(text: str) -> str:
    # Entries are sorted by their base letters: without accents, punctuation and the Arabic article.
    plain = unicodedata.normalize("NFD", fold(text))
    return "".join(char for char in plain if char.isalnum()).removeprefix("ال")


def passages_by_section(index: PlanIndex, voices: VoiceIndex) -> list[tuple[str | None, list[tuple[str, int]]]]:
    """The passages in reading order, each with the number of triples that it states, in runs of the same section."""
    runs: list[tuple[str | None, list[tuple[str, int]]]] = []
    for iri in sorted(voices.order, key=voices.order.__getitem__):
        section = next((key(node) for node in index.objects(iri, _IN_SECTION)), None)
        if not runs or runs[-1][0] != section:
            runs.append((section, []))
        runs[-1][1].append((iri, len(index.by_graph.get(iri, ()))))
    return runs


def search_index(index: PlanIndex, labels: LabelIndex, views: dict[str, PageView]) -> bytes:
    """The labels of everything, for the script of the search page.

    `kinds`: labels of classes by language of the interface; `things`: stem, position in `kinds`, labels by language,
    the preferred one first.
    """
    classes: dict[str, int] = {}
    things: list[list[Any]] = []
    for stem, iri in index.stems.items():
        found: dict[str, list[str]] = {}
        for form in sorted(labels.forms.get(iri, ()), key=lambda form: form.kind != "prefLabel"):
            texts = found.setdefault(form.language, [])
            texts.extend([form.text] if form.text not in texts else [])
        own = [one for one in classes_of(iri, index) if one.startswith(names.ONTOLOGY) and one != _MENTION]
        if found and own:
            things.append([stem, classes.setdefault(own[0], len(classes)), found])
    for iri in sorted(labels.forms):
        path = index.layout.locate(iri)
        if path and path.fragment and iri.startswith(names.ONTOLOGY):
            preferred = {form.language: [form.text] for form in labels.forms[iri] if form.kind == "prefLabel"}
            position = classes.setdefault(vocab.OWL_ONTOLOGY, len(classes))
            things.append([f"{path.stem}#{path.fragment}", position, preferred])
    labelled = {
        language: [str(view.words.term) if one == vocab.OWL_ONTOLOGY else view.label(one) for one in classes]
        for language, view in views.items()
    }
    lines = ",\n".join(json.dumps(thing, ensure_ascii=False) for thing in things)
    return f'{{"kinds":{json.dumps(labelled, ensure_ascii=False)},\n"things":[\n{lines}\n]}}\n'.encode()


def search(text: str, labels: LabelIndex, index: PlanIndex) -> list[str]:
    """The resources with a label that contains a text, in any language: whole labels first, then beginnings."""
    wanted = fold(text)
    ranks: dict[str, int] = {}
    if not wanted:
        return []
    for iri, forms in labels.forms.items():
        if index.layout.locate(iri) is None:
            continue
        for form in forms:
            label = fold(form.text)
            if wanted in label:
                rank = 0 if label == wanted else 1 if label.startswith(wanted) else 2
                if iri in index.statements:
                    rank += 3
                ranks[iri] = min(rank, ranks.get(iri, rank))
    return sorted(ranks, key=lambda iri: (ranks[iri], natural_key(iri)))[:_MOST_FOUND]


MOST_ROWS = 500


@dataclass(frozen=True)
class ShownAnswer:
    """An answer in the form that pages show: rows, a truth value, triples as Turtle, or an error.

    more: the number of rows or lines left out; values: the parameters, as the visitor wrote them.
    """

    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    more: int = 0
    failure: str = ""
    truth: bool | None = None
    turtle: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def shown_rows(sparql_json: bytes, profile: Profile, values: Mapping[str, str]) -> ShownAnswer:
    """A SPARQL results document in JSON as a page shows it."""
    found = ox.parse_query_results(sparql_json, ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return ShownAnswer(truth=bool(found), values=values)
    answer = Table(sparql_json, profile=profile)
    more = max(len(answer) - MOST_ROWS, 0)
    return ShownAnswer(answer.columns, answer.terms[:MOST_ROWS], more, values=values)


def shown_triples(turtle: bytes) -> ShownAnswer:
    """The first lines of triples in Turtle as a page shows them."""
    lines = turtle.decode("utf-8", "replace").splitlines()
    most = 4 * MOST_ROWS
    return ShownAnswer(turtle="\n".join(lines[:most]) or "#", more=max(len(lines) - most, 0))


def shown_failure(error: MtspError, values: Mapping[str, str] | None = None) -> ShownAnswer:
    """An error as a message for a visitor: with the line of the query, without the name of a file."""
    position = f" (line {error.line})" if error.line is not None and error.file is None else ""
    return ShownAnswer(failure=f"{error.what}{position} {error.remedy or ''}".strip(), values=values or {})


def sparql_of(query: NamedQuery) -> str:
    """The SPARQL of a query without its header."""
    return "\n".join(line for line in query.text.splitlines() if not line.startswith("#+")) + "\n"


def by_tag(queries: Sequence[NamedQuery]) -> dict[str, list[NamedQuery]]:
    """The queries by their first tag, tags in alphabetical order."""
    found: dict[str, list[NamedQuery]] = {}
    for query in sorted(queries, key=lambda query: query.name):
        found.setdefault(query.tags[0] if query.tags else "", []).append(query)
    return dict(sorted(found.items()))


def defaults(query: NamedQuery) -> dict[str, str]:
    """The default values of a query's parameters, as a user writes them."""
    return {parameter.name: parameter.default or "" for parameter in query.parameters}


def summary(query: NamedQuery, language: str) -> str:
    """The question in a language of the interface, else in English."""
    return (query.summary_zh if language == "zh" else "") or query.summary
