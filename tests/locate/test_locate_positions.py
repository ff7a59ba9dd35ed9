"""The scanner against pyoxigraph and against what a random writer of Turtle and TriG noted down as it wrote."""

from __future__ import annotations

import os
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from locate_writer import Written, document

from mtsp_kg.load import load_files, oxigraph_format
from mtsp_kg.locate import LineColumn, SubjectPosition, TriplePosition, fingerprints, locate, source_lines, surroundings
from mtsp_kg.locate.blank_nodes import blank_nodes
from mtsp_kg.locate.ntriples_scanner import lines_about, scan_lines
from mtsp_kg.locate.terms import TermKey
from mtsp_kg.locate.tokens import ScannedTriple
from mtsp_kg.locate.turtle_scanner import scan

ROOT = Path(__file__).parents[2]
OWN_FILES = sorted(path for room in ("ontology", "graph", "shapes") for path in (ROOT / room).rglob("*.t*"))
SMALL = sorted(path for path in (Path(__file__).parent / "syntax").iterdir())
# A failure is read from its text, which is short as it is.
RELAXED = settings(
    deadline=None,
    max_examples=int(os.environ.get("MTSP_EXAMPLES", "60")),
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
)


def term(of: TermKey) -> ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple:
    if isinstance(of, str):
        label = "".join(char if char.isalnum() else f"Z{ord(char)}Z" for char in of[2:])
        return ox.BlankNode("b" + label) if of.startswith("_:") else ox.NamedNode(of)
    if len(of) == 3:
        return ox.Triple(term(of[0]), ox.NamedNode(of[1]), term(of[2]))
    lexical, kind = of
    if not kind.startswith("@"):
        return ox.Literal(lexical, datatype=ox.NamedNode(kind))
    language, _, direction = kind[1:].partition("--")
    return ox.Literal(lexical, language=language, direction=ox.BaseDirection(direction) if direction else None)


def quad(row: ScannedTriple) -> ox.Quad:
    graph = ox.DefaultGraph() if row.graph is None else term(row.graph)
    return ox.Quad(term(row.subject), ox.NamedNode(row.predicate), term(row.object), graph)


def canonical(quads: list[ox.Quad]) -> set[str]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(one) for one in dataset}


def rows_of(path: Path) -> list[ScannedTriple]:
    text = path.read_bytes().decode().removeprefix("\ufeff")
    return list(scan_lines(text) if path.suffix in (".nt", ".nq") else scan(text))


def place(text: str, offset: int) -> LineColumn:
    """Line and column, the slow and plain way."""
    lines = re.split(r"\r\n|\n|\r", text[:offset])
    return LineColumn(len(lines), len(lines[-1]) + 1)


def same(found: TermKey, written: object, pairs: dict[str, str]) -> bool:
    """Whether two terms are the same up to the names of blank nodes, which are paired one to one."""
    if isinstance(found, str) and isinstance(written, str) and found.startswith("_:"):
        return written.startswith("_:") and pairs.setdefault(found, written) == written
    if isinstance(found, tuple) and isinstance(written, tuple) and len(found) == len(written) == 3:
        return all(same(one, other, pairs) for one, other in zip(found, written, strict=True))
    return found == written


def check_rows(text: str, rows: list[ScannedTriple], written: list[Written]) -> None:
    assert len(rows) == len(written)
    order = sorted(rows, key=lambda row: (row.object_at, row.subject_at, row.end, row.predicate_at, row.predicate))
    expected = sorted(
        written,
        key=lambda one: (one.tokens[2][0], one.tokens[0][0], one.end, one.tokens[1][0], str(one.terms[1])),
    )
    pairs: dict[str, str] = {}
    for row, one in zip(order, expected, strict=True):
        offsets = (row.subject_at, row.predicate_at, row.object_at)
        assert offsets == tuple(at for at, _ in one.tokens)
        assert row.end == one.end
        assert all(text.startswith(token, at) for at, token in one.tokens)
        for found, meant in zip((row.subject, row.predicate, row.object), one.terms, strict=True):
            assert same(found, meant, pairs)
        assert (row.graph is None) == (one.graph is None)
        assert row.graph is None or same(row.graph, one.graph, pairs)
    assert len(set(pairs.values())) == len(pairs)


@pytest.mark.parametrize("suffix", [".ttl", ".trig"])
@RELAXED
@given(random=st.randoms(use_true_random=True))
def test_what_was_written_is_found_where_it_was_written(suffix: str, random: Random) -> None:
    text, written = document(random, suffix == ".trig")
    note(text)
    rows = list(scan(text))
    parsed = list(ox.parse(text, format=oxigraph_format(Path("x" + suffix))))
    assert canonical(parsed) == canonical([quad(row) for row in rows])
    check_rows(text, rows, written)


@pytest.mark.parametrize("suffix", [".ttl", ".trig"])
@RELAXED
@given(random=st.randoms(use_true_random=True))
def test_passing_over_statements_loses_nothing(suffix: str, random: Random) -> None:
    text, _ = document(random, suffix == ".trig")
    note(text)
    rows = list(scan(text))
    named = sorted({row.subject for row in rows if not row.subject.startswith("_:@")})
    some = set(random.sample(named, random.randint(0, len(named))))
    assert among(scan(text, None, some), some) == among(rows, some)
    with_blanks = [row for row in rows if has_blanks(row)]
    assert [row for row in scan(text, None, (), blanks=True) if has_blanks(row)] == with_blanks


