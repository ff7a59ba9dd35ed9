"""The ontology's page: an anchor for every term, both definitions, Manchester Syntax, and where a term is used."""

from __future__ import annotations

import re
from functools import cache
from html import unescape

import pytest
from rdflib import RDF, URIRef
from rdflib.namespace import SKOS
from reading import ours, whole_ontology

from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.plan import names
from mtsp_kg.plan.pages.page_builders import ontology_page
from mtsp_kg.plan.pages.publisher import SiteOptions
from mtsp_kg.plan.pages.source import SiteSource
from mtsp_kg.plan.project import find_project

TERMS = sorted(str(term) for term in set(whole_ontology().subjects(RDF.type)) if ours(term))
ARTICLE = re.compile(r'<article class="term" id="(\w+)">(.*?)</article>', re.DOTALL)


@cache
def _articles(language: str) -> dict[str, str]:
    kg = KnowledgeGraph(find_project())
    page = ontology_page(SiteSource(kg.project, kg.store, SiteOptions()), "ontology", language).decode()
    return {
        name: re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))) for name, body in ARTICLE.findall(page)
    } | {"": page}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_term_has_its_place_with_both_definitions(language: str) -> None:
    articles = _articles(language)
    assert set(articles) == {term.removeprefix(names.ONTOLOGY) for term in TERMS} | {""}
    for term in TERMS:
        for definition in whole_ontology().objects(URIRef(term), SKOS.definition):
            assert re.sub(r"\s+", " ", str(definition)) in articles[term.removeprefix(names.ONTOLOGY)]


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ("Partner", "equivalent to partners with some planning organization"),
        ("Comparison", "equivalent to { exactly , about , almost , more than , at least }"),
        ("ServiceForSMEs", "equivalent to service and ( serves some SME group )"),
        ("Agent", "narrower terms commitment partner , organization"),
        ("Agent", "domain of administers"),
        ("Agent", "range of developed by"),
        ("Agent", "disjoint with challenge"),
        ("PlanningOrganization", "used in the definition of partner"),
        ("hasPart", "inverse part of"),
        ("worksWith", "narrower terms managed with , partners with"),
        ("Outcome", "used in"),
    ],
)
def test_a_term_tells_how_it_stands_to_others(term: str, said: str) -> None:
    assert said in _articles("en")[term]


def test_the_page_has_the_picture_the_questions_and_the_data() -> None:
    page = _articles("en")[""]
    assert 'href="ontology.html#Outcome"' in page or 'href="#Outcome"' in page
    assert "<svg" in page
    assert "questions/partners-of-outcome.html" in page
    for suffix in (".ttl", ".jsonld", ".rdf"):
        assert f'href="ontology{suffix}"' in page
