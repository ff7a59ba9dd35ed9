"""Every bad input has one clear message, the exit code of its kind, and no traceback."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from mtsp_kg import cli

ROOT = Path(__file__).parents[1]


def mtsp(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mtsp_kg", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        check=False,
    )


class Ended(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """The command line in this process, which has loaded the graph: what a process of it prints and ends with."""

    def run(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["mtsp", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert isinstance(ended.value.code, int)
        return Ended(ended.value.code, *capsys.readouterr())

    return run


CASES = [
    (["query", "nosuch"], 4, "mtsp: Unknown query 'nosuch'."),
    (["query", "partners-of-outcom"], 4, "Did you mean 'partners-of-outcome'"),
    (["query", "partners-of-outcome", "-p", "outcome=two"], 2, "Parameter 'outcome' must be an outcome, not 'two'."),
    (["query", "partners-of-outcome", "-p", "outcome=9.9"], 4, "The graph does not contain the IRI <https://w3id.org/"),
    (["query", "partners-of-outcome", "-p", "pillar=2"], 2, "has no parameter 'pillar'. It has: outcome."),
    (["query", "partners-of-outcome", "-p", "outcome"], 2, "'outcome' is not a parameter. Write --param name=value."),
    (["query", "partners-of-outcome", "-p", "outcom=2.4"], 2, "no parameter 'outcom'. Did you mean 'outcome'?"),
    (["query", "partners-of-outcome", "-p", "outcome=2.4", "-p", "outcome=2.3"], 2, "'outcome' is given twice"),
    (["query", "-e", "ASK { ?s ?p ?o }", "-f", "xls"], 4, "The answer to an ASK query cannot be written as 'xls'."),
    (["query", "partners", "--evidence", "1", "-f", "csv"], 4, "Evidence cannot be written as 'csv'."),
    (["queries", "--kind", "asks"], 4, "Unknown kind of query 'asks'. Kinds: ask, check"),
    (["infer", "-f", "csv"], 4, "Unknown RDF format 'csv'."),
    (["query", "-e", "SELECT ?x WHERE { ?x a }"], 2, "line 1, column 25: The query is not valid SPARQL 1.1"),
    (["query", "-e", "SELECT ?x\nWHERE { ?x org:who }"], 2, "line 2, column 20: The query is not valid SPARQL 1.1"),
    (["query", "-e", "DELETE WHERE { ?s ?p ?o }"], 2, "The query is not valid SPARQL 1.1"),
    (["query", "missing.rq"], 4, "missing.rq: The query file does not exist."),
    (["query"], 2, "Give the name of a query, a file, or SPARQL with -e."),
    (["query", "partners", "--format", "xls"], 4, "Rows cannot be written as 'xls'. Choose one of: table, csv"),
    (["show", "Wrold Health Organization"], 4, "Nearest: org:who (World Health Organization)"),
    (["show", "org:nobody"], 4, "The graph does not contain the IRI <https://w3id.org/mtsp-kg/id/org/nobody>."),
    (["trace", "中小企"], 4, "Nearest: group:smes"),
    (["export", "parquet"], 4, "Unknown RDF format 'parquet'. Choose one of: turtle, trig"),
    (["shwo"], 2, "No such command 'shwo'. Did you mean 'show'?"),
    (["--project", "/", "info"], 4, "'/' is not a project"),
    (["ingest", "nowhere.txt"], 4, "nowhere.txt: The file does not exist."),
    (["validate", "nowhere.ttl"], 2, "nowhere.ttl"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), CASES, ids=lambda value: str(value)[:60])
def test_bad_input_gets_one_message_and_its_exit_code(
    here: Callable[..., Ended], arguments: list[str], code: int, message: str
) -> None:
    done = here(*arguments)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("arguments", [["query", "nosuch"], ["shwo"], ["show", "org:who"]], ids=" ".join)
def test_a_process_prints_and_ends_as_the_command_line_does_here(
    here: Callable[..., Ended], arguments: list[str]
) -> None:
    done = mtsp(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == here(*arguments)


def test_the_help_lists_each_command_with_a_whole_sentence() -> None:
    listed = mtsp("--help", COLUMNS="80").stdout.partition("Commands:\n")[2].partition("\n\n")[0]
    summaries = [line.split(maxsplit=1)[1] for line in listed.splitlines()]
    assert len(summaries) == 19
    assert [summary for summary in summaries if not re.fullmatch(r"[A-Z].*[a-zA-Z]\.", summary)] == []


def test_an_internal_error_is_one_message_with_a_way_to_its_traceback(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import mtsp_kg.cli.info as info\ninfo.command.callback = lambda **_: 1 / 0\n"
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = mtsp("info", PYTHONPATH=path)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("mtsp: Internal error: ZeroDivisionError: division by zero.")
    assert "Traceback" in mtsp("info", PYTHONPATH=path, MTSP_TRACEBACK="1").stderr


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for room in ("ontology", "graph", "shapes", "queries"):
        shutil.copytree(ROOT / room, tmp_path / room)
    return tmp_path


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"@prefix a: <http://a/> .\na:g { a:b a:c [ ) }\n", ":2:17: TriG syntax error:"),
        (b'@prefix a: <http://a/> .\na:g { a:b a:c "\xff" }\n', ":2:16: Byte 40 (0xff) is not UTF-8."),
        (b"a:g { a:b a:c a:d }\n", ":1:1: TriG syntax error:"),
    ],
)
def test_a_broken_file_is_named_with_line_and_column(
    here: Callable[..., Ended], project: Path, content: bytes, place: str
) -> None:
    broken = project / "graph" / "mtsp-2022-2026" / "pillar-9.trig"
    broken.write_bytes(content)
    done = here("--project", str(project), "info")
    assert done.returncode == 2
    assert f"{broken}{place}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_an_edit_is_seen_at_once_though_the_graph_is_cached(project: Path, tmp_path: Path) -> None:
    def count() -> str:
        text = "SELECT (COUNT(*) AS ?n) WHERE { <http://a/new> ?p ?o }"
        cache = str(tmp_path / "cache")
        return mtsp("--project", str(project), "query", "-e", text, "-f", "csv", MTSP_CACHE=cache).stdout.split()[1]

    assert (count(), count()) == ("0", "0")
    entities = project / "graph" / "entities" / "org.ttl"
    entities.write_text(entities.read_text(encoding="utf-8") + '<http://a/new> <http://a/is> "new" .\n', "utf-8")
    assert (count(), count()) == ("1", "1")


@pytest.mark.slow
def test_a_cache_that_cannot_be_written_or_is_broken_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder", "utf-8")
    for cache in (str(file / "below"), "off"):
        assert mtsp("info", MTSP_CACHE=cache).returncode == 0
    cache = tmp_path / "cache"
    assert mtsp("info", MTSP_CACHE=str(cache)).returncode == 0
    (kept,) = cache.iterdir()
    for part in kept.iterdir():
        part.write_bytes(b"rubbish")
    assert mtsp("info", MTSP_CACHE=str(cache)).returncode == 0
