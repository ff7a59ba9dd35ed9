"""The questions of `queries/ask/`: each answers as its golden file says and its header promises, in every engine.

`golden/<query>.csv` is the answer with the defaults, `golden/<query>@<parameter>=<value>.csv` with another value.
UPDATE_GOLDEN=1 writes them anew; then read them against the document.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib_joins import fast_joins

import mtsp_kg
from mtsp_kg.graph import KnowledgeGraph
from mtsp_kg.load import load_files
from mtsp_kg.plan import names
from mtsp_kg.plan.project import find_project
from mtsp_kg.query import parameters
from mtsp_kg.query.catalogue import NamedQuery, read_catalogue

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
UPDATE = "UPDATE_GOLDEN"
REFERENCE = "MTSP_TEST_REFERENCE"

ASK = {query.name: query for query in read_catalogue(find_project(), "ask")}
# Check queries are asked of both engines where their bad examples are, in tests/validate/.
OTHERS = {
    f"{query.kind}/{query.name}": query
    for query in read_catalogue(find_project())
    if query.kind not in ("ask", "check", "infer")
}
RULES = {query.name: query for query in read_catalogue(find_project(), "infer")}
TAGS = {
    *("partners", "services", "target-groups", "commitments", "conditions", "figures", "instruments", "challenges"),
    *("goals", "technologies", "themes", "regions", "document", "provenance", "coverage", "names", "foundation"),
}
# Classes that nothing is stated to be of: axioms and the rules of queries/infer/ give their members.
DEFINED = (
    *("Partner", "PlanningOrganization", "CommitmentPartner", "ServedGroup", "PromisedGroup", "CrossCuttingGroup"),
    *("UnservedTargetGroup", "ProvidedService", "PromisedService", "ServiceForSMEs", "PromisedServiceForSMEs"),
    *("SMEGroup", "UncoveredOutcome", "UnansweredChallenge", "CommitmentWithoutMeans"),
)
# Asked of rdflib in `make test` too: quick, and between them every form of SPARQL that the questions use.
QUICK_IN_RDFLIB = {
    *("coverage", "outcomes-without-target-group", "partners", "partners-and-their-commitments", "partners-of-outcome"),
    *("services-for-group-and-narrower", "statements-said-twice", "target-groups", "treaties-and-dates", "who-says"),
    *("entity-by-name",),
}
LONG_IN_RDFLIB = {"coverage/services-outcomes", "view/counts"}
WITHOUT_PARAGRAPH = {
    "names-in-languages": "no paragraph gives a name in a language: its `source` is the file that does"
}

# rdflib calls its own deprecated names, millions of times.
pytestmark = pytest.mark.filterwarnings("ignore:(Dataset|Conjunctive):DeprecationWarning")

Term = tuple[str, str, str] | None


@pytest.fixture(scope="session")
def kg() -> KnowledgeGraph:
    return mtsp_kg.open()


@pytest.fixture(scope="session")
def stated(kg: KnowledgeGraph) -> KnowledgeGraph:
    return KnowledgeGraph(kg.project, inferences=False)


@pytest.fixture(scope="session")
def small(second: Path) -> KnowledgeGraph:
    return KnowledgeGraph(find_project(second))


@pytest.fixture(scope="session")
def reference(kg: KnowledgeGraph) -> rdflib.Dataset:
    return _read_by_rdflib(kg)


@pytest.fixture(scope="session")
def small_reference(small: KnowledgeGraph) -> rdflib.Dataset:
    return _read_by_rdflib(small)


def _read_by_rdflib(kg: KnowledgeGraph) -> rdflib.Dataset:
    """The files and what follows from them: queries are asked of both."""
    files = [*kg.project.ontology_files(), *kg.project.graph_files()]
    return _dataset(((path, kg.project.graph_of(path)) for path in files), kg.infer().nquads())


def _dataset(files: Iterable[tuple[Path, str]], inferred: str = "") -> rdflib.Dataset:
    """inferred: N-Quads. They are read first, because rdflib's parser of N-Quads removes the default graph."""
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=inferred, format="nquads")
    for path, graph in files:
        named = dataset.graph(rdflib.URIRef(graph))
        (dataset if path.suffix == ".trig" else named).parse(path)
        # What a TriG file says outside its graphs is in the graph of the file.
        for triple in list(dataset.default_graph):
            named.add(triple)
            dataset.default_graph.remove(triple)
    return dataset


