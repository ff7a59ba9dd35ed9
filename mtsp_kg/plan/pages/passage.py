"""What the page of a passage tells: its place, what its graph says in each voice, the names found in its text, and,
where the publisher has a copy of the document, the text with those names as links.

Imports `names`, `document`, `publish.index`, `publish.entity`, `publish.trails`, `publish.voices`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.layout import natural_key
from mtsp_kg.plan import names
from mtsp_kg.plan.document import Document
from mtsp_kg.plan.document import Passage as Text
from mtsp_kg.plan.document import passages as passages_of
from mtsp_kg.plan.pages.entity import Voices
from mtsp_kg.publish.triple_index import Index, key

_IN_PASSAGE, _MENTION_OF, _IN_SECTION, _INSIDE, _DIGEST, _UNDER, _FIGURE_OF = (
    names.term(name) for name in ("inPassage", "mentionOf", "inSection", "partOf", "textDigest", "under", "figureOf")
)
_OA = vocab.VOCABULARIES["oa"]
_STRUCTURE = frozenset(names.term(name) for name in ("inSection", "inDocument", "textDigest", "textLength", "order"))
_SHOWN = frozenset((*vocab.LABELS, vocab.RDF_TYPE))


@dataclass(frozen=True)
class Piece:
    """A stretch of a passage's text; things: what is named there, none for the text between names."""

    text: str
    things: tuple[str, ...] = ()


def texts(document: Document) -> Mapping[str, Text]:
    """The passages of a copy of the document, by their IRI."""
    root = names.plan_iri(document.plan)
    return {f"{root}/{name}": passage for name, passage in passages_of(document).items()}


def passage(iri: str, index: Index, voices: Voices, copy: Mapping[str, Text]) -> dict[str, Any]:
    """The parts of a passage's page, as IRIs and plain values; the template gives them words and links."""
    inside = index.by_graph.get(iri, [])
    order = sorted(voices.order, key=voices.order.__getitem__)
    place = voices.order.get(iri)
    mentions = _mentions(iri, index)
    about = [quad for quad in index.by_subject.get(iri, ()) if quad.predicate.value not in _STRUCTURE | _SHOWN]
    text = copy.get(iri)
    same = text is not None and [key(node) for node in index.objects(iri, _DIGEST)] == [text.digest]
    return {
        "iri": iri,
        "kinds": [key(node) for node in index.objects(iri, vocab.RDF_TYPE)],
        "sections": _sections(iri, index),
        "before": order[place - 1] if place else None,
        "after": order[place + 1] if place is not None and place + 1 < len(order) else None,
        "facts": voices.facts_in(iri),
        "voices": _statements(inside, _UNDER),
        "figures": _statements(inside, _FIGURE_OF),
        "named": _things(mentions),
        "about": _by_property(about),
        "incoming": _incoming(iri, index),
        "text": _pieces(text.text, mentions) if text is not None and same else [Piece(text.text)] if text else [],
        "differs": text is not None and not same,
    }


def _sections(iri: str, index: Index) -> list[str]:
    chain: list[str] = []
    waiting = [key(node) for node in index.objects(iri, _IN_SECTION)]
    while waiting and waiting[0] not in chain:
        chain.append(waiting[0])
        waiting = [key(node) for name in (_IN_SECTION, _INSIDE) for node in index.objects(chain[-1], name)]
        waiting = [one for one in waiting if "/section/" in one]
    return chain[::-1]


def _statements(inside: list[ox.Quad], mark: str) -> dict[str, list[tuple[str, list[Any]]]]:
    # Class to the statements of that class in this graph, each with what it says, by property.
    marked = dict.fromkeys(key(quad.subject) for quad in inside if quad.predicate.value == mark)
    found: dict[str, list[tuple[str, list[Any]]]] = {}
    for iri in sorted(marked, key=natural_key):
        own = [quad for quad in inside if key(quad.subject) == iri]
        kinds = [key(quad.object) for quad in own if quad.predicate.value == vocab.RDF_TYPE]
        said = _by_property([quad for quad in own if quad.predicate.value not in _SHOWN])
        found.setdefault(kinds[0] if kinds else "", []).append((iri, said))
    return found


def _by_property(quads: list[ox.Quad]) -> list[Any]:
    table: dict[str, dict[object, None]] = {}
    for quad in quads:
        table.setdefault(quad.predicate.value, {})[quad.object] = None
    return [(property_, list(nodes)) for property_, nodes in sorted(table.items())]


def _incoming(iri: str, index: Index) -> list[Any]:
    # What is said of the passage itself: the footnotes to it, the statements that cite it.
    table: dict[str, dict[object, None]] = {}
    for quad in index.by_object.get(iri, ()):
        if quad.predicate.value != _IN_PASSAGE and isinstance(quad.subject, ox.NamedNode):
            table.setdefault(quad.predicate.value, {})[quad.subject] = None
    return [
        (property_, sorted(nodes, key=lambda node: natural_key(str(node))))
        for property_, nodes in sorted(table.items())
    ]


def _mentions(iri: str, index: Index) -> list[tuple[int, int, str, str, str]]:
    # Start, end, form, thing, mention; in the order of the text, the longer first where two begin together.
    found = []
    for quad in index.by_object.get(iri, ()):
        if quad.predicate.value != _IN_PASSAGE:
            continue
        mention = key(quad.subject)
        start, end, form = (next(iter(index.objects(mention, _OA + name)), None) for name in ("start", "end", "exact"))
        if start is None or end is None or not (str(key(start)).isdecimal() and str(key(end)).isdecimal()):
            continue
        form_text = key(form) if form is not None else ""
        found += [
            (int(key(start)), int(key(end)), form_text, key(thing), mention)
            for thing in index.objects(mention, _MENTION_OF)
        ]
    return sorted(found, key=lambda row: (row[0], -row[1], row[3], row[4]))


def _things(mentions: list[tuple[int, int, str, str, str]]) -> list[tuple[str, list[tuple[str, int]]]]:
    # Each thing with the forms in which it is named, and how often.
    table: dict[str, dict[str, int]] = {}
    for _, _, form, thing, _ in mentions:
        forms = table.setdefault(thing, {})
        forms[form] = forms.get(form, 0) + 1
    return [(thing, list(forms.items())) for thing, forms in table.items()]


def _pieces(text: str, mentions: list[tuple[int, int, str, str, str]]) -> list[Piece]:
    pieces: list[Piece] = []
    at = 0
    for start, end, form, thing, _ in mentions:
        if start < at or end > len(text) or text[start:end] != form:
            if pieces and start == at - len(pieces[-1].text) and text[start:end] == pieces[-1].text:
                pieces[-1] = Piece(pieces[-1].text, (*pieces[-1].things, thing))
            continue
        if start > at:
            pieces.append(Piece(text[at:start]))
        pieces.append(Piece(text[start:end], (thing,)))
        at = end
    return [*pieces, Piece(text[at:])] if at < len(text) else pieces
