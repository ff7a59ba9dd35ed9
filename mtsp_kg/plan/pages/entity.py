"""What is said of everything, voice by voice, from a few queries over the whole graph.

What `query.said` finds for one thing with a query each, for thousands of pages at once; a test holds the two together.
Imports `names`, `query.said` and `publish.index`.

What the page of a thing tells: names, kinds, what is said in each voice, trails, alignments, and all the rest.

Nothing that the data says of a thing is left out of its page: what no section shows stands under "more". Imports
`names`, `query.said`, `publish.index`, `publish.trails`, `publish.view`, `publish.voices`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import networkx as nx
import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.layout import natural_key
from mtsp_kg.plan import names
from mtsp_kg.plan.pages.link_tree import trail
from mtsp_kg.plan.pages.view import Form, Names
from mtsp_kg.plan.show import Said, said_of
from mtsp_kg.publish.triple_index import Index, key
from mtsp_kg.publish.words import SIX

Rows = list[tuple[str, ...]]
Ask = Callable[[str], Rows]


class Voices:
    """What is said of each thing; ask: the rows of a view over the whole graph, by its name."""

    def __init__(self, index: Index, ask: Ask) -> None:
        self._index = index
        self.order = {row[0]: place for place, row in enumerate(ask("passages"))}
        self._facts: dict[str, Rows] = {}
        self._facts_in: dict[str, Rows] = {}
        for row in ask("facts"):
            self._facts_in.setdefault(row[3], []).append(row[:3])
            for iri in dict.fromkeys((row[0], row[2])):
                self._facts.setdefault(iri, []).append(row)
        self._statements = _by_first(ask("statements"))
        self._figures = _by_first(ask("figures"))
        self._spoken = _by_first(ask("spoken-of"))

    def of(self, iri: str) -> Said:
        """What is said of one thing."""
        return said_of(iri, self._ask)

    def facts_in(self, passage: str) -> Rows:
        """The facts of a passage: subject, property, object."""
        return self._facts_in.get(passage, [])

    def sorted(self, passages: Iterable[str]) -> list[str]:
        """Passages in reading order, each once."""
        return sorted(dict.fromkeys(passages), key=lambda iri: self.order.get(iri, len(self.order)))

    def _ask(self, view: str, iri: str) -> Rows:
        if view == "names-of":
            return self._names(iri)
        table = {"facts-of": self._facts, "statements-of": self._statements, "figures-of": self._figures}
        return table.get(view, self._spoken).get(iri, [])

    def _names(self, iri: str) -> Rows:
        rows: set[tuple[str, ...]] = set()
        for quad in self._index.by_subject.get(iri, ()):
            predicate = quad.predicate.value
            if predicate in (*vocab.LABELS, vocab.RDF_TYPE, vocab.BROADER):
                rows.add((predicate, key(quad.object), getattr(quad.object, "language", None) or ""))
        return sorted(rows)


def _by_first(rows: Rows) -> dict[str, Rows]:
    table: dict[str, Rows] = {}
    for row in rows:
        table.setdefault(row[0], []).append(row[1:])
    return table


_SHOWN = frozenset((*vocab.LABELS, vocab.RDF_TYPE, vocab.BROADER, vocab.DEFINITION))
_MENTION = frozenset(names.term(name) for name in ("mentionOf", "inPassage", "alignedThing"))
_UNDER, _FIGURE_OF, _VALUE = (names.term(name) for name in ("under", "figureOf", "value"))
_OFFICIAL = names.GRAPH + "translations/"


@dataclass(frozen=True)
class Statement:
    """A statement in one of the voices, as the page of what it concerns shows it."""

    iri: str
    roles: list[str]
    under: list[str]
    passage: str


def entity(iri: str, index: Index, called: Names, voices: Voices, links: nx.MultiDiGraph[str]) -> dict[str, Any]:
    """The parts of a thing's page, as IRIs and plain values; the template gives them words and links."""
    said = voices.of(iri)
    said.facts = {fact: voices.sorted(passages) for fact, passages in said.facts.items()}
    shown = {(subject, predicate, object_) for subject, predicate, object_ in said.facts}
    shown |= {(row[1], row[2], iri) for row in said.statements} | {(row[0], _FIGURE_OF, iri) for row in said.figures}
    own, others, incoming = _rest(iri, index, voices, shown)
    return {
        "iri": iri,
        "said": said,
        "names": _names(called.forms.get(iri, [])),
        "hidden": sorted({form.text for form in called.forms.get(iri, []) if form.kind == "hiddenLabel"}),
        "definitions": index.objects(iri, vocab.DEFINITION),
        "statements": _statements(said),
        "own": own,
        "others": others,
        "incoming": incoming,
        "matches": _matches(iri, index),
        "up": trail(links, iri, up=True).steps,
        "down": trail(links, iri, up=False),
        "mentioned": voices.sorted(_mentioned(iri, index)),
        "figure": iri in index.statements and bool(index.objects(iri, _VALUE)),
    }


