"""How things are called and linked in a page: labels in its language, links to pages of the site, dates and passages.

Markup is made here, from escaped text, and in the templates; nowhere else. Imports `names`, `publish.index`,
`publish.paths` and `publish.words`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyoxigraph as ox
from markupsafe import Markup, escape

from mtsp_kg import vocab
from mtsp_kg.plan import names
from mtsp_kg.publish import paths
from mtsp_kg.publish.triple_index import Index, key
from mtsp_kg.publish.words import RIGHT_TO_LEFT, Words

_EMPTY = Markup("")


@dataclass(frozen=True)
class Form:
    """A name of a thing: kind of label (as `prefLabel`), language, text, and the graph that gives it."""

    kind: str
    language: str
    text: str
    graph: str


class Names:
    """The names of everything in an index."""

    def __init__(self, index: Index) -> None:
        self.forms: dict[str, list[Form]] = {}
        for quad in index.quads:
            if quad.predicate.value in vocab.LABELS and isinstance(quad.object, ox.Literal):
                kind = quad.predicate.value.removeprefix(vocab.SKOS)
                form = Form(kind, quad.object.language or "", quad.object.value, key(quad.graph_name))
                self.forms.setdefault(key(quad.subject), []).append(form)
        self.numbers = {
            key(quad.subject): key(quad.object)
            for quad in index.quads
            if quad.predicate.value == names.term("number") and key(quad.subject) not in index.passages
        }

    def label(self, iri: str, language: str) -> tuple[str, str] | None:
        """The preferred name in a language, else in English, in Chinese, any; with the language that it is in."""
        found = {form.language: form.text for form in self.forms.get(iri, ()) if form.kind == "prefLabel"}
        for wanted in (language, "en", "zh", *sorted(found)):
            if wanted in found:
                return found[wanted], wanted
        return None


@dataclass
class View:
    """What the pages of one language of the interface share. live: whether a server answers."""

    index: Index
    names: Names
    words: Words
    plan: str | None
    live: bool = False
    _links: dict[str, dict[str, Markup]] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """The language of the interface."""
        return self.words.language

    def label(self, iri: str) -> str:
        """What a thing is called in this language, or its short name."""
        found = self.names.label(iri, self.language)
        return found[0] if found else self.words.term_of(self.short(iri))

    def short(self, iri: str) -> str:
        """The prefixed name of an IRI; of a shape its local name, of a graph its path; else the IRI."""
        for prefix, namespace in vocab.PUBLISHING.items():
            if iri.startswith(namespace):
                return f"{prefix}:{iri[len(namespace) :]}"
        if iri.startswith(names.GRAPH):
            return iri.removeprefix(names.BASE)
        return names.shrink(iri, self.plan).removeprefix(names.SHAPES)

    def numbered(self, iri: str) -> tuple[str, str] | None:
        """The name of a thing with the language that it is in; that of an outcome or pillar after its number."""
        found = self.names.label(iri, self.language)
        number = self.names.numbers.get(iri)
        return (f"{number} {found[0]}", found[1]) if found and number else found

    def page(self, iri: str) -> str | None:
        """The page of a thing, with the fragment; None where the site has none."""
        place = paths.split(iri)
        if place is None or (not place[1] and place[0] not in self.index.stems):
            return None
        return paths.page_of(place[0], self.language) + (f"#{place[1]}" if place[1] else "")

    def at(self, path: str, root: str | None = None) -> At:
        """Links as they are written in the page at a path; root: the way to the site's root, if not from there."""
        root = "../" * path.count("/") if root is None else root
        return At(self, path, root, self._links.setdefault(root, {}))


@dataclass(frozen=True)
class At:
    """Links in one page. root: the way up to the site's root; cache: links made already from this depth."""

    view: View
    path: str
    root: str
    cache: dict[str, Markup]

    def to(self, path: str) -> str:
        """The reference to another file of the site."""
        return self.root + path

    def a(self, iri: str) -> Markup:
        """A link that says what a thing is called; a name without a link where there is nowhere safe to go."""
        found = self.cache.get(iri)
        if found is None:
            found = self.cache[iri] = self._make(iri)
        return found

    def passage(self, iri: str) -> Markup:
        """A link to a passage that says its number only."""
        cached = f"\0{iri}"
        if cached not in self.cache:
            page = self.view.page(iri)
            text = escape(self.view.words.passage(iri))
            self.cache[cached] = Markup('<a class="p" href="%s">%s</a>') % (self.to(page), text) if page else text
        return self.cache[cached]

    def passages(self, iris: Iterable[str]) -> Markup:
        """Links to passages, with a space between."""
        return Markup(" ").join(self.passage(iri) for iri in iris)

    def node(self, node: object) -> Markup:
        """A term as a page shows it: a link, or a literal with its language, as text always."""
        if not isinstance(node, ox.Literal):
            return escape(str(node)) if isinstance(node, ox.BlankNode) else self.a(str(getattr(node, "value", node)))
        if node.language:
            return self.text(node.value, node.language)
        iri = paths.open_link(node.value) if node.datatype.value == vocab.XSD + "anyURI" else None
        return (
            Markup('<a href="%s" rel="external">%s</a>') % (iri, iri) if iri else Markup("<bdi>%s</bdi>") % node.value
        )

    def best(self, values: Iterable[object]) -> list[object]:
        """Of texts in several languages those in the page's, where there are any; all that is no such text."""
        found = list(values)
        tagged = {getattr(node, "language", None) for node in found} - {None}
        if self.view.language not in tagged:
            return found
        return [node for node in found if getattr(node, "language", None) in (None, self.view.language)]

    def text(self, text: str, language: str) -> Markup:
        """A text in a language, marked where that is not the page's."""
        if not language or language == self.view.language:
            return escape(text)
        turn = Markup(' dir="rtl"') if language.split("-")[0] in RIGHT_TO_LEFT else _EMPTY
        return Markup('<span lang="%s"%s>%s</span>') % (language, turn, text)

    def _make(self, iri: str) -> Markup:
        found = self.view.numbered(iri)
        short = self.view.short(iri)
        text = self.text(*found) if found else Markup("<bdi>%s</bdi>") % self.view.words.term_of(short)
        page = self.view.page(iri)
        if page:
            return Markup('<a href="%s" title="%s">%s</a>') % (self.to(page), short, text)
        target = paths.open_link(iri)
        if target and not iri.startswith(names.BASE):
            return Markup('<a href="%s" rel="external">%s</a>') % (target, text)
        shown = short if iri.startswith(names.GRAPH) else iri
        return Markup("<bdi>%s</bdi>") % shown if not found else text
