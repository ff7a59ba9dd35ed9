"""Documents in every RDF form: the same said in each, nothing left out, the same bytes each time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pyoxigraph as ox
import pytest

from mtsp_kg.plan import names
from mtsp_kg.plan.pages.publisher import SiteOptions
from mtsp_kg.plan.pages.site import PlanSite
from mtsp_kg.publish.rdf_writer import RdfDocument
from mtsp_kg.publish.site_layout import DATA_FORMS, DOCUMENT_SUFFIXES, SiteLayout, is_safe
from mtsp_kg.publish.triple_index import key

LAYOUT = SiteLayout(names.profile())

pytestmark = pytest.mark.slow


def parsed(content: bytes, media_type: str) -> set[ox.Quad]:
    form = ox.RdfFormat.from_media_type(media_type.split(";")[0])
    assert form is not None
    return canonical(set(ox.parse(content, format=form)))


def merged(quads: set[ox.Quad]) -> set[ox.Triple]:
    return {quad.triple for quad in canonical({ox.Quad(*quad.triple) for quad in quads})}


def canonical(quads: set[ox.Quad]) -> set[ox.Quad]:
    """Quads without blank nodes, which most documents have, are canonical as they are."""
    if not any(isinstance(term, ox.BlankNode | ox.Triple) for quad in quads for term in quad):
        return quads
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def test_every_form_of_every_document_says_the_same(site: PlanSite) -> None:
    for stem in site.source.stems:
        found = {}
        for form in DATA_FORMS:
            document = site.document(stem + form.suffix)
            assert document is not None
            found[form.suffix] = parsed(document.content, document.media_type)
        assert found[".trig"] == found[".jsonld"], stem
        everything = merged(found[".trig"])
        for suffix in (".ttl", ".nt", ".rdf"):
            assert {quad.triple for quad in found[suffix]} == everything, stem + suffix


def test_everything_below_the_base_has_documents(site: PlanSite) -> None:
    seen = set()
    for quad in site.source.index.quads:
        for node in (quad.subject, quad.object, quad.graph_name):
            if isinstance(node, ox.NamedNode) and node.value.startswith(names.BASE):
                seen.add(node.value)
    listed = set(site.paths())
    for iri in seen:
        stem = site.stem_of(iri)
        assert stem is not None, iri
        assert {stem + suffix for suffix in DOCUMENT_SUFFIXES} | {f"zh/{stem}.html"} <= listed


def test_a_document_says_all_that_is_said_of_its_thing_and_who_says_it(site: PlanSite) -> None:
    said = {stem: set(site.source.index.about(iri)) for stem, iri in site.source.index.stems.items()}
    for quad in site.source.index.quads:
        for node in (quad.subject, quad.object, quad.graph_name):
            iri = key(node) if isinstance(node, ox.NamedNode) else ""
            if iri.startswith(names.ID):
                assert quad in said[str(site.stem_of(iri))]


def test_the_ontology_s_document_tells_of_each_of_its_terms(site: PlanSite) -> None:
    told = {key(quad.subject) for quad in site.source.index.about("https://w3id.org/mtsp-kg/ontology")}
    for term in site.source.terms["class"] + site.source.terms["property"]:
        assert term.iri in told or "align" in str(site.source.index.by_subject[term.iri][0].graph_name)


def test_what_is_said_for_all_at_once_is_what_is_said_for_each_alone(site: PlanSite) -> None:
    import mtsp_kg

    kg = mtsp_kg.open(site.source.project.root)
    things = [
        iri
        for iri in site.source.index.stems.values()
        if iri in site.source.index.by_subject and iri not in site.source.voices.order
    ]
    for iri in things[::23]:
        alone = kg.show(iri)
        at_once = site.source.voices.of(iri)
        assert (at_once.facts, at_once.figures, at_once.passages) == (alone.facts, alone.figures, alone.passages), iri
        if iri not in site.source.index.statements:
            assert sorted(at_once.statements) == sorted(alone.statements), iri
        assert (at_once.kinds, at_once.broader) == (tuple(sorted(alone.kinds)), tuple(sorted(alone.broader)))


def test_the_same_bytes_whatever_the_order_of_hashes(site: PlanSite) -> None:
    """The order of this process's hashes is random; the other's is given."""
    script = (
        "import hashlib, mtsp_kg; from mtsp_kg.plan.pages.site import PlanSite; kg = mtsp_kg.open(); "
        "site = PlanSite(kg.project, kg.store); total = hashlib.sha256(); "
        "[total.update(site.document(path).content) for path in list(site.paths())[::9]]; print(total.hexdigest())"
    )
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "MTSP_PROJECT": str(site.source.project.root)}
    command = [sys.executable, "-c", script]
    total = hashlib.sha256()
    for path in list(site.paths())[::9]:
        document = site.document(path)
        assert document is not None
        total.update(document.content)
    printed = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    assert printed == f"{total.hexdigest()}\n"


def test_a_rebased_site_has_no_iri_of_the_old_base(site: PlanSite) -> None:
    options = SiteOptions(base="https://data.example.org/plans/")
    moved = PlanSite(site.source.project, site.source.store, options)
    for path in [
        *list(moved.paths())[::11],
        "dump/mtsp-kg.nq",
        ".well-known/void",
        "ontology.ttl",
        "server/nginx.conf",
    ]:
        document = moved.document(path)
        assert document is not None
        assert names.BASE.encode() not in document.content, path
    assert moved.stem_of("https://data.example.org/plans/id/org/who") == "doc/org/who"
    before, after = site.document("doc/org/who.nt"), moved.document("doc/org/who.nt")
    assert before is not None
    assert after is not None
    expected = before.content.replace(names.BASE.encode(), b"https://data.example.org/plans/")
    assert sorted(expected.splitlines()) == after.content.splitlines()


@pytest.mark.parametrize("base", ["ftp://a/", "https://a/b", "https://a/?q/", "https://a/\n/", 'https://a/"/', "x"])
def test_a_base_that_is_none_is_refused(base: str) -> None:
    from mtsp_kg.errors import ParameterError

    with pytest.raises(ParameterError):
        SiteOptions(base=base)


def test_json_ld_does_not_take_a_scheme_for_a_prefix() -> None:
    odd = ox.Quad(ox.NamedNode("org:who"), ox.NamedNode("http://a/is"), ox.NamedNode(names.ID + "org/who"))
    written = RdfDocument([odd], names.profile()).write("jsonld")
    assert set(ox.parse(written, format=ox.RdfFormat.JSON_LD)) == {odd}


@pytest.mark.parametrize(
    "iri",
    [
        *(
            "id/org/../../etc/passwd",
            "id/org/%2e%2e%2fx",
            "id/%00",
            "id/" + "a" * 300,
            "id/CON",
            "id/con",
            "id/org/WHO",
        ),
        *(
            "id/aux.x",
            "id/a//b",
            "id/a/",
            "id/.hidden",
            "id/-/x",
            "id/who.ttl",
            "id/a?b=c",
            "id/a#b",
            "elsewhere",
            "id/",
        ),
        *("id/中文", "id/a b", "id/'\"><script>", "search", "index", "names-en", "questions/entities"),
    ],
)
def test_a_document_of_an_odd_name_stands_in_a_safe_place(iri: str) -> None:
    path = LAYOUT.locate(names.BASE + iri)
    assert path is not None
    assert path.stem.startswith("doc/-/")
    assert is_safe(path.stem.removeprefix("doc/-/"))


def test_two_names_have_two_places() -> None:
    iris = [names.ID + name for name in ("org/who", "org/WHO", "org/Who", "org/who.ttl", "org/who/", "org%2Fwho")]
    assert len({LAYOUT.locate(iri) for iri in iris}) == len(iris)
    assert len({str(LAYOUT.locate(iri)).lower() for iri in iris}) == len(iris)
