"""How long the rules take that SHACL Core cannot say: check queries against the same rules as sh:sparql.

    python benchmarks/validate_rules.py --triples 60000 [--runs 3] [--no-pyshacl] [--core] [--without RULE]
    python benchmarks/validate_rules.py --checks 20000 60000 600000 [--runs 3]

The first makes a project of a corpus (`validate_corpus.py`): our ontology, the graph as N-Quads, and those check
queries for which `sparql_rules.ttl` has a shape of the same name. `mtsp --project DIR validate` runs against the
`pyshacl` command line with `sparql_rules.ttl` on the same triples, whole processes; each rule must find the same focus
nodes. `mtsp validate FILE --shapes sparql_rules.ttl`, the default engine's own SPARQL, stands beside them. A project
has at least one shape: this one's is that of the labels' padding, which pySHACL is given, too; with --core all of the
project's shapes go with the rules, on both sides.

The second times every check query, each alone, on stores of growing size, and fits the exponent: they grow as a scan of
the store does. pySHACL's time is nearly all parsing, of the rule's query for each focus node anew; so how
many times faster we are depends on how many nodes a rule looks at. label-shared, which looks at all that has a name, is
most of it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
from validate import SCRIPTS, results
from validate_corpus import Corpus, exponent, median_run, run, tell, told

from mtsp_kg import vocab
from mtsp_kg.load import load_project
from mtsp_kg.plan import names
from mtsp_kg.plan.project import plan_project

RULES = Path(__file__).with_name("sparql_rules.ttl")
ONE_SHAPE = f"""
@prefix shapes: <{names.SHAPES}> . @prefix sh: <{vocab.SH}> . @prefix skos: <{vocab.SKOS}> .
shapes:Padding a sh:NodeShape ; sh:targetSubjectsOf skos:prefLabel ;
    sh:property [ sh:path skos:prefLabel ; sh:pattern "^\\\\S" ; sh:message "Space before the label."@en ] .
"""
NODE_SHAPE = ox.NamedNode(vocab.SH_NODE_SHAPE)
Found = dict[str, set[str]]  # by rule, the focus nodes


def all_rules() -> list[str]:
    """The names of the rules that `sparql_rules.ttl` holds."""
    shapes = [triple.subject for triple in ox.parse(path=RULES) if triple.object == NODE_SHAPE]
    return sorted(shape.value.removeprefix(names.SHAPES) for shape in shapes)


def project(corpus: Corpus, triples: int, folder: Path, data: Path, rules: list[str], core: bool) -> Path:
    """Makes a project of a corpus in a folder; gives back the file of shapes for those who read one file."""
    corpus.write(triples, data, folder)
    shutil.copytree(corpus.project.root / "ontology", folder / "ontology")
    (folder / "shapes").mkdir()
    (folder / "queries" / "check").mkdir(parents=True)
    known = {path.stem: path for path in corpus.project.query_files("check")}
    for name in rules:
        shutil.copy(known[name], folder / "queries" / "check")
    texts = [path.read_text(encoding="utf-8") for path in corpus.project.shape_files()] if core else [ONE_SHAPE]
    (folder / "shapes" / "shapes.ttl").write_text("".join(texts), encoding="utf-8")
    both = folder / "both.ttl"
    off = [f"<{names.SHAPES}{rule}> <{vocab.SH_DEACTIVATED}> true .\n" for rule in all_rules() if rule not in rules]
    both.write_text("".join([*texts, RULES.read_text(encoding="utf-8"), *off]), encoding="utf-8")
    return both


def found_by_mtsp(output: bytes) -> Found:
    """The focus nodes by rule in our JSON."""
    found: Found = defaultdict(set)
    for finding in json.loads(output)["findings"]:
        found[finding["rule"].removeprefix(names.SHAPES)].add(finding["focus"])
    return found


def found_by_pyshacl(output: bytes) -> Found:
    """The focus nodes by shape in pySHACL's N-Triples."""
    found: Found = defaultdict(set)
    for focus, _, shape, *_ in results(output):
        found[shape.strip("<>").removeprefix(names.SHAPES)].add(focus.strip("<>"))
    return found


