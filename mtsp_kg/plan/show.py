"""The statements of a plan about an entity, by voice, with the passages that make them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from mtsp_kg import vocab
from mtsp_kg.formats import check_form
from mtsp_kg.plan import names
from mtsp_kg.plan.views import EntityViews
from mtsp_kg.query.entities import Resource

if TYPE_CHECKING:
    from mtsp_kg.query.values import Value

_EXACTLY = names.term("exactly")


class EntityName(NamedTuple):
    """A label of an entity. kind: `prefLabel`, `altLabel` or `hiddenLabel`; languages: those in which it is one."""

    text: str
    kind: str
    languages: tuple[str, ...]


class Fact(NamedTuple):
    """A fact that an entity is the subject or object of. object: a resource, or the text of a literal."""

    subject: Resource
    property: Resource
    object: Resource | str
    passages: tuple[Resource, ...]


class Statement(NamedTuple):
    """A statement that refers to an entity.

    voice: its class, as mtsp:Commitment; roles: the properties by which it refers to the entity; under: the strategic
    elements or sections that it is under.
    """

    iri: Resource
    voice: Resource
    roles: tuple[Resource, ...]
    under: tuple[Resource, ...]
    passages: tuple[Resource, ...]

    @property
    def label(self) -> str:
        """The statement in the curators' words."""
        return self.iri.label


class Figure(NamedTuple):
    """A key figure of an entity. comparison: its precision, as mtsp:almost."""

    iri: Resource
    value: Value
    unit: Resource
    period: Resource
    comparison: Resource
    passage: Resource

    @property
    def label(self) -> str:
        """What the figure measures, in words."""
        return self.iri.label


@dataclass(frozen=True)
class Shown:
    """The statements of a plan about an entity, in the order of the document.

    kinds: its classes; broader: its broader concepts; passages: those that refer to it.
    """

    iri: Resource
    names: tuple[EntityName, ...]
    kinds: tuple[Resource, ...]
    broader: tuple[Resource, ...]
    facts: tuple[Fact, ...]
    statements: tuple[Statement, ...]
    figures: tuple[Figure, ...]
    passages: tuple[Resource, ...]

    forms: ClassVar[tuple[str, ...]] = ("text", "json")

    @property
    def label(self) -> str:
        """The entity's preferred label."""
        return self.iri.label

    def by_voice(self) -> dict[Resource, list[Statement]]:
        """The statements by their voice."""
        table: dict[Resource, list[Statement]] = {}
        for statement in self.statements:
            table.setdefault(statement.voice, []).append(statement)
        return table

    def write(self, form: str = "text") -> str:
        """The statements in one of its `forms`. Raises NotFoundError for an unknown form."""
        check_form(form, self.forms, "An entity")
        return self._json() if form == "json" else "\n".join(self._lines()) + "\n"

    def __str__(self) -> str:
        return self.write()

    def _lines(self) -> Iterable[str]:
        kinds = ", ".join(kind.label for kind in self.kinds)
        yield f"{self.label}  ({self.iri.short}; {kinds or 'no class'})"
        for kind in dict.fromkeys(name.kind for name in self.names):
            if kind != "hiddenLabel":
                named = (f"{name.text} ({' '.join(name.languages)})" for name in self.names if name.kind == kind)
                yield f"  {'also ' if kind == 'altLabel' else ''}{' · '.join(named)}"
        yield from (f"  narrower than {self._named(broader)}" for broader in self.broader)
        if self.facts:
            yield from ("", "Facts")
        for fact in self.facts:
            subject, object_ = self._named(fact.subject), self._named(fact.object)
            yield f"  {subject} {fact.property.label} {object_}  [{_short(fact.passages)}]"
        for voice, statements in self.by_voice().items():
            # A label in English is in the singular; one in Chinese has no plural.
            yield from ("", f"{voice.label.capitalize()}{'s' if voice.label.isascii() else ''}")
            for one in statements:
                roles = ", ".join(role.label for role in one.roles)
                under = ", ".join(element.short for element in one.under)
                yield f"  {one.label}  ({roles}; {one.iri.short} under {under})  [{_short(one.passages)}]"
        if self.figures:
            yield from ("", "Figures")
        for figure in self.figures:
            exact = "" if figure.comparison == _EXACTLY else f"{figure.comparison.label} "
            value = f"{exact}{figure.value} {figure.unit.label}, {figure.period.label}"
            yield f"  {figure.label}: {value}  [{figure.passage.short}]"
        count = f"{len(self.passages)} passage{'s' if len(self.passages) > 1 else ''}"
        yield from ("", f"In {count}: {_short(self.passages)}" if self.passages else "No passage refers to it.")

    def _named(self, value: Resource | str) -> str:
        if not isinstance(value, Resource):
            return value
        return "this" if value == self.iri else f"{value.label} ({value.short})"

    def _json(self) -> str:
        import json

        labels: dict[str, dict[str, tuple[str, ...]]] = {}
        for name in self.names:
            labels.setdefault(name.kind, {})[name.text] = name.languages
        body: dict[str, Any] = {
            "iri": self.iri,
            "names": labels,
            "kinds": self.kinds,
            "broader": self.broader,
            "facts": [fact._asdict() for fact in self.facts],
            "statements": [
                {
                    "iri": one.iri,
                    "voice": one.voice,
                    "label": one.label,
                    "roles": one.roles,
                    "under": one.under,
                    "passage": one.passages[0],
                }
                for one in self.statements
            ],
            "figures": [figure._asdict() | {"value": str(figure.value)} for figure in self.figures],
            "passages": self.passages,
        }
        return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def about(iri: str, views: EntityViews, resource: Callable[[str], Resource]) -> Shown:
    """The statements of a plan about an entity. resource: IRI to resource."""
    passages = list(views.passages_of(iri))
    labels: dict[tuple[str, str], list[str]] = {}
    kinds, broader = [], []
    for row in views.properties_of(iri):
        if row.property in vocab.LABELS:
            labels.setdefault((row.property, row.value), []).append(row.language)
        elif row.property == vocab.RDF_TYPE:
            kinds.append(resource(row.value))
        elif row.property == vocab.BROADER:
            broader.append(resource(row.value))
    return Shown(
        resource(iri),
        tuple(
            EntityName(text, property_.removeprefix(vocab.SKOS), tuple(languages))
            for (property_, text), languages in sorted(labels.items(), key=lambda item: vocab.LABELS.index(item[0][0]))
        ),
        tuple(kinds),
        tuple(broader),
        _facts(iri, views, passages, resource),
        _statements(iri, views, resource),
        _figures(iri, views, resource),
        tuple(map(resource, passages)),
    )


