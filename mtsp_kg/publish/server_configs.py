"""The files that configure web servers and robots for a site: nginx, Apache, w3id.org, robots.txt, sitemap.

nginx and Apache negotiate with regular expressions that this module generates: for each tenth of a q-value, from 1 down
to 0.1, the types in order of preference. So q-values have a precision of one decimal, and a wildcard always means HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import jinja2

from mtsp_kg import vocab
from mtsp_kg.publish.site_layout import DOCUMENT_FORMS, MEDIA_TYPES, PAGE, SiteLayout

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Of the files below, those that clients read; a site that answers requests itself needs no others.
FOR_CLIENTS = frozenset({"robots.txt", "sitemap.xml"})
_PARAMETERS = r"(?:\s*;(?!\s*q\s*=)[^,;]*)*"
_PLAIN = re.compile(r"/[A-Za-z0-9._~/:@!,()*+=&%-]+")


class PathRewrite(NamedTuple):
    """IRIs that the document of another IRI describes: a regular expression for paths below the base, and the path
    of the other IRI with `$1`, `$2` ... for the groups."""

    pattern: str
    target: str


@dataclass(frozen=True)
class ConfiguredSite:
    """A site to configure. paths: returns every path of the site; stems: stem of documents to IRI."""

    layout: SiteLayout
    paths: Callable[[], Iterable[str]]
    stems: Mapping[str, str]
    rewrites: Sequence[PathRewrite] = ()


def config_files(site: ConfiguredSite) -> dict[str, Callable[[], str]]:
    """The configuration files: path to renderer; one is for w3id.org, if the base differs from the address."""
    table: dict[str, Callable[[], str]] = {
        "robots.txt": lambda: f"User-agent: *\nAllow: /\nSitemap: {site.layout.address}sitemap.xml\n",
        "sitemap.xml": lambda: _sitemap(site),
        ".htaccess": lambda: _fill("htaccess", site),
        "server/nginx.conf": lambda: _fill("nginx.conf", site),
        "server/apache.conf": lambda: _fill("apache.conf", site),
    }
    if site.layout.address != site.layout.rebase.published:
        table["server/w3id.htaccess"] = lambda: _fill("w3id", site)
    return table


def _sitemap(site: ConfiguredSite) -> str:
    layout = site.layout
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<urlset xmlns="{vocab.SITEMAP}" xmlns:xhtml="{vocab.XHTML}">',
    ]
    for path in sorted(site.paths()):
        if path.endswith(PAGE.suffix) and layout.split_language(path)[1] == path and path != layout.page("404"):
            stem = path.removesuffix(PAGE.suffix)
            pages = {one: escape(layout.address + layout.page(stem, one)) for one in layout.languages}
            alternates = "".join(
                f'<xhtml:link rel="alternate" hreflang="{one}" href="{page}"/>' for one, page in pages.items()
            )
            lines.append(f"<url><loc>{escape(layout.address + path)}</loc>{alternates}</url>")
    return "\n".join([*lines, "</urlset>"]) + "\n"


def _accepted_forms() -> Iterator[tuple[str, str]]:
    """Regular expressions for the Accept header, each with its suffix; the first match decides."""
    kinds = [(form.essence, form.suffix[1:]) for form in DOCUMENT_FORMS]
    kinds += [("application/xhtml+xml", "html"), ("text/*", "html"), ("*/*", "html"), ("application/*", "jsonld")]
    for tenth in range(10, 0, -1):
        for kind, suffix in kinds:
            yield rf"(?:^|,)\s*{re.escape(kind)}{_PARAMETERS}{_weight(tenth)}(?:,|$)", suffix


def _accepted_languages(layout: SiteLayout) -> Iterator[tuple[str, str]]:
    """Regular expressions for the Accept-Language header, each with its folder; the first match decides."""
    for tenth in range(10, 0, -1):
        for language in layout.languages:
            yield rf"(?:^|,)\s*{language}(?:-[a-z0-9-]+)?{_weight(tenth)}(?:,|$)", layout.folder(language)


def _weight(tenth: int) -> str:
    if tenth == 10:
        return r"(?:\s*;\s*q\s*=\s*1(?:\.0*)?\s*(?:;[^,]*)?)?\s*"
    return rf"\s*;\s*q\s*=\s*0?\.{tenth}\d*\s*(?:;[^,]*)?"


def _hashed(site: ConfiguredSite) -> Iterator[tuple[str, str]]:
    """Request paths of IRIs that are not safe file names, with the stems of their documents."""
    for stem, iri in site.stems.items():
        requested = site.layout.request_path(iri)
        if stem.startswith("doc/-/") and requested and _PLAIN.fullmatch(requested):
            yield requested, stem


def _folders(site: ConfiguredSite) -> list[str]:
    """The folders at the site's root, except those of languages."""
    found = {site.layout.split_language(path)[1].partition("/")[0] for path in site.paths() if "/" in path}
    return sorted(re.escape(folder) for folder in found if not folder.endswith(PAGE.suffix))


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "servers"),
        autoescape=False,  # these are not pages: every value is checked above, or is an address of PublishOptions
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _fill(template: str, site: ConfiguredSite) -> str:
    layout = site.layout
    return (
        _environment()
        .get_template(template)
        .render(
            accepted_forms=list(_accepted_forms()),
            accepted_languages=list(_accepted_languages(layout)),
            language_folders=[layout.folder(one) for one in layout.languages[1:]],
            hashed=list(_hashed(site)),
            rewrites=site.rewrites,
            policy=CONTENT_SECURITY_POLICY,
            address=layout.address,
            base=layout.rebase.published,
            root=layout.root,
            host=urlsplit(layout.address).hostname,
            folders=_folders(site) if template == "w3id" else [],
            suffixes=sorted({suffix[1:] for suffix in MEDIA_TYPES if suffix.startswith(".") and suffix != ".htaccess"}),
        )
    )
