"""Grounding: each passage names the entities that its graph refers to, and its graph refers to all that it names.

A label occurs in a text if its characters do, apart from whitespace; a longer label has precedence over one inside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import ClassVar, NamedTuple

from mtsp_kg import vocab
from mtsp_kg.errors import ParameterError
from mtsp_kg.formats import check_form
from mtsp_kg.output import write_whole
from mtsp_kg.plan import names
from mtsp_kg.plan.document.model import Document, Passage
from mtsp_kg.profile import Profile

# The properties by which a passage's graph gives the reason for an entity that the passage does not name.
REASONS = tuple(names.term(name) for name in ("mentionsByPronoun", "mentionsByContext"))
_LABELS = frozenset((*vocab.LABELS, vocab.RDF_TYPE))

Triple = tuple[str, str, str]


class EntityLabelRow(NamedTuple):
    """A label of an entity in the language of a document, in which texts can refer to it."""

    thing: str
    form: str
    language: str


class PassageTripleRow(NamedTuple):
    """A triple of a passage's graph."""

    passage: str
    subject: str
    property: str
    object: str


@dataclass(frozen=True)
class Mention:
    """An entity's label in a passage. thing: the entity; form: the label as it occurs; start, end: characters of the
    normalised text, from 0, the end not included."""

    thing: str
    form: str
    start: int
    end: int


@dataclass
class PassageGrounding:
    """The grounding of one passage. name: its local name; line: in the copy; the sets hold IRIs of entities.

    unnamed: referred to, but named neither there nor in a heading, without a reason; unaccounted: named, but not
    referred to; needless: with a reason although the passage names them; reasons: the number of reasons; statements:
    the number of triples; grounded: the number of those whose every entity is named or has a reason.
    """

    name: str
    line: int
    mentions: list[Mention] = field(default_factory=list)
    unnamed: set[str] = field(default_factory=set)
    unaccounted: set[str] = field(default_factory=set)
    needless: set[str] = field(default_factory=set)
    reasons: int = 0
    statements: int = 0
    grounded: int = 0

    @property
    def accounted(self) -> int:
        """The number of mentions of entities that the passage's graph refers to."""
        return sum(mention.thing not in self.unaccounted for mention in self.mentions)

    @property
    def sound(self) -> bool:
        """Whether the passage has no problems."""
        return not (self.silent or self.unnamed or self.unaccounted or self.needless)

    @property
    def silent(self) -> bool:
        """Whether the passage's graph is empty, without even a reason."""
        return not self.statements and not self.reasons


class LabelMatcher:
    """Finds the labels of entities in texts.

    forms: pairs of a label and its entity. Raises ParameterError if a label belongs to two entities.
    """

    def __init__(self, forms: Iterable[tuple[str, str]]) -> None:
        self._things: dict[str, str] = {}
        for form, thing in forms:
            other = self._things.setdefault(_without_space(form), thing)
            if other != thing:
                raise ParameterError(
                    f"'{form}' is a label of both <{other}> and <{thing}>.",
                    remedy="A label in the document's language must belong to one entity.",
                )

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._things, key=lambda form: (-len(form), form))
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def mentions(self, text: str) -> list[Mention]:
        """The labels in a text, from left to right; none overlaps another."""
        positions = [index for index, char in enumerate(text) if not char.isspace()]
        bare = "".join(text[index] for index in positions)
        found = []
        for match in self._pattern.finditer(bare):
            start, end = positions[match.start()], positions[match.end() - 1] + 1
            found.append(Mention(self._things[match.group()], text[start:end], start, end))
        return found

    def inside(self, texts: Iterable[str]) -> set[str]:
        """The entities named in texts, including those inside longer labels: the heading of an outcome is its label,
        and names other entities."""
        bare = [_without_space(text) for text in texts]
        return {thing for form, thing in self._things.items() if any(form in text for text in bare)}

    @property
    def named(self) -> set[str]:
        """All entities that have a label."""
        return set(self._things.values())


