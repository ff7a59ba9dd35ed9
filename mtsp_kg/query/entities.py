"""Entities by any of their names: IRI, prefixed name, or a label in any language."""

from __future__ import annotations

import unicodedata
from functools import cached_property

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.errors import NotFoundError, ParameterError
from mtsp_kg.plan import names
from mtsp_kg.store import DEFAULT_GRAPH, Store


def fold(label: str) -> str:
    """A label for comparison: compatibility forms united, case folded, white space out."""
    return "".join(unicodedata.normalize("NFKC", label).casefold().split())


class Entities:
    """The names of what a store speaks of. plan: the slug of the plan that short names such as `outcome:2.4` mean."""

    def __init__(self, store: Store, plan: str | None) -> None:
        self._store = store
        self.plan = plan

    def find(self, name: str) -> str:
        """The IRI of the entity that is called so.

        Raises NotFoundError, with the nearest names, when nothing is, and ParameterError when several things are.
        """
        iri = names.expand(name.strip(), self.plan)
        if iri is not None:
            if self._store.mentions(iri):
                return iri
            raise NotFoundError(f"Nothing in the graph has the IRI <{iri}>.", remedy=self._hint(name.split(":")[-1]))
        wanted = fold(name)
        for labels in (vocab.LABELS[:1], vocab.LABELS):
            found = sorted({iri for predicate in labels for iri in self._by_label[predicate].get(wanted, ())})
            if len(found) == 1:
                return found[0]
            if found:
                several = ", ".join(names.shrink(iri, self.plan) for iri in found[:5])
                raise ParameterError(f"'{name}' names several things.", remedy=f"Choose one of: {several}.")
        raise NotFoundError(f"Nothing in the graph is called '{name}'.", remedy=self._hint(name))

    def label(self, iri: str, language: str = "en") -> str:
        """The preferred label of an entity in a language; else in English, in Chinese, any; else its short name."""
        found: dict[str, str] = {}
        labels = self._store.labels()
        for quad in labels.quads(ox.NamedNode(iri), ox.NamedNode(vocab.PREF_LABEL), graph=DEFAULT_GRAPH):
            if isinstance(quad.object, ox.Literal):
                found[quad.object.language or ""] = quad.object.value
        for wanted in (language, "en", "zh"):
            if wanted in found:
                return found[wanted]
        return min(found.values(), default=names.shrink(iri, self.plan))

    @cached_property
    def _by_label(self) -> dict[str, dict[str, set[str]]]:
        table: dict[str, dict[str, set[str]]] = {predicate: {} for predicate in vocab.LABELS}
        for predicate, by_label in table.items():
            for quad in self._store.labels().quads(None, ox.NamedNode(predicate), graph=DEFAULT_GRAPH):
                subject, label = quad.subject, quad.object
                if not isinstance(subject, ox.NamedNode) or not isinstance(label, ox.Literal):
                    continue
                if subject.value.startswith(names.ID):
                    by_label.setdefault(fold(label.value), set()).add(subject.value)
        return table

    def _hint(self, name: str) -> str:
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
            return "'mtsp query entities' lists what there is."
        shown = (f"{names.shrink(iri, self.plan)} ({self.label(iri)})" for iri in nearest[:3])
        return f"Nearest: {'; '.join(shown)}."