def has_blanks(row: ScannedTriple) -> bool:
    return any(True for of in (row.subject, row.object) for _ in blank_nodes(of))


def among(rows: Iterable[ScannedTriple], subjects: set[str]) -> list[ScannedTriple]:
    return [row for row in rows if row.subject in subjects]


@pytest.mark.parametrize("suffix", [".ttl", ".trig"])
@RELAXED
@given(random=st.randoms(use_true_random=True))
def test_each_triple_of_a_reading_is_located(suffix: str, random: Random) -> None:
    """Blank nodes by their fingerprints: in the parser's reading, and in a store's, which renames and rewrites."""
    text, written = document(random, suffix == ".trig")
    note(text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x" + suffix)
        path.write_bytes(text.encode())
        store = load_files([(path, "http://g/")])
        expected = {(*(place(text, at) for at, _ in one.tokens), place(text, one.end)) for one in written}
        for quads in (list(ox.parse(path=path, format=oxigraph_format(path))), list(store)):
            triples = {one.triple for one in quads}
            blanks = fingerprints(triples)
            places = locate(path, triples, blanks=blanks)
            assert all(places.values())
            found = {(one.subject, one.predicate, one.object, one.end) for here in places.values() for one in here}
            assert found == expected
        assert fingerprints(surroundings(store, blanks)) == blanks


@RELAXED
@given(random=st.randoms(use_true_random=True))
def test_named_things_have_exactly_their_own_places(random: Random) -> None:
    text, written = document(random, True)
    note(text)
    expected = defaultdict(set)
    for one in written:
        if "'_:" not in repr((one.terms, one.graph)):
            places = tuple(place(text, at) for at, _ in one.tokens)
            graph = ox.DefaultGraph() if one.graph is None else ox.NamedNode(one.graph)
            subject, predicate, object_ = (term(part) for part in one.terms)
            expected[ox.Quad(subject, predicate, object_, graph)].add((*places, place(text, one.end)))
            expected[subject].add((places[0],))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.trig")
        path.write_bytes(text.encode())
        lines = re.split(r"\r\n|\n|\r", text)
        for wanted, here in locate(path, set(expected)).items():
            if isinstance(wanted, ox.Quad):
                assert {(one.subject, one.predicate, one.object, one.end) for one in here} == expected[wanted]
                assert {one.graph for one in here} == {wanted.graph_name}
                assert [one.object for one in here] == sorted(one.object for one in here)
            else:
                assert expected[wanted] <= {(one.subject,) for one in here}
            for one in here:
                assert source_lines(path, [one.subject.line]) == {one.subject.line: lines[one.subject.line - 1]}


@pytest.mark.parametrize("path", [*OWN_FILES, *SMALL], ids=lambda path: path.name)
def test_the_scanner_reads_files_as_pyoxigraph_does(path: Path) -> None:
    source = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    parsed = list(ox.parse(source, format=oxigraph_format(path)))
    rows = rows_of(path)
    assert canonical(parsed) == canonical([quad(row) for row in rows])
    text = source.decode()
    subjects = {row.subject for row in rows if not row.subject.startswith("_:@")}
    for some in (set(), set(sorted(subjects)[::3]), subjects):
        if path.suffix in (".nt", ".nq"):
            found = lines_about(source, some)
            assert (found is None) is (path.name == "old-mac.nt")
            if found is None:
                continue
            part, numbers = found
            assert b"\n".join(source.split(b"\n")[number - 1] for number in numbers) == part
            again = scan_lines(part.decode())
            assert [row[:4] for row in among(again, some)] == [row[:4] for row in among(rows, some)]
        else:
            assert among(scan(text, None, some), some) == among(rows, some)


@pytest.mark.slow
@pytest.mark.parametrize("path", [*OWN_FILES, *SMALL], ids=lambda path: path.name)
def test_every_statement_of_a_file_is_located(path: Path) -> None:
    source = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    quads = set(ox.parse(source, format=oxigraph_format(path)))
    places = locate(path, quads, blanks=fingerprints(quads))
    for wanted, here in places.items():
        assert here, str(wanted)
        for one in here:
            assert isinstance(one, TriplePosition)
            line = source_lines(path, [one.object.line])[one.object.line][one.object.column - 1 :]
            if isinstance(wanted.object, ox.Literal) and line[0] in "\"'":
                assert line.strip("\"'").startswith(wanted.object.value.split("\n")[0][:3]) or "\\" in line


def test_own_subjects_stand_at_the_beginning_of_their_statements() -> None:
    path = ROOT / "graph" / "mtsp-2022-2026" / "plan.ttl"
    subjects = {one.subject for one in ox.parse(path=path, format=ox.RdfFormat.TURTLE)}
    for here in locate(path, subjects).values():
        assert here
        assert all(isinstance(one, SubjectPosition) and one.subject.column == 1 for one in here)
