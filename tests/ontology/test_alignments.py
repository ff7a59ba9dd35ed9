"""Every alignment is a triple and its statement: a thing of the graph, an identifier of the right form, a reason."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.namespace import SKOS
from reading import ALIGNMENT_FILES, dataset, facts, ours, parsed

from mtsp_kg.plan import names

# The form of an identifier in each target's own scheme; the file is named for the target.
FORMS = {
    "wikidata": r"http://www\.wikidata\.org/entity/Q[1-9]\d*",
    "sdg": r"http://metadata\.un\.org/sdg/([1-9]|1[0-7])(\.(\d{1,2}|[a-d]))?",
    "unbis": r"http://metadata\.un\.org/thesaurus/(\d{2}|\d{6}|\d{7})",
    "eurovoc": r"http://eurovoc\.europa\.eu/(\d+|c_[0-9a-f]{8})",
}
FILES = [path for path in ALIGNMENT_FILES if path.stem in FORMS]
KINDS = {SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch}
EVERY_FILE = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
ALIGNMENT = URIRef(names.term("Alignment"))
PARTS = [URIRef(names.term(name)) for name in ("alignedThing", "matchKind", "alignedTo")]
PARAGRAPHS = {
    "en": {"para": r"[Pp]aragraphs? (\d[\d, and]*)", "note": r"\b[Nn]otes? (\d+)"},
    "zh": {"para": r"第([\d、和]+)段", "note": r"脚注(\d+)"},
}

Match = tuple[URIRef, URIRef, URIRef]


def matches(graph: Graph) -> list[Match]:
    return [triple for kind in KINDS for triple in graph.triples((None, kind, None))]  # type: ignore[misc]


def statements(graph: Graph) -> dict[URIRef, Match]:
    """Each statement's node and the triple that it speaks of."""
    found = {}
    for node in graph.subjects(RDF.type, ALIGNMENT):
        parts = [list(graph.objects(node, property_)) for property_ in PARTS]
        assert [len(part) for part in parts] == [1, 1, 1], f"{node} has not one thing, one kind and one identifier"
        found[node] = tuple(part[0] for part in parts)
    return found  # type: ignore[return-value]


def passages_named(text: str, language: str) -> set[str]:
    """The passages that a reason names: `para/14`, `note/8`."""
    return {
        f"{kind}/{number}"
        for kind, pattern in PARAGRAPHS[language].items()
        for found in re.findall(pattern, text)
        for number in re.findall(r"\d+", found)
    }


def passages_of(thing: URIRef) -> set[str]:
    """The passages whose graph speaks of a thing or whose text names it."""
    graphs = [graph for _, _, _, graph in dataset().quads((thing, None, None, None))]
    graphs += [graph for _, _, _, graph in dataset().quads((None, None, thing, None))]
    for mention in facts().subjects(URIRef(names.term("mentionOf")), thing):
        graphs += facts().objects(mention, URIRef(names.term("inPassage")))
    return {"/".join(str(graph).split("/")[-2:]) for graph in graphs if graph is not None}


def test_each_target_has_its_form() -> None:
    assert {path.stem for path in ALIGNMENT_FILES} == FORMS.keys() | {"qb"}


@EVERY_FILE
def test_a_triple_has_its_statement_and_a_statement_its_triple(path: Path) -> None:
    graph = parsed(path)
    assert Counter(statements(graph).values()) == Counter(matches(graph))


@EVERY_FILE
def test_a_statement_is_named_for_what_it_aligns(path: Path) -> None:
    for node, (thing, _, target) in statements(parsed(path)).items():
        kind, slug = str(thing).rsplit("/", 2)[1:]
        code = str(target).rsplit("/", 1)[1]
        assert str(node) == f"{names.ID}alignment/{path.stem}-{kind}-{slug}-{code}"


@EVERY_FILE
def test_what_is_aligned_is_in_the_graph(path: Path) -> None:
    for thing, _, _ in matches(parsed(path)):
        assert any(ours(type_) for type_ in facts().objects(thing, RDF.type)), f"{thing} is described nowhere"


@EVERY_FILE
def test_an_identifier_has_the_form_of_its_target(path: Path) -> None:
    for _, _, target in matches(parsed(path)):
        assert re.fullmatch(FORMS[path.stem], str(target)), target


@EVERY_FILE
def test_two_things_are_matched_once_and_exactly_only_with_one(path: Path) -> None:
    found = matches(parsed(path))
    assert len({(thing, target) for thing, _, target in found}) == len(found)
    exact = [(thing, target) for thing, kind, target in found if kind == SKOS.exactMatch]
    assert len({thing for thing, _ in exact}) == len(exact) == len({target for _, target in exact})


@EVERY_FILE
def test_a_statement_gives_its_reason_in_english_and_chinese(path: Path) -> None:
    graph = parsed(path)
    for node in statements(graph):
        reasons = {text.language: str(text) for text in graph.objects(node, SKOS.note) if isinstance(text, Literal)}
        assert reasons.keys() == {"en", "zh"}, node
        assert reasons["en"].endswith("."), node
        assert reasons["zh"].endswith("。"), node
        assert passages_named(reasons["en"], "en") == passages_named(reasons["zh"], "zh"), node


@EVERY_FILE
def test_the_passages_that_a_reason_names_speak_of_the_thing(path: Path) -> None:
    graph = parsed(path)
    for node, (thing, _, _) in statements(graph).items():
        (reason,) = (str(text) for text in graph.objects(node, SKOS.note) if getattr(text, "language", "") == "en")
        assert passages_named(reason, "en") <= passages_of(thing), node


def test_each_reading_of_the_sdgs_names_a_passage() -> None:
    (path,) = (path for path in FILES if path.stem == "sdg")
    for node in statements(parsed(path)):
        reasons = parsed(path).objects(node, SKOS.note)
        assert all(passages_named(str(text), str(text.language)) for text in reasons if isinstance(text, Literal)), node


@pytest.mark.parametrize("path", ALIGNMENT_FILES, ids=lambda path: path.stem)
def test_nothing_is_a_blank_node(path: Path) -> None:
    assert not [node for triple in parsed(path) for node in triple if isinstance(node, BNode)]
