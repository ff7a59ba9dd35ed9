"""What THREAT_MODEL.md promises of files: what is written can be read, is on disk before it is told, survives faults.

MTSP_EXAMPLES: how many generated graphs are written and read (300 if it is not set); MTSP_FLIPS: how many bits of the
cache are flipped (6).
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from publish_project import ROOT

import mtsp_kg
from mtsp_kg.formats import RDF_FORMATS
from mtsp_kg.plan import names
from mtsp_kg.publish import folder
from mtsp_kg.publish.rdf_writer import RdfDocument
from mtsp_kg.publish.site_check import check_site

pytestmark = pytest.mark.slow

FLIPS = int(os.environ.get("MTSP_FLIPS", "6"))
LOCAL = st.text(st.sampled_from("abz09._-~%é中:@!$&'()*+,;=/?"), max_size=12).map(lambda text: text.replace("%", "%41"))
IRIS = st.one_of(
    st.sampled_from(
        ["https://w3id.org/mtsp-kg/id/org/", "https://w3id.org/mtsp-kg/ontology#", "urn:x:", "http://a/"]
    ).flatmap(lambda space: LOCAL.map(lambda local: f"{space}{local}"))
).map(ox.NamedNode)
# Characters outside XML 1.0 are refused when RDF/XML is written, so no example here has them.
TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r\"\\<>&'"),
    max_size=40,
)
PLAIN = TEXT.map(ox.Literal)
TAGGED = st.builds(
    lambda text, tag: ox.Literal(text, language=tag), TEXT, st.sampled_from(["en", "zh", "ar", "zh-hans"])
)
NUMBERS = st.integers().map(lambda number: ox.Literal(number)) | st.booleans().map(lambda truth: ox.Literal(truth))
TYPED = st.builds(
    lambda text, type_: ox.Literal(text, datatype=ox.NamedNode(type_)),
    TEXT,
    st.sampled_from(["http://www.w3.org/2001/XMLSchema#decimal", "http://www.w3.org/2001/XMLSchema#integer", "urn:t"]),
)
BLANKS = st.sampled_from(["a", "b", "c"]).map(ox.BlankNode)
# RDF/XML writes a property as a name: the last part of its IRI must be one.
PROPERTIES = st.sampled_from(["knows", "p-1", "名"]).map(
    lambda name: ox.NamedNode(f"https://w3id.org/mtsp-kg/ontology#{name}")
)
QUADS = st.lists(
    st.builds(ox.Quad, IRIS | BLANKS, PROPERTIES, IRIS | BLANKS | PLAIN | TAGGED | NUMBERS | TYPED, IRIS), max_size=12
)


def told(quads: list[ox.Quad], *, named: bool) -> list[str]:
    """Quads in canonical form, to compare; without graphs where the form has none."""
    data = ox.Dataset(quad if named else ox.Quad(*quad.triple) for quad in quads)
    data.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, data))


@settings(
    max_examples=int(os.environ.get("MTSP_EXAMPLES", "300")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(QUADS)
def test_what_is_written_can_be_read(quads: list[ox.Quad]) -> None:
    for format_ in RDF_FORMATS:
        content = RdfDocument(quads, names.profile()).write(format_.name)
        media = ox.RdfFormat.from_media_type(format_.media_type)
        assert media is not None
        read = list(ox.parse(content, media))
        assert told(read, named=format_.named_graphs) == told(quads, named=format_.named_graphs), format_.name


@pytest.mark.parametrize("text", ["a\rb\r\nc\td", "😀\U0010fffd", "é" * (1 << 19), "]]>&<", '"""\\u0041'])
def test_odd_and_long_literals_can_be_read(text: str) -> None:
    quad = ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:p#b"), ox.Literal(text), ox.NamedNode("urn:g"))
    for format_ in RDF_FORMATS:
        media = ox.RdfFormat.from_media_type(format_.media_type)
        assert media is not None
        (read,) = ox.parse(RdfDocument([quad], names.profile()).write(format_.name), media)
        assert read.object == quad.object, format_.name


def test_a_site_is_on_disk_before_it_takes_the_old_one_s_place(
    little: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def noting(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def called(*arguments: object) -> object:
            seen.append(name)
            return real(*arguments)

        return called

    for name in ("_flush_to_disk", "_exchange"):
        monkeypatch.setattr(folder, name, noting(name, getattr(folder, name)))
    monkeypatch.setattr(os, "fsync", noting("fsync", os.fsync))
    mtsp_kg.open(little).publish(tmp_path / "site")
    assert seen[-3:] == ["_flush_to_disk", "_exchange", "fsync"]


def test_a_full_disk_leaves_the_old_site(little: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk: writing fails as it does there."""
    target = tmp_path / "site"
    mtsp_kg.open(little).publish(target)
    (little / "graph" / "extra.ttl").write_text("<urn:a> <urn:b> <urn:c> .", "utf-8")

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    command = [sys.executable, "-m", "mtsp_kg", "--project", str(little), "publish", str(target)]
    environment = {**os.environ, "MTSP_CACHE": "off"}
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=little_room, env=environment, check=False)
    assert done.returncode not in (0, 1)
    assert "Traceback" not in done.stderr
    assert check_site(target).faults == ()
    assert "urn:a" not in (target / "dump" / "mtsp-kg.nq").read_text("utf-8")


def test_a_damaged_cache_never_gives_another_answer(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    environment = {**os.environ, "MTSP_CACHE": str(cache)}
    command = [sys.executable, "-m", "mtsp_kg", "query", "partners-of-outcome", "-f", "csv"]

    def asked() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)

    right = asked()
    assert right.returncode == 0
    whole = tmp_path / "whole"
    shutil.copytree(cache, whole)
    chance = random.Random(20)
    files = sorted(path for path in whole.rglob("*") if path.suffix == ".sst" or path.name.startswith("MANIFEST"))
    for _ in range(FLIPS):
        shutil.rmtree(cache)
        shutil.copytree(whole, cache)
        place = cache / chance.choice(files).relative_to(whole)
        content = bytearray(place.read_bytes())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        place.write_bytes(content)
        found = asked()
        assert found.stdout == right.stdout or (found.returncode != 0 and "Traceback" not in found.stderr), found.stderr
