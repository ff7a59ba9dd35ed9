"""Labels and links of a page: labels in its language, links to other pages of the site, references to passages.

Only this module, from escaped text, and the templates generate markup.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import pyoxigraph as ox
from markupsafe import Markup, escape

from mtsp_kg import vocab
from mtsp_kg.plan import names
from mtsp_kg.plan.pages.plan_index import PlanIndex
from mtsp_kg.plan.pages.words import RIGHT_TO_LEFT, InterfaceWords
from mtsp_kg.publish.site_layout import safe_link
from mtsp_kg.publish.triple_index import key

_EMPTY = Markup("")


class LabelForm(NamedTuple):
    """A label of a resource: its property (as `prefLabel`), language and text, and the graph that states it."""

    kind: str
    language: str
    text: str
    graph: str


class LabelIndex:
    """The labels of everything in an index. forms: by IRI; numbers: of pillars and outcomes, by IRI."""

    def __init__(self, index: PlanIndex) -> None:
        self.forms: dict[str, list[LabelForm]] = {}
        self.numbers: dict[str, str] = {}
        for quad in index.quads:
            predicate = quad.predicate.value
            if predicate in vocab.LABELS and isinstance(quad.object, ox.Literal):
                kind = predicate.removeprefix(vocab.SKOS)
                form = LabelForm(kind, quad.object.language or "", quad.object.value, key(quad.graph_name))
                self.forms.setdefault(key(quad.subject), []).append(form)
            elif predicate == names.term("number") and key(quad.subject) not in index.passages:
                self.numbers[key(quad.subject)] = key(quad.object)

    def preferred(self, iri: str, language: str) -> tuple[str, str] | None:
        """The preferred label in a language, else in English, in Chinese, in any; and the language that it is in."""
        found = {form.language: form.text for form in self.forms.get(iri, ()) if form.kind == "prefLabel"}
        for wanted in (language, "en", "zh", *sorted(found)):
            if wanted in found:
                return found[wanted], wanted
        return None


@dataclass
class PageView:
    """The common parts of the pages in one language of the interface. live: whether a server handles their forms."""

    index: PlanIndex
    labels: LabelIndex
    words: InterfaceWords
    live: bool = False
    _links: dict[str, dict[str, Markup]] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """The language of the interface."""
        return self.words.language

    def label(self, iri: str) -> str:
        """The label of a resource in this language; its short name if it has none."""
        found = self.labels.preferred(iri, self.language)
        return found[0] if found else self.words.term_label(self.short(iri))

    def filled(self, text: object) -> str:
        """A text of the interface with the labels of the site's plans for `{plan}`."""
        subject = self.index.subject
        plans = self._listed(subject.plans) or str(self.words.site)
        issuers, documents = self._listed(subject.issuers), self._listed(subject.documents)
        return str(text).format(plan=plans, issuer=issuers, document=documents)

    @cached_property
    def source_note(self) -> str:
        """A note on the documents behind the graph, the issuer of the plan, and that the site is not official."""
        subject, words = self.index.subject, self.words
        texts = [words.facts_from] if subject.documents else []
        texts += [words.issued_by] if subject.issuers else []
        return ("" if self.language == "zh" else " ").join(map(self.filled, [*texts, words.unofficial]))

    def _listed(self, iris: Iterable[str]) -> str:
        return ("、" if self.language == "zh" else ", ").join(map(self.label, iris))

    def short(self, iri: str) -> str:
        """The prefixed name of an IRI; the local name of a shape; the path of a graph that is named after a file."""
        for prefix, namespace in vocab.PUBLISHING.items():
            if iri.startswith(namespace):
                return f"{prefix}:{iri[len(namespace) :]}"
        profile = self.index.profile
        if profile.is_file_graph(iri):
            return iri.rpartition("/")[2] if iri.startswith("file:") else iri.removeprefix(profile.base)
        return profile.shrink(iri).removeprefix(profile.shapes)

    def numbered(self, iri: str) -> tuple[str, str] | None:
        """The label of a resource and its language; for a pillar or outcome with its number first."""
        found = self.labels.preferred(iri, self.language)
        number = self.labels.numbers.get(iri)
        return (f"{number} {found[0]}", found[1]) if found and number else found

    def page(self, iri: str) -> str | None:
        """The page about a resource, with its fragment; None if the site has none."""
        path = self.index.layout.locate(iri)
        if path is None or (not path.fragment and path.stem not in self.index.stems):
            return None
        page = self.index.layout.page(path.stem, self.language)
        return f"{page}#{path.fragment}" if path.fragment else page

    def links_from(self, path: str, root: str | None = None) -> PageLinks:
        """Links as the page at a path writes them; root: the reference to the site's root, if not a relative one."""
        root = "../" * path.count("/") if root is None else root
        return PageLinks(self, path, root, self._links.setdefault(root, {}))


