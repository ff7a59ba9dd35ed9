"""The page of a passage: its position in the document, what its graph states in each voice, the names in its text, and,
with the publisher's copy of the document, the text with those names as links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.layout import natural_key
from mtsp_kg.plan import names
from mtsp_kg.plan.document import Document, Passage, passages
from mtsp_kg.plan.pages.plan_index import PlanIndex, VoiceIndex
from mtsp_kg.publish.triple_index import key

_IN_PASSAGE, _MENTION_OF, _IN_SECTION, _INSIDE, _IN_DOCUMENT, _DIGEST, _UNDER, _FIGURE_OF = (
    names.term(name)
    for name in ("inPassage", "mentionOf", "inSection", "partOf", "inDocument", "textDigest", "under", "figureOf")
)
_OA = vocab.VOCABULARIES["oa"]
_LANGUAGE = vocab.VOCABULARIES["dcterms"] + "language"
_STRUCTURE = frozenset(names.term(name) for name in ("inSection", "inDocument", "textDigest", "textLength", "order"))
_SHOWN = frozenset((*vocab.LABELS, vocab.RDF_TYPE))


class TextPiece(NamedTuple):
    """A piece of a passage's text; entities: those that it names, none for the text between names."""

    text: str
    entities: tuple[str, ...] = ()


class MarkedName(NamedTuple):
    """A name in the text of a passage: its span, its form, what it names, and the IRI of the mention."""

    start: int
    end: int
    form: str
    entity: str
    iri: str


def passages_by_iri(document: Document) -> Mapping[str, Passage]:
    """The passages of a copy of the document, by their IRI."""
    root = names.plan_iri(document.plan)
    return {f"{root}/{name}": passage for name, passage in passages(document).items()}


def passage_parts(iri: str, index: PlanIndex, voices: VoiceIndex, copy: Mapping[str, Passage]) -> dict[str, Any]:
    """The content of the page of a passage, as IRIs and plain values; the template adds words and links."""
    inside = index.by_graph.get(iri, [])
    order = sorted(voices.order, key=voices.order.__getitem__)
    rank = voices.order.get(iri)
    mentions = _mentions(iri, index)
    about = [quad for quad in index.by_subject.get(iri, ()) if quad.predicate.value not in _STRUCTURE | _SHOWN]
    passage = copy.get(iri)
    same = passage is not None and [key(node) for node in index.objects(iri, _DIGEST)] == [passage.digest]
    return {
        "iri": iri,
        "kinds": [key(node) for node in index.objects(iri, vocab.RDF_TYPE)],
        "sections": _sections(iri, index),
        "before": order[rank - 1] if rank else None,
        "after": order[rank + 1] if rank is not None and rank + 1 < len(order) else None,
        "facts": voices.facts_in(iri),
        "voices": _statements(inside, _UNDER),
        "figures": _statements(inside, _FIGURE_OF),
        "named": _entities(mentions),
        "about": _by_property(about),
        "incoming": _incoming(iri, index),
        "text_language": _language(iri, index),
        "text": [] if passage is None else _pieces(passage.text, mentions if same else []),
        "differs": passage is not None and not same,
    }


def _language(iri: str, index: PlanIndex) -> str:
    """The language of the document that a passage is in; empty if the data does not give one."""
    documents = index.objects(iri, _IN_DOCUMENT)
    languages = [key(node) for document in documents for node in index.objects(key(document), _LANGUAGE)]
    return languages[0] if languages else ""


def _sections(iri: str, index: PlanIndex) -> list[str]:
    chain: list[str] = []
    waiting = [key(node) for node in index.objects(iri, _IN_SECTION)]
    while waiting and waiting[0] not in chain:
        chain.append(waiting[0])
        waiting = [key(node) for name in (_IN_SECTION, _INSIDE) for node in index.objects(chain[-1], name)]
        waiting = [one for one in waiting if "/section/" in one]
    return chain[::-1]


def _statements(inside: list[ox.Quad], mark: str) -> dict[str, list[tuple[str, list[Any]]]]:
    """Class to the nodes of that class that have a property in this graph, each with its values by property."""
    marked = dict.fromkeys(key(quad.subject) for quad in inside if quad.predicate.value == mark)
    found: dict[str, list[tuple[str, list[Any]]]] = {}
    for iri in sorted(marked, key=natural_key):
        own = [quad for quad in inside if key(quad.subject) == iri]
        classes = [key(quad.object) for quad in own if quad.predicate.value == vocab.RDF_TYPE]
        values = _by_property([quad for quad in own if quad.predicate.value not in _SHOWN])
        found.setdefault(classes[0] if classes else "", []).append((iri, values))
    return found


def _by_property(quads: list[ox.Quad]) -> list[Any]:
    table: dict[str, dict[object, None]] = {}
    for quad in quads:
        table.setdefault(quad.predicate.value, {})[quad.object] = None
    return [(property_, list(nodes)) for property_, nodes in sorted(table.items())]


def _incoming(iri: str, index: PlanIndex) -> list[Any]:
    """Property to what refers to the passage by it: its footnotes, the statements that cite it."""
    table: dict[str, dict[object, None]] = {}
    for quad in index.by_object.get(iri, ()):
        if quad.predicate.value != _IN_PASSAGE and isinstance(quad.subject, ox.NamedNode):
            table.setdefault(quad.predicate.value, {})[quad.subject] = None
    return [
        (property_, sorted(nodes, key=lambda node: natural_key(str(node))))
        for property_, nodes in sorted(table.items())
    ]


def _mentions(iri: str, index: PlanIndex) -> list[MarkedName]:
    """The mentions in a passage in the order of its text, the longer first where two begin together."""
    found = []
    for quad in index.by_object.get(iri, ()):
        if quad.predicate.value != _IN_PASSAGE:
            continue
        mention = key(quad.subject)
        values = [index.objects(mention, _OA + name) for name in ("start", "end", "exact")]
        start, end, form = (key(nodes[0]) if nodes else "" for nodes in values)
        if start.isdecimal() and end.isdecimal():
            span = int(start), int(end)
            found += [MarkedName(*span, form, key(entity), mention) for entity in index.objects(mention, _MENTION_OF)]
    return sorted(found, key=lambda one: (one.start, -one.end, one.entity, one.iri))


def _entities(mentions: list[MarkedName]) -> list[tuple[str, list[tuple[str, int]]]]:
    """Each entity with the forms in which it is named, and how often."""
    table: dict[str, dict[str, int]] = {}
    for mention in mentions:
        forms = table.setdefault(mention.entity, {})
        forms[mention.form] = forms.get(mention.form, 0) + 1
    return [(entity, list(forms.items())) for entity, forms in table.items()]


def _pieces(text: str, mentions: list[MarkedName]) -> list[TextPiece]:
    pieces: list[TextPiece] = []
    at = 0
    for start, end, form, entity, _ in mentions:
        if start < at or end > len(text) or text[start:end] != form:
            if pieces and start == at - len(pieces[-1].text) and text[start:end] == pieces[-1].text:
                pieces[-1] = TextPiece(pieces[-1].text, (*pieces[-1].entities, entity))
            continue
        if start > at:
            pieces.append(TextPiece(text[at:start]))
        pieces.append(TextPiece(text[start:end], (entity,)))
        at = end
    return [*pieces, TextPiece(text[at:])] if at < len(text) else pieces
