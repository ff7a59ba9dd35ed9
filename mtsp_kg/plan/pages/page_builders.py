"""The pages of a site, one function for each kind of page: what it tells, put into its template.

Imports `publish.source` and the modules that say what a page tells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup

from mtsp_kg import vocab
from mtsp_kg.plan import names
from mtsp_kg.plan.house import draw
from mtsp_kg.plan.pages import lists, questions, vocabulary
from mtsp_kg.plan.pages.ontology import ontology
from mtsp_kg.plan.pages.source import Source
from mtsp_kg.plan.pages.templates import embedded, render
from mtsp_kg.plan.pages.view import At
from mtsp_kg.publish import paths
from mtsp_kg.publish.words import SIX

_MOST_TRIPLES = 300


def thing(source: Source, stem: str, language: str) -> bytes:
    """The page of whatever a stem's documents are about."""
    iri = source.stems[stem]
    special = {"shapes": shapes, "dataset": dataset}.get(stem)
    if special:
        return special(source, language)
    if stem == "ontology" or iri in source.index.ontologies:
        return ontology(source, stem, language)
    if iri in source.index.by_graph and iri not in source.voices.order:
        return graph(source, stem, language)
    view = source.views[language]
    is_passage = iri in source.voices.order
    path = paths.page_of(stem, language)
    label = view.numbered(iri)
    parts = source.parts(iri) | {
        "title": label[0] if label else names.shrink(iri, source.plan),
        "heading": view.at(path).text(*label) if label else names.shrink(iri, source.plan),
        "short": names.shrink(iri, source.plan),
        "stem": stem,
        "data": embedded(iri, stem, view, source.options.address),
    }
    if not is_passage:
        parts |= {"drawn": source.reasons.of(iri) if view.live else [], "rule": _rule(language)}
    return render("passage" if is_passage else "entity", path, view, **parts)


def graph(source: Source, stem: str, language: str) -> bytes:
    """The page of a named graph that is no passage."""
    iri = source.stems[stem]
    quads = source.index.by_graph[iri]
    short = iri.removeprefix(names.BASE)
    return render(
        "graph",
        paths.page_of(stem, language),
        source.views[language],
        title=short,
        short=short,
        iri=iri,
        stem=stem,
        quads=quads[:_MOST_TRIPLES],
        total=len(quads),
    )


def shapes(source: Source, language: str) -> bytes:
    """The page of the shapes."""
    view = source.views[language]
    path = paths.page_of("shapes", language)
    index = source.shapes
    sh = vocab.SH
    return render(
        "shapes",
        path,
        view,
        title=view.words.shapes_title,
        stem="shapes",
        files=vocabulary.shapes(index),
        texts=lambda iri, name: vocabulary.texts(iri, sh + name, index, language),
        shown=lambda node: vocabulary.expression(node, index, view.at(path)),
    )


def dataset(source: Source, language: str) -> bytes:
    """The page of the data as a whole: dumps, counts, addresses."""
    view = source.views[language]
    return render(
        "dataset",
        paths.page_of("dataset", language),
        view,
        title=view.words.data_title,
        stem="dataset",
        dumps=[dump for dump, _ in source.dumps.values()],
        counts=source.counts,
        endpoint=paths.open_link(source.options.endpoint or ""),
        base=names.BASE,
        site=source.options.address,
        licence=paths.open_link(source.licence) or "",
    )


def house(source: Source, language: str, at: At | None = None) -> str:
    """The strategy house as SVG; at: the page that it is to stand in, else it is a file of its own."""
    view = source.views[language]

    def link(iri: str) -> str:
        page = view.page(iri)
        return at.to(page) if at and page else iri

    return draw(source.house, view.label, language, link if at else None)


def home(source: Source, language: str) -> bytes:
    """The first page."""
    view = source.views[language]
    path = paths.page_of("index", language)
    return render(
        "home",
        path,
        view,
        title=view.words.dataset_title,
        house=Markup(house(source, language, view.at(path))),
        counts=source.counts,
        passages=len(source.voices.order),
    )


def missing(source: Source, language: str) -> bytes:
    """What stands where there is nothing; its links begin at the root, for it is shown at any path."""
    view = source.views[language]
    root = urlsplit(source.options.address).path
    return render("missing", paths.page_of("404", language), view, root, title=view.words.missing_title)


def things(source: Source, language: str) -> bytes:
    """Everything by kind."""
    view = source.views[language]
    kinds = lists.by_kind(view, source.voices)
    return render("things", paths.page_of("things", language), view, title=view.words.things_title, kinds=kinds)


def passages(source: Source, language: str) -> bytes:
    """All passages in reading order."""
    view = source.views[language]
    runs = lists.passages(source.index, source.voices)
    return render("passages", paths.page_of("passages", language), view, title=view.words.passages_title, runs=runs)


