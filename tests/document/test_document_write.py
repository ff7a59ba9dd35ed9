"""The structure of the made-up plan, as Turtle, against the file that a person has read."""

from __future__ import annotations

import os
from pathlib import Path

import pyoxigraph
import pytest
import rdflib

from mtsp_kg.errors import DataError, ParameterError
from mtsp_kg.plan.document import passages, read_document, structure, write_structure

DATA = Path(__file__).parent.parent / "data" / "plan"
GOLDEN = DATA / "document.ttl"


def test_golden(tmp_path: Path) -> None:
    target = tmp_path / "new" / "document.ttl"
    assert write_structure(read_document(DATA / "plan-zh.txt"), "mtsp-2032-2035", target) == (target, True, 26)
    assert target.read_text(encoding="utf-8") == GOLDEN.read_text(encoding="utf-8")
    assert [path.name for path in target.parent.iterdir()] == ["document.ttl"]


def test_twice_changes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "document.ttl"
    document = read_document(DATA / "plan-zh.txt")
    write_structure(document, "mtsp-2032-2035", target)
    os.utime(target, (1, 1))
    assert not write_structure(document, "mtsp-2032-2035", target).changed
    assert target.stat().st_mtime == 1


def test_both_parsers_read_it_alike() -> None:
    ours = {quad.triple for quad in pyoxigraph.parse(path=str(GOLDEN), format=pyoxigraph.RdfFormat.TURTLE)}
    theirs = rdflib.Graph().parse(GOLDEN)
    assert len(ours) == len(theirs) > 0


def test_no_sentence_is_written() -> None:
    document = read_document(DATA / "plan-zh.txt")
    written = structure(document, document.plan)
    assert not [name for name, passage in passages(document).items() if passage.text in written]
    assert not [wording.element for wording in document.wordings if wording.text in written]


@pytest.mark.parametrize("slug", ["", "MTSP", "a b", "../x", "org", "a/b"])
def test_an_invalid_slug(slug: str, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="is not a valid plan slug"):
        write_structure(read_document(DATA / "plan-zh.txt"), slug, tmp_path / "document.ttl")
    assert not list(tmp_path.iterdir())


def test_a_target_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match=r"The file cannot be written: .*\. Check the folder"):
        write_structure(read_document(DATA / "plan-zh.txt"), "mtsp-2032-2035", tmp_path / "file" / "document.ttl")
