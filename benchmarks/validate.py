"""How long validation takes: `mtsp validate` against the `pyshacl` command line, whole processes, one after the other.

    python benchmarks/validate.py --triples 60000 [--no-pyshacl] [--runs 3] [--json FILE]
    python benchmarks/validate.py --large 600000 6000000    # ours and the bare engine alone, and how they grow
    python benchmarks/validate.py --turtle-mb 200           # one file of Turtle
    python benchmarks/validate.py --cold                    # our own graph, against `import pyoxigraph, click`

`validate_corpus.py` makes the corpus; the shapes are the project's own (SHACL Core). All read the same N-Triples and
the same shapes; ours looks for the position of each finding, too. The results of ours, of pySHACL and of the bare
engine (the `shacl` package alone) must be the same by focus node, path, value, shape and component (blank nodes are
alike), and each finding's line must say what it was found in; else the benchmark fails.

Found on two cores of 2026, by the clock: 27 to 37 times faster than pySHACL at 61,197 triples (19 to 26 by the
processors' time, of which ours takes two at once) and 33 to 35 times at 615,843 (21), with equal results; 1.5 to 1.9
times the bare engine there, and 1.1 times at 6,004,055 (108 s, 7.1 GB). Memory grows as the data, time with an exponent
of 1.15, the bare engine's of 1.34.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
from validate_corpus import Corpus, exponent, median, run, runs_in_turn, tell, told

from mtsp_kg import vocab
from mtsp_kg.plan import names
from mtsp_kg.plan.project import find_project

SCRIPTS = Path(sys.executable).parent
BARE = """
import shacl, sys
shapes = shacl.Shapes.from_text(open(sys.argv[2]).read(), format="turtle")
report = shapes.validate_text(open(sys.argv[1]).read(), format="ntriples")
print(report.serialize("ntriples") if sys.argv[3:] else len(report.results))
"""
Result = tuple[str, ...]  # focus node, value, shape, component; or with the path last


def results(report: bytes) -> list[Result]:
    """The results of a SHACL report in N-Triples or Turtle, with their paths."""
    about: dict[object, dict[str, object]] = defaultdict(dict)
    found = []
    for triple in ox.parse(report, format=ox.RdfFormat.TURTLE):
        about[triple.subject][triple.predicate.value] = triple.object
        if triple.predicate.value == vocab.SH_RESULT:
            found.append(triple.object)

    def text(term: object) -> str:
        if not isinstance(term, ox.BlankNode):
            return "" if term is None else str(term)
        inside = about.get(term, {})  # a path; any other blank node is "[]"
        return "[" + " ".join(f"<{key}> {text(inside[key])}" for key in sorted(inside)) + "]"

    parts = (
        vocab.SH_FOCUS_NODE,
        vocab.SH_VALUE,
        vocab.SH_SOURCE_SHAPE,
        vocab.SH_COMPONENT,
        vocab.SH_RESULT_PATH,
    )
    return [tuple(text(about[result].get(part)) for part in parts) for result in found]


def own_results(findings: list[dict[str, list[str]]]) -> list[Result]:
    """The results that our JSON tells, without paths."""

    def text(term: str) -> str:
        return "[]" if term.startswith("_:") else term if term.startswith(('"', "<")) else f"<{term}>" if term else ""

    return [
        (text(str(found["focus"])), text(str(found["value"])), f"<{found['rule']}>", f"<{component}>")
        for found in findings
        for component in found["components"]
    ]


def must_equal(ours: list[Result], theirs: list[Result], whose: str) -> None:
    """Ends the benchmark where two engines found different things. A value that is the focus may be left unsaid."""

    def known(found: list[Result]) -> set[Result]:
        return {(focus, "" if value == focus else value, *rest) for focus, value, *rest in found}

    only, missed = known(ours) - known(theirs), known(theirs) - known(ours)
    if only or missed or len(ours) != len(theirs):
        sys.exit(
            f"ours and {whose} differ: {len(ours)} and {len(theirs)} results; ours alone {len(only)},"
            f" as {sorted(only)[:3]}; {whose} alone {len(missed)}, as {sorted(missed)[:3]}"
        )


def must_stand(findings: list[dict[str, object]], data: Path) -> int:
    """Ends the benchmark where a finding has no place, or its line in N-Triples does not say it; how many were read."""
    wanted: dict[int, list[dict[str, object]]] = defaultdict(list)
    for found in findings:
        if not found["positions"]:
            sys.exit(f"a finding without a place: {found}")
        for place in found["positions"]:  # type: ignore[attr-defined]
            if Path(place["file"]).name == data.name:
                wanted[place["line"]].append(found)
    checked = 0
    with data.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            for found in wanted.get(number, ()):
                focus, value = f"<{found['focus']}>", str(found["value"])
                value = value if value.startswith(('"', "<")) else f"<{value}>" if value else ""
                far = any(sign in str(found["path"]) for sign in "/^+*")  # the line need not name the focus node
                if not ((far and value in line) or (focus in line and value in line)):
                    sys.exit(f"line {number} does not say what was found in it: {line}{found}")
                checked += 1
    return checked


def compare(corpus: Corpus, triples: int, runs: int, pyshacl: bool, folder: Path) -> dict[str, object]:
    """Ours, the bare engine and, where wanted, pySHACL on one corpus."""
    data, rules, said = folder / "data.nt", folder / "shapes.ttl", folder / "report.ttl"
    corpus.write(triples, data)
    rules.write_bytes(b"".join(path.read_bytes() for path in corpus.project.shape_files()))
    figures: dict[str, object] = {
        "triples": corpus.triples,
        "nodes": corpus.nodes,
        "nodes_damaged": sum(corpus.damaged.values()),
    }
    bare_command: list[str | Path] = [sys.executable, "-c", BARE, data, rules]
    own_command: list[str | Path] = [SCRIPTS / "mtsp", "validate", data, "--shapes", rules, "--show", "info"]
    bare, ours = map(median, runs_in_turn([bare_command, [*own_command, "--format", "json"]], runs))
    theirs = run([SCRIPTS / "pyshacl", "-s", rules, "-f", "nt", data]) if pyshacl else None
    if bare:
        figures |= told("bare", bare)
    if ours is None:
        return figures | {"mtsp": "did not end"}
    findings = [found for found in json.loads(ours.output)["findings"] if found["components"]]
    mine = own_results(findings)
    figures |= told("mtsp", ours) | {
        "results": len(mine),
        "nodes_found": len({focus for focus, *_ in mine}),
        "shapes_that_found": len({shape for _, _, shape, _ in mine}),
        "places_read": must_stand(findings, data),
    }
    if bare:
        engine = run([*bare_command, "report"])
        assert engine is not None
        must_equal(mine, [result[:-1] for result in results(engine.output)], "the bare engine")
        figures |= {"bare_results_equal": True, "mtsp_by_bare": round(ours.seconds / bare.seconds, 2)}
    if theirs:
        if run([*own_command, "--format", "ttl", "-o", said]) is None:
            sys.exit("the report as Turtle did not end")
        must_equal(results(said.read_bytes()), results(theirs.output), "pySHACL")
        must_equal(mine, [result[:-1] for result in results(theirs.output)], "pySHACL")
        figures |= told("pyshacl", theirs) | {"pyshacl_results_equal": True}
        figures["times_faster"] = round(theirs.seconds / ours.seconds, 1)
        figures["times_faster_cpu"] = round(theirs.cpu / ours.cpu, 1)
    elif pyshacl:
        figures["pyshacl"] = "did not end"
    return figures


def large(corpus: Corpus, sizes: list[int], pyshacl: bool, folder: Path) -> dict[str, object]:
    """Some sizes, each once, and the exponents of time and memory over them and a small one."""
    rows = []
    for size in (60_000, *sizes):
        rows.append(compare(corpus, size, 1, pyshacl and 60_000 < size <= 600_000, folder))
        print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    figures: dict[str, object] = {"sizes": rows}
    for name in ("mtsp_s", "mtsp_cpu_s", "mtsp_peak_mb", "bare_s", "bare_cpu_s", "bare_peak_mb"):
        known = [row for row in rows if name in row]
        if len(known) > 1:
            xs, ys = [float(str(row["triples"])) for row in known], [float(str(row[name])) for row in known]
            figures[f"{name}_grows_with_exponent"] = round(exponent(xs, ys), 2)
    return figures


def turtle(corpus: Corpus, megabytes: int, folder: Path) -> dict[str, object]:
    """Ours on one file of Turtle of about so many MB."""
    data, file, rules = folder / "data.nt", folder / "data.ttl", folder / "shapes.ttl"
    rules.write_bytes(b"".join(path.read_bytes() for path in corpus.project.shape_files()))
    size = 100_000
    for _ in range(3):  # written small, then as large as the bytes a triple of the last one tell
        corpus.write(size, data)
        ox.serialize(ox.parse(path=data), output=file, format=ox.RdfFormat.TURTLE, prefixes=names.prefixes())
        size = int(size * megabytes * 1e6 / file.stat().st_size)
        data.unlink()
    ours = run([SCRIPTS / "mtsp", "validate", file, "--shapes", rules, "--format", "json", "--show", "info"])
    figures: dict[str, object] = {"mb": round(file.stat().st_size / 1e6), "triples": corpus.triples}
    if ours is None:
        return figures | {"mtsp": "did not end"}
    found = json.loads(ours.output)["findings"]
    without = [finding for finding in found if finding["components"] and not finding["positions"]]
    if without:
        sys.exit(f"{len(without)} findings without a place, as {without[0]}")
    return figures | told("mtsp", ours) | {"findings": len(found)}


def cold(runs: int) -> dict[str, object]:
    """`mtsp validate` on our own graph against the imports that it cannot do without."""
    os.environ["MTSP_CACHE"] = "off"
    commands: list[list[str | Path]] = [
        [SCRIPTS / "mtsp", "--project", find_project().root, "validate"],
        [sys.executable, "-c", "import pyoxigraph, click"],
    ]
    mtsp, imports = runs_in_turn(commands, runs)
    return {
        "mtsp_s": round(mtsp[runs // 2].seconds, 3),
        "mtsp_smallest_s": round(mtsp[0].seconds, 3),
        "imports_s": round(imports[runs // 2].seconds, 3),
        "imports_smallest_s": round(imports[0].seconds, 3),
        "times": round(mtsp[runs // 2].seconds / imports[runs // 2].seconds, 1),
        "times_smallest": round(mtsp[0].seconds / imports[0].seconds, 1),
    }


def main() -> None:
    """Prints the figures as JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--triples", type=int, default=60_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--no-pyshacl", action="store_true")
    options.add_argument("--large", type=int, nargs="+", metavar="TRIPLES")
    options.add_argument("--turtle-mb", type=int, metavar="MB")
    options.add_argument("--cold", action="store_true")
    options.add_argument("--json", metavar="FILE")
    asked = options.parse_args()
    pyshacl = not asked.no_pyshacl
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if asked.cold:
            figures = cold(asked.runs)
        elif asked.large:
            figures = large(Corpus(), asked.large, pyshacl, folder)
        elif asked.turtle_mb:
            figures = turtle(Corpus(), asked.turtle_mb, folder)
        else:
            figures = compare(Corpus(), asked.triples, asked.runs, pyshacl, folder)
    tell(figures, asked.json)


if __name__ == "__main__":
    main()