def names_in(source: Source, language: str, one: str) -> bytes:
    """All names in one of the six languages."""
    view = source.views[language]
    table = view.words.languages
    assert isinstance(table, dict)
    return render(
        "names",
        paths.page_of(f"names-{one}", language),
        view,
        title=str(view.words.names_in).format(table[one]),
        names_language=one,
        languages=SIX,
        letters=lists.by_name(source.names, source.index, one),
    )


def search(source: Source, language: str, asked: str = "") -> bytes:
    """The search; asked: what a server is to look for here and now."""
    view = source.views[language]
    asked = asked[:200]
    return render(
        "search",
        paths.page_of("search", language),
        view,
        title=view.words.search_title,
        asked=asked,
        kept=_query({"q": asked} if asked else {}),
        found=lists.search(asked, source.names, source.index),
        kinds=lambda iri: lists.kinds_of(iri, source.index),
        languages=SIX,
    )


def why(source: Source, language: str, triple: tuple[str, str, str]) -> bytes | None:
    """Why an inferred triple follows, down to the passages; None where it is not inferred."""
    view = source.views[language]
    proofs = source.reasons.why(triple, view.label)
    if not proofs:
        return None
    title = " ".join(map(view.label, triple))
    rule = _rule(language)
    kept = _query(dict(zip(("subject", "predicate", "object"), map(view.short, triple), strict=True)))
    path = paths.page_of("why", language)
    return render("why", path, view, title=title, triple=triple, proofs=proofs, rule=rule, kept=kept)


def _query(values: Mapping[str, str]) -> str:
    return f"?{urlencode(values)}" if values else ""


def _rule(language: str) -> Callable[[str], str]:
    from mtsp_kg.infer.rules import KINDS

    return lambda kind: KINDS.get(kind, {}).get(language, kind)


def sparql(
    source: Source, language: str, asked: str = "", result: questions.Result | None = None, *, asserted: bool = False
) -> bytes:
    """The page of a server's endpoint. asked: a query, result: its answer; asserted: whether without inferences."""
    view = source.views[language]
    first = next(iter(source.catalogue.values()), None)
    return render(
        "sparql",
        paths.page_of("sparql", language),
        view,
        title=view.words.sparql_title,
        asked=asked or (questions.body(first) if first else ""),
        result=result,
        asserted=asserted,
        kept=_query({"query": asked} | ({"asserted": "1"} if asserted else {})) if asked else "",
        endpoint=source.options.endpoint or source.options.address + "sparql",
        order=source.voices.order,
        limit=questions.MOST,
    )


def catalogue(source: Source, language: str) -> bytes:
    """All questions."""
    view = source.views[language]
    return render(
        "questions",
        paths.page_of("questions", language),
        view,
        title=view.words.questions_title,
        tags=questions.by_tag(list(source.catalogue.values())),
        summaries={name: questions.summary(query, language) for name, query in source.catalogue.items()},
    )


def question(source: Source, language: str, name: str, result: questions.Result) -> bytes:
    """A question with an answer. Raises KeyError when there is none of that name."""
    query = source.catalogue[name]
    view = source.views[language]
    given = {one: value for one, value in result.values.items() if value}
    heading = questions.summary(query, language)
    return render(
        "question",
        paths.page_of(f"questions/{name}", language),
        view,
        title=heading,
        heading=heading,
        query=query,
        given=_query(given),
        kept=_query(given) if view.live else "",
        result=result,
        sparql=questions.body(query),
        order=source.voices.order,
    )


def default(source: Source, language: str, name: str) -> bytes:
    """A question with its answer for the default parameters."""
    values = questions.defaults(source.catalogue[name])
    rows = source.answers.get(name)
    found = questions.result(rows.sparql_json, source.plan, values) if rows else questions.Result(values=values)
    return question(source, language, name, found)


def all_pages(source: Source) -> dict[str, Callable[[str], bytes]]:
    """The pages that are about no single thing: path without suffix to what makes the page in a language."""
    table: dict[str, Callable[[str], bytes]] = {}
    for name, make in {
        "index": home,
        "404": missing,
        "things": things,
        "passages": passages,
        "search": search,
        "questions": catalogue,
    }.items():
        table[name] = lambda language, make=make: make(source, language)  # type: ignore[misc]
    for one in SIX:
        table[f"names-{one}"] = lambda language, one=one: names_in(source, language, one)  # type: ignore[misc]
    for name in source.catalogue:
        table[f"questions/{name}"] = lambda language, name=name: default(source, language, name)  # type: ignore[misc]
    if source.options.live:
        table["sparql"] = lambda language: sparql(source, language)
    return table
