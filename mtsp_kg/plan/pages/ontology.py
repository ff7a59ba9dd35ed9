"""The page of an ontology: its header, its picture, and every term; of an alignment, what stands in its file.

Imports `names`, `query` and, of this room, `diagram`, `pages`, `paths`, `source`, `view` and `vocabulary`.
"""

from __future__ import annotations

from markupsafe import Markup

from mtsp_kg import vocab
from mtsp_kg.plan import names
from mtsp_kg.plan.pages import ontology_diagram, vocabulary
from mtsp_kg.plan.pages.source import Source
from mtsp_kg.plan.pages.templates import render
from mtsp_kg.plan.pages.view import At
from mtsp_kg.publish import paths
from mtsp_kg.query.catalogue import competency_questions

MAIN = "ontology"
_MOST_TRIPLES = 300


def ontology(source: Source, stem: str, language: str) -> bytes:
    """The page of an ontology: of our own with every term, of another with what stands in its file."""
    iri = source.stems[stem]
    index = source.index
    path = paths.page_of(stem, language)
    view = source.views[language]
    header: dict[str, list[object]] = {}
    for quad in index.by_subject.get(iri, ()):
        header.setdefault(quad.predicate.value, []).append(quad.object)
    titles = vocabulary.texts(iri, vocab.VOCABULARIES["dcterms"] + "title", index, language)
    own = next(iter(index.ontologies.get(iri, ())), "")
    main = stem == MAIN
    return render(
        "ontology",
        path,
        view,
        title=titles[0].value if titles else names.shrink(iri, source.plan),
        heading=titles[0].value if titles else names.shrink(iri, source.plan),
        iri=iri,
        stem=stem,
        header=sorted(header.items()),
        terms=source.terms if main else {"class": [], "property": [], "individual": []},
        quads=[] if main else index.by_graph.get(own, [])[:_MOST_TRIPLES],
        shown=lambda node, at: vocabulary.expression(node, index, at),
        asked=_asked(source, language) if main else [],
        picture=Markup(_picture(source, language, view.at(path))) if main else "",
    )


def _asked(source: Source, language: str) -> list[tuple[str, str]]:
    """The competency questions in a language, each with the name of the query that answers it."""
    found = [one for one in competency_questions(source.project) if one.query in source.catalogue]
    return [(one.zh if language == "zh" else one.question, one.query) for one in found]


def _picture(source: Source, language: str, at: At) -> str:
    """The ontology as SVG for its page, with the other language of the interface beside the page's."""
    view = source.views[language]

    def link(iri: str) -> str:
        page = view.page(iri)
        return at.to(page) if page else iri

    return ontology_diagram.draw(source.rows("terms"), lambda one: source.views[one].label, language, link)