def test_the_questions_that_rdflib_is_quick_with_have_every_form() -> None:
    quick = " ".join(ASK[name].text for name in QUICK_IN_RDFLIB)
    forms = ("UNION", "OPTIONAL", "NOT EXISTS", "MINUS", "GROUP BY", "HAVING", "GROUP_CONCAT", "COUNT(DISTINCT",
             "VALUES", "BIND", "COALESCE", "IF(", "STRSTARTS", "ORDER BY DESC", "GRAPH ?")  # fmt: skip
    assert [form for form in forms if form not in quick] == []
    assert re.search(r"\w[+*] ", quick), "a path of any length"


def _rows(store: ox.Store, sparql: str) -> list[tuple[Term, ...]]:
    def term(found: object) -> Term:
        if isinstance(found, ox.Literal):
            return found.value, found.language or "", "" if found.language else found.datatype.value
        return None if found is None else (found.value, "", "")  # type: ignore[attr-defined]

    solutions = store.query(sparql)
    assert isinstance(solutions, ox.QuerySolutions)
    return [tuple(map(term, solution)) for solution in solutions]


def _reference_rows(dataset: rdflib.Dataset, sparql: str) -> list[tuple[Term, ...]]:
    def term(found: object) -> Term:
        if isinstance(found, rdflib.Literal):
            kind = "" if found.language else str(found.datatype or rdflib.XSD.string)
            return str(found), found.language or "", kind
        return None if found is None else (str(found), "", "")

    with fast_joins():
        return [tuple(map(term, row)) for row in dataset.query(sparql)]  # type: ignore[union-attr]


def _cases() -> list[str]:
    """Each query with its defaults, and each golden file with other values."""
    return sorted({*ASK, *(path.stem for path in GOLDEN.glob("*.csv"))})


@pytest.mark.parametrize("case", _cases())
def test_it_answers_as_the_golden_file_says(kg: KnowledgeGraph, case: str) -> None:
    name, _, values = case.partition("@")
    answer = kg.query(name, **dict(value.split("=", 1) for value in values.split("&") if value)).write("csv")
    golden = GOLDEN / f"{case}.csv"
    if os.environ.get(UPDATE):
        golden.write_text(answer, encoding="utf-8", newline="")
    assert golden.is_file(), f"{golden.name} is missing: set {UPDATE}=1, run this again and read it"
    assert answer == golden.read_bytes().decode()


@pytest.mark.parametrize("query", ASK.values(), ids=ASK)
def test_inferences_change_no_answer_but_to_questions_about_what_follows(
    kg: KnowledgeGraph, stated: KnowledgeGraph, query: NamedQuery
) -> None:
    same = stated.query(query.name).write("csv") == kg.query(query.name).write("csv")
    assert same != any(f"mtsp:{name} " in query.text for name in DEFINED)


def test_no_question_has_nothing_to_show(kg: KnowledgeGraph) -> None:
    assert [name for name in ASK if not kg.query(name)] == []


@pytest.mark.parametrize("query", ASK.values(), ids=ASK)
def test_its_header_tells_what_it_asks_and_returns(kg: KnowledgeGraph, query: NamedQuery) -> None:
    assert query.summary.endswith("?")
    assert query.summary_zh.endswith("？")
    assert len(query.tags) == 3
    assert set(query.tags) <= TAGS
    assert list(query.returns) == kg.query(query.name).columns
    assert all(query.returns.values())
    assert all(parameter.about for parameter in query.parameters)


@pytest.mark.parametrize("query", ASK.values(), ids=ASK)
def test_its_defaults_are_those_of_its_text(kg: KnowledgeGraph, query: NamedQuery) -> None:
    for parameter in query.parameters:
        blocks = re.findall(rf"VALUES \?{parameter.name} {{ (.*?) }}", query.text)
        assert len(blocks) == 1
        if parameter.default is None:
            assert blocks == ["UNDEF"]
        else:
            assert _term(blocks[0], kg) == parameters.term(parameter, parameter.default, kg.entities)


@pytest.mark.parametrize("query", ASK.values(), ids=ASK)
def test_it_declares_the_prefixes_that_it_uses(query: NamedQuery) -> None:
    body = re.sub(r'(?m)^(#.*|PREFIX.*)$|"[^"]*"', "", query.text)
    assert set(re.findall(r"(?m)^PREFIX (\w+):", query.text)) == set(re.findall(r"\b([a-z]+):\w", body))


