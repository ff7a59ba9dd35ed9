"""The page of a resource: labels, classes, statements in each voice, link trees, alignments, and all other triples.

Nothing that the data states about the resource is left out: "Other properties" has what no other section shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple

import networkx as nx
import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.layout import natural_key
from mtsp_kg.plan import names
from mtsp_kg.plan.pages.plan_index import PlanIndex, VoiceIndex
from mtsp_kg.plan.pages.view import LabelForm, LabelIndex
from mtsp_kg.plan.pages.words import UN_LANGUAGES
from mtsp_kg.plan.trace import link_tree
from mtsp_kg.publish.triple_index import key

_SHOWN = frozenset((*vocab.LABELS, vocab.RDF_TYPE, vocab.BROADER, vocab.DEFINITION))
_MENTION = frozenset(names.term(name) for name in ("mentionOf", "inPassage", "alignedThing"))
_FIGURE_OF, _VALUE = names.term("figureOf"), names.term("value")
_TRANSLATIONS = names.GRAPH + "translations/"
_LEVELS_UP, _LEVELS_DOWN, _MOST_BRANCHES = 7, 2, 24


class LabelRow(NamedTuple):
    """The labels of a resource in one language. ours: whether the preferred one is a translation of this project."""

    language: str
    preferred: list[str]
    alternative: list[str]
    ours: bool


class PropertyRows(NamedTuple):
    """A property with its values; of each value the passages that state it."""

    property: str
    values: list[tuple[object, list[str]]]


def entity_parts(
    iri: str, index: PlanIndex, labels: LabelIndex, voices: VoiceIndex, links: nx.MultiDiGraph[str]
) -> dict[str, Any]:
    """The content of the page of a resource, as IRIs and plain values; the template adds words and links."""
    stated = voices.of(iri)
    shown: set[tuple[str, str, str]] = {(fact.subject, fact.property, fact.object) for fact in stated.facts}
    shown |= {(one.iri, role, iri) for one in stated.statements for role in one.roles}
    shown |= {(figure.iri, _FIGURE_OF, iri) for figure in stated.figures}
    own, others, incoming = _rest(iri, index, voices, shown)
    tree = partial(link_tree, links, iri, most=_MOST_BRANCHES, nearest_first=True)
    return {
        "iri": iri,
        "stated": stated,
        "labels": _labels(labels.forms.get(iri, [])),
        "hidden": sorted({form._replace(graph="") for form in labels.forms.get(iri, []) if form.kind == "hiddenLabel"}),
        "definitions": index.objects(iri, vocab.DEFINITION),
        "statements": stated.by_voice(),
        "own": own,
        "others": others,
        "incoming": incoming,
        "matches": _matches(iri, index),
        "up": tree(up=True, depth=_LEVELS_UP).branches,
        "down": tree(up=False, depth=_LEVELS_DOWN),
        "mentioned": voices.sorted(_mentioned(iri, index)),
        "figure": iri in index.statements and bool(index.objects(iri, _VALUE)),
    }


def _labels(forms: Iterable[LabelForm]) -> list[LabelRow]:
    found: dict[str, LabelRow] = {}
    for form in forms:
        if form.kind == "hiddenLabel":
            continue
        row = found.setdefault(form.language, LabelRow(form.language, [], [], False))
        texts = row.preferred if form.kind == "prefLabel" else row.alternative
        if form.text not in texts:
            texts.append(form.text)
        if form.kind == "prefLabel":
            found[form.language] = row._replace(ours=form.graph.startswith(_TRANSLATIONS))
    order = [*UN_LANGUAGES, *sorted(set(found) - set(UN_LANGUAGES))]
    return [found[language] for language in order if language in found]


def _rest(
    iri: str, index: PlanIndex, voices: VoiceIndex, shown: set[tuple[str, str, str]]
) -> tuple[list[PropertyRows], list[PropertyRows], list[PropertyRows]]:
    """What no other section shows: triples about the resource, of passages and of other graphs, and those that refer
    to it."""
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
    return _by_property(own, index, voices), _by_property(others, index, voices), _by_property(incoming, index, voices)


def _by_property(table: dict[str, dict[object, list[str]]], index: PlanIndex, voices: VoiceIndex) -> list[PropertyRows]:
    rows = []
    for predicate, nodes in sorted(table.items()):
        values = [
            (node, voices.sorted(graph for graph in graphs if graph in index.passages))
            for node, graphs in sorted(nodes.items(), key=lambda item: natural_key(str(item[0])))
        ]
        rows.append(PropertyRows(predicate, values))
    return rows


def _matches(iri: str, index: PlanIndex) -> list[tuple[str, str, list[Any]]]:
    """Alignments: the mapping property, the other resource, the curator's notes."""
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


def _mentioned(iri: str, index: PlanIndex) -> list[str]:
    return [
        key(passage)
        for quad in index.by_object.get(iri, ())
        if quad.predicate.value == names.term("mentionOf")
        for passage in index.objects(key(quad.subject), names.term("inPassage"))
    ]
