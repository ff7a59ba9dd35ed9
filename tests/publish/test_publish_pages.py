"""Pages: every link leads somewhere, nothing inline runs or styles, valid HTML, and what they tell."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from publish_project import ROOT

from mtsp_kg.plan.pages.publisher import SiteOptions
from mtsp_kg.plan.pages.site import PlanSite
from mtsp_kg.plan.pages.words import LANGUAGES, InterfaceWords
from mtsp_kg.publish.folder import read_manifest
from mtsp_kg.publish.site_check import check_site, link_faults

pytestmark = pytest.mark.slow


def pages(published: Path) -> list[Path]:
    return sorted(published.rglob("*.html"))


def test_a_published_site_is_whole_its_links_lead_somewhere_and_its_counts_are_true(published: Path) -> None:
    assert check_site(published).faults == ()


def test_the_check_sees_what_is_wrong(published: Path, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<a href="b.html">b</a> <a id="x" href="#y">y</a> <a href="javascript:x">z</a>')
    assert len(list(link_faults(tmp_path, ["a.html"]))) == 3


def test_nothing_inline_runs_or_styles_and_nothing_comes_from_elsewhere(published: Path) -> None:
    for page in pages(published):
        text = page.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<iframe|<object|<embed|<base", text), page
        for tag in re.findall(r"<script[^>]*>", text):
            assert tag == '<script type="application/ld+json">' or re.fullmatch(
                r'<script src="(?:\.\./)*search\.js" defer>', tag
            ), page
        for tag in re.findall(r"<(?:link rel=\"stylesheet\"|img|script)[^>]*>", text):
            assert "//" not in tag, page
        for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL):
            assert json.loads(block)["@graph"]


def test_pages_are_valid_html(published: Path) -> None:
    html5lib = pytest.importorskip("html5lib", reason="html5lib is not installed")
    chosen = {page for number, page in enumerate(pages(published)) if number % 97 == 0}
    chosen |= {published / name for name in ("index.html", "ontology.html", "search.html", "dataset.html", "404.html")}
    chosen |= {published / "doc/org/who.html", published / "zh/doc/mtsp-2022-2026/para/55.html"}
    for page in chosen:
        parser = html5lib.HTMLParser(strict=True)
        parser.parse(page.read_bytes())


def test_each_page_has_one_main_heading_a_title_a_language_and_its_twin(published: Path) -> None:
    for page in pages(published)[::7]:
        text = page.read_text("utf-8")
        path = page.relative_to(published).as_posix()
        assert text.count("<h1>") == 1, path
        language = "zh" if path.startswith("zh/") else "en"
        assert f'<html lang="{language}">' in text
        for other in LANGUAGES:
            assert f'hreflang="{other}"' in text
        identifiers = re.findall(r'\sid="([^"]*)"', text)
        assert len(identifiers) == len(set(identifiers)), path


def test_an_entity_s_page_tells_names_voices_trail_and_passages(published: Path) -> None:
    text = (published / "doc/org/who.html").read_text("utf-8")
    assert '<span lang="ar" dir="rtl">منظمة الصحة العالمية</span>' in text
    for language in ("zh", "fr", "ru", "es"):
        assert f'<span lang="{language}">' in text
    assert "para/55.html" in text
    assert "partners with" in text
    assert 'href="http://www.wikidata.org/entity/Q7817"' in text
    assert "outcome/2.4.html" in text


def test_a_passage_s_page_shows_the_text_of_the_publisher_s_copy(site: PlanSite, copy_of_document: Path) -> None:
    source = site.source
    with_text = PlanSite(source.project, source.store, SiteOptions(document=copy_of_document))
    document = with_text.document("doc/mtsp-2022-2026/para/55.html")
    without = site.document("doc/mtsp-2022-2026/para/55.html")
    assert document is not None
    assert without is not None
    assert b"<blockquote" not in without.content
    marked = re.findall(r'<mark><a href="([^"]+)" title="[^"]*">([^<]+)</a></mark>', document.content.decode())
    assert ("../../../doc/org/who.html", "世界卫生组织") in marked


def test_the_words_of_both_languages_are_the_same_words() -> None:
    english, chinese = InterfaceWords("en").table, InterfaceWords("zh").table
    assert english.keys() == chinese.keys()
    for name, value in english.items():
        if isinstance(value, dict):
            assert value.keys() == chinese[name].keys()  # type: ignore[attr-defined]
        else:
            assert str(value).count("{0}") == str(chinese[name]).count("{0}"), name


def test_every_word_has_its_place_in_a_template() -> None:
    room = ROOT / "mtsp_kg" / "plan" / "pages"
    files = [*room.rglob("*.html"), *room.glob("*.py")]
    used = "".join(path.read_text("utf-8") for path in files)
    for name in InterfaceWords("en").table:
        assert re.search(rf'\b(?:w|words|words_in\([^)]*\))\.{name}\b|"{name}"', used), f"the word '{name}' is unused"


def test_the_manifest_lists_every_file(published: Path) -> None:
    manifest = read_manifest(published)
    assert manifest is not None
    there = {path.relative_to(published).as_posix() for path in published.rglob("*") if path.is_file()}
    assert there == {*manifest["files"], "manifest.json"}


def test_the_description_says_nothing_that_is_not_so(site: PlanSite) -> None:
    document = site.document(".well-known/void")
    assert document is not None
    text = document.content.decode()
    assert "sparqlEndpoint" not in text
    assert "dcterms:license <https://creativecommons.org/licenses/by/4.0/>" in text
    assert "example.org" not in text
    with_endpoint = PlanSite(
        site.source.project, site.source.store, SiteOptions(endpoint="https://example.org/sparql")
    ).document(".well-known/void")
    assert with_endpoint is not None
    assert b"void:sparqlEndpoint <https://example.org/sparql>" in with_endpoint.content


def test_the_site_map_lists_the_pages_at_the_site_s_address(published: Path) -> None:
    import xml.etree.ElementTree as ET

    found = [node.text or "" for node in ET.parse(published / "sitemap.xml").iter() if node.tag.endswith("}loc")]
    assert "https://example.org/mtsp/doc/org/who.html" in found
    for address in found:
        assert (published / address.removeprefix("https://example.org/mtsp/")).is_file()
