"""The pages of a site, one function for each kind, which renders the content of the page with its template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import urlencode

from markupsafe import Markup

from mtsp_kg import vocab
from mtsp_kg.infer.rules import KINDS
from mtsp_kg.plan import house
from mtsp_kg.plan.pages import lists, ontology_diagram, vocabulary
from mtsp_kg.plan.pages.lists import ShownAnswer
from mtsp_kg.plan.pages.source import SiteSource
from mtsp_kg.plan.pages.templates import embedded_json_ld, render
from mtsp_kg.plan.pages.view import PageLinks, PageView
from mtsp_kg.plan.pages.words import UN_LANGUAGES
from mtsp_kg.publish.site_layout import safe_link
from mtsp_kg.query.catalogue import competency_questions

_MOST_TRIPLES = 300
_LONGEST_SEARCH = 200


def resource_page(source: SiteSource, stem: str, language: str) -> bytes:
    """The page about the resource that a stem's documents are about."""
    iri = source.stems[stem]
    special = {"shapes": shapes_page, "dataset": dataset_page}.get(stem)
    if special:
        return special(source, language)
    if stem == "ontology" or iri in source.index.ontologies:
        return ontology_page(source, stem, language)
    is_passage = iri in source.voices.order
    if iri in source.index.by_graph and not is_passage:
        return graph_page(source, stem, language)
    view = source.views[language]
    path = source.layout.page(stem, language)
    label, short = view.numbered(iri), source.profile.shrink(iri)
    parts = source.parts(iri) | {
        "title": label[0] if label else short,
        "heading": view.links_from(path).text(*label) if label else short,
        "short": short,
        "stem": stem,
        "data": embedded_json_ld(iri, stem, view),
    }
    if not is_passage:
        parts |= {"inferred": source.inferences.about(iri) if view.live else [], "rule_label": _rule_label(language)}
    return render("passage" if is_passage else "entity", path, view, **parts)


def graph_page(source: SiteSource, stem: str, language: str) -> bytes:
    """The page of a named graph that is not a passage."""
    iri = source.stems[stem]
    quads = source.index.by_graph[iri]
    view = source.views[language]
    short = iri.removeprefix(source.profile.base)
    return render(
        "graph",
        source.layout.page(stem, language),
        view,
        title=short,
        short=short,
        iri=iri,
        stem=stem,
        quads=quads[:_MOST_TRIPLES],
        total=len(quads),
    )


def ontology_page(source: SiteSource, stem: str, language: str) -> bytes:
    """The page of an ontology: of the project's own with every term, of another with the triples of its file."""
    iri = source.stems[stem]
    index = source.index
    path = source.layout.page(stem, language)
    view = source.views[language]
    header: dict[str, list[object]] = {}
    for quad in index.by_subject.get(iri, ()):
        header.setdefault(quad.predicate.value, []).append(quad.object)
    titles = vocabulary.literals(iri, vocab.VOCABULARIES["dcterms"] + "title", index, language)
    title = titles[0].value if titles else source.profile.shrink(iri)
    own_graph = next(iter(index.ontologies.get(iri, ())), "")
    main = stem == "ontology"
    return render(
        "ontology",
        path,
        view,
        title=title,
        iri=iri,
        stem=stem,
        header=sorted(header.items()),
        terms=source.terms if main else {"class": [], "property": [], "individual": []},
        quads=[] if main else index.by_graph.get(own_graph, [])[:_MOST_TRIPLES],
        expression=lambda node, links: vocabulary.expression(node, index, links),
        competency=_competency_questions(source, language) if main else [],
        diagram=Markup(_ontology_diagram(source, language, view.links_from(path))) if main else "",
    )


def _competency_questions(source: SiteSource, language: str) -> list[tuple[str, str]]:
    """The competency questions in a language, each with the name of the query that answers it."""
    found = [one for one in competency_questions(source.project) if one.query in source.catalogue]
    return [(one.zh if language == "zh" else one.question, one.query) for one in found]


