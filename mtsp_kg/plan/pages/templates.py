"""Templates into pages: Jinja2 with every value escaped, a missing one an error, nothing inline that runs or styles.

Imports `names`, `publish.paths`, `publish.view`.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from mtsp_kg import vocab
from mtsp_kg.plan import names
from mtsp_kg.plan.pages.view import View
from mtsp_kg.publish import paths
from mtsp_kg.publish.words import LANGUAGES, RIGHT_TO_LEFT

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
    environment.globals["forms"] = paths.DATA_FORMS
    return environment


def render(template: str, path: str, view: View, root: str | None = None, /, **parts: Any) -> bytes:
    """A page of the site. path: where it stands; root: the way to the site's root, if not from there; parts: what the
    template tells, as IRIs and plain values; `kept`: what a page's address has after its path, for its twins."""
    language = view.language
    plain = path.removeprefix(f"{language}/") if language != LANGUAGES[0] else path
    twins = {other: (plain if other == LANGUAGES[0] else f"{other}/{plain}") for other in LANGUAGES}
    own = "" if language == LANGUAGES[0] else f"{language}/"
    page = _environment().get_template(template + ".html")
    at = view.at(path, root)
    shared = {"w": view.words, "at": at, "view": view, "here": at.to(own), "twins": twins, "language": language}
    return (page.render(shared | {"stem": None, "iri": None, "data": None, "kept": ""} | parts) + "\n").encode()


def static(name: str) -> bytes:
    """A file that the site has as it is: its style, its script."""
    return (_FOLDER / "static" / name).read_bytes()


def embedded(iri: str, stem: str, view: View, site: str) -> Markup:
    """What search engines read: the thing and its page in schema.org's words and ours, as JSON-LD in a data block."""
    index = view.index
    kinds = [str(getattr(node, "value", node)) for node in index.objects(iri, vocab.RDF_TYPE)]
    forms = view.names.forms.get(iri, ())

    def named(kind: str) -> list[dict[str, str]]:
        rows = {(form.language, form.text) for form in forms if form.kind == kind}
        return [{"@value": text, "@language": language} for language, text in sorted(rows) if language]

    same = [str(getattr(node, "value", "")) for node in index.objects(iri, vocab.MATCHES[0])]
    thing: dict[str, Any] = {
        "@id": iri,
        "@type": sorted({*kinds, *_schema_kinds(kinds, view)}) or ["schema:Thing"],
        "schema:name": named("prefLabel"),
        "schema:alternateName": named("altLabel"),
        "schema:sameAs": [{"@id": one} for one in sorted(same) if paths.open_link(one)],
    }
    page = {
        "@id": site + paths.page_of(stem, view.language),
        "@type": "schema:WebPage",
        "schema:inLanguage": view.language,
        "schema:mainEntity": {"@id": iri},
        "schema:encoding": [
            {
                "@type": "schema:MediaObject",
                "schema:contentUrl": {"@id": site + stem + form.suffix},
                "schema:encodingFormat": form.essence,
            }
            for form in paths.DATA_FORMS
        ],
    }
    body = {
        "@context": {"schema": vocab.VOCABULARIES["schema"]},
        "@graph": [{name: value for name, value in thing.items() if value}, page],
    }
    text = json.dumps(body, ensure_ascii=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


def _schema_kinds(kinds: list[str], view: View) -> set[str]:
    found: set[str] = set()
    waiting, seen = list(kinds), set(kinds)
    while waiting:
        for node in view.index.objects(waiting.pop(), vocab.RDFS_SUBCLASS):
            above = str(getattr(node, "value", node))
            if above.startswith(vocab.VOCABULARIES["schema"]):
                found.add(above)
            elif above not in seen and above.startswith(names.ONTOLOGY):
                seen.add(above)
                waiting.append(above)
    return found
