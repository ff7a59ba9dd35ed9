"""Entities by any of their names (IRI, prefixed name, label in any language), and resources with their labels."""

from __future__ import annotations

import unicodedata
from functools import cached_property

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.errors import NotFoundError, ParameterError
from mtsp_kg.profile import Profile
from mtsp_kg.query.answer import Label
from mtsp_kg.store import DEFAULT_GRAPH, Store

_MOST_NAMED = 5
_MOST_HINTS = 3


def fold(label: str) -> str:
    """A label for comparison: compatibility forms united, case folded, white space removed."""
    return "".join(unicodedata.normalize("NFKC", label).casefold().split())


class Resource(str):
    """An IRI in an answer: a string that equals the IRI, so that it can be passed as a parameter.

    short: its prefixed name, or the IRI if there is none; label: looked up on first access.
    """

    short: str
    _label: Label

    def __new__(cls, iri: str, short: str, label: Label) -> Resource:
        """label: returns the label of an IRI in a language."""
        made = super().__new__(cls, iri)
        made.short = short
        made._label = label
        return made

    @property
    def iri(self) -> str:
        """The IRI as plain text."""
        return str.__str__(self)

    @property
    def label(self) -> str:
        """The preferred label in English, else in another language, else the short name."""
        return self.label_in("en")

    def label_in(self, language: str) -> str:
        """Like `label`, with another preferred language."""
        return self._label(self.iri, language)

    def __repr__(self) -> str:
        return f"<{self.short}>" if self.short == self.iri else self.short

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        # The store that labels are looked up in stays behind.
        return str, (self.iri,)


class Entities:
    """The entities that a store describes.

    profile: for prefixed names; suggest: whether errors name similar entities, which requires comparing all labels.
    """

    def __init__(self, store: Store, profile: Profile, *, suggest: bool = True) -> None:
        self.profile = profile
        self._store = store
        self._suggest = suggest

    def find(self, name: str, namespace: str = "") -> str:
        """The IRI of the entity with a name. namespace: limits the entities that a label can refer to.

        Raises NotFoundError, with the nearest names, if there is none, ParameterError if there are several.
        """
        iri = self.profile.expand(name.strip())
        if iri is not None:
            if self.has(iri):
                return iri
            raise NotFoundError(f"The graph does not contain the IRI <{iri}>.", remedy=self._hint(name.split(":")[-1]))
        wanted = fold(name)
        for labels in (vocab.LABELS[:1], vocab.LABELS):
            named = {iri for predicate in labels for iri in self._by_label[predicate].get(wanted, ())}
            found = sorted(iri for iri in named if iri.startswith(namespace))
            if len(found) == 1:
                return found[0]
            if found:
                several = ", ".join(map(self.profile.shrink, found[:_MOST_NAMED]))
                raise ParameterError(f"'{name}' is the name of several entities.", remedy=f"Choose one of: {several}.")
        raise NotFoundError(f"No entity in the graph has the name '{name}'.", remedy=self._hint(name))

    def has(self, iri: str) -> bool:
        """Whether the graph has a triple with an IRI as subject or object; False for an invalid IRI."""
        try:
            return self._store.mentions(iri)
        except ValueError:
            return False

    def label(self, iri: str, language: str = "en") -> str:
        """The preferred label of an entity in a language, else in the profile's, else in any; else its short name."""
        found: dict[str, str] = {}
        labels = self._store.labels()
        for quad in labels.quads(ox.NamedNode(iri), ox.NamedNode(vocab.PREF_LABEL), graph=DEFAULT_GRAPH):
            if isinstance(quad.object, ox.Literal):
                found[quad.object.language or ""] = quad.object.value
        for wanted in (language, *self.profile.languages):
            if wanted in found:
                return found[wanted]
        return min(found.values(), default=self.profile.shrink(iri))

    @cached_property
    def _by_label(self) -> dict[str, dict[str, set[str]]]:
        table: dict[str, dict[str, set[str]]] = {predicate: {} for predicate in vocab.LABELS}
        for predicate, by_label in table.items():
            for quad in self._store.labels().quads(None, ox.NamedNode(predicate), graph=DEFAULT_GRAPH):
                subject, label = quad.subject, quad.object
                if not isinstance(subject, ox.NamedNode) or not isinstance(label, ox.Literal):
                    continue
                if subject.value.startswith(self.profile.ids):
                    by_label.setdefault(fold(label.value), set()).add(subject.value)
        return table

    def _hint(self, name: str) -> str:
        if not self._suggest:
            return "Give an IRI, a prefixed name, or a complete label in any language."
        import difflib

        wanted = fold(name)
        forms: dict[str, set[str]] = {}
        for by_label in self._by_label.values():
            for label, called in by_label.items():
                forms.setdefault(label, set()).update(called)
        near = difflib.get_close_matches(wanted, forms, n=8, cutoff=0.5)
        near += [form for form in sorted(forms, key=len) if len(wanted) > 1 and wanted in form and form not in near]
        nearest = list(dict.fromkeys(iri for form in near for iri in sorted(forms[form])))
        if not nearest:
            return "'mtsp query entities' lists all entities."
        shown = (f"{self.profile.shrink(iri)} ({self.label(iri)})" for iri in nearest[:_MOST_HINTS])
        return f"Nearest: {'; '.join(shown)}."
