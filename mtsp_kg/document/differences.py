"""A copy of a document against the structure in the graph: which passage is missing, added or changed.

Imports `errors`, `names`, and of this room `model` and `write`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from mtsp_kg import names
from mtsp_kg.document.model import Document
from mtsp_kg.document.write import structure
from mtsp_kg.errors import DataError, NotFoundError

# Subject to property to its objects as N-Triples terms, sorted.
_Structure = dict[str, dict[str, list[str]]]
_LENGTH, _DIGEST, _ORDER = names.term("textLength"), names.term("textDigest"), names.term("order")
# What only follows from where a passage or section stands, and would repeat itself after each one that is missing.
_DERIVED = {_LENGTH, _DIGEST, _ORDER, names.term("eId")}
_FOLLOWS, _SECTION, _HOST = names.term("follows"), names.term("inSection"), names.term("noteTo")
# What a difference in a property is called; others are called by the property's name.
_WORDS = {
    _SECTION: "it stands in another section",
    _HOST: "its mark stands in another passage",
    _FOLLOWS: "it follows another paragraph",
    names.term("standsUnder"): "it stands under another pillar or expected result",
    names.PREF_LABEL: "its title differs",
}


class Change(StrEnum):
    """What became of a passage or section in the copy."""

    MISSING = "missing"
    EXTRA = "extra"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """One difference between a copy and the graph.

    name: the local name (`para/55`, `section/2.4`, `document`); label: in words (`Paragraph 55`); line: where it
    stands in the copy, None where it does not; what: one sentence that begins with the label.
    """

    change: Change
    name: str
    label: str
    line: int | None
    what: str


def compare(document: Document, graph_file: str | Path) -> list[Difference]:
    """How a copy of a document differs from the structure in a file of the graph, in reading order.

    Raises NotFoundError where there is no such file, DataError where it is no Turtle or describes no document.
    """
    recorded = _parse(Path(graph_file).read_bytes() if Path(graph_file).is_file() else None, Path(graph_file))
    plan = _plan(recorded, Path(graph_file))
    present = _parse(structure(document, plan).encode(), Path(graph_file))
    lines = {section.name: section.line for section in document.sections}
    lines |= {passage.name: passage.line for passage in document.passages}
    base = f"{names.plan_iri(plan)}/"
    found = []
    for subject in sorted(recorded.keys() | present.keys(), key=lambda each: _rank(each, recorded, present)):
        name = subject.removeprefix(base)
        ours, theirs = recorded.get(subject), present.get(subject)
        label = _label(ours or theirs or {}, name)
        if theirs is None:
            found.append(Difference(Change.MISSING, name, label, None, f"{label} is not in this copy."))
        elif ours is None:
            found.append(Difference(Change.EXTRA, name, label, lines.get(name), f"{label} is not in the graph."))
        else:
            reasons = _reasons(ours, theirs)
            if reasons:
                what = f"{label} differs: {'; '.join(reasons)}."
                found.append(Difference(Change.CHANGED, name, label, lines.get(name), what))
    return found


def _reasons(ours: dict[str, list[str]], theirs: dict[str, list[str]]) -> list[str]:
    reasons = []
    if ours.get(_DIGEST) != theirs.get(_DIGEST):
        before, now = _value(ours, _LENGTH), _value(theirs, _LENGTH)
        size = (
            f"{now} characters here, {before} in the graph" if now != before else f"{now} characters, not the same ones"
        )
        reasons.append(f"its text ({size})")
    for predicate in sorted((ours.keys() | theirs.keys()) - _DERIVED):
        if ours.get(predicate) != theirs.get(predicate):
            short = names.shrink(predicate)
            reasons.append(_WORDS.get(predicate, f"its {short.partition(':')[2]} differs"))
    if not reasons and ours.get(_LENGTH) != theirs.get(_LENGTH):
        reasons.append("its recorded length is wrong")
    return reasons


def _parse(data: bytes | None, file: Path) -> _Structure:
    import pyoxigraph

    if data is None:
        raise NotFoundError("There is no such file.", file=file, remedy="Ingest the document first.")
    found: _Structure = {}
    try:
        for quad in pyoxigraph.parse(data, format=pyoxigraph.RdfFormat.TURTLE):
            if isinstance(quad.subject, pyoxigraph.NamedNode):
                found.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(str(quad.object))
    except SyntaxError as error:
        raise DataError(
            f"The file is no Turtle: {error.msg}.", file=file, line=error.lineno, remedy="Ingest the document again."
        ) from None
    for properties in found.values():
        for objects in properties.values():
            objects.sort()
    return found


def _plan(recorded: _Structure, file: Path) -> str:
    document = f"<{names.term('Document')}>"
    for subject, properties in recorded.items():
        plan = names.plan_of(subject)
        if document in properties.get(names.RDF_TYPE, []) and plan:
            return plan
    raise DataError("The file describes no document of a plan.", file=file, remedy="Ingest the document first.")


def _rank(subject: str, recorded: _Structure, present: _Structure) -> tuple[bool, bool, int, str]:
    properties = recorded.get(subject) or present[subject]
    order = _value(properties, _ORDER)
    return _LENGTH in properties, bool(order), int(order or 0), subject


def _value(properties: dict[str, list[str]], predicate: str) -> str:
    """The first object's lexical form; empty where there is none."""
    objects = properties.get(predicate, [""])
    return objects[0].partition("^^")[0].strip('"')


def _label(properties: dict[str, list[str]], name: str) -> str:
    for label in properties.get(names.PREF_LABEL, []):
        if label.endswith("@en"):
            text = label.removesuffix("@en").strip('"')
            return text[:1].upper() + text[1:]
    return name
