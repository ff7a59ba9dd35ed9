"""How long validation takes: `mtsp validate` against the `pyshacl` command line, whole processes, one after the other.

    python benchmarks/validate.py --triples 60000 [--no-pyshacl] [--runs 3] [--json FILE]
    python benchmarks/validate.py --cold

The corpus is the real graph's plan, once for each plan that is needed to reach the size, under other names; one label,
length or link in a hundred is made wrong. The shapes are the project's own
(SHACL Core). Both sides read the same N-Triples and the same shapes; ours looks for the position of each finding, too.
The findings of both are compared. `--cold` is `mtsp validate` on our own graph against `python -c "import pyoxigraph,
click"`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg import names
from mtsp_kg.load import load_project
from mtsp_kg.project import find_project

LIMIT = 1800


def corpus(path: Path, triples: int) -> int:
    """Writes a corpus of about so many triples as N-Triples; gives back how many there are."""
    project = find_project()
    plan = project.plans()[0]
    store = load_project(project)
    ontology = {ox.NamedNode(project.graph_of(file)) for file in project.ontology_files()}
    own: set[str] = set()
    shared: set[str] = set()
    for quad in store:
        if isinstance(quad.graph_name, ox.NamedNode):
            line = f"{quad.subject} {quad.predicate} {quad.object} ."
            (own if f"{names.ID}{plan}" in line and quad.graph_name not in ontology else shared).add(line)
    generator = random.Random(1)
    written = len(shared)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in sorted(shared))
        number = 0
        lines = sorted(own)
        while written < triples:
            number += 1
            for line in lines:
                told = line if number == 1 else line.replace(f"{names.ID}{plan}", f"{names.ID}{plan}-{number}")
                file.write(_faulty(told, generator) + "\n")
            written += len(lines)
    return written


def _faulty(line: str, generator: random.Random) -> str:
    """The line; one label, length or link in a hundred is made wrong."""
    subject, predicate, object_ = line[:-2].split(" ", 2)
    if generator.random() >= 0.01:
        return line
    if predicate == f"<{names.PREF_LABEL}>":
        return f'{subject} {predicate} " untrimmed "@en .'
    if predicate == f"<{names.term('serves')}>":
        return f"{subject} {predicate} <{names.ID}theme/innovation> ."
    if object_.endswith("#integer>"):
        return f'{subject} {predicate} "many" .'
    return line


def run(command: list[str], runs: int) -> tuple[float, int, bytes] | None:
    """The median of the seconds that a whole process takes, its peak memory in MB, and its output; None: too long."""
    seconds = []
    output = b""
    for _ in range(runs):
        begun = time.perf_counter()
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            return None
        seconds.append(time.perf_counter() - begun)
        if done.returncode not in (0, 1):
            sys.exit(f"{command[0]} failed: {done.stderr.decode()[-500:]}")
        output = done.stdout
    return statistics.median(seconds), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, output


def compare(triples: int, runs: int, pyshacl: bool) -> dict[str, object]:
    """Ours and pySHACL's on one corpus."""
    project = find_project()
    shapes = b"".join(path.read_bytes() for path in project.shape_files())
    scripts = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as folder:
        data, rules = Path(folder) / "data.nt", Path(folder) / "shapes.ttl"
        count = corpus(data, triples)
        rules.write_bytes(shapes)
        ours = run(
            [
                str(scripts / "mtsp"),
                "validate",
                str(data),
                "--shapes",
                str(rules),
                "--format",
                "json",
                "--show",
                "info",
            ],
            runs,
        )
        bare = run([sys.executable, "-c", BARE, str(data), str(rules)], runs)
        told: dict[str, object] = {"triples": count}
        if ours:
            findings = [found for found in json.loads(ours[2])["findings"] if found["components"]]
            results = sum(len(found["components"]) for found in findings)
            told |= {"results": results, "mtsp_s": round(ours[0], 3), "mtsp_peak_mb": ours[1]}
            assert all(found["places"] for found in findings), "a finding without a place"
        if bare:
            told |= {"bare_shacl_s": round(bare[0], 3), "bare_results": int(bare[2])}
        theirs = run([str(scripts / "pyshacl"), "-s", str(rules), "-f", "nt", str(data)], 1) if pyshacl else None
        if theirs and ours:
            found = theirs[2].count(b"<http://www.w3.org/ns/shacl#result> ")  # one triple for each result
            told |= {"pyshacl_s": round(theirs[0], 3), "pyshacl_results": found}
            told["times_faster"] = round(theirs[0] / ours[0], 1)
        return told


BARE = """
import shacl, sys
shapes = shacl.Shapes.from_text(open(sys.argv[2]).read(), format="turtle")
print(len(shapes.validate_text(open(sys.argv[1]).read(), format="ntriples").results))
"""


def cold(runs: int) -> dict[str, object]:
    """`mtsp validate` on our own graph against the imports that it cannot do without."""
    os.environ["MTSP_CACHE"] = "off"
    mtsp = run([str(Path(sys.executable).parent / "mtsp"), "validate"], runs)
    imports = run([sys.executable, "-c", "import pyoxigraph, click"], runs)
    assert mtsp is not None
    assert imports is not None
    return {"mtsp_s": round(mtsp[0], 3), "imports_s": round(imports[0], 3), "times": round(mtsp[0] / imports[0], 1)}


def main() -> None:
    """Prints the figures as JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--triples", type=int, default=60_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--no-pyshacl", action="store_true")
    options.add_argument("--cold", action="store_true")
    options.add_argument("--json", metavar="FILE")
    asked = options.parse_args()
    told = cold(asked.runs) if asked.cold else compare(asked.triples, asked.runs, not asked.no_pyshacl)
    text = json.dumps(told, indent=2)
    print(text)
    if asked.json:
        Path(asked.json).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
