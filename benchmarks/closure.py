"""How long the closure takes: ours against owlrl and reasonable, on the same axioms and the same facts, in one run.

    python benchmarks/closure.py [triples ...]          # 6000 60000 600000
    python benchmarks/closure.py --owlrl-up-to 60000

A corpus is the shipped graph with the core ontology, in copies: each copy is a plan of its own, with its own
paragraphs, statements, services and partners (every IRI below id/ renamed), the last copy cut to the size asked for.
Each engine runs in a process of its own with at most 12 GB. Seconds are inference alone, from the loaded facts to the
closure (ours: from the loaded store; reading the ontology and taking the facts out are included), the median of the
runs. That the closures are equal, tests/infer/test_closure.py shows. reasonable lacks property chains here, so it does
less.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "infer")]
IDS = b"https://w3id.org/mtsp-kg/id/"
MEMORY = 12 * 2**30


def corpus(size: int, path: Path) -> int:
    """Writes about `size` triples as N-Triples; gives back how many."""
    import pyoxigraph as ox

    from mtsp_kg.load import load_files
    from mtsp_kg.plan.project import find_project

    project = find_project(ROOT)
    files = [*project.ontology_files(), *project.graph_files()]
    core = [file for file in files if not file.name.startswith("align") and "alignments" not in file.parts]
    store = load_files((path, project.graph_of(path)) for path in core)
    lines = (store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b"").splitlines()
    ontology = [line for line in lines if IDS not in line]
    plan = [line for line in lines if IDS in line]
    random.Random(7).shuffle(plan)
    with path.open("wb") as out:
        out.write(b"\n".join(ontology) + b"\n")
        left, copy = size - len(ontology), 0
        while left > 0:
            name = b"https://w3id.org/mtsp-kg/id/" if copy == 0 else b"https://example.org/%d/id/" % copy
            out.write(b"\n".join(line.replace(IDS, name) for line in plan[:left]) + b"\n")
            left -= len(plan)
            copy += 1
    return size


def ours(path: Path) -> tuple[float, float, int]:
    import pyoxigraph as ox

    from mtsp_kg.infer.closure import close, needed
    from mtsp_kg.infer.facts import read_ntriples
    from mtsp_kg.infer.reasoner import Reasoner
    from mtsp_kg.plan.project import find_project

    reasoner = Reasoner(find_project(ROOT))
    store = ox.Store()
    begin = time.perf_counter()
    store.bulk_load(path=str(path), format=ox.RdfFormat.N_TRIPLES)
    loaded = time.perf_counter()
    rules = reasoner.rules
    text = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
    closure = close(read_ntriples(text, needed(rules)), rules, lambda: read_ntriples(text))
    return loaded - begin, time.perf_counter() - loaded, closure.size()


def by_owlrl(path: Path) -> tuple[float, float, int]:
    import owlrl
    import rdflib

    begin = time.perf_counter()
    graph = rdflib.Graph().parse(path, format="nt")
    before, loaded = len(graph), time.perf_counter()
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)
    return loaded - begin, time.perf_counter() - loaded, len(graph) - before


def by_reasonable(path: Path) -> tuple[float, float, int]:
    import reasonable

    begin = time.perf_counter()
    reasoner = reasonable.PyReasoner()
    reasoner.load_file(str(path))
    loaded = time.perf_counter()
    found = reasoner.reason()
    return loaded - begin, time.perf_counter() - loaded, len(found)


ENGINES = {"ours": ours, "reasonable": by_reasonable, "owlrl": by_owlrl}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=[6_000, 60_000, 600_000])
    parser.add_argument("--owlrl-up-to", type=int, default=60_000, help="owlrl is not run on more triples")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--one", nargs=2, metavar=("ENGINE", "FILE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        print(json.dumps(ENGINES[given.one[0]](Path(given.one[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        for size in given.sizes:
            path = Path(folder) / f"{size}.ttl"
            corpus(size, path)
            taken: dict[str, list[tuple[float, float, int]]] = {name: [] for name in ENGINES}
            begin = time.perf_counter()
            for number in range(given.runs):
                for name in ENGINES:
                    slow = name == "owlrl" and (size > given.owlrl_up_to or (number and size > 10_000))
                    if not slow and (not number or time.perf_counter() - begin < 120):
                        command = [sys.executable, __file__, "--one", name, str(path)]
                        done = subprocess.run(command, capture_output=True, text=True, check=False)
                        if done.returncode:
                            why = next(
                                (line for line in done.stderr.splitlines() if "rror" in line or "memory" in line),
                                "killed",
                            )
                            print(f"{size:>8,} triples  {name:11} fails: {why}", flush=True)
                        else:
                            taken[name].append(tuple(json.loads(done.stdout)))
            base = statistics.median(run[1] for run in taken["ours"])
            for name, runs in taken.items():
                if runs:
                    seconds = statistics.median(run[1] for run in runs)
                    load = statistics.median(run[0] for run in runs)
                    told = f"load {load:6.2f} s, {runs[0][2]:,} triples, {len(runs)} runs"
                    ratio = f"{seconds / base:8.1f} times ours"
                    print(f"{size:>8,} triples  {name:11} {seconds:9.3f} s  ({told})  {ratio}", flush=True)


if __name__ == "__main__":
    main()