def ground_passage(passage: Passage, triples: Iterable[Triple], labels: LabelMatcher) -> PassageGrounding:
    """The grounding of one passage; triples: its graph, as IRIs and plain text."""
    found = PassageGrounding(passage.name, passage.line, labels.mentions(passage.text))
    named = {mention.thing for mention in found.mentions}
    in_headings = labels.inside(passage.headings)
    referred: set[str] = set()
    reasons: set[str] = set()
    facts: list[set[str]] = []
    for subject, predicate, object_ in triples:
        if predicate in REASONS:
            reasons.add(object_)
            continue
        things = {subject, object_} & labels.named if predicate not in _LABELS else {subject} & labels.named
        referred |= things
        facts.append(things)
    # The title of an outcome is a sentence: where it occurs, the passage names what the title names.
    titles = [mention.form for mention in found.mentions if names.plan_of(mention.thing)]
    good = named | in_headings | reasons | labels.inside(titles)
    found.unnamed = referred - good
    found.unaccounted = named - referred - reasons
    found.needless = reasons & named
    found.reasons = len(reasons)
    found.statements = len(facts)
    found.grounded = sum(things <= good for things in facts)
    return found


class PassageMention(NamedTuple):
    """A mention with the IRI of its passage."""

    passage: str
    mention: Mention


class Written(NamedTuple):
    """A file that was written. changed: whether its content is new."""

    path: Path
    changed: bool


