# ruff: noqa: E501 - a table reads best with one case a line
"""Bad input: one message that says file, line, what and remedy; its exit code; and nothing half written.

Each case is a file or more, the arguments, the exit code, and how the one line on standard error begins.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mtsp_kg import cli, names

SH = f"@prefix sh: <{names.SH}> . @prefix ex: <https://example.org/> .\n"
GOOD = SH + "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:nodeKind sh:IRI .\n"
DATA = "@prefix ex: <https://example.org/> .\nex:a a ex:C .\n"
NOT = "The shapes are not SHACL: "
SYNTAX = "Mend the file there and run the command again."


def shape(body: str) -> dict[str, str | bytes]:
    """Good data, and a shapes file with a shape that has something else besides."""
    return {"d.ttl": DATA, "s.ttl": SH + f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; {body} .\n"}


def prop(body: str) -> dict[str, str | bytes]:
    return shape(f"sh:property [ {body} ]")


def data(text: str | bytes, name: str = "d.ttl") -> dict[str, str | bytes]:
    return {name: text, "s.ttl": GOOD}


RUN = ["d.ttl", "--shapes", "s.ttl"]
CASES: dict[str, tuple[dict[str, str | bytes], list[str], int, str]] = {
    # Data that is none.
    "turtle without a dot": (data("<urn:a> <urn:b> <urn:c>"), RUN, 2, "d.ttl:1:24: Turtle syntax: "),
    "turtle without an object": (data("<urn:a> <urn:b> ."), RUN, 2, "d.ttl:1:17: Turtle syntax: "),
    "prefix not declared": (data("\nex:a a ex:C ."), RUN, 2, "d.ttl:2:1: Turtle syntax: The prefix ex: has not been"),
    "string not closed": (data('<urn:a> <urn:b> "c .'), RUN, 2, "d.ttl:1:"),
    "iri with a space": (data("<urn:a b> <urn:b> <urn:c> ."), RUN, 2, "d.ttl:1:1: Turtle syntax: Invalid IRI code"),
    "relative iri": (data("<a> <urn:b> <urn:c> ."), RUN, 2, "d.ttl:1:"),
    "literal as subject": (data('"a" <urn:b> <urn:c> .'), RUN, 2, "d.ttl:1:1: Turtle syntax: "),
    "language tag that is none": (data('<urn:a> <urn:b> "c"@1 .'), RUN, 2, "d.ttl:1:"),
    "bracket not closed": (data("<urn:a> <urn:b> [ <urn:c> <urn:d> ."), RUN, 2, "d.ttl:1:"),
    "list not closed": (data("<urn:a> <urn:b> ( 1 2 ."), RUN, 2, "d.ttl:1:"),
    "escape that is none": (data('<urn:a> <urn:b> "\\q" .'), RUN, 2, "d.ttl:1:"),
    "html": (data("<!DOCTYPE html><html></html>"), RUN, 2, "d.ttl:1:"),
    "merge marks of git": (data(DATA + "<<<<<<< HEAD\nex:b a ex:C .\n"), RUN, 2, "d.ttl:3:"),
    "invalid UTF-8": (data(b'<urn:a> <urn:b> "\xff" .'), RUN, 2, "d.ttl:1:18: Byte 17 (0xff) is not UTF-8. Save the"),
    "UTF-16": (data(DATA.encode("utf-16")), RUN, 2, "d.ttl:1:1: "),
    "binary": (data(bytes(range(256))), RUN, 2, "d.ttl:1:"),
    "graph in turtle": (data("<urn:g> { <urn:a> <urn:b> <urn:c> }"), RUN, 2, "d.ttl:1:"),
    "trig not closed": (data("<urn:g> { <urn:a> <urn:b> <urn:c>", "d.trig"), ["d.trig", *RUN[1:]], 2, "d.trig:1:"),
    "n-triples of two": (data("<urn:a> <urn:b> .\n", "d.nt"), ["d.nt", *RUN[1:]], 2, "d.nt:1:"),
    "n-quads without a dot": (data("<urn:a> <urn:b> <urn:c>\n", "d.nq"), ["d.nq", *RUN[1:]], 2, "d.nq:"),
    "json-ld that is no json": (data('{"@id": "urn:a", ', "d.jsonld"), ["d.jsonld", *RUN[1:]], 2, "d.jsonld:1:"),
    "rdf/xml not closed": (data("<rdf:RDF", "d.rdf"), ["d.rdf", *RUN[1:]], 2, "d.rdf: RDF/XML syntax: "),
    # Files that are none.
    "no such file": (data(DATA), ["e.ttl", *RUN[1:]], 2, "e.ttl: There is no such file. Check its name."),
    "wrong suffix": (data("a,b", "d.csv"), ["d.csv", *RUN[1:]], 2, "d.csv: The suffix tells no format of RDF. Use"),
    "no suffix": (data(DATA, "data"), ["data", *RUN[1:]], 2, "data: The suffix tells no format of RDF."),
    "folder without rdf": (data("", "f/a.txt"), ["f", *RUN[1:]], 2, "f: There is no file of RDF in this folder."),
    "no such shapes": (data(DATA), ["d.ttl", "--shapes", "t.ttl"], 2, "t.ttl: There is no such file."),
    "no such ontology": (data(DATA), [*RUN, "--ontology", "o.ttl"], 2, "o.ttl: There is no such file."),
    "no such baseline": (data(DATA), [*RUN, "--baseline", "b.json"], 2, "b.json: There is no such baseline."),
    "waivers that are none": ({**data(DATA), "w.yaml": "a: ["}, [*RUN, "--waivers", "w.yaml"], 2, "w.yaml:1: This is"),
    # Shapes that are none.
    "no shape": ({"d.ttl": DATA, "s.ttl": DATA}, RUN, 2, "s.ttl: There is no shape here. Name files of SHACL shapes"),
    "shapes without syntax": ({"d.ttl": DATA, "s.ttl": "ex:S a"}, RUN, 2, "s.ttl:1:1: Turtle syntax: The prefix ex:"),
    "property without a path": (prop("sh:minCount 1"), RUN, 2, f"s.ttl:2:1: {NOT}A property shape of https://example.org/S has"),
    "path that is a text": (prop('sh:path "name"'), RUN, 2, f's.ttl:2:57: {NOT}The value of sh:path is no path: it is "na'),
    "path of one step": (prop("sh:path ( ex:p )"), RUN, 2, f"s.ttl:2:57: {NOT}The value of sh:path is no path: a sequ"),
    "path that says nothing": (prop("sh:path [ ex:p ex:q ]"), RUN, 2, f"s.ttl:2:57: {NOT}The value of sh:path is no pa"),
    "path of an empty list": (prop("sh:path ()"), RUN, 2, f"s.ttl:2:57: {NOT}The value of sh:path is no path: it is the"),
    "path in a circle": (
        {"d.ttl": DATA, "s.ttl": SH + "ex:S sh:targetClass ex:C ; sh:path _:l . _:l sh:inversePath _:l ."},
        RUN, 2, f"s.ttl:2:1: {NOT}The value of sh:path is no path: it leads into itself",
    ),
    "two paths": (prop("sh:path ex:p , ex:q"), RUN, 2, f"s.ttl:2:57: {NOT}A property shape has two sh:path. Make two"),
    "count that is none": (prop('sh:path ex:p ; sh:minCount "many"'), RUN, 2, f's.ttl:2:57: {NOT}The value of sh:minCou'),
    "count below nought": (prop("sh:path ex:p ; sh:maxCount -1"), RUN, 2, f"s.ttl:2:57: {NOT}The value of sh:maxCount"),
    "pattern that is none": (prop('sh:path ex:p ; sh:pattern "("'), RUN, 2, f"s.ttl:2:57: {NOT}The pattern '(' is no re"),
    "pattern that is a number": (prop("sh:path ex:p ; sh:pattern 1"), RUN, 2, f"s.ttl:2:57: {NOT}The value of sh:patt"),
    "kind of node that is none": (shape("sh:nodeKind sh:Iri"), RUN, 2, f"s.ttl:2:1: {NOT}sh:Iri is no kind of node. Wr"),
    "class that is a text": (shape('sh:class "C"'), RUN, 2, f's.ttl:2:1: {NOT}The value of sh:class is "C", no IRI.'),
    "datatype that is a text": (prop('sh:path ex:p ; sh:datatype "x"'), RUN, 2, f"s.ttl:2:57: {NOT}The value of sh:data"),
    "or that is no list": (shape("sh:or ex:T"), RUN, 2, f"s.ttl:2:1: {NOT}The value of sh:or is no list: it is https://example.org/T."),
    "in that is cut off": (shape("sh:in [ rdf:first 1 ]".replace("rdf:first", f"<{names.RDF_FIRST}>")), RUN, 2, "s.ttl:2"),
    "a shape of itself": (shape("sh:node ex:S"), RUN, 2, f"s.ttl:2:1: {NOT}The shapes are recursive, which SHACL leaves"),
    "shapes in a circle": (
        {"d.ttl": DATA, "s.ttl": SH + "ex:S sh:targetClass ex:C ; sh:not ex:T .\nex:T sh:or ( ex:S [ sh:node ex:S ] ) ."},
        RUN, 2, f"s.ttl:2:1: {NOT}The shapes are recursive, which SHACL leaves undecided: https://example.org/S - ",
    ),
    # Options.
    "unknown form": (data(DATA), [*RUN, "--format", "pdf"], 2, "Reports have no form 'pdf'. Choose one of: github,"),
    "report without a file": (data(DATA), [*RUN, "--report", "sarif"], 2, "'sarif' names no form and file. Write it as"),
    "unknown engine": (data(DATA), [*RUN, "--engine", "magic"], 2, "Invalid value for '--engine': 'magic' is not one"),
    "unknown severity": (data(DATA), [*RUN, "--fail-on", "grave"], 2, "Invalid value for '--fail-on': 'grave' is not"),
    "unknown option": (data(DATA), [*RUN, "--fail"], 2, "No such option"),
    "baseline without a name": (data(DATA), [*RUN, "--update-baseline"], 2, "There is no baseline to update. Name it"),
    "report into a file's folder": (data(DATA), [*RUN, "-o", "d.ttl/report.txt"], 2, "d.ttl/report.txt: The file cannot"),
    "no repository": (data(DATA), [*RUN, "--changed-since", "HEAD"], 2, ".: git has no such revision, or this is no"),
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
    files, arguments, code, message = CASES[case]
    _lay(tmp_path, files)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    before = sorted(tmp_path.rglob("*"))
    ended, out, err = _run(monkeypatch, capsys, arguments)
    assert err.startswith(f"mtsp: {message}")
    assert (ended, out, err.count("\n")) == (code, "", 1)
    assert sorted(tmp_path.rglob("*")) == before


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
    "a misspelt term": (prop("sh:path ex:p ; sh:minCoun 1"), 1, "SHACL has no term sh:minCoun, so it checks nothing. Did you mean sh:minCount?"),
    "a misspelt target": (shape("sh:targetClas ex:D"), 1, "Did you mean sh:targetClass?"),
    "JavaScript": (shape("sh:js [ sh:jsFunctionName \"f\" ]"), 1, "No engine here decides sh:js"),
    "a rule": (shape("sh:rule [ a sh:TripleRule ]"), 1, "No engine here decides sh:rule"),
    "an import": ({**shape("sh:nodeKind sh:IRI"), "d.ttl": DATA + f"<urn:o> a <{names.OWL_ONTOLOGY}> ; <{names.OWL_IMPORTS}> <http://127.0.0.1:9/o> ."}, 0, "imports are never fetched"),
    "an import that is given": ({**shape("sh:nodeKind sh:IRI"), "d.ttl": DATA + f"<urn:o> a <{names.OWL_ONTOLOGY}> ; <{names.OWL_IMPORTS}> <urn:o> ."}, 0, ""),
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
    from mtsp_kg.validate import deliver

    def stop(*_: object) -> str:
        raise KeyboardInterrupt

    _lay(tmp_path, data(DATA))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(deliver, "write", stop)
    ended, out, err = _run(monkeypatch, capsys, [*RUN, "-o", "report.txt"])
    assert (ended, out) == (130, "")
    assert err.strip() == "mtsp: Stopped; nothing was left half written."
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d.ttl", "s.ttl"]
