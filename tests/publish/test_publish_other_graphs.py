"""Publishing assumes neither our plan nor any plan: a graph without one, and a plan without pillars and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

import mtsp_kg
from mtsp_kg.plan import names
from mtsp_kg.plan.pages.site import REWRITES
from mtsp_kg.profile import Profile
from mtsp_kg.publish.dataset_description import DatasetTitle, Dump, count, describe_dataset, describe_document
from mtsp_kg.publish.folder import unchanged, write_site
from mtsp_kg.publish.rdf_writer import RdfDocument
from mtsp_kg.publish.rebase import PublishOptions
from mtsp_kg.publish.server_configs import ConfiguredSite, config_files
from mtsp_kg.publish.site_check import check_site
from mtsp_kg.publish.site_layout import DATA_FORMS, SiteDocument, SiteLayout, media_type
from mtsp_kg.publish.triple_index import TripleIndex

BASE = "https://museum.example/kg/"
GRAPH = f"""
@prefix : <{BASE}id/> .
@prefix onto: <{BASE}ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
<{BASE}graph/vases> {{
    <{BASE}ontology> a owl:Ontology .
    onto:Vase a owl:Class .
    :vase-1 a onto:Vase ; onto:madeBy :potter .
    :note-1 onto:about :vase-1 ; onto:text "cracked"@en .
    :review-1 onto:rates :vase-1 ; onto:score 5 ; onto:writtenBy :critic .
}}
"""


class Museum:
    """A site of RDF documents alone."""

    def __init__(self, options: PublishOptions) -> None:
        profile = Profile(BASE, {"ex": f"{BASE}id/", "onto": f"{BASE}ontology#"})
        self.layout = SiteLayout(profile, options, ("en", "fr", "de"))
        self.index = TripleIndex(
            ox.parse(GRAPH.encode(), ox.RdfFormat.TRIG),
            self.layout,
            statement_properties=frozenset({f"{BASE}ontology#score"}),
            annotation_properties=frozenset({f"{BASE}ontology#about"}),
        )

    def paths(self) -> Iterator[str]:
        for stem in self.index.stems:
            yield from (stem + form.suffix for form in DATA_FORMS)

    def document(self, path: str) -> SiteDocument | None:
        for form in DATA_FORMS:
            iri = self.index.stems.get(path.removesuffix(form.suffix))
            if path.endswith(form.suffix) and iri is not None:
                content = RdfDocument(self.index.about(iri), self.layout.profile).write(form.format)
                return SiteDocument(path, media_type(path), self.layout.published(content, path))
        return None

    def prepare(self) -> None:
        assert self.index.statements


@pytest.fixture
def museum() -> Museum:
    return Museum(PublishOptions(site="https://www.museum.example/data/"))


def test_documents_about_a_graph_without_a_plan(museum: Museum) -> None:
    assert set(museum.index.stems) == {
        *("doc/vase-1", "doc/potter", "doc/note-1", "doc/review-1", "doc/critic", "graph/vases", "ontology"),
    }
    document = museum.document("doc/vase-1.nt")
    assert document is not None
    for statement in (
        "note-1> <https://museum.example/kg/ontology#text>",
        "#writtenBy> <https://museum.example/kg/id/critic>",
    ):
        assert statement in document.content.decode()
    potter = museum.document("doc/potter.ttl")
    assert potter is not None
    assert b"onto:madeBy ex:potter" in potter.content
    assert b"cracked" not in potter.content
    terms = museum.document("ontology.nt")
    assert terms is not None
    assert b"ontology#Vase" in terms.content


def test_the_description_of_a_graph_without_a_plan(museum: Museum) -> None:
    counts = count(museum.index)
    assert (counts.triples, counts.entities, counts.graphs) == (9, 3, 1)
    title = DatasetTitle("museum", {"fr": "Vases"}, {"fr": "Des vases."})
    dump = Dump("dump/museum.nq", "nquads", "N-Quads", "application/n-quads", 3, "00")
    text = "\n".join(map(str, describe_dataset(museum.index, counts, [dump], title)))
    assert f'<{BASE}dataset> <http://purl.org/dc/terms/title> "Vases"@fr' in text
    assert "<https://www.museum.example/data/dump/museum.nq>" in text
    assert "w3id.org/mtsp-kg" not in text
    quads = describe_document(museum.layout, f"{BASE}id/vase-1", "doc/vase-1", "")
    assert {quad.subject.value for quad in quads} == {f"{BASE}doc/vase-1"}  # type: ignore[union-attr]


def test_the_server_configurations_of_a_site_in_other_languages(museum: Museum) -> None:
    site = ConfiguredSite(museum.layout, museum.paths, museum.index.stems)
    made = {path: make() for path, make in config_files(site).items()}
    assert set(made) == {
        *("robots.txt", "sitemap.xml", ".htaccess", "server/nginx.conf", "server/apache.conf", "server/w3id.htaccess")
    }
    for path in (".htaccess", "server/nginx.conf"):
        assert "fr/" in made[path]
        assert "de/" in made[path]
        assert not re.search(r"zh|mention", made[path])
    assert r"(?:fr/|de/)?(?:doc|graph)/" in made["server/w3id.htaccess"]


def test_a_site_without_pages_is_written_and_found_unchanged(museum: Museum, tmp_path: Path) -> None:
    published = write_site(museum, tmp_path / "site", "key")
    assert (published.files, published.changed) == (35, True)
    found = unchanged(tmp_path / "site", "key")
    assert found is not None
    assert (found.files, found.size, found.written) == (published.files, published.size, 0)
    assert unchanged(tmp_path / "site", "another key") is None
    again = write_site(museum, tmp_path / "site", "another key")
    assert again.written == 0


def test_a_published_site_as_text_and_as_json(museum: Museum, tmp_path: Path) -> None:
    import json

    from mtsp_kg.errors import NotFoundError

    published = write_site(museum, tmp_path / "site", "key")
    assert str(published) == published.write("text")
    assert json.loads(published.write("json"))["files"] == 35
    (tmp_path / "site" / "doc" / "potter.nt").write_text("", "utf-8")
    checked = check_site(tmp_path / "site")
    assert not checked.passed
    assert checked.faults[0].path == "doc/potter.nt"
    assert json.loads(checked.write("json"))["faults"] == [fault._asdict() for fault in checked.faults]
    assert str(checked).endswith(f"1 fault in {tmp_path / 'site'}.\n")
    for made in (published, checked):
        with pytest.raises(NotFoundError, match="xml"):
            made.write("xml")


MENTIONS = [
    ("mtsp-2022-2026/mention/55.1", "mtsp-2022-2026/para/55"),
    ("mtsp-2022-2026/mention/note-8.12", "mtsp-2022-2026/note/8"),
    ("mtsp-2022-2026/mention/caption-4.3", "mtsp-2022-2026/caption/4"),
    ("city-library-plan/mention/open-doors-1.2", "city-library-plan/para/open-doors-1"),
]


@pytest.mark.parametrize(("mention", "passage"), MENTIONS)
def test_web_servers_find_a_mention_where_the_site_has_it(mention: str, passage: str) -> None:
    layout = SiteLayout(names.profile())
    assert layout.locate(names.ID + mention) == layout.locate(names.ID + passage)
    path = f"id/{mention}"
    for rewrite in REWRITES:
        target = re.sub(r"\$(\d)", r"\\\1", rewrite.target)
        path = re.sub(f"^{rewrite.pattern}$", target, path)
    assert path == f"id/{passage}"


@pytest.mark.slow
def test_a_plan_without_pillars_numbers_and_chinese(toy: Path, tmp_path: Path) -> None:
    mtsp_kg.open(toy).publish(tmp_path / "site")
    assert check_site(tmp_path / "site").faults == ()
    home = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert "<h1>City Library Plan 2030‑2033 as a knowledge graph</h1>" in home
    assert "Issuer of the plan: City Library." in home
    passage = (tmp_path / "site" / "doc" / "city-library-plan" / "para" / "open-doors-1.html").read_text("utf-8")
    assert "<h1>Open doors, paragraph 1</h1>" in passage
    assert "reading-for-all" not in passage
    for page in (tmp_path / "site").rglob("*.html"):
        if (
            not page.relative_to(tmp_path / "site")
            .as_posix()
            .removeprefix("zh/")
            .startswith(("ontology", "graph", "questions"))
        ):
            assert not re.search(r"WIPO|产权组织|WO/PBC|None", page.read_text("utf-8")), page
