"""Where the document about an IRI stands in a site, and which forms a document has.

| IRI, below the base | its documents, below the site's root |
|---|---|
| `id/org/who` | `doc/org/who.html`, `zh/doc/org/who.html`, `doc/org/who.ttl`, `.jsonld`, `.nt`, `.rdf`, `.trig` |
| `ontology#Outcome` | `ontology.html#Outcome`, `ontology.ttl` ... |
| `id/mtsp-2022-2026/mention/55.1` | those of the passage that it is in, `doc/mtsp-2022-2026/para/55.html` ... |
| `graph/entities/org`, `ontology/document` | the same path with a suffix |
| anything that is no safe file name | `doc/-/` and the first 32 digits of the IRI's SHA-256, with a suffix |

A safe path has no capital letters (file systems that fold case), no segment that begins with a point or a hyphen or
ends in a point, none that Windows reserves, none over 100 characters, and does not end like a document. Imports
`names` only.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote

from mtsp_kg.plan import names

_SEGMENT = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,98}[a-z0-9_-])?")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_LONGEST = 180
_OWN = ("ontology", "shapes", "dataset")
_OPEN = ("http://", "https://", "mailto:")


@dataclass(frozen=True)
class Form:
    """One form of a document: its suffix, media type as HTTP writes it, its name, and whether it keeps named graphs.

    format: the name in the table of RDF formats; empty for pages.
    """

    suffix: str
    media_type: str
    label: str
    format: str = ""
    named_graphs: bool = False

    @property
    def essence(self) -> str:
        """The media type without parameters."""
        return self.media_type.split(";")[0]


PAGE = Form(".html", "text/html; charset=utf-8", "HTML")
DATA_FORMS = (
    Form(".ttl", "text/turtle; charset=utf-8", "Turtle", "turtle"),
    Form(".jsonld", "application/ld+json", "JSON-LD", "jsonld", True),
    Form(".trig", "application/trig", "TriG", "trig", True),
    Form(".nt", "application/n-triples", "N-Triples", "ntriples"),
    Form(".rdf", "application/rdf+xml", "RDF/XML", "rdfxml"),
)
# In the order of preference between equals; what asks for anything gets the page.
FORMS = (PAGE, *DATA_FORMS)
ALL_SUFFIXES = tuple(form.suffix for form in FORMS)

MEDIA_TYPES = {form.suffix: form.media_type for form in FORMS} | {
    ".nq": "application/n-quads",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".svg": "image/svg+xml",
    ".xml": "application/xml",
    ".txt": "text/plain; charset=utf-8",
    ".sha256": "text/plain; charset=utf-8",
    ".rq": "application/sparql-query",
    ".conf": "text/plain; charset=utf-8",
    ".htaccess": "text/plain; charset=utf-8",
    "/void": "text/turtle; charset=utf-8",
}


def media_type(path: str) -> str:
    """The media type of a file of the site, by its suffix.

    >>> media_type("doc/org/who.trig")
    'application/trig'
    """
    for suffix, found in MEDIA_TYPES.items():
        if path.endswith(suffix):
            return found
    return "application/octet-stream"


def split(iri: str) -> tuple[str, str] | None:
    """The stem of an IRI's documents and the fragment inside them; None for an IRI that is not below the base.

    >>> split("https://w3id.org/mtsp-kg/ontology#Outcome")
    ('ontology', 'Outcome')
    """
    if not iri.startswith(names.BASE):
        return None
    local = (names.passage_of_mention(iri) or iri)[len(names.BASE) :]
    for own in ("ontology", "shapes"):
        fragment = local.removeprefix(own + "#")
        if fragment != local and re.fullmatch(r"[A-Za-z0-9_.-]{1,200}", fragment):
            return own, fragment
    kind, _, rest = local.partition("/")
    if kind == "id" and is_safe(rest):
        return f"doc/{rest}", ""
    if (local in _OWN or kind in ("graph", "ontology")) and is_safe(local):
        return local, ""
    return f"doc/-/{hashlib.sha256(iri.encode()).hexdigest()[:32]}", ""


def is_safe(path: str) -> bool:
    """Whether a path can be a file's name everywhere, and a stem of documents.

    >>> [is_safe(path) for path in ("org/who", "../who", "con", "org/WHO", "who.ttl", "a//b", "")]
    [True, False, False, False, False, False, False]
    """
    segments = path.split("/")
    good = all(_SEGMENT.fullmatch(segment) and not _RESERVED.fullmatch(segment) for segment in segments)
    return good and len(path) <= _LONGEST and not path.endswith(ALL_SUFFIXES)


def page_of(stem: str, language: str = "en") -> str:
    """The page of a stem in a language of the interface.

    >>> page_of("doc/org/who", "zh")
    'zh/doc/org/who.html'
    """
    return f"{'' if language == 'en' else language + '/'}{stem}.html"


def open_link(iri: str) -> str | None:
    """An IRI that may stand in a link: http, https or mailto without spaces or control characters; else None.

    >>> open_link("javascript:alert(1)") is None
    True
    """
    if iri.lower().startswith(_OPEN) and not re.search(r"[\x00-\x20\x7f<>\"'`{}|\\^]", iri):
        return iri
    return None


def request_path(iri: str) -> str | None:
    """The path that a client sends for an IRI below the base, percent-encoded, from the first slash after it."""
    if not iri.startswith(names.BASE):
        return None
    return "/" + quote(iri[len(names.BASE) :].split("#")[0], safe="/._~-:@!$&'()*+,;=?%")