@dataclass(frozen=True)
class PageLinks:
    """Links in one page. root: the reference to the site's root; made: a cache of links for pages of this depth."""

    view: PageView
    path: str
    root: str
    made: dict[str, Markup]

    def file(self, path: str) -> str:
        """The reference to another file of the site."""
        return self.root + path

    def to(self, iri: str) -> Markup:
        """A resource's label, as a link if there is a page or a safe target."""
        found = self.made.get(iri)
        if found is None:
            found = self.made[iri] = self._link(iri)
        return found

    def passage(self, iri: str) -> Markup:
        """A link to a passage that shows its number only."""
        entry = f"\0{iri}"
        if entry not in self.made:
            page = self.view.page(iri)
            text = escape(self.view.words.passage(iri))
            self.made[entry] = Markup('<a class="p" href="%s">%s</a>') % (self.file(page), text) if page else text
        return self.made[entry]

    def passages(self, iris: Iterable[str]) -> Markup:
        """Links to passages, separated by spaces."""
        return Markup(" ").join(self.passage(iri) for iri in iris)

    def node(self, node: object) -> Markup:
        """A term for a page: a resource as a link, a literal as text, with its language."""
        if not isinstance(node, ox.Literal):
            return escape(str(node)) if isinstance(node, ox.BlankNode) else self.to(str(getattr(node, "value", node)))
        if node.language:
            return self.text(node.value, node.language)
        address = safe_link(node.value) if node.datatype.value == vocab.XSD + "anyURI" else None
        if address:
            return Markup('<a href="%s" rel="external">%s</a>') % (address, address)
        return Markup("<bdi>%s</bdi>") % node.value

    def best(self, values: Iterable[object]) -> list[object]:
        """The values without those texts that are in other languages, if there is one in the page's language."""
        found = list(values)
        tagged = {getattr(node, "language", None) for node in found} - {None}
        if self.view.language not in tagged:
            return found
        return [node for node in found if getattr(node, "language", None) in (None, self.view.language)]

    def text(self, text: str, language: str) -> Markup:
        """A text in a language, marked up if it differs from that of the page."""
        if not language or language == self.view.language:
            return escape(text)
        direction = Markup(' dir="rtl"') if language.split("-")[0] in RIGHT_TO_LEFT else _EMPTY
        return Markup('<span lang="%s"%s>%s</span>') % (language, direction, text)

    def _link(self, iri: str) -> Markup:
        found = self.view.numbered(iri)
        short = self.view.short(iri)
        text = self.text(*found) if found else Markup("<bdi>%s</bdi>") % self.view.words.term_label(short)
        page = self.view.page(iri)
        if page:
            return Markup('<a href="%s" title="%s">%s</a>') % (self.file(page), short, text)
        target = safe_link(iri)
        profile = self.view.index.profile
        if target and not iri.startswith(profile.base):
            return Markup('<a href="%s" rel="external">%s</a>') % (target, text)
        return text if found else Markup("<bdi>%s</bdi>") % (short if profile.is_file_graph(iri) else iri)
