"""What a file of Turtle, TriG, N-Triples or N-Quads may not ask of a parser. Imports `refusals`.

Counts of single characters tell at once that nearly all files keep the bounds; only the others are looked at closely.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from mtsp_kg.bounds.refusals import NAMESPACE, long_namespace, refusal

TRIPLE_TERMS = 100  # levels of RDF 1.2's triple terms
BRACKETS = 10_000  # levels of [ ] and ( )

_SPACE = rb"(?:[ \t\r\n]++|#[^\r\n]*+)*+"
_LONG = re.compile(rb"<[^<> \t\r\n\"]{%d}" % NAMESPACE)
_ANY_BASE = re.compile(rb"base%s<[^<> \t\r\n\":]*+>" % _SPACE)
# What only a suspect text needs is compiled where it is met.
_LONG_NAMESPACE = rb"(?::|[bB][aA][sS][eE])%s(?P<iri><[^<> \t\r\n\"]{%d})" % (_SPACE, NAMESPACE)
_RELATIVE_BASE = rb"[bB][aA][sS][eE]%s<(?P<iri>[^<> \t\r\n\":]*+)>" % _SPACE
# All that is neither a bracket nor the edge of a triple term, and brackets that hold neither. What is never closed goes
# to the end, so that no text is gone over twice.
_PLAIN = (
    rb"(?:[^(\[\])<>\"'#]++|[(\[][^(\[\])<>\"'#]*+[)\]]|<[^<> \t\r\n]++>|#[^\r\n]*+"
    rb"|\"\"\"(?:[^\"\\]++|\\.|\"\"?+(?!\"))*+(?:\"\"\"|\\?+\Z)|'''(?:[^'\\]++|\\.|''?+(?!'))*+(?:'''|\\?+\Z)"
    rb"|\"(?:[^\"\\\r\n]++|\\.)*+(?:\"|(?=[\r\n])|\\?+\Z)|'(?:[^'\\\r\n]++|\\.)*+(?:'|(?=[\r\n])|\\?+\Z))*+"
)


def suspect(blocks: Iterable[bytes], *, turtle: bool) -> bool:
    """Whether a text, given in parts, may pass a bound; turtle: whether it may have brackets and namespaces."""
    terms = brackets = bases = 0
    last = b""
    for block in blocks:
        terms += block.count(b"<<") + (last.endswith(b"<") and block.startswith(b"<"))
        if turtle:
            brackets += block.count(b"(") + block.count(b"[")
            bases += bool(_ANY_BASE.search(block.lower()))  # faster than to look for both cases
            bases += bool(_LONG.search(block) or _LONG.search(last[-NAMESPACE:] + block[:NAMESPACE]))
        if terms > TRIPLE_TERMS or brackets > BRACKETS or bases:
            return True
        last = block
    return False


def check_turtle(text: bytes, path: Path, *, turtle: bool) -> None:
    """Raises DataError for what is nested too deep, and for namespaces that unfold without a bound."""
    at, terms, brackets, size = 0, 0, 0, len(text)
    plain = re.compile(_PLAIN, re.DOTALL)
    while at < size:
        found = plain.match(text, at)
        at = found.end() if found else at
        two = text[at : at + 2]
        if two == b"<<":
            terms += 1
            if terms > TRIPLE_TERMS:
                what = f"Triple terms are nested more than {TRIPLE_TERMS:,} deep"
                raise refusal(text, path, at, what, "Give the inner ones names")
        elif two == b">>":
            terms = max(terms - 1, 0)
        elif two[:1] in (b"(", b"["):
            brackets += 1
            if brackets > BRACKETS:
                what = f"Brackets are nested more than {BRACKETS:,} deep"
                raise refusal(text, path, at, what, "Give the inner nodes names")
        elif two[:1] in (b")", b"]"):
            brackets = max(brackets - 1, 0)
        at += 2 if two in (b"<<", b">>") else 1
    if turtle:
        _check_namespaces(text, path)


def _check_namespaces(text: bytes, path: Path) -> None:
    found = re.search(_LONG_NAMESPACE, text)
    if found:
        raise long_namespace(text, path, found.start("iri"))
    length = 0
    for base in re.finditer(_RELATIVE_BASE, text):  # each is added to the one before it
        length += len(base["iri"])
        if length > NAMESPACE:
            raise long_namespace(text, path, base.start("iri") - 1)
