"""Grounding: does each passage name what its graph speaks of, and does its graph speak of all that it names?

Text and graph come in as plain data. A name stands in a text where its characters do, white space apart; a longer name
wins over a shorter one inside it. Imports `errors`, `names`, and of this room `model`.

What grounding found, as text, JSON and HTML, and its mentions as Turtle.

Imports `names`, and of this room `ground`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from html import escape

from mtsp_kg import vocab
from mtsp_kg.errors import ParameterError
from mtsp_kg.plan import names
from mtsp_kg.plan.document.model import Passage

# The properties by which a passage's graph gives the reason why it speaks of what the passage does not name.
REASONS = tuple(names.term(name) for name in ("mentionsByPronoun", "mentionsByContext"))
_LABELS = frozenset((*vocab.LABELS, vocab.RDF_TYPE))

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


FORMS = ("text", "json", "html")
Label = Callable[[str], str]


@dataclass(frozen=True)
class Figures:
    """The sums over all passages."""

    passages: int
    silent: int
    statements: int
    grounded: int
    mentions: int
    accounted: int

    @property
    def grounded_share(self) -> float:
        """Grounded statements of all, in percent."""
        return 100 * self.grounded / self.statements if self.statements else 0.0

    @property
    def accounted_share(self) -> float:
        """Mentions accounted for of all, in percent."""
        return 100 * self.accounted / self.mentions if self.mentions else 0.0


def figures(found: Iterable[Grounding]) -> Figures:
    """The sums over all passages."""
    all_found = list(found)
    return Figures(
        passages=len(all_found),
        silent=sum(passage.silent for passage in all_found),
        statements=sum(passage.statements for passage in all_found),
        grounded=sum(passage.grounded for passage in all_found),
        mentions=sum(len(passage.mentions) for passage in all_found),
        accounted=sum(passage.accounted for passage in all_found),
    )


def as_text(found: list[Grounding], file: str, label: Label, plan: str) -> str:
    """What is to be mended, passage by passage with the line in the copy, then the sums."""
    lines = [f"{file}:{item.line}: {text}" for item in found for text in _findings(item, label, plan)]
    sums = figures(found)
    lines += ["", f"Not a word said of {sums.silent} passages."] if sums.silent else []
    lines.append(
        f"{sums.grounded} of {sums.statements} statements grounded ({sums.grounded_share:.1f} %), "
        f"{sums.accounted} of {sums.mentions} mentions accounted for ({sums.accounted_share:.1f} %), "
        f"{sums.passages} passages."
    )
    return "\n".join(lines) + "\n"


def as_json(found: list[Grounding], plan: str) -> str:
    """Sums and passages, with their mentions, as one JSON object."""
    body = {
        **vars(figures(found)),
        "items": [
            {
                "passage": f"{names.plan_iri(plan)}/{item.name}",
                "line": item.line,
                "statements": item.statements,
                "grounded": item.grounded,
                "unnamed": sorted(item.unnamed),
                "unaccounted": sorted(item.unaccounted),
                "needless": sorted(item.needless),
                "mentions": [vars(mention) for mention in item.mentions],
            }
            for item in found
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def as_html(found: list[Grounding], file: str, label: Label, plan: str) -> str:
    """What is to be mended as a page that stands alone."""
    sums = figures(found)
    rows = "".join(
        f"<tr><td>{escape(_short(item, plan))}</td><td>{item.line}</td><td>{item.grounded} / {item.statements}</td>"
        f"<td>{item.accounted} / {len(item.mentions)}</td>"
        f"<td>{'<br>'.join(escape(text) for text in _findings(item, label, plan))}</td></tr>\n"
        for item in found
    )
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Grounding</title>\n'
        "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
        "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.3rem .6rem;"
        "text-align:left;vertical-align:top}</style>\n"
        f"<h1>Grounding of {escape(plan)} in {escape(file)}</h1>\n"
        f"<p>{sums.grounded} of {sums.statements} statements grounded ({sums.grounded_share:.1f} %); "
        f"{sums.accounted} of {sums.mentions} mentions accounted for ({sums.accounted_share:.1f} %).</p>\n"
        "<table>\n<tr><th>passage<th>line<th>statements grounded<th>mentions accounted for<th>to mend</tr>\n"
        f"{rows}</table>\n</html>\n"
    )


def mentions_turtle(found: list[Grounding], plan: str) -> str:
    """Every mention as Turtle: what is mentioned, where, and the form, in reading order; the same text each time."""
    lines = []
    for item in found:
        for number, mention in enumerate(item.mentions, 1):
            form = mention.form.replace("\\", "\\\\").replace('"', '\\"')
            node = f"mention:{item.name.replace('/', '-').removeprefix('para-')}.{number}"
            lines.append(
                f"{node} a mtsp:Mention ; mtsp:inPassage {_short(item, plan)} ; "
                f"mtsp:mentionOf {names.as_turtle(mention.thing, plan)} ; "
                f'oa:start {mention.start} ; oa:end {mention.end} ; oa:exact "{form}"@zh .'
            )
    table = names.prefixes(plan)
    used = {word.partition(":")[0] for line in lines for word in line.split() if ":" in word}
    head = [
        f"# Where the passages of {plan} name things: generated by `mtsp ground --write`, not to be edited.",
        "# Start and end count characters of a passage's normalised text from 0, the end not included.",
        "",
        *(f"@prefix {prefix}: <{namespace}> ." for prefix, namespace in table.items() if prefix in used),
        "",
    ]
    return "\n".join([*head, *lines]) + "\n"


def _findings(item: Grounding, label: Label, plan: str) -> list[str]:
    def thing(iri: str) -> str:
        return f"{names.shrink(iri, plan)} ({label(iri)})"

    passage = _short(item, plan)
    found = (
        [] if not item.silent else [f"{passage} says nothing in the graph: state something, or mention what it names."]
    )
    found += [
        f"{passage} speaks of {thing(iri)}, which is not named there: mend it, or give the reason."
        for iri in sorted(item.unnamed)
    ]
    found += [f"{passage} names {thing(iri)}, and its graph does not speak of it." for iri in sorted(item.unaccounted)]
    found += [
        f"{passage} excuses {thing(iri)}, though it is named there: drop the reason." for iri in sorted(item.needless)
    ]
    return found


def _short(item: Grounding, plan: str) -> str:
    return names.shrink(f"{names.plan_iri(plan)}/{item.name}", plan)
