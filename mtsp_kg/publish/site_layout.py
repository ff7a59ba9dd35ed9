"""The paths of a site: the documents about each resource, and the formats of a document.

| IRI, below the base | its documents, below the site's root |
|---|---|
| `id/org/who` | `doc/org/who.html`, `zh/doc/org/who.html`, `doc/org/who.ttl`, `.jsonld`, `.nt`, `.rdf`, `.trig` |
| `ontology#Outcome` | `ontology.html#Outcome`, `ontology.ttl` ... |
| `id/plan/mention/55.1`, described by another | those of the other, for example `doc/plan/para/55.html` ... |
| `graph/entities/org`, `ontology/document` | the same path with a suffix |
| anything that is not a safe file name | `doc/-/` and the first 32 digits of the IRI's SHA-256, with a suffix |

A safe path has no capital letters (some file systems ignore case), no segment that begins with a dot or a hyphen or
ends in a dot, none that Windows reserves, none longer than 100 characters, and no suffix of a document.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Protocol
from urllib.parse import quote, urlsplit

from mtsp_kg.profile import Profile
from mtsp_kg.publish.rebase import PublishOptions, Rebase

_SEGMENT = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,98}[a-z0-9_-])?")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_FRAGMENT = re.compile(r"[A-Za-z0-9_.-]{1,200}")
_NOT_IN_LINK = re.compile(r"[\x00-\x20\x7f<>\"'`{}|\\^]")
_LONGEST = 180
_LINKED_SCHEMES = ("http://", "https://", "mailto:")


class DocumentForm(NamedTuple):
    """One format of a document: its suffix, its Content-Type, its name, and whether it has named graphs.

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


PAGE = DocumentForm(".html", "text/html; charset=utf-8", "HTML")
DATA_FORMS = (
    DocumentForm(".ttl", "text/turtle; charset=utf-8", "Turtle", "turtle"),
    DocumentForm(".jsonld", "application/ld+json", "JSON-LD", "jsonld", True),
    DocumentForm(".trig", "application/trig", "TriG", "trig", True),
    DocumentForm(".nt", "application/n-triples", "N-Triples", "ntriples"),
    DocumentForm(".rdf", "application/rdf+xml", "RDF/XML", "rdfxml"),
)
# In order of preference: a client that accepts anything gets the page.
DOCUMENT_FORMS = (PAGE, *DATA_FORMS)
DOCUMENT_SUFFIXES = tuple(form.suffix for form in DOCUMENT_FORMS)

