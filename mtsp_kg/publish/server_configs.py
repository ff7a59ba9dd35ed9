"""What tells web servers and robots how to treat the site: nginx, Apache, w3id, robots.txt, sitemap.

nginx and Apache choose a form by regular expressions that this module writes: for each tenth of a q-value, from 1 down
to 0.1, the types in the order of preference. So q-values count, to one decimal; what they cannot do is let a wildcard
mean a type other than HTML. Imports `names`, `publish.paths`, `publish.source`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import jinja2

from mtsp_kg import vocab
from mtsp_kg.plan.pages.source import Options
from mtsp_kg.publish import paths
from mtsp_kg.publish.words import LANGUAGES

Paths = Callable[[], Iterable[str]]
Write = Callable[[Options, Paths, Mapping[str, str]], str]

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FOR_CLIENTS = frozenset({"robots.txt", "sitemap.xml"})
_PARAMETERS = r"(?:\s*;(?!\s*q\s*=)[^,;]*)*"
_PLAIN = re.compile(r"/[A-Za-z0-9._~/:@!,()*+=&%-]+")


def files(options: Options) -> dict[str, Write]:
    """The configuration files of a site by path; that for w3id where the site stands elsewhere than its base."""
    table: dict[str, Write] = {
        "robots.txt": _robots,
        "sitemap.xml": _sitemap,
        ".htaccess": lambda options, paths_, stems: _fill("htaccess", options, stems),
        "server/nginx.conf": lambda options, paths_, stems: _fill("nginx.conf", options, stems),
        "server/apache.conf": lambda options, paths_, stems: _fill("apache.conf", options, stems),
    }
    if options.address != options.base:
        table["server/w3id.htaccess"] = lambda options, paths_, stems: _fill("w3id", options, stems)
    return table


def _robots(options: Options, paths_: Paths, stems: Mapping[str, str]) -> str:
    return f"User-agent: *\nAllow: /\nSitemap: {options.address}sitemap.xml\n"


def _sitemap(options: Options, paths_: Paths, stems: Mapping[str, str]) -> str:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<urlset xmlns="{vocab.SITEMAP}" xmlns:xhtml="{vocab.XHTML}">',
    ]
    for path in sorted(paths_()):
        if path.endswith(paths.PAGE.suffix) and not path.startswith(LANGUAGES[1] + "/") and path != "404.html":
            stem = path.removesuffix(paths.PAGE.suffix)
            pages = {one: escape(options.address + paths.page_of(stem, one)) for one in LANGUAGES}
            twins = "".join(
                f'<xhtml:link rel="alternate" hreflang="{one}" href="{page}"/>' for one, page in pages.items()
            )
            lines.append(f"<url><loc>{escape(options.address + path)}</loc>{twins}</url>")
    return "\n".join([*lines, "</urlset>"]) + "\n"


def accepts() -> Iterator[tuple[str, str]]:
    """Regular expressions over the Accept header with the suffix that each means, the first that fits decides."""
    kinds = [(form.essence, form.suffix[1:]) for form in paths.FORMS]
    kinds += [("application/xhtml+xml", "html"), ("text/*", "html"), ("*/*", "html"), ("application/*", "jsonld")]
    for tenth in range(10, 0, -1):
        for kind, suffix in kinds:
            yield rf"(?:^|,)\s*{re.escape(kind)}{_PARAMETERS}{_weight(tenth)}(?:,|$)", suffix


def languages() -> Iterator[tuple[str, str]]:
    """Regular expressions over the Accept-Language header with the folder that each means, as above."""
    for tenth in range(10, 0, -1):
        for language, folder in (("en", ""), ("zh", "zh/")):
            yield rf"(?:^|,)\s*{language}(?:-[a-z0-9-]+)?{_weight(tenth)}(?:,|$)", folder


def _weight(tenth: int) -> str:
    if tenth == 10:
        return r"(?:\s*;\s*q\s*=\s*1(?:\.0*)?\s*(?:;[^,]*)?)?\s*"
    return rf"\s*;\s*q\s*=\s*0?\.{tenth}\d*\s*(?:;[^,]*)?"


def odd(stems: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Paths of IRIs that are no safe file names, as a client asks for them, with the stems of their documents."""
    for stem, iri in stems.items():
        asked = paths.request_path(iri)
        if stem.startswith("doc/-/") and asked and _PLAIN.fullmatch(asked):
            yield asked, stem


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "servers"),
        autoescape=False,  # no page: every value is checked above or an address of Options
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _fill(template: str, options: Options, stems: Mapping[str, str]) -> str:
    return (
        _environment()
        .get_template(template)
        .render(
            accepts=list(accepts()),
            languages=list(languages()),
            odd=list(odd(stems)),
            policy=POLICY,
            address=options.address,
            base=options.base,
            root=urlsplit(options.address).path,
            host=urlsplit(options.address).hostname,
            forms=paths.DATA_FORMS,
            vocabularies=("ontology", "shapes", "dataset"),
        )
    )