def _facts(
    iri: str, views: EntityViews, reading_order: Sequence[str], resource: Callable[[str], Resource]
) -> tuple[Fact, ...]:
    rank = {passage: index for index, passage in enumerate(reading_order)}
    stating: dict[tuple[str, str, str], list[str]] = {}
    for row in views.facts_of(iri):
        stating.setdefault((row.subject, row.property, row.object), []).append(row.passage)
    return tuple(
        Fact(
            resource(subject),
            resource(property_),
            resource(object_) if object_.startswith("http") else object_,
            tuple(map(resource, sorted(passages, key=lambda one: rank.get(one, len(rank))))),
        )
        for (subject, property_, object_), passages in stating.items()
    )


def _statements(iri: str, views: EntityViews, resource: Callable[[str], Resource]) -> tuple[Statement, ...]:
    # The columns with several values, in the order of the rows.
    table: dict[tuple[str, str], tuple[dict[str, None], dict[str, None], dict[str, None]]] = {}
    for row in views.statements_of(iri):
        columns = table.setdefault((row.voice, row.statement), ({}, {}, {}))
        for column, value in zip(columns, (row.role, row.under, row.passage), strict=True):
            column[value] = None
    return tuple(
        Statement(resource(statement), resource(voice), *(tuple(map(resource, column)) for column in columns))
        for (voice, statement), columns in table.items()
    )


def _figures(iri: str, views: EntityViews, resource: Callable[[str], Resource]) -> tuple[Figure, ...]:
    rows = list(views.figures_of(iri))
    if not rows:
        return ()
    from mtsp_kg.query.values import Reader

    reader = Reader(shrink=str, label=None)
    return tuple(
        Figure(
            resource(row.figure),
            reader.value(row.value),
            *map(resource, (row.unit, row.period, row.comparison, row.passage)),
        )
        for row in rows
    )


def _short(passages: Iterable[Resource]) -> str:
    return " ".join(passage.short for passage in passages)
