"""Relative IRIs. Imports nothing of the package.

Terms as the scanner knows them: plain values that are cheap to make and to compare. Imports `names` and `iris`.

An IRI is its text. A blank node is `_:` and its label. A literal is its lexical form and, second, its datatype's IRI,
or `@` and its language (and `--` and its direction). A triple term (RDF 1.2) is three of these.
"""

from __future__ import annotations

import re
from functools import lru_cache

import pyoxigraph as ox

from mtsp_kg import vocab

_PARTS = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.\-]*):)?(//[^/?#]*)?([^?#]*)(\?[^#]*)?(#.*)?\Z", re.DOTALL)


def resolve(base: str | None, reference: str) -> str:
    """The IRI that a reference means (RFC 3986, section 5.2, strict), as oxiri reads it.

    That is: dot segments are resolved in a reference's path only, neither in a base nor after an authority.

    >>> resolve("http://a/b/c?d", "../e/./f#g")
    'http://a/e/f#g'
    """
    if base is None:
        return reference
    scheme, authority, path, query, fragment = _parts(reference)
    if scheme:
        return reference
    base_scheme, base_authority, base_path, base_query, _ = _parts(base)
    start = f"{base_scheme}:"
    if authority:
        return start + reference
    start += base_authority
    if not path:
        return start + base_path + (query or base_query) + fragment
    if path.startswith("/"):
        folder, path = "/", path[1:]
    else:
        folder = base_path[: base_path.rfind("/") + 1] or "/" * bool(base_authority)
    return start + _below(folder, path) + query + fragment


def _below(folder: str, path: str) -> str:
    """A relative path without its `.` and `..` segments (RFC 3986, section 5.2.4); those of the folder are kept.

    >>> _below("/a/b/", "c/./../../g")
    '/a/g'
    """
    root = "/" if folder.startswith("/") else ""
    kept = folder[len(root) :].split("/")[:-1]
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return root + "/".join(kept)


def _parts(iri: str) -> tuple[str, str, str, str, str]:
    found = _PARTS.match(iri)
    assert found is not None  # every string matches
    scheme, authority, path, query, fragment = found.groups(default="")
    return scheme, authority, path, query, fragment


# A term: str, (lexical form, type) or (subject, predicate, object).
Key = str | tuple[str, str] | tuple["Key", "Key", "Key"]
Literal = tuple[str, str]

_STRING = vocab.XSD + "string"
_INTEGER, _DECIMAL, _DOUBLE = vocab.XSD + "integer", vocab.XSD + "decimal", vocab.XSD + "double"
_BOOLEAN = vocab.XSD + "boolean"
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_LOCAL_ESCAPE = re.compile(r"\\(.)")
_CHARACTERS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class Names(dict[str, str]):
    """From a name's token to the IRI or blank node that it means here, under the prefixes and base declared so far."""

    def __init__(self, base: str | None = None) -> None:
        super().__init__(a=vocab.RDF_TYPE)
        self._base = base
        self._prefixes: dict[str, str] = {}

    def __missing__(self, token: str) -> str:
        if token.startswith("<"):
            iri = resolve(self._base, unescape(token[1:-1]))
        elif token.startswith("_:"):
            iri = token
        else:
            prefix, _, local = token.partition(":")
            iri = self._prefixes[prefix] + (_LOCAL_ESCAPE.sub(r"\1", local) if "\\" in local else local)
        self[token] = iri
        return iri

    def declare(self, prefix: str, iri: str) -> None:
        """A prefix (with its colon) stands for an IRI's token from here on."""
        self._prefixes[prefix[:-1]] = self[iri]
        self._forget()

    def rebase(self, iri: str) -> None:
        """An IRI's token is the base from here on."""
        self._base = self[iri]
        self._forget()

    def _forget(self) -> None:
        self.clear()
        self["a"] = vocab.RDF_TYPE


def unescape(text: str) -> str:
    """A string or IRI without its escapes (Turtle 1.1, section 6.4)."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    short, long, plain = found.groups()
    return _CHARACTERS.get(plain, plain) if plain else chr(int(short or long, 16))


def literal(quoted: str, datatype: str | None, language: str | None, known: Names) -> Literal:
    """The literal that a quoted string means, with the token of its datatype or its language tag."""
    width = 3 if quoted.startswith(('"""', "'''")) else 1
    lexical = unescape(quoted[width:-width])
    if datatype is not None:
        return lexical, known[datatype]
    return lexical, _STRING if language is None else "@" + language.lower()


def number(token: str) -> Literal:
    """The literal that a bare number means (Turtle 1.1, section 2.5.2)."""
    if "e" in token or "E" in token:
        return token, _DOUBLE
    return token, _DECIMAL if "." in token else _INTEGER


def boolean(token: str) -> Literal:
    """The literal that `true` or `false` means (Turtle 1.1, section 2.5.3)."""
    return token, _BOOLEAN


def key(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Key:
    """A term of pyoxigraph as a key."""
    if isinstance(term, ox.NamedNode):
        return term.value
    if isinstance(term, ox.BlankNode):
        return "_:" + term.value
    if isinstance(term, ox.Triple):
        return key(term.subject), term.predicate.value, key(term.object)
    if term.language is None:
        return term.value, term.datatype.value
    direction = getattr(term, "direction", None)
    return term.value, f"@{term.language}" + (f"--{direction}" if direction else "")


def as_stored(term: Key) -> Key:
    """A term as a pyoxigraph Store gives it back: it writes numbers and dates in a canonical form ("0.80" as "0.8")."""
    if isinstance(term, str):
        return term
    if len(term) == 3:
        return as_stored(term[0]), term[1], as_stored(term[2])
    lexical, kind = term
    return (_canonical(lexical, kind), kind) if kind.startswith(vocab.XSD) and kind != _STRING else term


@lru_cache(maxsize=65536)
def _canonical(lexical: str, datatype: str) -> str:
    store, node = ox.Store(), ox.NamedNode(datatype)
    store.add(ox.Quad(node, node, ox.Literal(lexical, datatype=node)))
    return next(str(quad.object.value) for quad in store if isinstance(quad.object, ox.Literal))
