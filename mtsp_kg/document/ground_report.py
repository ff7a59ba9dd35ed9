"""What grounding found, as text, JSON and HTML, and its mentions as Turtle.

Imports `names`, and of this room `ground`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape

from mtsp_kg import names
from mtsp_kg.document.ground import Grounding

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
