"""mtsp infer: the same bytes each time, graphs that say where they come from, and no axiom skipped."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from mtsp_kg.cli import cli
from mtsp_kg.errors import DataError, QueryError
from mtsp_kg.formats import rdf_format
from mtsp_kg.graph import KnowledgeGraph, open_graph
from mtsp_kg.infer.inferred_graphs import add_inferences, graph_of
from mtsp_kg.infer.reasoner import Reasoner, rule_queries
from mtsp_kg.infer.reasoning import Inferred
from mtsp_kg.infer.rules import KINDS, LEFT_OUT
from mtsp_kg.load import load_project
from mtsp_kg.plan.names import prefixes
from mtsp_kg.plan.project import plan_project
from mtsp_kg.project import Project

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
HEAD = "".join(f"@prefix {prefix}: <{name}> .\n" for prefix, name in prefixes("mtsp-2022-2026").items())


@pytest.fixture(scope="module")
def kg() -> KnowledgeGraph:
    return open_graph(ROOT)


def project(folder: Path, ontology: str, query: str = "") -> Project:
    """A project of its own: the ontology and an axiom more; with a query, the shipped graph too."""
    shutil.copytree(ROOT / "ontology", folder / "ontology")
    (folder / "graph").mkdir()
    if query:
        shutil.copytree(ROOT / "graph", folder / "graph", dirs_exist_ok=True)
    (folder / "ontology" / "more.ttl").write_text(HEAD + ontology, encoding="utf-8")
    if query:
        (folder / "queries" / "infer").mkdir(parents=True)
        (folder / "queries" / "infer" / "uncovered.rq").write_text(query, encoding="utf-8")
    return plan_project(folder)


@pytest.fixture(scope="module")
def rebuilt() -> Inferred:
    return open_graph(ROOT).infer()


@pytest.mark.parametrize("form", ["trig", "nquads", "turtle", "ntriples", "jsonld", "rdfxml"])
def test_dropped_and_rebuilt_the_bytes_are_the_same(tmp_path: Path, rebuilt: Inferred, form: str) -> None:
    path = tmp_path / "inferred"
    done = CliRunner().invoke(cli, ["infer", "--write", str(path), "--format", form], standalone_mode=False)
    assert done.exit_code == 0, done.output
    written = path.read_bytes()
    assert written == rebuilt.write(form).encode()
    media = ox.RdfFormat.from_media_type(rdf_format(form).media_type)
    assert media is not None
    assert len({quad.triple for quad in ox.parse(written, format=media)}) > 1000


def test_each_graph_says_from_which_axioms_it_is_derived(kg: KnowledgeGraph) -> None:
    parsed = list(ox.parse(kg.infer().nquads(), format=ox.RdfFormat.N_QUADS))
    derived = {
        (quad.subject, quad.object.value)
        for quad in parsed
        if quad.predicate.value.endswith("wasDerivedFrom") and isinstance(quad.object, ox.NamedNode)
    }
    chain = ox.NamedNode(graph_of("property-chain", kg.profile))
    assert (chain, prefixes()["mtsp"] + "contributesTo") in derived
    graphs = {quad.graph_name for quad in parsed if quad.graph_name != ox.NamedNode(kg.profile.inferred)}
    assert {graph for graph, _ in derived} == graphs


def test_nothing_asserted_is_inferred_and_queries_see_the_merge() -> None:
    project = plan_project(ROOT)
    store = load_project(project)
    asserted = {quad.triple for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    before = len(list(store.quads_for_pattern(None, None, None, ox.DefaultGraph())))
    closure = add_inferences(store, Reasoner(project))
    inferred = {quad.triple for quad in store if str(quad.graph_name).startswith(f"<{project.profile.inferred}/")}
    assert len(inferred) == closure.size()
    assert not inferred & asserted
    after = len(list(store.quads_for_pattern(None, None, None, ox.DefaultGraph())))
    assert after - before > closure.size()  # and what is said of the graphs


UNSUPPORTED = {
    "mtsp:worksWith a owl:ReflexiveProperty .": "owl:ReflexiveProperty",
    "owl:Thing rdfs:subClassOf mtsp:Agent .": "owl:Thing",
    "mtsp:Theme owl:equivalentClass [ a owl:Restriction ; owl:onProperty mtsp:serves ; "
    'owl:minCardinality "2"^^xsd:nonNegativeInteger ] .': "minimum cardinality 2",
    "mtsp:Theme owl:equivalentClass [ a owl:Restriction ; owl:onProperty mtsp:number ; "
    "owl:someValuesFrom xsd:string ] .": "values of a datatype",
    "mtsp:Theme rdfs:subClassOf [ owl:onProperties ( mtsp:number ) ; owl:someValuesFrom xsd:string ] .":
    "not supported",
    "mtsp:Theme owl:hasFlavour mtsp:Agent .": "owl:hasFlavour",
}  # fmt: skip


@pytest.mark.parametrize(("axiom", "named"), UNSUPPORTED.items(), ids=lambda text: text[:40])
def test_an_axiom_that_is_not_supported_is_named_with_file_and_line(tmp_path: Path, axiom: str, named: str) -> None:
    reasoner = Reasoner(project(tmp_path, f"\n# here\n{axiom}\n"))
    with pytest.raises(DataError, match=named) as caught:
        _ = reasoner.rules
    assert caught.value.file is not None
    assert caught.value.file.endswith("more.ttl")
    assert caught.value.line == HEAD.count("\n") + 3


def test_terms_of_the_ontology_cannot_be_the_same(tmp_path: Path) -> None:
    given = project(tmp_path, "mtsp:serves owl:sameAs mtsp:involves .")
    with pytest.raises(DataError, match="cannot be"):
        Reasoner(given).close(load_project(given))


RULE = """#+ summary: An outcome under which no commitment says with whom to work.
#+ because: ?outcome a mtsp:Outcome
#+ absent: a commitment under the outcome that names somebody to work with
PREFIX mtsp: <https://w3id.org/mtsp-kg/ontology#>
CONSTRUCT { ?outcome a mtsp:UncoveredOutcome } WHERE {
  ?outcome a mtsp:Outcome .
  MINUS { ?commitment mtsp:under ?outcome ; mtsp:worksWith ?partner }
}
"""
TERM = "mtsp:UncoveredOutcome a owl:Class ; rdfs:subClassOf mtsp:Uncovered . mtsp:Uncovered a owl:Class ."


def test_a_rule_that_owl_cannot_say_is_a_query(tmp_path: Path) -> None:
    project(tmp_path, TERM, RULE)
    kg = open_graph(tmp_path)
    assert kg.infer().counts["uncovered"] > 0
    found = kg.explain("?", "a", "mtsp:Uncovered")
    assert found
    assert found.replay() == (len(found.proofs), ())
    text = found.write()
    assert "queries/infer/uncovered.rq" in text
    assert "Absent: a commitment under the outcome that names somebody to work with." in text


def test_the_header_of_a_rule_must_name_its_premises(tmp_path: Path) -> None:
    given = project(tmp_path, TERM, RULE.replace("#+ because: ?outcome a mtsp:Outcome\n", ""))
    with pytest.raises(QueryError, match="premises"):
        Reasoner(given).close(load_project(given))


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("MINUS { ?commitment", "MINUS { GRAPH ?where { ?commitment", "contains a GRAPH pattern"),
        ("CONSTRUCT { ?outcome a mtsp:UncoveredOutcome } WHERE", "SELECT ?outcome WHERE", "must be a CONSTRUCT"),
        ("a mtsp:UncoveredOutcome }", "a mtsp:UncoveredOutcome ; mtsp:number 1 }", "not a triple pattern"),
        ("?outcome a mtsp:Outcome .", "?outcome a mtsp:Outcome ,", "not valid SPARQL"),
    ],
)
def test_a_rule_that_cannot_be_explained_is_refused(tmp_path: Path, was: str, now: str, said: str) -> None:
    given = project(tmp_path, TERM, RULE.replace(was, now))
    with pytest.raises(QueryError, match=said) as caught:
        Reasoner(given).close(load_project(given))
    assert str(caught.value.file).endswith("uncovered.rq")


def test_a_rule_may_have_prefixes_of_its_own(tmp_path: Path) -> None:
    project(tmp_path, TERM, RULE.replace("mtsp:", "our:"))
    found = open_graph(tmp_path).explain("?", "a", "mtsp:Uncovered")
    assert found
    assert all(one.holds for one in found)


# Rule, how many it is true of, one of these, and what its proof says.
RULES = {
    "uncovered-outcome": (6, "outcome:3.3", "Absent: a commitment under the outcome"),
    "unserved-target-group": (10, "group:blind-persons", "Absent: a commitment that is to serve"),
    "unanswered-challenge": (12, "challenge:food-security", "Absent: a commitment that is to address"),
    "commitment-without-means": (91, "commitment:55.1", "Absent: anything that the commitment delivers"),
    "cross-cutting-group": (14, "group:smes", "asserted in para:31"),
}


def test_every_rule_of_ours_is_tested() -> None:
    assert {path.stem for path in plan_project(ROOT).query_files("infer")} == RULES.keys()


@pytest.mark.parametrize("name", RULES)
def test_a_rule_of_ours_is_explained_and_replayed(kg: KnowledgeGraph, name: str) -> None:
    reasoning = kg.reasoning()
    number, example, said = RULES[name]
    assert kg.infer().counts[name] == number
    facts = [fact for rule, fact in reasoning.closure.inferred() if rule.kind == name]
    explained = reasoning.explain_facts(facts, limit=2)
    assert all(one.holds for one in explained)
    assert explained.replay().faults == ()
    found = kg.explain(example, "a", reasoning.explainer.wording.short(facts[0][0]))
    assert len(found) == 1
    assert said in found.write()
    replayed = reasoning.replay_json(found.write("json"))
    assert replayed.proofs
    assert not replayed.faults


@pytest.mark.parametrize(("plan", "number"), [("a", 1), ("b", 0)])
def test_pillars_of_two_plans_do_not_make_a_group_cross_cutting(plan: str, number: int) -> None:
    (rule,) = [query for query in rule_queries(plan_project(ROOT)) if query.name == "cross-cutting-group"]
    text = (
        HEAD
        + f"""@prefix : <http://example.org/> .
        :a a mtsp:StrategicPlan . :b a mtsp:StrategicPlan . :group a mtsp:StakeholderGroup .
        :c1 a mtsp:Commitment ; mtsp:serves :group ; mtsp:under :o1 . :o1 a mtsp:Outcome ; mtsp:partOf :p1 .
        :c2 a mtsp:Commitment ; mtsp:serves :group ; mtsp:under :o2 . :o2 a mtsp:Outcome ; mtsp:partOf :p2 .
        :p1 a mtsp:Pillar ; mtsp:partOf :a . :p2 a mtsp:Pillar ; mtsp:partOf :{plan} .
        :group a mtsp:PromisedGroup ."""
    )
    store = ox.Store()
    store.load(text.encode(), format=ox.RdfFormat.TURTLE)
    assert len(rule.run(store)) == number


def test_a_silence_that_ends_is_silent_no_more(tmp_path: Path) -> None:
    """One statement more, and what rested on its absence does not follow, nor replay, any longer."""
    for room in ("ontology", "graph", "queries"):
        shutil.copytree(ROOT / room, tmp_path / room)
    proof = open_graph(tmp_path).explain("challenge:food-security", "a", "mtsp:UnansweredChallenge").write("json")
    text = HEAD + "para:1 { service:wipo-green mtsp:addresses challenge:food-security }\n"
    (tmp_path / "graph" / "mtsp-2022-2026" / "more.trig").write_text(text, encoding="utf-8")
    after = open_graph(tmp_path)
    assert not after.explain("challenge:food-security", "a", "mtsp:UnansweredChallenge").holds
    assert after.reasoning().replay_json(proof).faults


def test_parts_of_a_service_are_offered_by_whoever_offers_the_service(kg: KnowledgeGraph) -> None:
    found = kg.explain("?", "providedBy", "org:wipo", most=100)
    offered = {kg.profile.shrink(one.triple[0].strip("<>")) for one in found if one.proofs[0].steps}
    assert offered == {f"service:{name}" for name in ("pct", "madrid-system", "hague-system", "lisbon-system")}
    assert "asserted in para:59" in found.write()


def test_kinds_are_told_and_what_is_left_out_has_its_reason() -> None:
    assert all({"rule", "en", "zh"} <= entry.keys() for entry in KINDS.values())
    assert all(entry.what and entry.why for entry in LEFT_OUT)
    done = CliRunner().invoke(cli, ["infer", "--left-out"], standalone_mode=False)
    assert done.output.count("\n") == 2 * len(LEFT_OUT)


def test_alignments_are_read_on_request(kg: KnowledgeGraph) -> None:
    assert len(kg.infer(alignments=True)) > len(kg.infer())


def test_queries_see_inferences_where_they_are_wanted_and_never_stale_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MTSP_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    folder.mkdir()
    project(folder, TERM, RULE)
    ask = "SELECT ?it WHERE { ?it a mtsp:Uncovered }"

    def rows(**wanted: bool) -> int:
        return len(open_graph(folder, **wanted).sparql(ask))

    assert rows(inferences=False) == 0
    first = rows(inferences=True)
    assert first > 0
    assert rows(inferences=True) == first  # from the cache
    query = folder / "queries" / "infer" / "uncovered.rq"
    query.write_text(RULE.replace("mtsp:UncoveredOutcome", "mtsp:Covered"), encoding="utf-8")
    assert rows(inferences=True) == 0
    query.write_text(RULE, encoding="utf-8")
    more = folder / "ontology" / "more.ttl"
    more.write_text(HEAD + TERM.replace("rdfs:subClassOf", "rdfs:seeAlso"), encoding="utf-8")
    assert rows(inferences=True) == 0
    stated = open_graph(folder, inferences=False)
    # Reasoning over a store that has inferences already begins with what is stated.
    assert open_graph(folder, inferences=True).infer().kinds == stated.infer().kinds
