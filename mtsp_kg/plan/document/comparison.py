"""A copy of a document compared with the structure in the graph: which passages are missing, added or changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from mtsp_kg import vocab
from mtsp_kg.errors import DataError, NotFoundError
from mtsp_kg.formats import check_form
from mtsp_kg.plan import names
from mtsp_kg.plan.document.model import Document
from mtsp_kg.plan.document.structure import structure

# Subject to property to its objects as N-Triples terms, sorted.
_Structure = dict[str, dict[str, list[str]]]
_LENGTH, _DIGEST, _ORDER = names.term("textLength"), names.term("textDigest"), names.term("order")
# What follows from the position of a section or passage: after one that is missing, it would differ in all that follow.
_DERIVED = {_LENGTH, _DIGEST, _ORDER, names.term("eId")}
_FOLLOWS, _SECTION, _HOST = names.term("follows"), names.term("inSection"), names.term("noteTo")
# Differences in words; other properties are reported by their names.
_WORDS = {
    _SECTION: "it is in another section",
    _HOST: "its reference mark is in another passage",
    _FOLLOWS: "it follows another paragraph",
    names.term("standsUnder"): "it is under another strategic element",
    vocab.PREF_LABEL: "its title differs",
}


class Change(StrEnum):
    """The change of a section or passage in the copy."""

    MISSING = "missing"
    EXTRA = "extra"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """One difference between a copy and the graph.

    name: the local name (`para/55`, `section/2.4`, `document`); label: in words (`Paragraph 55`); line: in the copy,
    None if it is missing there; what: one sentence that begins with the label.
    """

    change: Change
    name: str
    label: str
    line: int | None
    what: str


@dataclass(frozen=True)
class Comparison:
    """The differences between a copy and the structure in a file of the graph, in reading order.

    copy, described: the two files, as messages name them; passages: the number of passages in the copy.
    """

    copy: str
    described: str
    passages: int
    differences: tuple[Difference, ...]

    forms: ClassVar[tuple[str, ...]] = ("text",)

    @property
    def same(self) -> bool:
        """Whether the copy matches the graph exactly."""
        return not self.differences

    def write(self, form: str = "text") -> str:
        """The comparison as text: a line for each difference. Raises NotFoundError for an unknown form."""
        check_form(form, self.forms, "A comparison")
        if self.same:
            return f"{self.copy} matches {self.described}: {self.passages} passages.\n"
        return "".join(f"{f'{self.copy}:{one.line}: ' if one.line else ''}{one.what}\n" for one in self.differences)

    def __iter__(self) -> Iterator[Difference]:
        return iter(self.differences)

    def __len__(self) -> int:
        return len(self.differences)

    def __str__(self) -> str:
        return self.write()


def compare(document: Document, graph_file: str | Path, described: str | None = None) -> Comparison:
    """Compares a document with the structure in a file of the graph.

    described: the name of that file in messages, by default its path. Raises NotFoundError if it does not exist,
    DataError if it is not Turtle or does not describe a document.
    """
    file = Path(graph_file)
    recorded = _parse(file.read_bytes() if file.is_file() else None, file)
    plan = _plan(recorded, file)
    present = _parse(structure(document, plan).encode(), file)
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
        elif reasons := _reasons(ours, theirs):
            what = f"{label} differs: {'; '.join(reasons)}."
            found.append(Difference(Change.CHANGED, name, label, lines.get(name), what))
    return Comparison(str(document.file), described or str(file), len(document.passages), tuple(found))


def _reasons(ours: dict[str, list[str]], theirs: dict[str, list[str]]) -> list[str]:
    reasons = []
    if ours.get(_DIGEST) != theirs.get(_DIGEST):
        before, now = _value(ours, _LENGTH), _value(theirs, _LENGTH)
        size = f"{now} characters here, {before} in the graph" if now != before else f"still {now} characters"
        reasons.append(f"its text ({size})")
    for predicate in sorted((ours.keys() | theirs.keys()) - _DERIVED):
        if ours.get(predicate) != theirs.get(predicate):
            short = names.profile().shrink(predicate)
            reasons.append(_WORDS.get(predicate, f"its {short.partition(':')[2]} differs"))
    if not reasons and ours.get(_LENGTH) != theirs.get(_LENGTH):
        reasons.append("its recorded length is wrong")
    return reasons


def _parse(data: bytes | None, file: Path) -> _Structure:
    import pyoxigraph

    if data is None:
        raise NotFoundError("The file does not exist.", file=file, remedy="Ingest the document first.")
    found: _Structure = {}
    try:
        for quad in pyoxigraph.parse(data, format=pyoxigraph.RdfFormat.TURTLE):
            if isinstance(quad.subject, pyoxigraph.NamedNode):
                found.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(str(quad.object))
    except SyntaxError as error:
        raise DataError(
            f"The file is not valid Turtle: {error.msg}.",
            file=file,
            line=error.lineno,
            remedy="Ingest the document again.",
        ) from None
    for properties in found.values():
        for objects in properties.values():
            objects.sort()
    return found


def _plan(recorded: _Structure, file: Path) -> str:
    document = f"<{names.term('Document')}>"
    for subject, properties in recorded.items():
        plan = names.plan_of(subject)
        if document in properties.get(vocab.RDF_TYPE, []) and plan:
            return plan
    raise DataError(
        "The file does not describe the document of a plan.", file=file, remedy="Ingest the document first."
    )


def _rank(subject: str, recorded: _Structure, present: _Structure) -> tuple[bool, bool, int, str]:
    properties = recorded.get(subject) or present[subject]
    order = _value(properties, _ORDER)
    return _LENGTH in properties, bool(order), int(order or 0), subject


def _value(properties: dict[str, list[str]], predicate: str) -> str:
    """The lexical form of the first object; empty without one."""
    objects = properties.get(predicate, [""])
    return objects[0].partition("^^")[0].strip('"')


def _label(properties: dict[str, list[str]], name: str) -> str:
    for label in properties.get(vocab.PREF_LABEL, []):
        if label.endswith("@en"):
            text = label.removesuffix("@en").strip('"')
            return text[:1].upper() + text[1:]
    return name
