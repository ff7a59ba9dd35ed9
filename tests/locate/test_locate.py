"""What `locate` gives back, in small: each form of place, each kind of file, each error."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from locate_writer import document

from mtsp_kg.errors import DataError, NotFoundError
from mtsp_kg.load import load_files
from mtsp_kg.locate import (
    FilePosition,
    LineColumn,
    SubjectPosition,
    TriplePosition,
    fingerprints,
    locate,
    source_lines,
    surroundings,
)
from mtsp_kg.locate.ntriples_scanner import lines_about, scan_lines
from mtsp_kg.locate.tokens import TOKEN

E = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
HEAD = "@prefix : <http://example.org/> .\n"


def n(name: str) -> ox.NamedNode:
    return ox.NamedNode(E + name)


def written(folder: Path, text: str, name: str = "x.trig") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def short(places: list) -> list[str]:
    """Places as `subject predicate object end`, each as line:column."""
    return [
        " ".join(
            f"{point.line}:{point.column}"
            for point in (getattr(place, part, None) for part in ("subject", "predicate", "object", "end"))
            if point is not None
        )
        for place in places
    ]


def test_a_triple_has_the_places_of_its_tokens(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + ':a :p 1 ,\n  "日本"@ja ; # c\n :q :b .\n')
    triples = [ox.Triple(n("a"), n("p"), ox.Literal("日本", language="ja")), ox.Triple(n("a"), n("q"), n("b"))]
    found = locate(path, triples)
    assert found[triples[0]] == [
        TriplePosition(path, ox.DefaultGraph(), LineColumn(2, 1), LineColumn(2, 4), LineColumn(3, 3), LineColumn(3, 10))
    ]
    assert short(found[triples[1]]) == ["2:1 4:2 4:5 4:7"]


def test_what_stands_in_several_places_has_them_in_order(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + ":a :p 1 . :g { :a :p 1 }\n:a :p 2, 1 . :g { :a :p 1 , 1 }")
    triple = ox.Triple(n("a"), n("p"), ox.Literal(1))
    in_graph = ox.Quad(*triple, n("g"))
    found = locate(path, [triple, in_graph, n("a")])
    assert short(found[triple]) == [
        "2:1 2:4 2:7 2:8", "2:16 2:19 2:22 2:23", "3:1 3:4 3:10 3:11", "3:19 3:22 3:25 3:26", "3:19 3:22 3:29 3:30",
    ]  # fmt: skip
    assert [place.graph for place in found[in_graph]] == [n("g")] * 3
    assert short(found[n("a")]) == ["2:1 2:3", "2:16 2:18", "3:1 3:3", "3:19 3:21"]
    assert all(isinstance(place, SubjectPosition) for place in found[n("a")])


def test_what_does_not_stand_there_has_no_place(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + ":a :p 1 . # :b :p 1\n:c :p ':b :p 1 . :d' .")
    wanted = [ox.Triple(n("b"), n("p"), ox.Literal(1)), n("d"), ox.Quad(n("a"), n("p"), ox.Literal(1), n("g"))]
    assert locate(path, wanted) == {item: [] for item in wanted}
    assert locate(path, []) == {}


def test_the_default_graph_goes_by_the_name_it_was_loaded_under(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + ":a :p 1 .")
    in_file = ox.Quad(n("a"), n("p"), ox.Literal(1), n("file"))
    assert locate(path, [in_file])[in_file] == []
    places = locate(path, [in_file], graph=n("file"))[in_file]
    assert [place.graph for place in places] == [n("file")]


def test_a_literal_that_a_store_rewrote_is_found_as_it_is_written(tmp_path: Path) -> None:
    date = f"'2022-01-01T00:00:00.0Z'^^<{XSD}dateTime>"
    path = written(tmp_path, f"{HEAD}:a :p 0.80 , 00.8 , +1 ; :q 0.80 , 0.8 ; :r {date} .")
    store = load_files([(path, E + "file")])
    quads = list(store.quads_for_pattern(None, None, None, n("file")))
    places = locate(path, quads, graph=n("file"))
    found = {quad.predicate.value[-1] + quad.object.value: here for quad, here in places.items()}
    assert short(found["p0.8"]) == ["2:1 2:4 2:7 2:11", "2:1 2:4 2:14 2:18"]
    assert short(found["p1"]) == ["2:1 2:4 2:21 2:23"]
    assert short(found["q0.8"]) == ["2:1 2:26 2:36 2:39"]  # the exact form wins
    assert len(found["r2022-01-01T00:00:00Z"]) == 1


def test_lists_stand_at_their_items(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + ":a :p ( 1 [ :q 2 ] ) .")
    quads = list(ox.parse(path=path))
    found = locate(path, quads, blanks=fingerprints(quads))
    assert sorted(
        (quad.predicate.value.rsplit("/")[-1].rsplit("#")[-1], *short(places)) for quad, places in found.items()
    ) == [
        ("first", "2:11 2:11 2:11 2:19"),
        ("first", "2:7 2:9 2:9 2:10"),
        ("p", "2:1 2:4 2:7 2:21"),
        ("q", "2:11 2:13 2:16 2:17"),
        ("rest", "2:11 2:20 2:20 2:21"),
        ("rest", "2:7 2:11 2:11 2:19"),
    ]


def test_a_blank_node_is_found_by_what_is_said_with_it(tmp_path: Path) -> None:
    """A store makes up new labels; two nodes that say the same have the places of both."""
    objects = "[ :q 1 ] , [ :q 2 ] , [ :q 2 ] , [ :q [ :r 1 ] ] , [ :q [ :r 2 ] ]"
    path = written(tmp_path, f"{HEAD}:a :p {objects} .\n_:x :q 3 .")
    other = written(tmp_path, HEAD + ":z :p [ :q 9 ] .", "other.ttl")
    store = load_files([(path, E + "file"), (other, E + "other")])
    nodes = {quad.subject for quad in store if isinstance(quad.subject, ox.BlankNode)}
    blanks = fingerprints(surroundings(store, nodes))
    found = locate(path, nodes, blanks=blanks)
    assert sorted(short(places) for places in found.values()) == [
        [], ["2:18 2:19", "2:29 2:30"], ["2:18 2:19", "2:29 2:30"],
        ["2:40 2:41"], ["2:45 2:46"], ["2:58 2:59"], ["2:63 2:64"], ["2:7 2:8"], ["3:1 3:4"],
    ]  # fmt: skip
    assert sorted(short(places) for places in locate(other, nodes, blanks=blanks).values())[-1] == ["2:7 2:8"]


def test_fingerprints_leave_inferences_out(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + ":a :p [ :q 1 ] .")
    store = load_files([(path, E + "file")])
    node = next(quad.object for quad in store if isinstance(quad.object, ox.BlankNode))
    plain = fingerprints(surroundings(store, [node]))
    store.add(ox.Quad(node, n("inferred"), n("a"), n("inferences")))
    assert fingerprints(surroundings(store, [node])) != plain
    assert fingerprints(surroundings(store, [node], without=[n("inferences")])) == plain


def test_without_fingerprints_a_label_is_what_is_written(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + ":a :p _:x . _:x :p [ :p _:x ] .")
    found = locate(path, [ox.BlankNode("x"), ox.BlankNode("y")])
    assert [short(places) for places in found.values()] == [["2:13 2:16"], []]


@pytest.mark.parametrize("name", ["x.jsonld", "x.rdf"])
def test_formats_without_lines_give_the_file(tmp_path: Path, name: str) -> None:
    quads = [ox.Quad(n("a"), n("p"), ox.BlankNode()), ox.Quad(n("a"), n("p"), ox.Literal("x"))]
    quads.append(ox.Quad(quads[0].object, n("q"), ox.Literal("y")))
    path = tmp_path / name
    ox.serialize(quads, path, ox.RdfFormat.from_extension(path.suffix[1:]))
    wanted = {n("a"), quads[0].object, quads[1].triple, ox.Triple(n("a"), n("p"), n("b"))}
    found = locate(path, wanted, blanks=fingerprints(quads), graph=n("file"))
    assert found[n("a")] == [FilePosition(path, n("file"), n("a"))]
    assert found[quads[0].object] == [FilePosition(path, n("file"), quads[0].object)]
    assert found[quads[1].triple] == [FilePosition(path, n("file"), n("a"))]
    assert found[ox.Triple(n("a"), n("p"), n("b"))] == []


def test_a_base_from_outside(tmp_path: Path) -> None:
    path = written(tmp_path, "<a> <p> <#x> .")
    assert short(locate(path, [n("d/a")], base=E + "d/file")[n("d/a")]) == ["1:1 1:4"]


def test_a_file_with_a_byte_order_mark_counts_from_the_first_character() -> None:
    path = Path(__file__).parent / "syntax" / "windows.ttl"
    found = locate(path, [n("a"), n("b")])
    assert [short(places) for places in found.values()] == [["4:1 4:3"], ["8:1 8:3"]]
    assert source_lines(path, [6, 1]) == {1: "@prefix : <http://example.org/> .", 6: 'lines""" ; \t :q [ :r "日" ] .'}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "x.ttl",
            b"<http://e.x/a> <http://e.x/p>\n  .",
            "x.ttl:2:3: Turtle syntax error: . is not a valid RDF object.",
        ),
        ("x.nt", b"<http://e.x/a> .", "x.nt:1:16: N-Triples syntax error:"),
        ("x.jsonld", b"{", "x.jsonld:1:2: JSON-LD syntax error:"),
    ],
)
def test_a_file_that_does_not_parse(tmp_path: Path, name: str, text: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(text)
    with pytest.raises(DataError) as raised:
        locate(path, [n("a")])
    assert message in str(raised.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read: No such file"):
        locate(tmp_path / "none.ttl", [n("a")])
    with pytest.raises(DataError, match="cannot be read"):
        source_lines(tmp_path / "none.ttl", [1])
    with pytest.raises(NotFoundError):
        locate(tmp_path / "x.txt", [n("a")])


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_bytes(b'<http://e.x/a> <http://e.x/p>\n "\xff" .')
    with pytest.raises(DataError) as raised:
        locate(path, [n("a")])
    assert raised.value.line == 2
    with pytest.raises(DataError, match=r"x\.ttl:2: Byte 32 \(0xff\) is not UTF-8"):
        locate(path, [n("a")], parsed=True)


def test_a_line_that_is_not_there(tmp_path: Path) -> None:
    path = written(tmp_path, "one\ntwo")
    assert source_lines(path, [2]) == {2: "two"}
    with pytest.raises(DataError, match="has no line 3"):
        source_lines(path, [1, 3])
    path.write_bytes(b"one\rtwo\r\nthree")
    assert source_lines(path, [1, 2, 3]) == {1: "one", 2: "two", 3: "three"}


def test_depth_is_no_limit(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + ":a :p " + "[ :p " * 1200 + ":b" + " ]" * 1200 + " .")
    assert short(locate(path, [n("a")], parsed=True)[n("a")]) == ["2:1 2:3"]
    assert short(locate(path, [ox.BlankNode("x"), n("b")], parsed=True, blanks={})[n("b")]) == []


@settings(deadline=None, max_examples=50)
@given(random=st.randoms(use_true_random=True))
def test_lines_of_n_quads(random) -> None:
    quads = list(ox.parse(document(random, True)[0], format=ox.RdfFormat.TRIG))
    source = ox.serialize(quads, format=ox.RdfFormat.N_QUADS).decode()
    text = "".join(random.choice(["", "# c\n", "\n", " "]) + line for line in source.splitlines(keepends=True))
    rows = list(scan_lines(text))
    assert len(rows) == len(quads)
    for row, quad in zip(rows, quads, strict=True):
        line = ox.serialize([quad.triple], format=ox.RdfFormat.N_TRIPLES).decode().removesuffix(" .\n")
        assert text.startswith(line, row.subject_at)
        assert row.end == row.subject_at + len(line)
        assert row.predicate_at == row.subject_at + len(str(quad.subject)) + 1
        assert row.object_at == row.predicate_at + len(str(quad.predicate)) + 1
        assert row.graph == (None if quad.graph_name == ox.DefaultGraph() else str(quad.graph_name).strip("<>"))
        assert TOKEN.match(text, row.subject_at).end() == row.predicate_at - 1
    subjects = {row.subject for row in rows[::2]}
    assert not rows or lines_about(text.encode().replace(b"\n", b"\r"), subjects) is None
    for end in ("\n", "\r\n"):
        part, numbers = lines_about(text.replace("\n", end).encode(), subjects)
        again = [row for row in scan_lines(part.decode()) if row.subject in subjects]
        assert [row[:4] for row in again] == [row[:4] for row in rows if row.subject in subjects]
        written = text.split("\n")
        assert [written[number - 1] for number in numbers] == part.decode().split(end) or not numbers