def _ontology_diagram(source: SiteSource, language: str, links: PageLinks) -> str:
    link = partial(_page_or_iri, source.views[language], links)
    rows = source.plan_views.rows(ontology_diagram.TermRow, "terms")
    return ontology_diagram.draw(rows, lambda one: source.views[one].label, language, link).svg


def _page_or_iri(view: PageView, links: PageLinks, iri: str) -> str:
    page = view.page(iri)
    return links.file(page) if page else iri


def shapes_page(source: SiteSource, language: str) -> bytes:
    """The page of the shapes."""
    view = source.views[language]
    path = source.layout.page("shapes", language)
    index, links = source.shapes, view.links_from(path)
    return render(
        "shapes",
        path,
        view,
        title=view.words.shapes_title,
        stem="shapes",
        files=vocabulary.shapes_by_graph(index),
        texts=lambda iri, name: vocabulary.literals(iri, vocab.SH + name, index, language),
        expression=lambda node: vocabulary.expression(node, index, links),
    )


def dataset_page(source: SiteSource, language: str) -> bytes:
    """The page of the dataset: dumps, counts, addresses, of which the first issuer or plan is the example."""
    view = source.views[language]
    subject = source.index.subject
    example = next(iter((*subject.issuers, *subject.plans, source.profile.dataset)))
    path = source.layout.locate(example)
    stem = path.stem if path else "dataset"
    return render(
        "dataset",
        source.layout.page("dataset", language),
        view,
        title=view.words.data_title,
        stem="dataset",
        dumps=[dump for dump, _ in source.dumps.values()],
        counts=source.counts,
        endpoint=safe_link(source.options.endpoint or ""),
        base=source.profile.base,
        site=source.layout.address,
        example=example,
        example_stem=stem,
        example_pages=[source.layout.page(stem, one) for one in source.layout.languages],
        licence=safe_link(source.licence) or "",
    )


def house_picture(source: SiteSource, language: str, links: PageLinks | None = None) -> str:
    """The strategy house as SVG; links: those of the page that shows it; without them it is a separate file."""
    view = source.views[language]
    link = partial(_page_or_iri, view, links) if links else None
    return house.draw(source.house, view.label, language, link).svg


def home_page(source: SiteSource, language: str) -> bytes:
    """The first page."""
    view = source.views[language]
    path = source.layout.page("index", language)
    return render(
        "home",
        path,
        view,
        title=view.filled(view.words.dataset_title),
        house=Markup(house_picture(source, language, view.links_from(path))),
        counts=source.counts,
        passages=len(source.voices.order),
    )


def missing_page(source: SiteSource, language: str) -> bytes:
    """The page for unknown addresses; its links begin at the root, because it is shown at any path."""
    view = source.views[language]
    path = source.layout.page("404", language)
    return render("missing", path, view, source.layout.root, title=view.words.missing_title)


def things_page(source: SiteSource, language: str) -> bytes:
    """Every resource by class."""
    view = source.views[language]
    classes = lists.by_class(view, source.voices)
    path = source.layout.page("things", language)
    return render("things", path, view, title=view.words.things_title, classes=classes)


def passages_page(source: SiteSource, language: str) -> bytes:
    """All passages in reading order."""
    view = source.views[language]
    runs = lists.passages_by_section(source.index, source.voices)
    return render(
        "passages", source.layout.page("passages", language), view, title=view.words.passages_title, runs=runs
    )


def names_page(source: SiteSource, language: str, labels_in: str) -> bytes:
    """All labels in one of the languages of the United Nations."""
    view = source.views[language]
    table = view.words.languages
    assert isinstance(table, dict)
    return render(
        "names",
        source.layout.page(f"names-{labels_in}", language),
        view,
        title=str(view.words.names_in).format(table[labels_in]),
        labels_in=labels_in,
        languages=UN_LANGUAGES,
        letters=lists.by_label(source.labels, source.index, labels_in),
    )


