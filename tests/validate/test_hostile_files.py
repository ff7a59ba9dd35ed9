# ruff: noqa: E501 - a table reads best with one case a line
"""Hostile files are refused, not swallowed: each ends soon, in little memory, with one message, its place, and no report.

Each case is a file, which is made here, and what is told of it; a file that is odd but allowed gives a normal report,
which the second table says. All run in processes of their own, forked from one that has imported what is needed.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mtsp_kg import vocab

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")]

SECONDS, MEMORY = 10, 512  # MB
SHAPES = f"<urn:S> a <{vocab.SH}NodeShape> ; <{vocab.SH}targetClass> <urn:C> ; <{vocab.SH}nodeKind> <{vocab.SH}IRI> .\n"
P = "<urn:a> <urn:p> "
RDF = vocab.VOCABULARIES["rdf"]
Content = str | bytes | Callable[[Path], object]


def rdf(dtd: str = "", body: str = '<ex:C rdf:about="urn:a"/>', attributes: str = "") -> str:
    return f'<?xml version="1.0"?>\n{dtd}\n<rdf:RDF xmlns:rdf="{RDF}" xmlns:ex="https://example.org/"{attributes}>{body}</rdf:RDF>\n'


def entities(declared: str, used: str = "&a;") -> str:
    return rdf(f"<!DOCTYPE rdf:RDF [{declared}]>", f'<ex:C rdf:about="urn:a"><ex:p>{used}</ex:p></ex:C>')


def laughs(levels: int) -> str:
    told = "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, levels + 1))
    return entities(f'<!ENTITY a0 "lol">{told}', f"&a{levels};")


def nested(begins: str, middle: str, ends: str, deep: int) -> str:
    return begins * deep + middle + ends * deep


def later(content: Callable[[], str | bytes]) -> Callable[[Path], object]:
    """Content that takes long to make, and is made for its test alone."""

    def write(path: Path) -> None:
        made = content()
        path.write_bytes(made.encode() if isinstance(made, str) else made)

    return write


def large(begins: str, unit: bytes, megabytes: int, ends: str = "") -> Callable[[Path], object]:
    def write(path: Path) -> None:
        with path.open("wb") as file:
            file.write(begins.encode())
            for _ in range(megabytes):
                file.write(unit * (1_000_000 // len(unit)))
            file.write(ends.encode())

    return write


def terms(count: int) -> str:
    chain = {f"t{number}": f"t{number + 1}:x" for number in range(count)}
    return json.dumps({"@context": {**chain, f"t{count}": "urn:x:"}, "@id": "urn:a", "t0": 1})


IN_CONTEXT = '{"@context":%s,"@id":"urn:a","p":1}'
# Name: file, content, what is told after the file's name (with line and column where there are some).
REFUSED: dict[str, tuple[str, Content, str]] = {
    # RDF/XML
    "a billion laughs": ("d.rdf", laughs(10), ":2:38: An entity refers to another"),
    "two laughs": ("d.rdf", laughs(1), ":2:38: An entity refers to another"),
    "an entity of itself": ("d.rdf", entities('<!ENTITY a "&a;">'), ":2:20: An entity refers to another"),
    "an entity that refers in disguise": ("d.rdf", entities('<!ENTITY b "x"><!ENTITY a "&#38;b;">'), ":2:35: An entity refers to another"),
    "a long entity, often": ("d.rdf", entities(f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 20_000), ":2:20: An entity is longer"),
    "a short entity, very often": ("d.rdf", later(lambda: entities(f'<!ENTITY a "{"x" * 1000}">', "&a;" * 300_000)), ":2:20: Entities expand"),
    "a million entities": ("d.rdf", later(lambda: entities("".join(f'<!ENTITY e{n} "x">' for n in range(1_000_000)), "")), ":2:17910: More than 1,000 entities"),
    "an entity in a file": ("d.rdf", entities('<!ENTITY a SYSTEM "file:///etc/passwd">'), ":2:20: External entities are not supported"),
    "an entity in the network": ("d.rdf", entities('<!ENTITY a PUBLIC "x" "http://127.0.0.1:9/">'), ":2:20: External entities are not supported"),
    "a DTD in the network": ("d.rdf", rdf('<!DOCTYPE rdf:RDF SYSTEM "http://127.0.0.1:9/x.dtd">'), ":2:1: External DTDs are not supported"),
    "a parameter entity": ("d.rdf", entities("<!ENTITY % a \"<!ENTITY b 'c'>\"> %a;", ""), ":2:20: Parameter entities"),
    "an entity of markup": ("d.rdf", entities('<!ENTITY a "<ex:C/>">'), ": RDF/XML syntax error: "),
    "elements 100,000 deep": ("d.rdf", rdf(body=nested("<ex:C><ex:p>", "", "</ex:p></ex:C>", 50_000)), ":3:"),
    "elements that are never closed": ("d.rdf", rdf(body="<ex:C><ex:p>" * 500_000), ":3:"),
    "100,000 attributes": ("d.rdf", later(lambda: rdf(body="<ex:C " + " ".join(f'ex:a{n}="1"' for n in range(100_000)) + "/>")), ":3:"),
    "100,000 namespaces": ("d.rdf", later(lambda: rdf(attributes="".join(f' xmlns:x{n}="urn:{n}"' for n in range(100_000)))), ":3:1: An element has more than 500 attributes"),
    "an xml:base that unfolds": ("d.rdf", rdf(body=f'<ex:C xml:base="https://example.org/{"x/" * 9000}"/>'), ":3:"),
    "an xml:base that is none": ("d.rdf", rdf(body='<ex:C rdf:about="x"/>', attributes=' xml:base="not an iri"'), ": RDF/XML syntax error: "),
    "NUL in XML": ("d.rdf", rdf(body="<ex:C><ex:p>\0</ex:p></ex:C>"), ":3:"),
    "a reference to NUL": ("d.rdf", rdf(body="<ex:C><ex:p>&#0;</ex:p></ex:C>"), ": RDF/XML syntax error: "),
    "a reference to a surrogate": ("d.rdf", rdf(body="<ex:C><ex:p>&#xD800;</ex:p></ex:C>"), ": RDF/XML syntax error: "),
    "XML in UTF-16": ("d.rdf", rdf().encode("utf-16"), ":1:"),
    "XML in UTF-7": ("d.rdf", rdf().replace('"1.0"', '"1.0" encoding="UTF-7"'), ": RDF/XML syntax error: Only UTF-8"),
    "ten million ]": ("d.rdf", rdf(body="]" * 10_000_000), ": RDF/XML syntax error: "),
    "a comment without an end": ("d.rdf", "<!--" * 2_500_000, ": RDF/XML syntax error: "),
    "a DOCTYPE without an end": ("d.rdf", "<!DOCTYPE a [" + "<" * 5_000_000, ": RDF/XML syntax error: "),
    # JSON-LD
    "objects 6,000 deep": ("d.jsonld", nested('{"urn:p":', "1", "}", 6_000), ":1:4501: Objects and arrays are nested"),
    "objects 20,000 deep": ("d.jsonld", nested('{"urn:p":', "1", "}", 20_000), ":1:4501: Objects and arrays are nested"),
    "a million open arrays": ("d.jsonld", "[" * 1_000_000, ":1:501: Objects and arrays are nested"),
    "ten million closed arrays": ("d.jsonld", "]" * 10_000_000, ":1:1: JSON-LD syntax error: "),
    "a value of JSON, deep": ("d.jsonld", '{"urn:p":{"@type":"@json","@value":' + nested("[", "", "]", 5_000) + "}}", ":1:"),
    "a chain of 20,000 terms": ("d.jsonld", later(lambda: terms(20_000)), ":1:2: More than 500 context terms"),
    "a context of long names": ("d.jsonld", IN_CONTEXT % f'{{"p":"urn:{"x" * 2000}"}}', ":1:2: A namespace or base"),
    "a remote context": ("d.jsonld", IN_CONTEXT % '"http://127.0.0.1:9/c"', ": JSON-LD syntax error: "),
    "a context in a file": ("d.jsonld", IN_CONTEXT % '"file:///etc/passwd"', ": JSON-LD syntax error: "),
    "a context that imports": ("d.jsonld", IN_CONTEXT % '{"@version":1.1,"@import":"http://127.0.0.1:9/c"}', ": JSON-LD syntax error: "),
    "a term's remote context": ("d.jsonld", IN_CONTEXT % '{"@version":1.1,"p":{"@id":"urn:p","@context":"http://127.0.0.1:9/c"}}', ": JSON-LD syntax error: "),
    "terms in a circle": ("d.jsonld", IN_CONTEXT % '{"a":"b:x","b":"a:y"}', ": JSON-LD syntax error: "),
    "half a surrogate in JSON": ("d.jsonld", '{"@id":"urn:a","urn:p":"\\uD800"}', ":1:24: JSON-LD syntax error: "),
    "a number of 17 MB": ("d.jsonld", large('{"@id":"urn:a","urn:p":', b"9", 17, "}"), ": A literal, comment or IRI in the file is longer than 16 MB"),
    "JSON in UTF-16": ("d.jsonld", '{"@id":"urn:a"}'.encode("utf-16"), ":1:1: JSON-LD syntax error: "),
    # Turtle, TriG, N-Triples, N-Quads
    "a literal of 100 MB": ("d.ttl", large(P + '"', b"x", 100, '" .'), ": A literal, comment or IRI in the file is longer than 16 MB"),
    "an IRI of 20 MB": ("d.ttl", large("<urn:", b"x", 20, "> <urn:p> 1 ."), ": A literal, comment or IRI in the file is longer than 16 MB"),
    "a comment of 20 MB": ("d.ttl", large("#", b"x", 20), ": A literal, comment or IRI in the file is longer than 16 MB"),
    "a literal without an end": ("d.ttl", large(P + '"""', b"x\n", 20), ": A literal, comment or IRI in the file is longer than 16 MB"),
    "20 million lines": ("d.ttl", large("", b"\n", 20, "x"), ":20000001:1: Turtle syntax error: "),
    "a line without an end": ("d.nt", large(P, b" ", 20), ":1:"),
    "collections 100,000 deep": ("d.ttl", P + nested("(", "", ")", 100_000) + ".", ":1:10017: Brackets are nested"),
    "ten million open collections": ("d.ttl", P + "(" * 10_000_000, ":1:10017: Brackets are nested"),
    "blank nodes 100,000 deep": ("d.ttl", P + nested("[ <urn:p> ", "1", "]", 100_000) + ".", ":1:100017: Brackets are nested"),
    "triple terms 100,000 deep": ("d.ttl", P + nested("<<( <urn:s> <urn:p> ", "1", " )>>", 100_000) + " .", ":1:2017: Triple terms are nested"),
    "triple terms in N-Triples": ("d.nt", P + nested("<<( <urn:s> <urn:p> ", "<urn:o>", " )>>", 20_000) + " .\n", ":1:2017: Triple terms are nested"),
    "triple terms in N-Quads": ("d.nq", P + nested("<<( <urn:s> <urn:p> ", "<urn:o>", " )>>", 20_000) + " .\n", ":1:2017: Triple terms are nested"),
    "triple terms behind comments": ("d.ttl", P + "<<( # >>\n<urn:s> <urn:p> " * 20_000, ":101:"),
    "a prefix that unfolds": ("d.ttl", later(lambda: f"@prefix p: <urn:{'x' * 10_000}> .\n" + "".join(f"p:{n} a p:C .\n" for n in range(50_000))), ":1:12: A namespace or base"),
    "a base that grows": ("d.ttl", later(lambda: "@base <urn:x/> .\n" + "@base <xxxxxxxxx/> .\n" * 10_000 + "<y> a <z> ."), ":102:7: A namespace or base"),
    "graphs within graphs": ("d.trig", "{" * 1_000_000, ":1:2: TriG syntax error: "),
    "gzip with a Turtle extension": ("d.ttl", later(lambda: gzip.compress(bytes(100_000_000), 1)), ":1:1: "),
    "ten million NUL": ("d.ttl", bytes(10_000_000), ":1:1: Turtle syntax error: "),
    "NUL in an IRI": ("d.ttl", "<urn:a\\u0000> a <urn:b> .", ":1:1: Turtle syntax error: "),
    "half a surrogate": ("d.ttl", P + '"\\uD800" .', ":1:18: Turtle syntax error: "),
    "half a surrogate in bytes": ("d.ttl", P.encode() + b'"\xed\xa0\x80" .', ":1:18: Byte 17 (0xed) is not UTF-8"),
    "overlong UTF-8": ("d.ttl", P.encode() + b'"\xc0\xaf" .', ":1:18: Byte 17 (0xc0) is not UTF-8"),
    "UTF-16 without a mark": ("d.ttl", (P + "1 .").encode("utf-16-le"), ":1:1: Turtle syntax error: "),
    "UTF-32": ("d.ttl", (P + "1 .").encode("utf-32"), ":1:1: Byte 0 (0xff) is not UTF-8"),
    "UTF-32 without a mark": ("d.ttl", (P + "1 .").encode("utf-32-be"), ":1:1: Turtle syntax error: "),
    "two byte order marks": ("d.ttl", b"\xef\xbb\xbf" * 2, ":1:1: Turtle syntax error: "),
    "a space in an IRI": ("d.ttl", "<urn:a\\u0020b> a <urn:b> .", ":1:1: Turtle syntax error: "),
    "a control in an IRI": ("d.ttl", "<urn:a\x07b> a <urn:b> .", ":1:1: Turtle syntax error: "),
    "markup in a language": ("d.ttl", P + '"x"@en-<script> .', ":1:23: Turtle syntax error: "),
    "a terminal's escape": ("d.ttl", "\x1b[31mred", ":1:1: Turtle syntax error: "),
    # What is no file
    "a pipe": ("d.ttl", lambda path: os.mkfifo(path), ": This is not a regular file"),
    "a folder": ("d.ttl", lambda path: path.mkdir(), ": The folder contains no RDF files"),
    "a link to itself": ("d.ttl", lambda path: path.symlink_to(path.name), ": The file does not exist"),
    "a device": ("d.ttl", lambda path: path.symlink_to("/dev/zero"), ": This is not a regular file"),
}  # fmt: skip
# What is odd and allowed: name, file, content, exit code.
ALLOWED: dict[str, tuple[str, Content, int]] = {
    "plain entities": ("d.rdf", rdf('<!DOCTYPE rdf:RDF [<!ENTITY ex "https://example.org/">]>', '<ex:C rdf:about="&ex;a"/>'), 0),
    "elements 400 deep": ("d.rdf", rdf(body=nested("<ex:C><ex:p>", "", "</ex:p></ex:C>", 200)), 0),
    "objects 400 deep": ("d.jsonld", nested('{"urn:p":', "1", "}", 400), 0),
    "a literal of 15 MB": ("d.ttl", large(P + '"', b"x", 15, '" .'), 0),
    "100,000 prefixes": ("d.ttl", later(lambda: "".join(f"@prefix p{n}: <urn:{n}#> .\n" for n in range(100_000)) + P + "1 ."), 0),
    "a number of a million digits": ("d.ttl", P + "9" * 1_000_000 + " .", 0),
    "NUL in a text of Turtle": ("d.ttl", P + '"a\0b" .', 0),
    "an IRI of a script": ("d.ttl", "<javascript:alert(1)> <urn:p> 1 .", 0),
    "10,000 short collections": ("d.ttl", later(lambda: "".join(f"<urn:a{n}> <urn:p> ( 1 [] ) .\n" for n in range(10_000))), 0),
    "the edges of triple terms in texts": ("d.nt", f'{P}"{"<<( " * 1000}" .\n', 0),
}  # fmt: skip