def _names(forms: Iterable[Form]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for form in forms:
        if form.kind == "hiddenLabel":
            continue
        entry = found.setdefault(form.language, {"language": form.language, "preferred": [], "also": [], "ours": False})
        texts = entry["preferred" if form.kind == "prefLabel" else "also"]
        if form.text not in texts:
            texts.append(form.text)
        if form.kind == "prefLabel":
            entry["ours"] = form.graph.startswith(_OFFICIAL)
    order = [*SIX, *sorted(set(found) - set(SIX))]
    return [found[language] for language in order if language in found]


def _statements(said: Said) -> dict[str, list[Statement]]:
    voices: dict[str, dict[str, Statement]] = {}
    for voice, iri, role, under, passage in said.statements:
        one = voices.setdefault(voice, {}).setdefault(iri, Statement(iri, [], [], passage))
        one.roles.extend([role] if role not in one.roles else [])
        one.under.extend([under] if under not in one.under else [])
    return {voice: list(statements.values()) for voice, statements in voices.items()}


def _rest(
    iri: str, index: Index, voices: Voices, shown: set[tuple[str, str, str]]
) -> tuple[list[Any], list[Any], list[Any]]:
    own: dict[str, dict[object, list[str]]] = {}
    others: dict[str, dict[object, list[str]]] = {}
    incoming: dict[str, dict[object, list[str]]] = {}
    for quad in index.by_subject.get(iri, ()):
        predicate, graph = quad.predicate.value, key(quad.graph_name)
        if predicate in _SHOWN or predicate in vocab.MATCHES or (iri, predicate, key(quad.object)) in shown:
            continue
        table = own if graph in index.passages else others
        table.setdefault(predicate, {}).setdefault(quad.object, []).append(graph)
    for quad in index.by_object.get(iri, ()):
        predicate, subject = quad.predicate.value, key(quad.subject)
        if predicate in _MENTION or (subject, predicate, iri) in shown or isinstance(quad.subject, ox.BlankNode):
            continue
        incoming.setdefault(predicate, {}).setdefault(quad.subject, []).append(key(quad.graph_name))
    return tuple(_grouped(table, index, voices) for table in (own, others, incoming))  # type: ignore[return-value]


def _grouped(table: dict[str, dict[object, list[str]]], index: Index, voices: Voices) -> list[Any]:
    rows = []
    for predicate, nodes in table.items():
        found = [
            (node, voices.sorted(graph for graph in graphs if graph in index.passages), graphs)
            for node, graphs in sorted(nodes.items(), key=lambda item: natural_key(str(item[0])))
        ]
        rows.append((predicate, found))
    return sorted(rows)


def _matches(iri: str, index: Index) -> list[tuple[str, str, list[Any]]]:
    notes: dict[tuple[str, str], list[Any]] = {}
    for quad in index.by_object.get(iri, ()):
        if quad.predicate.value == names.term("alignedThing"):
            node = key(quad.subject)
            for kind in index.objects(node, names.term("matchKind")):
                for target in index.objects(node, names.term("alignedTo")):
                    notes[key(kind), key(target)] = index.objects(node, vocab.NOTE)
    found = {
        (quad.predicate.value, key(quad.object))
        for quad in index.by_subject.get(iri, ())
        if quad.predicate.value in vocab.MATCHES
    }
    return [(kind, target, notes.get((kind, target), [])) for kind, target in sorted(found)]


def _mentioned(iri: str, index: Index) -> list[str]:
    return [
        key(passage)
        for quad in index.by_object.get(iri, ())
        if quad.predicate.value == names.term("mentionOf")
        for passage in index.objects(key(quad.subject), names.term("inPassage"))
    ]