@dataclass(frozen=True)
class Grounding:
    """The grounding of a plan's graph in a copy of its document, passage by passage in reading order.

    copy: the file that was read; plan: the slug; language: of the document; label: IRI to label.
    """

    copy: str
    plan: str
    language: str
    passages: tuple[PassageGrounding, ...]
    label: Callable[[str], str] = field(repr=False, compare=False)
    mentions_file: Path = field(repr=False, compare=False)

    forms: ClassVar[tuple[str, ...]] = ("text", "json", "html")

    def __iter__(self) -> Iterator[PassageGrounding]:
        return iter(self.passages)

    def __len__(self) -> int:
        return len(self.passages)

    def __str__(self) -> str:
        return self.write()

    @property
    def mentions(self) -> list[PassageMention]:
        """All mentions, in reading order."""
        return [
            PassageMention(f"{names.plan_iri(self.plan)}/{passage.name}", mention)
            for passage in self.passages
            for mention in passage.mentions
        ]

    @property
    def silent(self) -> int:
        """The number of passages whose graph is empty."""
        return sum(passage.silent for passage in self.passages)

    @property
    def statements(self) -> int:
        """The number of statements."""
        return sum(passage.statements for passage in self.passages)

    @property
    def grounded(self) -> int:
        """The number of statements whose every entity is named or has a reason."""
        return sum(passage.grounded for passage in self.passages)

    @property
    def accounted(self) -> int:
        """The number of mentions of entities that the passage's graph refers to."""
        return sum(passage.accounted for passage in self.passages)

    @property
    def grounded_share(self) -> float:
        """The share of statements that are grounded, in percent."""
        return 100 * self.grounded / self.statements if self.statements else 0.0

    @property
    def accounted_share(self) -> float:
        """The share of mentions that are accounted for, in percent."""
        return 100 * self.accounted / len(self.mentions) if self.mentions else 0.0

    def reaches(self, grounded: float = 100, accounted: float = 100) -> bool:
        """Whether both shares reach these minimums, in percent, and no passage's graph is empty."""
        return self.grounded_share >= grounded and self.accounted_share >= accounted and not self.silent

    def problems(self, passage: PassageGrounding) -> list[str]:
        """The problems of a passage, one sentence each."""
        name = self._short(passage)

        def of(things: set[str]) -> list[str]:
            return [f"{self._profile.shrink(iri)} ({self.label(iri)})" for iri in sorted(things)]

        empty = f"The graph of {name} is empty: add statements, or mention the entities that the passage names."
        return [
            *([empty] if passage.silent else []),
            *(
                f"{name} refers to {thing}, but does not name it: correct the statement, or add the reason."
                for thing in of(passage.unnamed)
            ),
            *(f"{name} names {thing}, but its graph does not refer to it." for thing in of(passage.unaccounted)),
            *(f"{name} gives a reason for {thing}, but names it: remove the reason." for thing in of(passage.needless)),
        ]

    def write(self, form: str = "text") -> str:
        """The grounding in one of its `forms`: the problems and the totals. Raises NotFoundError."""
        check_form(form, self.forms, "A grounding")
        return {"text": self._text, "json": self._json, "html": self._html}[form]()

    def turtle(self) -> str:
        """The mentions as Turtle, in reading order; the same grounding always gives the same text."""
        lines = []
        for passage in self.passages:
            for number, mention in enumerate(passage.mentions, 1):
                form = mention.form.replace("\\", "\\\\").replace('"', '\\"')
                node = f"mention:{passage.name.replace('/', '-').removeprefix('para-')}.{number}"
                lines.append(
                    f"{node} a mtsp:Mention ; mtsp:inPassage {self._short(passage)} ; "
                    f"mtsp:mentionOf {self._profile.as_turtle(mention.thing)} ; "
                    f'oa:start {mention.start} ; oa:end {mention.end} ; oa:exact "{form}"@{self.language} .'
                )
        used = {word.partition(":")[0] for line in lines for word in line.split() if ":" in word}
        prefixes = self._profile.prefixes.items()
        head = [
            f"# The mentions of entities in the passages of {self.plan}. Generated by 'mtsp ground': do not edit.",
            "# Start and end count characters of a passage's normalised text from 0; the end is not included.",
            "",
            *(f"@prefix {prefix}: <{namespace}> ." for prefix, namespace in prefixes if prefix in used),
            "",
        ]
        return "\n".join([*head, *lines]) + "\n"

    def write_mentions(self, path: str | Path | None = None) -> Written:
        """Writes the mentions atomically to a file, by default the plan's `mentions.ttl`. Raises DataError."""
        target = self.mentions_file if path is None else Path(path)
        return Written(target, write_whole(target, self.turtle().encode()))

    @property
    def _profile(self) -> Profile:
        return names.profile(self.plan)

    def _short(self, passage: PassageGrounding) -> str:
        return self._profile.shrink(f"{names.plan_iri(self.plan)}/{passage.name}")

    def _sums(self, join: str = ",") -> str:
        return (
            f"{self.grounded} of {self.statements} statements grounded ({self.grounded_share:.1f} %){join} "
            f"{self.accounted} of {len(self.mentions)} mentions accounted for ({self.accounted_share:.1f} %)"
        )

    def _text(self) -> str:
        lines = [f"{self.copy}:{passage.line}: {text}" for passage in self.passages for text in self.problems(passage)]
        if self.silent:
            lines += ["", f"{self.silent} passage{'s have' if self.silent > 1 else ' has'} no statements."]
        return "\n".join([*lines, f"{self._sums()}, {len(self)} passages."]) + "\n"

    def _json(self) -> str:
        import json

        body = {
            "passages": len(self),
            "silent": self.silent,
            "statements": self.statements,
            "grounded": self.grounded,
            "mentions": len(self.mentions),
            "accounted": self.accounted,
            "items": [
                {
                    "passage": f"{names.plan_iri(self.plan)}/{passage.name}",
                    "line": passage.line,
                    "statements": passage.statements,
                    "grounded": passage.grounded,
                    "unnamed": sorted(passage.unnamed),
                    "unaccounted": sorted(passage.unaccounted),
                    "needless": sorted(passage.needless),
                    "mentions": [vars(mention) for mention in passage.mentions],
                }
                for passage in self.passages
            ],
        }
        return json.dumps(body, ensure_ascii=False, indent=2) + "\n"

    def _html(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(self._short(passage))}</td><td>{passage.line}</td>"
            f"<td>{passage.grounded} / {passage.statements}</td>"
            f"<td>{passage.accounted} / {len(passage.mentions)}</td>"
            f"<td>{'<br>'.join(map(escape, self.problems(passage)))}</td></tr>\n"
            for passage in self.passages
        )
        return (
            '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Grounding</title>\n'
            "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
            "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.3rem .6rem;"
            "text-align:left;vertical-align:top}</style>\n"
            f"<h1>Grounding of {escape(self.plan)} in {escape(self.copy)}</h1>\n<p>{self._sums(';')}.</p>\n"
            "<table>\n<tr><th>passage<th>line<th>statements grounded<th>mentions accounted for<th>to fix</tr>\n"
            f"{rows}</table>\n</html>\n"
        )


def ground(
    document: Document,
    triples: Iterable[PassageTripleRow],
    labels: Iterable[EntityLabelRow],
    label: Callable[[str], str],
    mentions_file: Path,
) -> Grounding:
    """The grounding of a plan's graph in a document.

    triples: of the graphs of passages; labels: of entities, of which those in the document's language count; label:
    IRI to label; mentions_file: where mentions are written. Raises ParameterError if a label belongs to two entities.
    """
    graphs: dict[str, list[Triple]] = {}
    for row in triples:
        graphs.setdefault(row.passage, []).append((row.subject, row.property, row.object))
    matcher = LabelMatcher((row.form, row.thing) for row in labels if row.language == document.language)
    root = names.plan_iri(document.plan)
    passages = (ground_passage(one, graphs.get(f"{root}/{one.name}", ()), matcher) for one in document.passages)
    return Grounding(str(document.file), document.plan, document.language, tuple(passages), label, mentions_file)


def _without_space(text: str) -> str:
    return "".join(text.split())
