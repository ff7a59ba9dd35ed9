"""Limits on nesting and expansion in RDF files, which are checked before parsing.

    from mtsp_kg.parser_limits import check_limits
    check_limits(path, source)

pyoxigraph recurses into triple terms and JSON, copies the context of each XML element, and expands entities and
prefixes without a limit. The check comes first: one pass over the bytes, in linear time, and in little memory except
for JSON-LD, whose text is kept. Other errors are left to the parser, whose messages are better.

Turtle, TriG, N-Triples and N-Quads are checked here: counts of single characters suffice for nearly all files, and
only the others are examined closely.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from mtsp_kg.errors import DataError
from mtsp_kg.formats import format_of_file

MAX_NAMESPACE = 1_000  # bytes of a namespace or base IRI, with which every name that uses it begins
_MAX_TRIPLE_TERMS = 100  # levels of RDF 1.2 triple terms
_MAX_BRACKETS = 10_000  # levels of [ ] and ( )
_BLOCK = 1 << 20

_SPACE = rb"(?:[ \t\r\n]++|#[^\r\n]*+)*+"
_LONG = re.compile(rb"<[^<> \t\r\n\"]{%d}" % MAX_NAMESPACE)
_ANY_BASE = re.compile(rb"base%s<[^<> \t\r\n\":]*+>" % _SPACE)
# Only texts that need the close check need these, so they are compiled there.
_LONG_NAMESPACE = rb"(?::|[bB][aA][sS][eE])%s(?P<iri><[^<> \t\r\n\"]{%d})" % (_SPACE, MAX_NAMESPACE)
_RELATIVE_BASE = rb"[bB][aA][sS][eE]%s<(?P<iri>[^<> \t\r\n\":]*+)>" % _SPACE
# Everything but brackets and the delimiters of triple terms, and brackets that hold none. What is never closed runs to
# the end, so that no text is read twice.
_TURTLE_PLAIN = (
    rb"(?:[^(\[\])<>\"'#]++|[(\[][^(\[\])<>\"'#]*+[)\]]|<[^<> \t\r\n]++>|#[^\r\n]*+"
    rb"|\"\"\"(?:[^\"\\]++|\\.|\"\"?+(?!\"))*+(?:\"\"\"|\\?+\Z)|'''(?:[^'\\]++|\\.|''?+(?!'))*+(?:'''|\\?+\Z)"
    rb"|\"(?:[^\"\\\r\n]++|\\.)*+(?:\"|(?=[\r\n])|\\?+\Z)|'(?:[^'\\\r\n]++|\\.)*+(?:'|(?=[\r\n])|\\?+\Z))*+"
)


def check_limits(path: Path, source: bytes) -> None:
    """Raises DataError, with file and line, for an RDF file that exceeds a limit; NotFoundError for another extension.

    source: the content of the file, without a byte order mark.
    """
    name = format_of_file(path).name
    if name == "rdfxml":
        from mtsp_kg.parser_limits.rdfxml import check_rdfxml

        check_rdfxml(source, path)
    elif name == "jsonld":
        from mtsp_kg.parser_limits.jsonld import check_jsonld

        check_jsonld(source, path)
    else:
        turtle = name in ("turtle", "trig")
        blocks = (source[at : at + _BLOCK] for at in range(0, len(source), _BLOCK))
        if _needs_check(blocks, turtle=turtle):
            _check_turtle(source, path, turtle=turtle)


def limit_error(text: bytes, path: Path, at: int, what: str, remedy: str) -> DataError:
    """The error for what exceeds a limit; at: its offset in bytes, which the error has as line and column."""
    line, start = 1, 0
    for end in re.finditer(rb"\r\n|\n|\r", text):
        if end.end() > at:
            break
        line, start = line + 1, end.end()
    before = text[start:at]
    return DataError(
        f"{what}: the file is not parsed.",
        remedy=f"{remedy}.",
        file=path,
        line=line,
        column=len(before.decode("utf-8", errors="replace")) + 1,
    )


def long_namespace(text: bytes, path: Path, at: int) -> DataError:
    """The error for a namespace or base IRI that is too long; at: as for `limit_error`."""
    what = f"A namespace or base IRI is longer than {MAX_NAMESPACE:,} bytes"
    return limit_error(text, path, at, what, "Shorten it, or write the IRIs in full")


def _needs_check(blocks: Iterable[bytes], *, turtle: bool) -> bool:
    """Whether a text, given in blocks, may exceed a limit; turtle: whether it may have brackets and namespaces."""
    terms = brackets = bases = 0
    last = b""
    for block in blocks:
        terms += block.count(b"<<") + (last.endswith(b"<") and block.startswith(b"<"))
        if turtle:
            brackets += block.count(b"(") + block.count(b"[")
            bases += bool(_ANY_BASE.search(block.lower()))  # faster than a search for both cases
            bases += bool(_LONG.search(block) or _LONG.search(last[-MAX_NAMESPACE:] + block[:MAX_NAMESPACE]))
        if terms > _MAX_TRIPLE_TERMS or brackets > _MAX_BRACKETS or bases:
            return True
        last = block
    return False


def _check_turtle(text: bytes, path: Path, *, turtle: bool) -> None:
    """Raises DataError for excessive nesting, and for namespaces that exceed their limit."""
    at, terms, brackets, size = 0, 0, 0, len(text)
    plain = re.compile(_TURTLE_PLAIN, re.DOTALL)
    while at < size:
        found = plain.match(text, at)
        at = found.end() if found else at
        two = text[at : at + 2]
        if two == b"<<":
            terms += 1
            if terms > _MAX_TRIPLE_TERMS:
                what = f"Triple terms are nested more than {_MAX_TRIPLE_TERMS:,} levels deep"
                raise limit_error(text, path, at, what, "Name the inner terms with reifiers")
        elif two == b">>":
            terms = max(terms - 1, 0)
        elif two[:1] in (b"(", b"["):
            brackets += 1
            if brackets > _MAX_BRACKETS:
                what = f"Brackets are nested more than {_MAX_BRACKETS:,} levels deep"
                raise limit_error(text, path, at, what, "Give the inner nodes IRIs or labels")
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
    for base in re.finditer(_RELATIVE_BASE, text):  # each is resolved against the one before it
        length += len(base["iri"])
        if length > MAX_NAMESPACE:
            raise long_namespace(text, path, base.start("iri") - 1)
