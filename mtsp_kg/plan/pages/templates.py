"""Renders templates: Jinja2 with every value escaped, errors for missing values, and no inline script or style."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from mtsp_kg import vocab
from mtsp_kg.plan.pages.view import PageView
from mtsp_kg.plan.pages.words import RIGHT_TO_LEFT
from mtsp_kg.publish.site_layout import DATA_FORMS, safe_link

_FOLDER = Path(__file__).parent


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["rtl"] = RIGHT_TO_LEFT
    environment.globals["forms"] = DATA_FORMS
    return environment


def render(template: str, path: str, view: PageView, root: str | None = None, /, **parts: Any) -> bytes:
    """A page of the site. path: its path below the site's root; root: see `PageView.links_from`; parts: the content of
    the template, as IRIs and plain values; `query`: the query string of the page's address, for its translations."""
    layout = view.index.layout
    _, plain = layout.split_language(path)
    links = view.links_from(path, root)
    shared = {
        "w": view.words,
        "links": links,
        "view": view,
        "here": links.file(layout.folder(view.language)),
        "translations": {language: layout.folder(language) + plain for language in layout.languages},
        "language": view.language,
        "stem": None,
        "iri": None,
        "data": None,
        "query": "",
    }
    return (_environment().get_template(template + ".html").render(shared | parts) + "\n").encode()


def static_file(name: str) -> bytes:
    """A file that is the same on every site: the style, the script, the icon."""
    return (_FOLDER / "static" / name).read_bytes()


def embedded_json_ld(iri: str, stem: str, view: PageView) -> Markup:
    """The resource and its page in the terms of schema.org and our own, as JSON-LD for search engines."""
    index, site = view.index, view.index.layout.address
    classes = [str(getattr(node, "value", node)) for node in index.objects(iri, vocab.RDF_TYPE)]
    forms = view.labels.forms.get(iri, ())

    def labels(kind: str) -> list[dict[str, str]]:
        rows = {(form.language, form.text) for form in forms if form.kind == kind}
        return [{"@value": text, "@language": language} for language, text in sorted(rows) if language]

    same = [str(getattr(node, "value", "")) for node in index.objects(iri, vocab.MATCHES[0])]
    resource: dict[str, Any] = {
        "@id": iri,
        "@type": sorted({*classes, *_schema_classes(classes, view)}) or ["schema:Thing"],
        "schema:name": labels("prefLabel"),
        "schema:alternateName": labels("altLabel"),
        "schema:sameAs": [{"@id": one} for one in sorted(same) if safe_link(one)],
    }
    page = {
        "@id": site + index.layout.page(stem, view.language),
        "@type": "schema:WebPage",
        "schema:inLanguage": view.language,
        "schema:mainEntity": {"@id": iri},
        "schema:encoding": [
            {
                "@type": "schema:MediaObject",
                "schema:contentUrl": {"@id": site + stem + form.suffix},
                "schema:encodingFormat": form.essence,
            }
            for form in DATA_FORMS
        ],
    }
    body = {
        "@context": {"schema": vocab.VOCABULARIES["schema"]},
        "@graph": [{name: value for name, value in resource.items() if value}, page],
    }
    text = json.dumps(body, ensure_ascii=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


def _schema_classes(classes: list[str], view: PageView) -> set[str]:
    """The classes of schema.org above some classes of our ontology."""
    found: set[str] = set()
    waiting, seen = list(classes), set(classes)
    while waiting:
        for node in view.index.objects(waiting.pop(), vocab.RDFS_SUBCLASS):
            above = str(getattr(node, "value", node))
            if above.startswith(vocab.VOCABULARIES["schema"]):
                found.add(above)
            elif above not in seen and above.startswith(view.index.profile.ontology):
                seen.add(above)
                waiting.append(above)
    return found
