"""Every shape has a bad example that it alone reports, in every engine; the good ones conform; every shape speaks.

`<Shape>.ttl`, or `<Shape>-<variant>.ttl`, is one fault added to the good examples and the ontology. The reference
engine takes over half a second an example, so it goes through them one by one only where MTSP_TEST_REFERENCE is set;
at all times it must find in all examples together what the native engine finds.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from mtsp_kg import vocab
from mtsp_kg.load import load_files
from mtsp_kg.plan import names
from mtsp_kg.plan.project import find_project
from mtsp_kg.validate.engines import ENGINES, read_report
from mtsp_kg.validate.findings import Finding
from mtsp_kg.validate.inputs import source_files
from mtsp_kg.validate.merged_data import merged_ntriples
from mtsp_kg.validate.shapes import Shapes, read_shapes

HERE = Path(__file__).parent
BAD = sorted(path for suffix in ("ttl", "trig") for path in HERE.glob(f"*.{suffix}"))
GOOD = sorted((HERE / "good").iterdir())
REFERENCE = "MTSP_TEST_REFERENCE"
BEYOND_CORE = ("sparql", "select", "ask", "js", "rule")


@cache
def _shapes() -> Shapes:
    project = find_project()
    return read_shapes(source_files(project, project.shape_files()), project.profile)


@cache
def _shape_graph() -> ox.Store:
    project = find_project()
    return load_files((path, project.graph_of(path)) for path in project.shape_files())


def _findings(engine: str, *files: Path) -> list[Finding]:
    pytest.importorskip(engine)
    project = find_project()
    store = load_files((path, project.graph_of(path)) for path in [*project.ontology_files(), *GOOD, *files])
    return read_report(ENGINES[engine](_shapes().ntriples)(merged_ntriples(store)), _shapes(), store)


def _reported(engine: str, *files: Path) -> set[str]:
    return {finding.shape.removeprefix(names.SHAPES) for finding in _findings(engine, *files)}


def _speaking() -> set[str]:
    """The local names of the shapes that have a message, and so report."""
    return {iri.removeprefix(names.SHAPES) for iri, shape in _shapes().by_iri.items() if shape.messages}


@pytest.mark.parametrize("engine", ENGINES if os.environ.get(REFERENCE) else ["shacl"])
@pytest.mark.parametrize("example", BAD, ids=lambda path: path.name)
def test_exactly_the_named_shape_reports_the_bad_example(example: Path, engine: str) -> None:
    assert _reported(engine, example) == {example.stem.split("-")[0]}


@pytest.mark.conformance
def test_the_engines_find_the_same_in_all_examples_together() -> None:
    native, reference = (_findings(engine, *BAD) for engine in ("shacl", "pyshacl"))
    assert len(native) > 100
    assert native == reference


@pytest.mark.parametrize("engine", ENGINES)
def test_the_good_examples_conform(engine: str) -> None:
    assert _reported(engine) == set()


def test_every_shape_that_reports_has_a_bad_example() -> None:
    assert _speaking() == {example.stem.split("-")[0] for example in BAD}


def test_every_shape_that_can_report_has_name_message_and_severity_in_both_languages() -> None:
    store = _shape_graph()

    def languages(node: ox.NamedNode, term: str) -> list[str]:
        quads = store.quads_for_pattern(node, ox.NamedNode(vocab.SH + term), None, ox.DefaultGraph())
        return sorted(quad.object.language or "" for quad in quads if isinstance(quad.object, ox.Literal))

    reporting: set[object] = set()
    for quad in store.quads_for_pattern(None, ox.NamedNode(vocab.SH_PROPERTY), None, ox.DefaultGraph()):
        reporting.add(quad.object)
    for shape in _shapes().targeted():
        node = ox.NamedNode(shape.iri)
        about = {quad.predicate.value for quad in store.quads_for_pattern(node, None, None, ox.DefaultGraph())}
        if about - {vocab.RDF_TYPE, vocab.SH_PROPERTY, *vocab.SH_TARGETS}:
            reporting.add(node)
    assert reporting
    for reporter in reporting:
        assert isinstance(reporter, ox.NamedNode), "a property shape without an IRI"
        assert languages(reporter, "name") == ["en", "zh"], reporter
        assert languages(reporter, "message") == ["en", "zh"], reporter
        severity = [*store.quads_for_pattern(reporter, ox.NamedNode(vocab.SH + "severity"), None, ox.DefaultGraph())]
        assert len(severity) == 1, reporter


def test_shapes_are_shacl_core() -> None:
    used = {quad.predicate.value.removeprefix(vocab.SH) for quad in _shape_graph()}
    assert not used & set(BEYOND_CORE)


def test_every_shape_has_a_target_or_is_used_by_one_that_has() -> None:
    store = _shape_graph()
    used = {quad.object for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    assert [iri for iri, shape in _shapes().by_iri.items() if not shape.targets and ox.NamedNode(iri) not in used] == []