def search_page(source: SiteSource, language: str, text: str = "") -> bytes:
    """The search page; text: the search text, on a server."""
    view = source.views[language]
    text = text[:_LONGEST_SEARCH]
    return render(
        "search",
        source.layout.page("search", language),
        view,
        title=view.words.search_title,
        text=text,
        query=_query_string({"q": text} if text else {}),
        found=lists.search(text, source.labels, source.index),
        classes_of=lambda iri: lists.classes_of(iri, source.index),
        languages=UN_LANGUAGES,
    )


def proof_page(source: SiteSource, language: str, triple: tuple[str, str, str]) -> bytes | None:
    """The proofs of an inferred triple, down to the passages; None if it is not inferred."""
    view = source.views[language]
    proofs = source.inferences.proofs(triple)
    if not proofs:
        return None
    return render(
        "why",
        source.layout.page("why", language),
        view,
        title=" ".join(map(view.label, triple)),
        triple=triple,
        proofs=proofs,
        rule_label=_rule_label(language),
        axiom=source.inferences.axiom,
        query=_query_string(dict(zip(("subject", "predicate", "object"), map(view.short, triple), strict=True))),
    )


def _query_string(values: Mapping[str, str]) -> str:
    return f"?{urlencode(values)}" if values else ""


def _rule_label(language: str) -> Callable[[str], str]:
    return lambda kind: KINDS.get(kind, {}).get(language, kind)


def sparql_page(
    source: SiteSource, language: str, text: str = "", answer: ShownAnswer | None = None, *, asserted: bool = False
) -> bytes:
    """The page of a server's endpoint. text: a query, answer: its answer; asserted: whether without inferences."""
    view = source.views[language]
    first = next(iter(source.catalogue.values()), None)
    return render(
        "sparql",
        source.layout.page("sparql", language),
        view,
        title=view.words.sparql_title,
        text=text or (lists.sparql_of(first) if first else ""),
        answer=answer,
        asserted=asserted,
        query=_query_string({"query": text} | ({"asserted": "1"} if asserted else {})) if text else "",
        endpoint=source.options.endpoint or source.layout.address + "sparql",
        order=source.voices.order,
        most_rows=lists.MOST_ROWS,
    )


def questions_page(source: SiteSource, language: str) -> bytes:
    """All questions of the catalogue."""
    view = source.views[language]
    return render(
        "questions",
        source.layout.page("questions", language),
        view,
        title=view.words.questions_title,
        tags=lists.by_tag(list(source.catalogue.values())),
        summaries={name: lists.summary(query, language) for name, query in source.catalogue.items()},
    )


def question_page(source: SiteSource, language: str, name: str, answer: ShownAnswer | None = None) -> bytes:
    """A question with its answer, by default that for the default parameters. Raises KeyError for an unknown name."""
    question = source.catalogue[name]
    view = source.views[language]
    if answer is None:
        answer = _default_answer(source, name)
    given = _query_string({parameter: value for parameter, value in answer.values.items() if value})
    return render(
        "question",
        source.layout.page(f"questions/{name}", language),
        view,
        title=lists.summary(question, language),
        question=question,
        given=given,
        query=given if view.live else "",
        answer=answer,
        sparql=lists.sparql_of(question),
        order=source.voices.order,
    )


def _default_answer(source: SiteSource, name: str) -> ShownAnswer:
    values = lists.defaults(source.catalogue[name])
    rows = source.answers.get(name)
    if rows is None:
        return ShownAnswer(values=values)
    return lists.shown_rows(rows.sparql_json, source.project.profile, values)


def general_pages(source: SiteSource) -> dict[str, Callable[[str], bytes]]:
    """The pages that are not about one resource: stem to a function that renders the page in a language."""
    table: dict[str, Callable[[str], bytes]] = {
        "index": partial(home_page, source),
        "404": partial(missing_page, source),
        "things": partial(things_page, source),
        "passages": partial(passages_page, source),
        "search": partial(search_page, source),
        "questions": partial(questions_page, source),
    }
    for labels_in in UN_LANGUAGES:
        table[f"names-{labels_in}"] = partial(names_page, source, labels_in=labels_in)
    for name in source.catalogue:
        table[f"questions/{name}"] = partial(question_page, source, name=name)
    if source.options.live:
        table["sparql"] = partial(sparql_page, source)
    return table
