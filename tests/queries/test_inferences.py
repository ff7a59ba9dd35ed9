"""Queries see what follows unless they are asked not to; headers come from the cache, and nothing in it is stale."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mtsp_kg import cache
from mtsp_kg.cli import cli
from mtsp_kg.errors import ParameterError, QueryError
from mtsp_kg.graph import open_graph
from mtsp_kg.infer.completion import INFERENCE
from mtsp_kg.plan.pages.publisher import SiteOptions
from mtsp_kg.plan.pages.source import SiteSource
from mtsp_kg.profile import Profile
from mtsp_kg.query.catalogue import read_query

ROOT = Path(__file__).parents[2]
PROFILE = Profile("https://example.org/")
PARTNERS = "SELECT ?it WHERE { ?it a mtsp:Partner }"


def rows(*options: str) -> int:
    done = CliRunner().invoke(cli, [*options, "query", "-e", PARTNERS, "-f", "csv"], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout.count("\n") - 1


def test_queries_see_what_follows_unless_they_are_asked_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(INFERENCE, raising=False)
    assert rows() > 5
    assert rows("--no-inference") == 0
    assert rows() > 5  # the switch holds for one command
    monkeypatch.setenv(INFERENCE, "off")
    assert rows() == 0
    assert rows("--no-inference") == 0
    assert len(open_graph(inferences=True).sparql(PARTNERS)) > 5
    monkeypatch.setenv(INFERENCE, "on")
    assert rows() > 5


def test_a_switch_that_is_neither_on_nor_off_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(INFERENCE, "perhaps")
    with pytest.raises(ParameterError, match="perhaps"):
        open_graph()


@pytest.mark.slow
def test_what_shows_the_statements_shows_no_inferences() -> None:
    with_, without = open_graph(inferences=True), open_graph(inferences=False)
    assert with_.show("WIPO GREEN") == without.show("WIPO GREEN")
    assert str(with_.trace("WIPO GREEN")) == str(without.trace("WIPO GREEN"))
    assert with_.info() == without.info()
    assert with_.coverage("services-outcomes") == without.coverage("services-outcomes")


@pytest.mark.slow
def test_a_published_question_answers_as_the_command_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(INFERENCE, raising=False)
    kg = open_graph()
    answers = SiteSource(kg.project, kg.store, SiteOptions()).answers
    assert {name: rows.write("csv") for name, rows in answers.items()} == {
        name: kg.query(name).write("csv") for name in answers
    }
    assert all(answers.values())
    monkeypatch.setenv(INFERENCE, "off")
    assert not SiteSource(kg.project, kg.store, SiteOptions()).answers["outcomes-without-partner"]


def test_an_edited_file_changes_the_next_answer(tmp_path: Path) -> None:
    for room in ("ontology", "graph", "queries"):
        shutil.copytree(ROOT / room, tmp_path / room)

    def partners() -> str:
        return open_graph(tmp_path).sparql(f"{PARTNERS} ORDER BY ?it").write("csv")

    before = partners()
    assert partners() == before
    for path in (tmp_path / "graph").rglob("*.trig"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("mtsp:partnersWith", "mtsp:concerns"), encoding="utf-8")
    assert "org/who\r" in before
    assert partners() == "it\r\n"


HEADER = '#+ summary: Which?\n#+ params:\n#+   n: {type: integer, default: "1", about: a number}\nSELECT ?n {}\n'


def test_a_header_is_parsed_once_and_never_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.ENVIRONMENT, str(tmp_path / "cache"))
    path = tmp_path / "which.rq"
    path.write_text(HEADER, encoding="utf-8")
    first = read_query(path, PROFILE)
    script = f"import sys; from pathlib import Path; from mtsp_kg.profile import Profile; from mtsp_kg.query.catalogue import read_query; q = read_query(Path({str(path)!r}), Profile('https://example.org/')); print(q.parameters, 'yaml' in sys.modules)"  # noqa: E501
    again = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert again == f"{first.parameters} False\n"
    path.write_text(HEADER.replace("Which?", "How many?"), encoding="utf-8")
    assert read_query(path, PROFILE).summary == "How many?"
    (kept,) = [found for found in (tmp_path / "cache" / "header").iterdir() if "Which" in found.read_text()]
    kept.write_text("{ broken", encoding="utf-8")
    path.write_text(HEADER, encoding="utf-8")
    assert read_query(path, PROFILE) == first
    monkeypatch.setenv(cache.ENVIRONMENT, "off")
    assert read_query(path, PROFILE) == first


def test_what_json_does_not_give_back_unchanged_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.ENVIRONMENT, str(tmp_path / "cache"))
    path = tmp_path / "when.rq"
    path.write_text("#+ summary: When?\n#+ returns: {1: one, day: 2026-01-01}\nSELECT ?n {}\n", encoding="utf-8")
    assert read_query(path, PROFILE) == read_query(path, PROFILE)
    assert not (tmp_path / "cache").exists()
    path.write_text("#+ summary: [\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(QueryError, match="not YAML"):
            read_query(path, PROFILE)


def test_the_shelf_of_headers_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.ENVIRONMENT, str(tmp_path))
    monkeypatch.setattr(cache, "_MOST_TEXTS", 5)
    for number in range(12):
        assert cache.cached_json("thing", str(number), lambda number=number: {"number": number}) == {"number": number}
    assert len(list((tmp_path / "thing").iterdir())) == 5
