"""How a refusal is told: with its place. Imports `errors`.

What a file of Turtle, TriG, N-Triples or N-Quads may not ask of a parser. Imports `refusals`.

Counts of single characters tell at once that nearly all files keep the bounds; only the others are looked at closely.

What a file of RDF/XML may not ask of a parser. Imports `refusals`.

Entities are the way in which ontologies write short names, so that plain ones are read; one that refers to another, or
to a file, is not (XML 1.0, section 4.1: "No Recursion"; 4.2.2: external entities).

What a file of JSON-LD may not ask of a parser. Imports `refusals`.

A term of a context may be written with another (JSON-LD 1.1, section 4.1.5, compact IRIs), and that with a third: the
parser recurses along such a chain, and each step makes the IRI longer.

What a file of RDF may not ask of a parser: to nest without end, or to unfold a few bytes into very many.

    from mtsp_kg.bounds import check_bounds
    check_bounds(path, source)

pyoxigraph recurses into triple terms and JSON, copies what is around an element of XML, and unfolds entities and
prefixes without a bound. The check looks first: once over the bytes, in linear time, and in little memory but for
JSON-LD, whose text is held. What is broken in other ways is left to the parser, which tells it better. Imports
`errors` and `formats`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mtsp_kg.errors import DataError
from mtsp_kg.formats import format_of_file

NAMESPACE = 1_000  # bytes of a namespace or base, which stands before every name that is made with it


def refusal(text: bytes, path: Path, at: int, what: str, remedy: str) -> DataError:
    """What is refused at an offset in bytes, with its line and column (in characters)."""
    line, start = 1, 0
    for end in re.finditer(rb"\r\n|\n|\r", text):
        if end.end() > at:
            break
        line, start = line + 1, end.end()
    before = text[start:at]
    return DataError(
        f"{what}: this is refused.",
        remedy=f"{remedy}.",
        file=path,
        line=line,
        column=len(before.decode("utf-8", errors="replace")) + 1,
    )


def long_namespace(text: bytes, path: Path, at: int) -> DataError:
    """The refusal of a namespace or base that is too long."""
    what = f"A namespace or base is longer than {NAMESPACE:,} bytes"
    return refusal(text, path, at, what, "Shorten it, or write the IRIs whole")


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
_TURTLE_PLAIN = (
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
    plain = re.compile(_TURTLE_PLAIN, re.DOTALL)
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


DEEP = 500  # elements within each other
ATTRIBUTES = 500  # of one element, each of which is compared with the others
ENTITIES = 1_000
ENTITY = 1_000  # bytes of an entity
UNFOLDED = 1 << 20, 10  # bytes that references to entities may become, or so many times the size of the file
_SMALL = 1_000  # bytes of a tag that can hold neither too many attributes nor a long namespace, but by entities

_TAG = re.compile(
    rb"<(?:!--(?:.*?-->|.*)|!\[CDATA\[(?:.*?\]\]>|.*)|\?(?:.*?\?>|.*)"
    rb"|(?P<close>/)|(?P<doctype>![dD][oO][cC][tT][yY][pP][eE])"
    rb"|(?P<open>[^<>\"'!?/](?:[^\"'<>]++|\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))*+>?))",
    re.DOTALL,
)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_VALUE = re.compile(rb"=\s*+(?:\"[^\"]*+\"|'[^']*+')")
_ENTITY = re.compile(
    rb"<!ENTITY\s++(?P<parameter>%\s*+)?(?P<name>[^\s\"'<>]++)\s++(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|)"
)
_REFERS = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);|#)|&#0*+38;|&#[xX]0*+26;")
_REFERENCE = re.compile(rb"&([^&;#\s<>\"']++);")
_NAMESPACE = re.compile(rb"\sxml(?:ns(?::[^=\s]*+)?|(?P<base>:base))\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
_EXTERNAL = re.compile(rb"\s++[^\s\[>]++\s++(?:SYSTEM|PUBLIC)\b")


def check_rdfxml(text: bytes, path: Path) -> None:
    """Raises DataError for entities that unfold without a bound or stand elsewhere, and for what is nested too deep."""
    if control := _CONTROL.search(text):
        what = f"The character U+{ord(control[0]):04X} may not stand in XML"
        raise refusal(text, path, control.start(), what, "Take it out")
    lengths = _entities(text, path)
    if lengths:
        unfolded = sum(lengths.get(found[1], 0) for found in _REFERENCE.finditer(text))
        if unfolded > max(UNFOLDED[0], UNFOLDED[1] * len(text)):
            raise refusal(
                text, path, text.find(b"<!ENTITY"), "Entities unfold into many times the file", "Write them out"
            )
    depth = relative = 0
    for tag in _TAG.finditer(text):
        if tag["doctype"]:
            if _EXTERNAL.match(text, tag.end()):
                raise refusal(
                    text, path, tag.start(), "A DTD that stands elsewhere is never read", "Take it out of DOCTYPE"
                )
        elif tag["close"]:
            depth -= 1
        elif tag["open"]:
            written = tag["open"]
            depth += not written.endswith(b"/>")
            if depth > DEEP:
                raise refusal(text, path, tag.start(), f"Elements are nested more than {DEEP:,} deep", "Name the nodes")
            if len(written) > _SMALL and len(_VALUE.findall(written)) > ATTRIBUTES:
                raise refusal(text, path, tag.start(), f"An element has more than {ATTRIBUTES:,} attributes", "Part it")
            if len(written) > _SMALL or b"xml:base" in written or (b"xmlns" in written and b"&" in written):
                for found in _NAMESPACE.finditer(written):
                    value = found[2] or found[3] or b""
                    length = len(value) + sum(lengths.get(one[1], 0) for one in _REFERENCE.finditer(value))
                    relative += length if found["base"] and b":" not in value and b"&" not in value else 0
                    if length > NAMESPACE or relative > NAMESPACE:
                        raise long_namespace(text, path, tag.start())


def _entities(text: bytes, path: Path) -> dict[bytes, int]:
    """The entities that a file declares, each with its length. Raises DataError for what they may not be."""
    lengths: dict[bytes, int] = {}
    for found in _ENTITY.finditer(text):
        value = found["double"] if found["double"] is not None else found["single"]
        if value is None:
            what, remedy = "An entity that stands elsewhere is never read", "Write its text here"
        elif found["parameter"]:
            what, remedy = "A parameter entity is not read", "Take it out"
        elif _REFERS.search(value):
            what, remedy = "An entity refers to another", "Write its text whole"
        elif len(value) > ENTITY:
            what, remedy = f"An entity is longer than {ENTITY:,} bytes", "Write it where it is used"
        elif len(lengths) >= ENTITIES:
            what, remedy = f"There are more than {ENTITIES:,} entities", "Write them out"
        else:
            lengths[found["name"]] = max(len(value), lengths.get(found["name"], 0))
            continue
        raise refusal(text, path, found.start(), what, remedy)
    return lengths


CHAIN = 500  # terms of a context that are written with each other

# All that is no bracket, and brackets that hold no others. A text that is never closed goes to the end, so that none is
# gone over twice.
_TEXT = rb"\"(?:[^\"\\]++|\\.)*+(?:\"|\\?+\Z)"
_JSON_PLAIN = re.compile(rb"(?:[^\[\]{}\"]++|%s|[\[{](?:[^\[\]{}\"]++|%s)*+[\]}])*+" % (_TEXT, _TEXT), re.DOTALL)
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
        found = _JSON_PLAIN.match(text, at)
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


__all__ = ["check_bounds"]

_BLOCK = 1 << 20


def check_bounds(path: Path, source: bytes) -> None:
    """Raises DataError, with file and line, for a file of RDF that passes a bound; NotFoundError for another suffix.

    source: what the file holds, without a byte order mark.
    """
    name = format_of_file(path).name
    if name == "rdfxml":
        check_rdfxml(source, path)
    elif name == "jsonld":
        check_jsonld(source, path)
    else:
        turtle = name in ("turtle", "trig")
        if suspect((source[at : at + _BLOCK] for at in range(0, len(source), _BLOCK)), turtle=turtle):
            check_turtle(source, path, turtle=turtle)