# Forks for each folder; prints exit code, seconds and the most memory in MB. The limits are a net: a process past them dies.
RUNNER = """
import os, resource, sys, time
import pyoxigraph, shutil
import mtsp_kg.cli.validate, mtsp_kg.remote_graph, mtsp_kg.validate.report, mtsp_kg.validate.runner, mtsp_kg.validate.settings
for line in sys.stdin:
    folder, file = line.split()
    began = time.monotonic()
    child = os.fork()
    if not child:
        os.chdir(folder)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
        for name, number in (("out", 1), ("err", 2)):
            os.dup2(os.open(name, os.O_CREAT | os.O_WRONLY, 0o600), number)
        sys.argv = ["mtsp", "validate", file, "--shapes", "s.ttl"]
        try:
            mtsp_kg.cli.main()
        except SystemExit as ended:
            sys.stdout.flush()
            os._exit(int(ended.code or 0))
        os._exit(99)
    _, status, used = os.wait4(child, 0)
    mega = used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    print(os.waitstatus_to_exitcode(status), round(time.monotonic() - began, 2), round(mega), flush=True)
"""


@pytest.fixture(scope="module")
def runner() -> object:
    with subprocess.Popen(
        [sys.executable, "-c", RUNNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as run:
        yield run
        run.stdin.close()


def _run(runner: subprocess.Popen[str], folder: Path, file: str, content: Content) -> tuple[int, str, str]:
    (folder / "s.ttl").write_text(SHAPES)
    if callable(content):
        content(folder / file)
    else:
        (folder / file).write_bytes(content.encode() if isinstance(content, str) else content)
    assert runner.stdin
    assert runner.stdout
    print(folder, file, file=runner.stdin, flush=True)
    code, seconds, memory = runner.stdout.readline().split()
    if (folder / file).is_file():
        (folder / file).unlink()
    out, err = ((folder / name).read_text(encoding="utf-8") for name in ("out", "err"))
    assert float(seconds) <= SECONDS
    assert int(memory) <= MEMORY
    return int(code), out, err


@pytest.mark.parametrize("case", REFUSED)
def test_a_hostile_file_is_refused(case: str, tmp_path: Path, runner: subprocess.Popen[str]) -> None:
    file, content, told = REFUSED[case]
    code, out, err = _run(runner, tmp_path, file, content)
    assert (code, out, err.count("\n")) == (2, "", 1), err
    assert err.startswith(f"mtsp: {file}{told}")
    assert len(err) < 700
    assert err.rstrip("\n").isprintable()


@pytest.mark.parametrize("case", ALLOWED)
def test_what_is_odd_and_allowed_gives_a_report(case: str, tmp_path: Path, runner: subprocess.Popen[str]) -> None:
    file, content, expected = ALLOWED[case]
    code, out, err = _run(runner, tmp_path, file, content)
    assert (code, err) == (expected, "")
    assert out


def test_there_are_many_hostile_files() -> None:
    assert len(REFUSED) >= 50
