"""RDF terms as the scanners represent them: plain values that are cheap to make and to compare.

An IRI is its text. A blank node is `_:` and its label. A literal is a pair of its lexical form and its datatype's IRI,
or `@` and its language tag (and `--` and its direction). A triple term (RDF 1.2) is a tuple of three terms.
"""

from __future__ import annotations

import re
from functools import lru_cache

import pyoxigraph as ox

from mtsp_kg import vocab

# An IRI or blank node, (lexical form, type), or (subject, predicate, object).
TermKey = str | tuple[str, str] | tuple["TermKey", "TermKey", "TermKey"]
LiteralKey = tuple[str, str]

_STRING = vocab.XSD + "string"
_INTEGER, _DECIMAL, _DOUBLE = vocab.XSD + "integer", vocab.XSD + "decimal", vocab.XSD + "double"
_BOOLEAN = vocab.XSD + "boolean"
_PARTS = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.\-]*):)?(//[^/?#]*)?([^?#]*)(\?[^#]*)?(#.*)?\Z", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_LOCAL_ESCAPE = re.compile(r"\\(.)")
_CHARACTERS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class NamespaceContext(dict[str, str]):
    """Maps the token of an IRI or blank node to its term, under the prefixes and the base declared so far."""

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
        """Declares a prefix, given with its colon, for a namespace, given as the token of an IRI."""
        self._prefixes[prefix[:-1]] = self[iri]
        self._forget()

    def rebase(self, iri: str) -> None:
        """Sets the base IRI, given as its token."""
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


def literal_key(quoted: str, datatype: str | None, language: str | None, known: NamespaceContext) -> LiteralKey:
    """The literal of a quoted string, and the token of its datatype or its language tag."""
    width = 3 if quoted.startswith(('"""', "'''")) else 1
    lexical = unescape(quoted[width:-width])
    if datatype is not None:
        return lexical, known[datatype]
    return lexical, _STRING if language is None else "@" + language.lower()


def number_key(token: str) -> LiteralKey:
    """The literal of a number without quotes (Turtle 1.1, section 2.5.2)."""
    if "e" in token or "E" in token:
        return token, _DOUBLE
    return token, _DECIMAL if "." in token else _INTEGER


def boolean_key(token: str) -> LiteralKey:
    """The literal of `true` or `false` (Turtle 1.1, section 2.5.3)."""
    return token, _BOOLEAN


def term_key(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> TermKey:
    """The key of a pyoxigraph term."""
    if isinstance(term, ox.NamedNode):
        return term.value
    if isinstance(term, ox.BlankNode):
        return "_:" + term.value
    if isinstance(term, ox.Triple):
        return term_key(term.subject), term.predicate.value, term_key(term.object)
    if term.language is None:
        return term.value, term.datatype.value
    direction = getattr(term, "direction", None)
    return term.value, f"@{term.language}" + (f"--{direction}" if direction else "")


def as_stored(term: TermKey) -> TermKey:
    """A term as a pyoxigraph Store returns it: with numbers and dates in canonical form ("0.80" as "0.8")."""
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


def resolve(base: str | None, reference: str) -> str:
    """The IRI that a reference resolves to (RFC 3986, section 5.2, strict), as oxiri resolves it.

    That is: dot segments are removed from the path of a reference only, not from a base or after an authority.

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
    """A relative path in a folder, without its `.` and `..` segments (RFC 3986, section 5.2.4), which the folder keeps.

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