def must_equal(rules: list[str], ours: Found, theirs: Found, whose: str) -> None:
    """Ends the benchmark where a rule found other focus nodes."""
    for rule in rules:
        if ours[rule] != theirs[rule]:
            only, missed = sorted(ours[rule] - theirs[rule]), sorted(theirs[rule] - ours[rule])
            sys.exit(f"{rule}: ours and {whose} differ: ours alone {only[:3]}, {whose} alone {missed[:3]}")


def compare(rules: list[str], triples: int, runs: int, pyshacl: bool, core: bool, folder: Path) -> dict[str, object]:
    """Check queries, the default engine's sh:sparql and, where wanted, pySHACL's, on one corpus."""
    corpus, data = Corpus(), folder / "data.nt"
    both = project(corpus, triples, folder / "project", data, rules, core)
    figures: dict[str, object] = {"triples": corpus.triples, "nodes": corpus.nodes, "rules": len(rules), "core": core}
    mtsp = SCRIPTS / "mtsp"
    ours = median_run([mtsp, "--project", folder / "project", "validate", "--format", "json", "--show", "info"], runs)
    if ours is None:
        return figures | {"mtsp": "did not end"}
    mine = found_by_mtsp(ours.output)
    figures |= told("mtsp_checks", ours) | {"found": {rule: len(mine[rule]) for rule in rules}}
    engine = run([mtsp, "validate", data, "--shapes", both, "--format", "json", "--show", "info"])
    if engine:
        must_equal(rules, mine, found_by_mtsp(engine.output), "mtsp with sh:sparql")
        figures |= told("mtsp_sh_sparql", engine)
    theirs = run([SCRIPTS / "pyshacl", "-s", both, "-f", "nt", data]) if pyshacl else None
    if theirs:
        must_equal(rules, mine, found_by_pyshacl(theirs.output), "pySHACL")
        figures |= told("pyshacl", theirs) | {"times_faster": round(theirs.seconds / ours.seconds, 1)}
        figures["times_faster_cpu"] = round(theirs.cpu / ours.cpu, 1)
        if engine:
            figures["sh_sparql_times_faster"] = round(theirs.seconds / engine.seconds, 1)
    elif pyshacl:
        figures["pyshacl"] = "did not end"
    return figures


def growth(sizes: list[int], runs: int, folder: Path) -> dict[str, object]:
    """Every check query alone, by size: the processor's seconds (the median), rows, and the exponent over the sizes."""
    corpus = Corpus()
    seconds: dict[str, list[float]] = defaultdict(list)
    rows: dict[str, list[int]] = defaultdict(list)
    triples = []
    for size in sizes:
        room = folder / str(size)
        corpus.write(size, folder / "data.nt", room)
        shutil.copytree(corpus.project.root / "ontology", room / "ontology")
        triples.append(corpus.triples)
        store = load_project(plan_project(room))
        for path in corpus.project.query_files("check"):
            query = path.read_text(encoding="utf-8")
            taken = []
            for _ in range(runs):
                begun = time.process_time()
                answer = store.query(query)
                assert isinstance(answer, ox.QuerySolutions)
                count = sum(1 for _ in answer)
                taken.append(time.process_time() - begun)
            seconds[path.stem].append(statistics.median(taken))
            rows[path.stem].append(count)
        del store
    told_ = {
        name: {
            "cpu_s": [round(figure, 4) for figure in taken],
            "rows": rows[name],
            "grows_with_exponent": round(exponent(triples, taken), 2) if len(sizes) > 1 else None,
        }
        for name, taken in seconds.items()
    }
    return {"triples": triples, "checks": told_}


def main() -> None:
    """Prints the figures as JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--triples", type=int, default=60_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--no-pyshacl", action="store_true")
    options.add_argument("--core", action="store_true")
    options.add_argument("--without", action="append", default=[], choices=all_rules(), metavar="RULE")
    options.add_argument("--checks", type=int, nargs="+", metavar="TRIPLES")
    options.add_argument("--json", metavar="FILE")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if asked.checks:
            figures = growth(asked.checks, asked.runs, Path(name))
        else:
            rules = [rule for rule in all_rules() if rule not in asked.without]
            figures = compare(rules, asked.triples, asked.runs, not asked.no_pyshacl, asked.core, Path(name))
    tell(figures, asked.json)


if __name__ == "__main__":
    main()