MEDIA_TYPES = {form.suffix: form.media_type for form in DOCUMENT_FORMS} | {
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


def is_safe(path: str) -> bool:
    """Whether a path is a valid file name on every system and can be the stem of documents.

    >>> [is_safe(path) for path in ("org/who", "../who", "con", "org/WHO", "who.ttl", "a//b", "")]
    [True, False, False, False, False, False, False]
    """
    segments = path.split("/")
    safe = all(_SEGMENT.fullmatch(segment) and not _RESERVED.fullmatch(segment) for segment in segments)
    return safe and len(path) <= _LONGEST and not path.endswith(DOCUMENT_SUFFIXES)


def safe_link(iri: str) -> str | None:
    """An IRI that may be the target of a link: http, https or mailto, without spaces or control characters; else None.

    >>> safe_link("javascript:alert(1)") is None
    True
    """
    return iri if iri.lower().startswith(_LINKED_SCHEMES) and not _NOT_IN_LINK.search(iri) else None


class DocumentPath(NamedTuple):
    """The path of a resource's documents below the site's root, without suffix, and the fragment inside them."""

    stem: str
    fragment: str = ""


@dataclass(frozen=True, eq=False)
class SiteLayout:
    """The addresses of a site. languages: those of its pages; pages in the first are at the root, others in a folder.

    >>> options = PublishOptions(site="https://example.org/kg/")
    >>> layout = SiteLayout(Profile("https://w3id.org/kg/"), options, ("en", "zh"))
    >>> layout.locate("https://w3id.org/kg/ontology#Outcome")
    DocumentPath(stem='ontology', fragment='Outcome')
    >>> layout.page("doc/org/who", "zh"), layout.root
    ('zh/doc/org/who.html', '/kg/')
    """

    profile: Profile
    options: PublishOptions = field(default_factory=PublishOptions)
    languages: tuple[str, ...] = ("en",)

    @cached_property
    def rebase(self) -> Rebase:
        """The project's own base and the published one."""
        return self.options.rebase(self.profile)

    @property
    def address(self) -> str:
        """The address of the site's root, ending in a slash."""
        return self.options.site or self.options.base or self.profile.base

    @property
    def root(self) -> str:
        """The path of the site's root on its server."""
        return urlsplit(self.address).path

    def published(self, content: bytes, path: str = "") -> bytes:
        """Content of a file of the site with the published base; the lines of a sorted format are sorted again."""
        moved = self.rebase.out_bytes(content)
        if moved is not content and path.endswith((".nt", ".nq")):
            return b"".join(sorted(moved.splitlines(keepends=True)))
        return moved

    def locate(self, iri: str) -> DocumentPath | None:
        """The path of the documents about an IRI; None for an IRI that is not below the project's base."""
        base = self.profile.base
        if not iri.startswith(base):
            return None
        for namespace in self._namespaces:
            fragment = iri.removeprefix(namespace)
            if fragment != iri and _FRAGMENT.fullmatch(fragment):
                return DocumentPath(namespace[len(base) : -1], fragment)
        local = self.profile.described_by(iri)[len(base) :]
        kind, _, rest = local.partition("/")
        if kind == "id" and is_safe(rest):
            return DocumentPath(f"doc/{rest}")
        if (local in ("ontology", "shapes", "dataset") or kind in ("graph", "ontology")) and is_safe(local):
            return DocumentPath(local)
        return DocumentPath(f"doc/-/{hashlib.sha256(iri.encode()).hexdigest()[:32]}")

    def page(self, stem: str, language: str | None = None) -> str:
        """The page of a stem in a language of the site, the first by default."""
        return f"{self.folder(language)}{stem}{PAGE.suffix}"

    def folder(self, language: str | None = None) -> str:
        """The folder of a language's pages, with its slash; empty for the first language."""
        return "" if language in (None, self.languages[0]) else f"{language}/"

    def split_language(self, path: str) -> tuple[str, str]:
        """The language of a path, and the path below the folder of that language.

        >>> SiteLayout(Profile("https://w3id.org/kg/"), languages=("en", "zh")).split_language("zh/index.html")
        ('zh', 'index.html')
        """
        for language in self.languages[1:]:
            if path.startswith(language + "/"):
                return language, path[len(language) + 1 :]
        return self.languages[0], path

    @cached_property
    def _namespaces(self) -> tuple[str, str]:
        return self.profile.ontology, self.profile.shapes

    def request_path(self, iri: str) -> str | None:
        """The path that a client requests for an IRI of the project, percent-encoded, from the slash after the base."""
        if not iri.startswith(self.profile.base):
            return None
        return "/" + quote(iri[len(self.profile.base) :].split("#")[0], safe="/._~-:@!$&'()*+,;=?%")


@dataclass(frozen=True)
class SiteDocument:
    """A file of a site: its path below the root, its Content-Type, its bytes."""

    path: str
    media_type: str
    content: bytes

    @cached_property
    def etag(self) -> str:
        """A strong entity tag, with its quotes (RFC 9110, section 8.8.3)."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'


class SiteFiles(Protocol):
    """A site as documents by path."""

    @property
    def layout(self) -> SiteLayout:
        """The addresses of the site."""

    def paths(self) -> Iterator[str]:
        """The path of every document, each once, without a leading slash."""

    def document(self, path: str) -> SiteDocument | None:
        """The document at a path; None if there is none. Raises MtspError for invalid input."""

    def prepare(self) -> None:
        """Prepares what documents share, so that forked processes need not."""
