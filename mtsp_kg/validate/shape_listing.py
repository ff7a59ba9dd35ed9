"""The shapes of a project as a list and as a page: targets, the number of nodes, a good and a bad example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.formats import check_form
from mtsp_kg.layout import aligned_table
from mtsp_kg.profile import Profile
from mtsp_kg.store import DEFAULT_GRAPH, Store
from mtsp_kg.validate.report import ReportRule
from mtsp_kg.validate.report_view import short_shape
from mtsp_kg.validate.shapes import Shape, Shapes
from mtsp_kg.validate.targets import Targets, iri_of

FORMS = ("table", "md")
_BAD_EXAMPLES = Path("tests", "shapes")
_MAX_TRIPLES = 12


class ListedShape(NamedTuple):
    """A shape with its name, as a rule of reports, its targets, the number of nodes that they match, the IRI of a node
    that conforms (empty where there is none), and the files of bad examples.
    """

    name: str
    shape: Shape
    rule: ReportRule
    targets: tuple[str, ...]
    nodes: int
    good: str
    bad: tuple[Path, ...]


@dataclass(frozen=True)
class ShapeList:
    """Shapes by name."""

    shapes: tuple[ListedShape, ...]
    profile: Profile = field(compare=False, repr=False)
    store: Store = field(compare=False, repr=False)

    def __iter__(self) -> Iterator[ListedShape]:
        return iter(self.shapes)

    def __len__(self) -> int:
        return len(self.shapes)

    def __str__(self) -> str:
        return self.write()

    def write(self, form: str = "table", width: int | None = None) -> str:
        """The shapes as an aligned table, or as a page in Markdown with messages and examples.

        form: one of FORMS; width: that of the terminal, for the table. Raises NotFoundError for another form.
        """
        check_form(form, FORMS, "The list of shapes")
        return self._table(width) if form == "table" else self._page()

    def _table(self, width: int | None) -> str:
        rows = [["shape", "severity", "looks at", "nodes", "good example", "bad example"]]
        for one in self.shapes:
            more = f" +{len(one.targets) - 1}" if len(one.targets) > 1 else ""
            target = one.targets[0] + more if one.targets else "-"
            bad = one.bad[0].name if one.bad else ""
            good = self.profile.shrink(one.good)
            rows.append([one.name, one.rule.severity, target, f"{one.nodes:,}", good, bad])
        return aligned_table(rows, width)

    def _page(self) -> str:
        lines = [
            "# Shapes",
            "",
            "What every graph of this project must conform to. Written by `mtsp shapes --doc`.",
            "",
        ]
        for one in self.shapes:
            name = one.rule.name.get("en", "")
            lines += [f"## {one.name}", ""]
            lines += [f"*{name}*", ""] if name else []
            for language in ("en", "zh", ""):
                if text := one.shape.messages.get(language):
                    lines += [text, ""]
            lines.append(f"- severity: {one.rule.severity}")
            lines += [f"- path: `{one.shape.path}`"] if one.shape.path else []
            lines += [f"- looks at: `{target}`" for target in one.targets]
            lines += [f"- nodes: {one.nodes:,}", ""]
            if one.good:
                lines += ["Good:", "", "```turtle", *self._description(one.good), "```", ""]
            if one.bad:
                lines += ["Bad:", "", "```turtle", one.bad[0].read_text(encoding="utf-8").strip(), "```", ""]
        return "\n".join(lines)

    def _description(self, node: str) -> list[str]:
        write = self.profile.as_turtle
        quads = sorted(self.store.quads(ox.NamedNode(node), graph=DEFAULT_GRAPH), key=str)
        lines = [write(node)]
        for quad in quads[:_MAX_TRIPLES]:
            object_ = write(quad.object.value) if isinstance(quad.object, ox.NamedNode) else str(quad.object)
            predicate = "a" if quad.predicate.value == vocab.RDF_TYPE else write(quad.predicate.value)
            lines.append(f"    {predicate} {object_} ;")
        lines.append("    # ..." if len(quads) > _MAX_TRIPLES else "    .")
        return lines


def list_shapes(shapes: Shapes, store: Store, failing: Mapping[str, set[str]], root: Path) -> ShapeList:
    """All shapes by name.

    store: the data; failing: the nodes that do not conform to a shape, by the shape's IRI; root: the project's folder.
    The targets of a shape without its own are those of the shapes that use it with sh:property, sh:node and the like.
    """
    users: dict[str, set[str]] = {}
    for quad in shapes.store.quads_for_pattern(None, None, None, DEFAULT_GRAPH):
        if isinstance(quad.object, ox.NamedNode) and isinstance(quad.subject, ox.NamedNode):
            users.setdefault(quad.object.value, set()).add(quad.subject.value)
    found = []
    matched = Targets(store.snapshot())
    for iri, shape in sorted(shapes.by_iri.items()):
        targeted = [shapes.by_iri[name] for name in _targeted(iri, shapes, users)]
        nodes = frozenset().union(*map(matched.of, targeted))
        iris = sorted(filter(None, map(iri_of, nodes)))
        good = next((node for node in iris if node not in failing.get(iri, set())), "")
        targets = dict.fromkeys(target for one in targeted for target in _targets(one, shapes.profile))
        name = short_shape(iri, shapes.profile)
        bad = sorted(path for pattern in (f"{name}.*", f"{name}-*.*") for path in (root / _BAD_EXAMPLES).glob(pattern))
        found.append(ListedShape(name, shape, shapes.rule(iri), tuple(targets), len(nodes), good, tuple(bad)))
    return ShapeList(tuple(found), shapes.profile, store)


def _targeted(iri: str, shapes: Shapes, users: Mapping[str, set[str]]) -> list[str]:
    """The shapes whose targets are those of a shape: itself, or the shapes that lead to it."""
    seen, waiting, found = {iri}, [iri], []
    while waiting:
        name = waiting.pop()
        if name in shapes.by_iri and shapes.by_iri[name].targets:
            found.append(name)
        for user in sorted(users.get(name, ())):
            if user not in seen:
                seen.add(user)
                waiting.append(user)
    return sorted(found)


def _targets(shape: Shape, profile: Profile) -> Iterator[str]:
    for declaration, target in shape.targets:
        name = profile.shrink(target.value) if isinstance(target, ox.NamedNode) else str(target)
        yield f"{profile.shrink(declaration)} {name}"
