"""What a file of JSON-LD may not ask of a parser. Imports `refusals`.

A term of a context may be written with another (JSON-LD 1.1, section 4.1.5, compact IRIs), and that with a third: the
parser recurses along such a chain, and each step makes the IRI longer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mtsp_kg.bounds.refusals import NAMESPACE, long_namespace, refusal

DEEP = 500  # objects and arrays within each other
CHAIN = 500  # terms of a context that are written with each other

# All that is no bracket, and brackets that hold no others. A text that is never closed goes to the end, so that none is
# gone over twice.
_TEXT = rb"\"(?:[^\"\\]++|\\.)*+(?:\"|\\?+\Z)"
_PLAIN = re.compile(rb"(?:[^\[\]{}\"]++|%s|[\[{](?:[^\[\]{}\"]++|%s)*+[\]}])*+" % (_TEXT, _TEXT), re.DOTALL)
_SMALL = 1_000  # bytes of a file in which neither bound can be passed
_CONTEXT = re.compile(
    r'"' + "".join(rf"(?:{letter}|\\u00{ord(letter):02x})" for letter in "@context") + r'"\s*+:\s*+', re.IGNORECASE
)
_ADDED = ("@base", "@vocab")
_Pairs = tuple[tuple[str, Any], ...]


def check_jsonld(text: bytes, path: Path) -> None:
    """Raises DataError for what is nested too deep, and for contexts whose terms unfold without a bound."""
    if len(text) < _SMALL:
        return
    _check_nesting(text, path)
    written = text.decode("utf-8", errors="replace")
    read = json.JSONDecoder(object_pairs_hook=tuple, parse_int=str, parse_float=str, strict=False)
    lengths: dict[str, int] = {}
    at = 0
    while found := _CONTEXT.search(written, at):
        at = found.end()
        try:
            context, at = read.raw_decode(written, at)
        except json.JSONDecodeError:
            continue  # the parser tells it, before it makes anything of the context
        for terms in _contexts(context):
            if _chain(terms, lengths) > CHAIN:
                offset = len(written[: found.start()].encode())
                what = f"More than {CHAIN:,} terms of a context are written with each other"
                raise refusal(text, path, offset, what, "Write their IRIs whole")
            if any(lengths[term] > NAMESPACE for term, _ in terms):
                raise long_namespace(text, path, len(written[: found.start()].encode()))


def _check_nesting(text: bytes, path: Path) -> None:
    at, depth, size = 0, 0, len(text)
    while True:
        found = _PLAIN.match(text, at)
        at = found.end() if found else at
        if at >= size:
            return
        if text[at : at + 1] in b"[{":
            depth += 1
            if depth > DEEP:
                what = f"Objects and arrays are nested more than {DEEP:,} deep"
                raise refusal(text, path, at, what, "Give the nodes an @id and list them beside each other")
        elif depth == 0:
            return  # closed before it was opened: the parser stops here
        else:
            depth -= 1
        at += 1


def _contexts(value: Any) -> Iterator[_Pairs]:
    """The contexts in the value of "@context": itself, those of a list, and those of its terms, in their order."""
    if isinstance(value, list):
        for one in value:
            yield from _contexts(one)
    elif isinstance(value, tuple):
        yield value
        for _, definition in value:
            for key, inner in definition if isinstance(definition, tuple) else ():
                if key == "@context":
                    yield from _contexts(inner)


def _chain(context: _Pairs, lengths: dict[str, int]) -> int:
    """The longest chain of terms that are written with each other; `lengths` notes what each unfolds to.

    In characters; it holds what earlier contexts said, which this one's terms may be written with.
    """
    said: dict[str, list[str]] = {}
    for term, definition in context:
        values = [value for _, value in definition] if isinstance(definition, tuple) else [definition]
        said.setdefault(term, [term] if ":" in term else []).extend(value for value in values if isinstance(value, str))
    deep: dict[str, int] = {}
    for start in said:
        waiting = [start]
        open_: set[str] = set()
        while waiting:
            term = waiting[-1]
            names = {name for text in said[term] for name in (text, text.split(":", 1)[0])}
            needed = {name for name in names if name in said and name != term}
            missing = [name for name in needed if name not in deep and name not in open_]
            if term not in deep and missing:
                open_.add(term)
                waiting.append(missing[0])
                continue
            waiting.pop()
            deep[term] = 1 + max((deep.get(name, 0) for name in needed), default=0)
            # A term grows by its prefix; a base or vocabulary that is relative, by the one before it.
            grown = {text: text.split(":", 1)[0] if ":" in text or term not in _ADDED else term for text in said[term]}
            unfolded = (len(text) + lengths.get(before, 0) for text, before in grown.items())
            lengths[term] = max(unfolded, default=0)
            if deep[term] > CHAIN:
                return deep[term]
    return max(deep.values(), default=0)
