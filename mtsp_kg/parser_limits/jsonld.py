"""Limits on JSON-LD.

A term of a context may be defined by another (JSON-LD 1.1, section 4.1.5, compact IRIs), and that by a third: the
parser recurses along such a chain, and each step makes the IRI longer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mtsp_kg.parser_limits import MAX_NAMESPACE, limit_error, long_namespace

_MAX_DEPTH = 500  # levels of objects and arrays
_MAX_CHAIN = 500  # terms of a context that are defined by each other
_SMALL = 1_000  # bytes of a file that can exceed no limit

# Everything but brackets, and brackets that hold no others. A string that is never closed runs to the end, so that no
# text is read twice.
_TEXT = rb"\"(?:[^\"\\]++|\\.)*+(?:\"|\\?+\Z)"
_JSON_PLAIN = re.compile(rb"(?:[^\[\]{}\"]++|%s|[\[{](?:[^\[\]{}\"]++|%s)*+[\]}])*+" % (_TEXT, _TEXT), re.DOTALL)
_CONTEXT = re.compile(
    r'"' + "".join(rf"(?:{letter}|\\u00{ord(letter):02x})" for letter in "@context") + r'"\s*+:\s*+', re.IGNORECASE
)
_ADDED = ("@base", "@vocab")
_Pairs = tuple[tuple[str, Any], ...]


def check_jsonld(text: bytes, path: Path) -> None:
    """Raises DataError for excessive nesting, and for contexts whose terms expand without a limit."""
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
            continue  # the parser reports it before it uses the context
        for terms in _contexts(context):
            if _chain(terms, lengths) > _MAX_CHAIN:
                offset = len(written[: found.start()].encode())
                what = f"More than {_MAX_CHAIN:,} context terms are defined in terms of each other"
                raise limit_error(text, path, offset, what, "Write their IRIs in full")
            if any(lengths[term] > MAX_NAMESPACE for term, _ in terms):
                raise long_namespace(text, path, len(written[: found.start()].encode()))


def _check_nesting(text: bytes, path: Path) -> None:
    at, depth, size = 0, 0, len(text)
    while True:
        found = _JSON_PLAIN.match(text, at)
        at = found.end() if found else at
        if at >= size:
            return
        if text[at : at + 1] in b"[{":
            depth += 1
            if depth > _MAX_DEPTH:
                what = f"Objects and arrays are nested more than {_MAX_DEPTH:,} levels deep"
                raise limit_error(text, path, at, what, "Give the nodes an @id and list them side by side")
        elif depth == 0:
            return  # closed before it is opened: the parser stops here
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
    """The longest chain of terms that are defined by each other.

    lengths: gets the number of characters that each term expands to; it has those of earlier contexts, whose terms this
    one may use.
    """
    definitions: dict[str, list[str]] = {}
    for term, definition in context:
        values = [value for _, value in definition] if isinstance(definition, tuple) else [definition]
        definitions.setdefault(term, [term] if ":" in term else []).extend(
            value for value in values if isinstance(value, str)
        )
    deep: dict[str, int] = {}
    for start in definitions:
        waiting = [start]
        open_: set[str] = set()
        while waiting:
            term = waiting[-1]
            names = {name for text in definitions[term] for name in (text, text.split(":", 1)[0])}
            needed = {name for name in names if name in definitions and name != term}
            missing = [name for name in needed if name not in deep and name not in open_]
            if term not in deep and missing:
                open_.add(term)
                waiting.append(missing[0])
                continue
            waiting.pop()
            deep[term] = 1 + max((deep.get(name, 0) for name in needed), default=0)
            # A term grows by its prefix; a relative base or vocabulary, by the one before it.
            grown = {
                text: text.split(":", 1)[0] if ":" in text or term not in _ADDED else term for text in definitions[term]
            }
            expanded = (len(text) + lengths.get(before, 0) for text, before in grown.items())
            lengths[term] = max(expanded, default=0)
            if deep[term] > _MAX_CHAIN:
                return deep[term]
    return max(deep.values(), default=0)
