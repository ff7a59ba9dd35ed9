"""How long it takes to find where triples stand, beside the parsers themselves, on files of one text.

    python benchmarks/positions.py [runs]

The file is plan-shaped: commitments, each with a type, two labels, a figure and links, in named graphs, at about 60,000
and 600,000 triples, as TriG and as N-Quads. Yardsticks: pyoxigraph's parser alone (it gives no positions), and rdflib's
Turtle parser with positions (its parser with `makeStatement` overridden, the way to get them there; on the same
statements as Turtle; once at the larger size). Rows of a size are interleaved, so that a slow moment hits all; a ratio
is to the first row. `locate` includes reading the file and, unless said otherwise, parsing it with pyoxigraph.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg.load import oxigraph_format
from mtsp_kg.locate import locate
from mtsp_kg.locate.ntriples_scanner import scan_lines
from mtsp_kg.locate.turtle_scanner import scan

SIZES = (60_000, 600_000)
PER_COMMITMENT = 9
PER_GRAPH = 12
HEAD = """@prefix x: <http://example.org/id/> .
@prefix o: <http://example.org/ontology#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

"""
COMMITMENT = """  x:c{n} a o:Commitment ;    # the {n}th
      o:label "help small firms to use their rights, part {n}"@en ,
              "帮助中小企业使用其权利，第{n}部分"@zh ;
      o:value {n}.5 ; o:date "2022-01-01"^^xsd:date ;
      o:madeBy x:wipo ;
      o:under x:outcome-{outcome}\\.{n} ;
      o:serves x:g{group} , x:g{n} .
"""


def commitments(triples: int) -> Iterator[str]:
    for n in range(triples // PER_COMMITMENT):
        yield COMMITMENT.format(n=n, outcome=n % 16, group=n % 97)


def write(folder: Path, triples: int) -> tuple[Path, Path, Path]:
    """The same statements as Turtle, TriG and N-Quads."""
    turtle, trig, quads = (folder / f"{triples}.{suffix}" for suffix in ("ttl", "trig", "nq"))
    turtle.write_text(HEAD + "".join(commitments(triples)), encoding="utf-8")
    with trig.open("w", encoding="utf-8") as out:
        out.write(HEAD)
        rest = commitments(triples)
        for number in itertools.count():
            block = list(itertools.islice(rest, PER_GRAPH))
            if not block:
                break
            out.write(f"x:para-{number} {{\n{''.join(block)}}}\n\n")
    ox.serialize(ox.parse(path=trig, format=ox.RdfFormat.TRIG), output=quads, format=ox.RdfFormat.N_QUADS)
    return turtle, trig, quads


def parse(path: Path) -> int:
    return sum(1 for _ in ox.parse(path=path, format=oxigraph_format(path)))


def every_row(path: Path) -> int:
    text = path.read_bytes().decode()
    return sum(1 for _ in (scan_lines(text) if path.suffix == ".nq" else scan(text)))


def rdflib_positions(path: Path) -> int:
    """rdflib's parser, with the offset at each statement turned into line and column."""
    from collections.abc import MutableSequence
    from typing import Any

    from rdflib import Graph
    from rdflib.plugins.parsers import notation3

    found: list[tuple[object, int, int]] = []

    class Positions(notation3.SinkParser):
        at = line = start = before = 0

        def objectList(self, argstr: str, i: int, res: MutableSequence[Any]) -> int:  # noqa: N802
            self.line += argstr.count("\n", self.before, i)
            self.start = argstr.rfind("\n", self.before, i) + 1 or self.start
            self.before = i
            return int(super().objectList(argstr, i, res))

        def makeStatement(self, quad: object) -> None:  # noqa: N802
            found.append((quad, self.line + 1, self.before - self.start + 1))
            super().makeStatement(quad)

    sink = notation3.RDFSink(Graph())
    parser = Positions(sink, baseURI="http://example.org/", turtle=True)
    with path.open("rb") as source:
        parser.loadStream(source)
    return len(found)


def measure(path: Path, turtle: Path, runs: int, with_rdflib: bool) -> None:
    quads = list(ox.parse(path=path, format=oxigraph_format(path)))
    subjects = list(dict.fromkeys(quad.subject for quad in quads))
    some = set(subjects[:: len(subjects) // max(1, len(subjects) // 100)])
    wanted: set[ox.Quad] = {quad for quad in quads if quad.subject in some}
    one = {next(iter(wanted))}
    work: dict[str, Callable[[], object]] = {
        "pyoxigraph, parse alone": lambda: parse(path),
        "scanner, every triple": lambda: every_row(path),
        f"locate, 1 % of subjects ({len(wanted):,} quads), parsed before": lambda: locate(path, wanted, parsed=True),
        f"locate, 1 % of subjects ({len(wanted):,} quads)": lambda: locate(path, wanted),
        "locate, one quad, parsed before": lambda: locate(path, one, parsed=True),
    }
    if with_rdflib:
        work["rdflib, positions of every triple (Turtle)"] = lambda: rdflib_positions(turtle)
    taken: dict[str, list[float]] = {name: [] for name in work}
    for run in range(runs):
        for name, do in work.items():
            if name.startswith("rdflib") and run and len(quads) > 100_000:
                continue
            start = time.perf_counter()
            do()
            taken[name].append(time.perf_counter() - start)
    print(f"\n{path.suffix[1:]}, {len(quads):,} quads, {path.stat().st_size / 1e6:.1f} MB, {runs} runs")
    first = statistics.median(taken["pyoxigraph, parse alone"])
    for name, times in taken.items():
        median = statistics.median(times)
        print(f"  {name:58} {median:8.3f} s  {median / first:6.2f} ×")


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            turtle, trig, quads = write(Path(folder), size)
            measure(trig, turtle, runs, with_rdflib=True)
            measure(quads, turtle, runs, with_rdflib=False)


if __name__ == "__main__":
    main()
