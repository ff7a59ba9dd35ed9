"""Grounding: does each passage name what its graph speaks of, and does its graph speak of all that it names?

Text and graph come in as plain data. A name stands in a text where its characters do, white space apart; a longer name
wins over a shorter one inside it. Imports `errors`, `names`, and of this room `model`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from mtsp_kg import names
from mtsp_kg.document.model import Passage
from mtsp_kg.errors import ParameterError

# The properties by which a passage's graph gives the reason why it speaks of what the passage does not name.
REASONS = tuple(names.term(name) for name in ("mentionsByPronoun", "mentionsByContext"))
_LABELS = frozenset((*names.LABELS, names.RDF_TYPE))

Triple = tuple[str, str, str]


@dataclass(frozen=True)
class Mention:
    """A name in a passage: the thing, the form as it stands there, and where, in characters of the normalised text."""

    thing: str
    form: str
    start: int
    end: int


@dataclass
class Grounding:
    """What was found of one passage. name: its local name; the sets hold IRIs of things.

    unnamed: spoken of, not named there nor in a heading, and no reason given; unaccounted: named, not spoken of;
    needless: a reason given although the name stands there; reasons: how many were given; statements: triples;
    grounded: those of which every thing is named or accounted for.
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
        """How many of the mentions are of things that the passage's graph speaks of."""
        return sum(mention.thing not in self.unaccounted for mention in self.mentions)

    @property
    def sound(self) -> bool:
        """Whether nothing is to be mended."""
        return not (self.silent or self.unnamed or self.unaccounted or self.needless)

    @property
    def silent(self) -> bool:
        """Whether the graph says nothing of the passage, not even why."""
        return not self.statements and not self.reasons


class Names:
    """The names of things, ready to be looked for in texts.

    forms: pairs of a name and the thing that it names. Raises ParameterError when a name is that of two things.
    """

    def __init__(self, forms: Iterable[tuple[str, str]]) -> None:
        self._things: dict[str, str] = {}
        for form, thing in forms:
            other = self._things.setdefault(_bare(form), thing)
            if other != thing:
                raise ParameterError(
                    f"'{form}' names both <{other}> and <{thing}>.",
                    remedy="A name in the text must be that of one thing.",
                )

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._things, key=lambda form: (-len(form), form))
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def mentions(self, text: str) -> list[Mention]:
        """The names that stand in a text, from left to right, none overlapping another."""
        places = [index for index, char in enumerate(text) if not char.isspace()]
        bare = "".join(text[index] for index in places)
        found = []
        for match in self._pattern.finditer(bare):
            start, end = places[match.start()], places[match.end() - 1] + 1
            found.append(Mention(self._things[match.group()], text[start:end], start, end))
        return found

    def inside(self, texts: Iterable[str]) -> set[str]:
        """The things that are named in texts, those named inside longer names too: an outcome's heading is its name,
        and names others."""
        bare = [_bare(text) for text in texts]
        return {thing for form, thing in self._things.items() if any(form in text for text in bare)}

    @property
    def named(self) -> set[str]:
        """Everything that has a name."""
        return set(self._things.values())


def ground(passage: Passage, triples: Iterable[Triple], known: Names) -> Grounding:
    """What can be found of one passage; triples: what its graph says, as IRIs and plain text."""
    found = Grounding(passage.name, passage.line, known.mentions(passage.text))
    named = {mention.thing for mention in found.mentions}
    above = known.inside(passage.headings)
    spoken: set[str] = set()
    reasons: set[str] = set()
    facts: list[set[str]] = []
    for subject, predicate, object_ in triples:
        if predicate in REASONS:
            reasons.add(object_)
            continue
        things = {subject, object_} & known.named if predicate not in _LABELS else {subject} & known.named
        spoken |= things
        facts.append(things)
    # The title of an outcome is a sentence: what it names inside is named where the title stands.
    titles = [mention.form for mention in found.mentions if names.plan_of(mention.thing)]
    good = named | above | reasons | known.inside(titles)
    found.unnamed = spoken - good
    found.unaccounted = named - spoken - reasons
    found.needless = reasons & named
    found.reasons = len(reasons)
    found.statements = len(facts)
    found.grounded = sum(things <= good for things in facts)
    return found


def _bare(text: str) -> str:
    return "".join(text.split())
