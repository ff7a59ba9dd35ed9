"""How long `mtsp query` takes as a whole process, against two yardsticks in the same run.

    python benchmarks/query_start.py [runs]

Yardsticks: `python -c "import pyoxigraph, click"` (the least that any tool on this stack takes) and the same query run
by plain rdflib over the same files. `mtsp query` runs with inferences, as it does for users, and without, which it must
not be measurably slower than. Prints medians, smallest values and ratios; runs are interleaved, in an order that turns,
so that a slow moment hits all.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
QUERY = ROOT / "queries" / "ask" / "partners-of-outcome.rq"

PLAIN_RDFLIB = f"""
from pathlib import Path
from rdflib import Dataset
data = Dataset(default_union=True)
for room in ("ontology", "graph"):
    for path in sorted(Path({str(ROOT)!r}, room).rglob("*")):
        if path.suffix == ".trig":
            data.parse(path, format="trig")
        elif path.suffix == ".ttl":
            data.graph(path.as_uri()).parse(path, format="turtle")
for row in data.query(Path({str(QUERY)!r}).read_text(encoding="utf-8")):
    print(*row)
"""

PLAIN = ["query", QUERY.stem]
BOUND = ["query", QUERY.stem, "-p", "outcome=3.3"]
MTSP = [sys.executable, "-m", "mtsp_kg"]
COMMANDS = {
    "mtsp query": [*MTSP, *PLAIN],
    "without inferences": [*MTSP, "--no-inference", *PLAIN],
    "mtsp query, parameter": [*MTSP, *BOUND],
    "parameter, without": [*MTSP, "--no-inference", *BOUND],
    "import pyoxigraph, click": [sys.executable, "-c", "import pyoxigraph, click"],
    "plain rdflib": [sys.executable, "-c", PLAIN_RDFLIB],
}


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    for command in COMMANDS.values():
        seconds(command)
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    names = list(COMMANDS)
    for run in range(runs):
        for name in names[run % len(names) :] + names[: run % len(names)]:
            taken[name].append(seconds(COMMANDS[name]))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    least = {name: min(times) for name, times in taken.items()}
    for name, median in medians.items():
        print(f"{name:26} {median * 1000:8.0f} ms  (min {least[name] * 1000:.0f}, {runs} runs)")
    for name, without in (("mtsp query", "without inferences"), ("mtsp query, parameter", "parameter, without")):
        bare, saved = (medians[name] / medians["import pyoxigraph, click"], medians["plain rdflib"] / medians[name])
        print(f"{name}: {bare:.1f} times the bare imports; plain rdflib takes {saved:.1f} times as long")
        spread = statistics.quantiles(taken[without], n=4)
        print(
            f"    with inferences {medians[name] / medians[without]:.3f} times as long as without (smallest values "
            f"{least[name] / least[without]:.3f}; half of the runs without are within "
            f"{spread[0] * 1000:.0f} and {spread[2] * 1000:.0f} ms)"
        )


if __name__ == "__main__":
    main()