@pytest.mark.parametrize("query", ASK.values(), ids=ASK)
def test_it_shows_the_paragraphs(kg: KnowledgeGraph, query: NamedQuery) -> None:
    shown = {"paragraph", "paragraphs"} & set(kg.query(query.name).columns)
    assert bool(shown) != (query.name in WITHOUT_PARAGRAPH)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(query, id=name, marks=pytest.mark.slow if name in QUICK_IN_RDFLIB else pytest.mark.conformance)
        for name, query in ASK.items()
    ],
)
def test_rdflib_gives_the_same_rows_in_the_same_order(
    kg: KnowledgeGraph, reference: rdflib.Dataset, query: NamedQuery
) -> None:
    assert _rows(kg.completed.snapshot(), query.text) == _reference_rows(reference, query.text)


@pytest.mark.conformance
@pytest.mark.parametrize("name", OTHERS)
def test_rdflib_gives_the_same_rows_to_other_queries_of_a_small_plan(
    small: KnowledgeGraph, small_reference: rdflib.Dataset, name: str
) -> None:
    ours, theirs = (
        _rows(small.completed.snapshot(), OTHERS[name].text),
        _reference_rows(small_reference, OTHERS[name].text),
    )
    assert sorted(map(str, ours)) == sorted(map(str, theirs))


@pytest.mark.slow
@pytest.mark.parametrize("name", RULES)
def test_rdflib_constructs_the_same_by_a_rule(
    small: KnowledgeGraph, small_reference: rdflib.Dataset, name: str
) -> None:
    found = small.completed.snapshot().query(RULES[name].text)
    assert isinstance(found, ox.QueryTriples)
    with fast_joins():
        theirs = small_reference.query(RULES[name].text).graph
    assert theirs is not None
    assert {tuple(str(term) for term in triple) for triple in found} == {
        tuple(term.n3() for term in triple) for triple in theirs
    }


@pytest.mark.conformance
@pytest.mark.parametrize("name", OTHERS)
def test_rdflib_gives_the_same_rows_to_other_queries(kg: KnowledgeGraph, reference: rdflib.Dataset, name: str) -> None:
    if name in LONG_IN_RDFLIB and REFERENCE not in os.environ:
        pytest.skip(f"rdflib takes a minute: set {REFERENCE} to run this")
    ours, theirs = _rows(kg.completed.snapshot(), OTHERS[name].text), _reference_rows(reference, OTHERS[name].text)
    assert sorted(map(str, ours)) == sorted(map(str, theirs))


# Two passages of a plan that say the same thing: once it holds, twice it is said.
TWICE = [
    (HERE / "twice" / "said.trig", "https://example.org/said"),
    (HERE / "twice" / "plan.ttl", "https://example.org/plan"),
]


@pytest.mark.parametrize(
    ("pattern", "times"),
    [
        ("?wipo mtsp:partnersWith ?who", 1),
        ("GRAPH ?passage { ?wipo mtsp:partnersWith ?who }", 2),
        ("GRAPH ?passage { ?wipo mtsp:partnersWith ?who } ?wipo mtsp:partnersWith ?who", 2),
        ("?wipo mtsp:worksWith|mtsp:partnersWith ?who", 1),
    ],
)
def test_what_two_passages_say_holds_once_and_is_said_twice(pattern: str, times: int) -> None:
    count = f"PREFIX mtsp: <{names.ONTOLOGY}> SELECT (COUNT(*) AS ?times) WHERE {{ {pattern} }}"
    found = _rows(load_files(TWICE), count)
    assert [row[0][0] for row in found if row[0]] == [str(times)]
    assert found == _reference_rows(_dataset(TWICE), count)


@pytest.mark.parametrize(
    ("name", "numbers"), [("partners", ["1", "note/1"]), ("statements-said-twice", ["2", "1 note:1"])]
)
def test_the_catalogue_counts_them_so(name: str, numbers: list[str]) -> None:
    found = _rows(load_files(TWICE), ASK[name].text)
    assert found == _reference_rows(_dataset(TWICE), ASK[name].text)
    if name == "partners":
        assert [row[-1][0].split("mtsp-2022-2026/")[1].removeprefix("para/") for row in found if row[-1]] == numbers
    else:
        assert [[cell[0] for cell in row[3:] if cell] for row in found] == [numbers]


def _term(written: str, kg: KnowledgeGraph) -> ox.NamedNode | ox.Literal:
    if written.startswith('"'):
        return ox.Literal(written[1:-1])
    return ox.NamedNode(kg.profile.expand(written) or written)
