"""The shapes as a list and as a page: what each looks at, how many nodes it meets, a good and a bad example.

Imports `names`, `project` and, of this room, `findings`, `rules`, `shapes`, `targets`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.plan import names
from mtsp_kg.validate.findings import Rule
from mtsp_kg.validate.report_words import short_shape
from mtsp_kg.validate.shapes import Shape, Shapes, rule_of
from mtsp_kg.validate.targets import Targets, iri_of

BAD = Path("tests", "shapes")
_DEFAULT = ox.DefaultGraph()
_MOST = 12


@dataclass(frozen=True)
class Listed:
    """A shape: as a rule, its targets, how many nodes they meet, a node that meets it, files of bad examples."""

    shape: Shape
    rule: Rule
    targets: tuple[str, ...]
    nodes: int
    good: str
    bad: tuple[Path, ...]


def listed(shapes: Shapes, store: ox.Store, failing: Mapping[str, set[str]], root: Path) -> list[Listed]:
    """All shapes by name. failing: the nodes that do not meet a shape, by the shape's IRI; root: the project's folder.

    A shape without targets of its own is met by way of those that name it with sh:property, sh:node and the like.
    """
    users: dict[str, set[str]] = {}
    for quad in shapes.store.quads_for_pattern(None, None, None, _DEFAULT):
        if isinstance(quad.object, ox.NamedNode) and isinstance(quad.subject, ox.NamedNode):
            users.setdefault(quad.object.value, set()).add(quad.subject.value)
    found = []
    matched = Targets(store)
    for iri, shape in sorted(shapes.by_iri.items()):
        looking = _targeted(iri, shapes, users)
        nodes = {node for name in looking for node in matched.of(shapes.by_iri[name])}
        told = sorted(filter(None, map(iri_of, nodes)))
        good = next((node for node in told if node not in failing.get(iri, set())), "")
        targets = dict.fromkeys(target for name in looking for target in _targets(shapes.by_iri[name]))
        name = short_shape(iri)
        bad = sorted(path for pattern in (f"{name}.*", f"{name}-*.*") for path in (root / BAD).glob(pattern))
        found.append(Listed(shape, rule_of(iri, shapes), tuple(targets), len(nodes), good, tuple(bad)))
    return found


def _targeted(iri: str, shapes: Shapes, users: Mapping[str, set[str]]) -> list[str]:
    """The shapes by whose targets a shape is met: itself, or those that lead to it."""
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


def _targets(shape: Shape) -> Iterable[str]:
    for declaration, target in shape.targets:
        told = names.shrink(target.value) if isinstance(target, ox.NamedNode) else str(target)
        yield f"{names.shrink(declaration)} {told}"


def as_rows(found: Iterable[Listed], plan: str | None = None) -> list[list[str]]:
    """A heading and a row for each shape."""
    rows = [["shape", "severity", "looks at", "nodes", "good example", "bad example"]]
    for one in found:
        told = one.targets[0] + (f" +{len(one.targets) - 1}" if len(one.targets) > 1 else "") if one.targets else "-"
        bad = one.bad[0].name if one.bad else ""
        rows.append(
            [short_shape(one.shape.iri), one.rule.severity, told, f"{one.nodes:,}", names.shrink(one.good, plan), bad]
        )
    return rows


def as_page(found: Iterable[Listed], store: ox.Store, plan: str | None = None) -> str:
    """A page in Markdown: each shape with its message, targets, a good example and a bad one."""
    lines = ["# Shapes", "", "What every graph of this project must be. Written by `mtsp shapes --doc`.", ""]
    for one in found:
        name = one.rule.name.get("en", "")
        lines += [f"## {short_shape(one.shape.iri)}", ""]
        lines += [f"*{name}*", ""] if name else []
        for language in ("en", "zh", ""):
            if text := one.shape.messages.get(language):
                lines += [text, ""]
        lines.append(f"- severity: {one.rule.severity}")
        lines += [f"- path: `{one.shape.path}`"] if one.shape.path else []
        lines += [f"- looks at: `{target}`" for target in one.targets]
        lines += [f"- nodes: {one.nodes:,}", ""]
        if one.good:
            lines += ["Good:", "", "```turtle", *_described(one.good, store, plan), "```", ""]
        if one.bad:
            lines += ["Bad:", "", "```turtle", one.bad[0].read_text(encoding="utf-8").strip(), "```", ""]
    return "\n".join(lines)


def _described(node: str, store: ox.Store, plan: str | None) -> list[str]:
    quads = sorted(store.quads_for_pattern(ox.NamedNode(node), None, None, _DEFAULT), key=str)
    lines = [names.as_turtle(node, plan)]
    for quad in quads[:_MOST]:
        object_ = (
            names.as_turtle(quad.object.value, plan) if isinstance(quad.object, ox.NamedNode) else str(quad.object)
        )
        predicate = "a" if quad.predicate.value == vocab.RDF_TYPE else names.as_turtle(quad.predicate.value, plan)
        lines.append(f"    {predicate} {object_} ;")
    lines.append("    # ..." if len(quads) > _MOST else "    .")
    return lines
