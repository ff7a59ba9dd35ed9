# ruff: noqa: E501 - a table reads best with one case a line
"""Bad input: one message that says file, line, what and remedy; its exit code; and no incomplete file.

Each case is a file or more, and the arguments; `bad_input.txt` has the exit code and the message of each.
UPDATE_GOLDEN=1 writes it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from mtsp_kg import cli, vocab

SH = f"@prefix sh: <{vocab.SH}> . @prefix ex: <https://example.org/> .\n"
GOOD = SH + "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:nodeKind sh:IRI .\n"
DATA = "@prefix ex: <https://example.org/> .\nex:a a ex:C .\n"


def shape(body: str) -> dict[str, str | bytes]:
    """Good data, and a shapes file with a shape that has something else besides."""
    return {"d.ttl": DATA, "s.ttl": SH + f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; {body} .\n"}


def prop(body: str) -> dict[str, str | bytes]:
    return shape(f"sh:property [ {body} ]")


def data(text: str | bytes, name: str = "d.ttl") -> dict[str, str | bytes]:
    return {name: text, "s.ttl": GOOD}


MESSAGES = Path(__file__).with_name("bad_input.txt")
THEIRS = {"unknown engine", "unknown severity", "unknown option", "no repository"}  # click and git word them
HEAD = "case | exit code | message"
RUN = ["d.ttl", "--shapes", "s.ttl"]
CASES: dict[str, tuple[dict[str, str | bytes], list[str]]] = {
    # Data that is none.
    "turtle without a dot": (data("<urn:a> <urn:b> <urn:c>"), RUN),
    "turtle without an object": (data("<urn:a> <urn:b> ."), RUN),
    "prefix not declared": (data("\nex:a a ex:C ."), RUN),
    "string not closed": (data('<urn:a> <urn:b> "c .'), RUN),
    "iri with a space": (data("<urn:a b> <urn:b> <urn:c> ."), RUN),
    "relative iri": (data("<a> <urn:b> <urn:c> ."), RUN),
    "literal as subject": (data('"a" <urn:b> <urn:c> .'), RUN),
    "invalid language tag": (data('<urn:a> <urn:b> "c"@1 .'), RUN),
    "bracket not closed": (data("<urn:a> <urn:b> [ <urn:c> <urn:d> ."), RUN),
    "list not closed": (data("<urn:a> <urn:b> ( 1 2 ."), RUN),
    "invalid escape": (data('<urn:a> <urn:b> "\\q" .'), RUN),
    "html": (data("<!DOCTYPE html><html></html>"), RUN),
    "Git conflict markers": (data(DATA + "<<<<<<< HEAD\nex:b a ex:C .\n"), RUN),
    "invalid UTF-8": (data(b'<urn:a> <urn:b> "\xff" .'), RUN),
    "UTF-16": (data(DATA.encode("utf-16")), RUN),
    "binary": (data(bytes(range(256))), RUN),
    "graph in turtle": (data("<urn:g> { <urn:a> <urn:b> <urn:c> }"), RUN),
    "trig not closed": (data("<urn:g> { <urn:a> <urn:b> <urn:c>", "d.trig"), ["d.trig", *RUN[1:]]),
    "n-triples with two terms": (data("<urn:a> <urn:b> .\n", "d.nt"), ["d.nt", *RUN[1:]]),
    "n-quads without a dot": (data("<urn:a> <urn:b> <urn:c>\n", "d.nq"), ["d.nq", *RUN[1:]]),
    "json-ld that is not json": (data('{"@id": "urn:a", ', "d.jsonld"), ["d.jsonld", *RUN[1:]]),
    "rdf/xml not closed": (data("<rdf:RDF", "d.rdf"), ["d.rdf", *RUN[1:]]),
    # Files that are none.
    "no such file": (data(DATA), ["e.ttl", *RUN[1:]]),
    "wrong file extension": (data("a,b", "d.csv"), ["d.csv", *RUN[1:]]),
    "no file extension": (data(DATA, "data"), ["data", *RUN[1:]]),
    "folder without rdf": (data("", "f/a.txt"), ["f", *RUN[1:]]),
    "no such shapes": (data(DATA), ["d.ttl", "--shapes", "t.ttl"]),
    "no such ontology": (data(DATA), [*RUN, "--ontology", "o.ttl"]),
    "no such baseline": (data(DATA), [*RUN, "--baseline", "b.json"]),
    "empty waivers file": ({**data(DATA), "w.yaml": "a: ["}, [*RUN, "--waivers", "w.yaml"]),
    # Shapes that are none.
    "no shape": ({"d.ttl": DATA, "s.ttl": DATA}, RUN),
    "shapes without syntax": ({"d.ttl": DATA, "s.ttl": "ex:S a"}, RUN),
    "property without a path": (prop("sh:minCount 1"), RUN),
    "path that is a literal": (prop('sh:path "name"'), RUN),
    "path of one step": (prop("sh:path ( ex:p )"), RUN),
    "path without terms": (prop("sh:path [ ex:p ex:q ]"), RUN),
    "path of an empty list": (prop("sh:path ()"), RUN),
    "cyclic path": (
        {"d.ttl": DATA, "s.ttl": SH + "ex:S sh:targetClass ex:C ; sh:path _:l . _:l sh:inversePath _:l ."},
        RUN,
    ),
    "two paths": (prop("sh:path ex:p , ex:q"), RUN),
    "count that is not an integer": (prop('sh:path ex:p ; sh:minCount "many"'), RUN),
    "negative count": (prop("sh:path ex:p ; sh:maxCount -1"), RUN),
    "invalid pattern": (prop('sh:path ex:p ; sh:pattern "("'), RUN),
    "pattern that is a number": (prop("sh:path ex:p ; sh:pattern 1"), RUN),
    "unknown node kind": (shape("sh:nodeKind sh:Iri"), RUN),
    "class that is a literal": (shape('sh:class "C"'), RUN),
    "datatype that is a literal": (prop('sh:path ex:p ; sh:datatype "x"'), RUN),
    "or that is not a list": (shape("sh:or ex:T"), RUN),
    "truncated list in sh:in": (shape("sh:in [ rdf:first 1 ]".replace("rdf:first", f"<{vocab.RDF_FIRST}>")), RUN),
    "shape that refers to itself": (shape("sh:node ex:S"), RUN),
    "mutually recursive shapes": (
        {"d.ttl": DATA, "s.ttl": SH + "ex:S sh:targetClass ex:C ; sh:not ex:T .\nex:T sh:or ( ex:S [ sh:node ex:S ] ) ."},
        RUN,
    ),
    # Options.
    "unknown form": (data(DATA), [*RUN, "--format", "pdf"]),
    "report without a file": (data(DATA), [*RUN, "--report", "sarif"]),
    "unknown engine": (data(DATA), [*RUN, "--engine", "magic"]),
    "unknown severity": (data(DATA), [*RUN, "--fail-on", "grave"]),
    "unknown option": (data(DATA), [*RUN, "--fail"]),
    "baseline without a name": (data(DATA), [*RUN, "--update-baseline"]),
    "report into a file's folder": (data(DATA), [*RUN, "-o", "d.ttl/report.txt"]),
    "no repository": (data(DATA), [*RUN, "--changed-since", "HEAD"]),
}  # fmt: skip


def _run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["mtsp", "validate", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def _lay(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_one_message_and_its_exit_code(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files, arguments = CASES[case]
    _lay(tmp_path, files)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    before = sorted(tmp_path.rglob("*"))
    ended, out, err = _run(monkeypatch, capsys, arguments)
    assert (out, err.count("\n")) == ("", 1)
    assert sorted(tmp_path.rglob("*")) == before
    told = f"{case} | {ended} | {err.removeprefix('mtsp: ').rstrip()}"
    if os.environ.get("UPDATE_GOLDEN"):
        kept = {line.split(" | ")[0]: line for line in MESSAGES.read_text(encoding="utf-8").splitlines()[1:]}
        kept[case] = told
        lines = [HEAD, *(kept[name] for name in CASES if name in kept)]
        MESSAGES.write_text("\n".join(lines) + "\n", encoding="utf-8")
    golden = MESSAGES.read_text(encoding="utf-8").splitlines()
    if case in THEIRS:
        assert any(line.startswith(told[: len(case) + 20]) for line in golden)
    else:
        assert told in golden


def test_there_are_many_cases() -> None:
    assert len(CASES) >= 40


FOUND: dict[str, tuple[dict[str, str | bytes], int, str]] = {
    "a byte order mark": (data(b"\xef\xbb\xbf" + DATA.encode()), 0, ""),
    "CR LF": (data(DATA.replace("\n", "\r\n")), 0, ""),
    "a byte order mark and CR LF": (data(b"\xef\xbb\xbf" + DATA.replace("ex:a a", "[] a").replace("\n", "\r\n").encode()), 1, "d.ttl:2:1"),
    "an empty file": (data(""), 0, "empty-file"),
    "a file of comments": (data("# nothing\n"), 0, "empty-file"),
    "a target that matches nothing": (data("<urn:a> <urn:b> <urn:c> ."), 0, "unmatched-shape"),
    "a class nobody defines": (shape("sh:class ex:D"), 1, "unknown-class"),
    "a misspelt term": (prop("sh:path ex:p ; sh:minCoun 1"), 1, "sh:minCoun is not a SHACL term, so it checks nothing. Did you mean sh:minCount?"),
    "a misspelt target": (shape("sh:targetClas ex:D"), 1, "Did you mean sh:targetClass?"),
    "JavaScript": (shape("sh:js [ sh:jsFunctionName \"f\" ]"), 1, "No available engine supports sh:js"),
    "a rule": (shape("sh:rule [ a sh:TripleRule ]"), 1, "No available engine supports sh:rule"),
    "an import": ({**shape("sh:nodeKind sh:IRI"), "d.ttl": DATA + f"<urn:o> a <{vocab.OWL_ONTOLOGY}> ; <{vocab.OWL_IMPORTS}> <http://127.0.0.1:9/o> ."}, 0, "imports are never fetched"),
    "an import that is given": ({**shape("sh:nodeKind sh:IRI"), "d.ttl": DATA + f"<urn:o> a <{vocab.OWL_ONTOLOGY}> ; <{vocab.OWL_IMPORTS}> <urn:o> ."}, 0, ""),
}  # fmt: skip


@pytest.mark.parametrize("case", FOUND)
def test_what_is_odd_is_a_finding_of_its_own_kind(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files, code, message = FOUND[case]
    _lay(tmp_path, files)
    monkeypatch.chdir(tmp_path)
    ended, out, err = _run(monkeypatch, capsys, RUN)
    assert (ended, err) == (code, "")
    assert message in out
    assert message or "warning  " not in out


def test_a_stop_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from mtsp_kg.validate.report import Report

    def stop(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    _lay(tmp_path, data(DATA))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Report, "write", stop)
    ended, out, err = _run(monkeypatch, capsys, [*RUN, "-o", "report.txt"])
    assert (ended, out) == (2, "")
    assert err.strip() == "mtsp: Interrupted; no incomplete file was left behind."
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d.ttl", "s.ttl"]
