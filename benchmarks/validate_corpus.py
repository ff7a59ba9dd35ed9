"""Corpora of the real graph's plan for `validate.py` and `validate_rules.py`, and a process's time and memory.

A corpus is the ontology and the real graph, the graph as often as is needed to reach the size: each copy is another
plan with its own organizations, groups, services and labels; units, periods and regions are shared by all. One node in
a hundred is damaged in one of the ways in KINDS, rare ones as often as common ones; the same corpus each time.
"""

from __future__ import annotations

import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.plan import names
from mtsp_kg.plan.project import find_project, plans

LIMIT = 3600  # seconds, after which a process is ended
RATE = 0.01
HOLE = "\0"  # where a copy's number goes
SHARED = ("unit", "period", "region")
LABEL = vocab.PREF_LABEL


class Quad(NamedTuple):
    """A quad of the graph, as N-Quads write its terms, with HOLE where copies differ."""

    subject: str
    predicate: str
    object: str
    graph: str

    def triple(self) -> str:
        return f"{self.subject} {self.predicate} {self.object} .\n"


Block = list[Quad]  # what is said of one node


def _is(quad: Quad, *local: str) -> bool:
    return quad.predicate[1:-1] in {names.term(name) for name in local}


def _change(test: Callable[[Quad], bool], value: Callable[[Quad], str]) -> Callable[[Block], Block]:
    """Gives the first quad that a test finds, in each graph that says it, another object."""

    def work(block: Block) -> Block:
        first = next((quad for quad in block if test(quad)), None)
        if first is None:
            return block
        return [quad._replace(object=value(quad)) if quad[:3] == first[:3] else quad for quad in block]

    return work


def _drop(test: Callable[[Quad], bool]) -> Callable[[Block], Block]:
    return lambda block: [quad for quad in block if not test(quad)]


def _add(test: Callable[[Quad], bool], value: Callable[[Quad], str]) -> Callable[[Block], Block]:
    """Says the first quad that a test finds with another object, too."""

    def work(block: Block) -> Block:
        first = next((quad for quad in block if test(quad)), None)
        return block if first is None else [*block, first._replace(object=value(first))]

    return work


def _label(quad: Quad, language: str = "") -> bool:
    return quad.predicate == f"<{LABEL}>" and quad.object.endswith(f"@{language}" if language else "")


def _broader(quad: Quad) -> bool:
    return quad.predicate == f"<{vocab.BROADER}>"


THEME = f"<{names.ID}theme/innovation{HOLE}>"
KINDS: dict[str, Callable[[Block], Block]] = {
    "label with space around it": _change(_label, lambda quad: '" ' + quad.object[1:]),
    "label in another language": _change(_label, lambda quad: quad.object.rpartition("@")[0] + "@de"),
    "two labels in a language": _add(lambda quad: _label(quad, "en"), lambda _: f'"another{HOLE}"@en'),
    "no Chinese label": _drop(lambda quad: _label(quad, "zh")),
    "label of something else": _change(lambda quad: _label(quad, "en"), lambda _: f'"the same{HOLE}"@en'),
    "text for a number": _change(lambda quad: _is(quad, "order", "textLength"), lambda _: '"many"'),
    "link to another kind": _change(lambda quad: _is(quad, "serves", "involves", "worksWith"), lambda _: THEME),
    "under nothing": _drop(lambda quad: _is(quad, "under")),
    "in no document": _drop(lambda quad: _is(quad, "inDocument")),
    "made by nobody": _drop(lambda quad: _is(quad, "madeBy")),
    "no unit": _drop(lambda quad: _is(quad, "unit")),
    "two identifiers": _add(lambda quad: _is(quad, "eId"), lambda _: '"another"'),
    "digest that is none": _change(lambda quad: _is(quad, "textDigest"), lambda _: '"abc"'),
    "number of something else": _change(lambda quad: _is(quad, "number"), lambda _: '"99"'),
    "begins after its end": _change(
        lambda quad: _is(quad, "startDate"), lambda quad: re.sub(r'"\d{4}', '"2999', quad.object)
    ),
    "broader of another kind": _add(_broader, lambda _: THEME),
    "broader than itself": _add(_broader, lambda quad: quad.subject),
}


class Corpus:
    """The real graph as a mould."""

    def __init__(self) -> None:
        project = find_project()
        self.project, self.plan = project, plans(project)[0]
        self._ontology = list(dict.fromkeys(self._ontology_lines()))
        blocks: dict[str, dict[Quad, None]] = defaultdict(dict)
        for path in project.graph_files():
            outside = ox.NamedNode(project.graph_of(path))
            for quad in ox.parse(path=path):
                graph = outside if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name
                held = self._held(quad, str(graph))
                blocks[held.subject][held] = None
        self._blocks = [list(blocks[subject]) for subject in sorted(blocks)]
        self._copied = [index for index, block in enumerate(self._blocks) if HOLE in block[0].subject]
        self._worse = [
            {name: worse for name, kind in KINDS.items() if (worse := kind(block)) != block} for block in self._blocks
        ]
        self._often = Counter(name for worse in self._worse for name in worse)
        self._rate = RATE * len(self._blocks) / sum(map(bool, self._worse))
        self.damaged: Counter[str] = Counter()
        self.nodes = self.triples = 0

    def write(self, triples: int, data: Path, folder: Path | None = None) -> None:
        """Writes about so many triples as N-Triples and, where a folder is named, as a project's N-Quads."""
        generator = random.Random(1)
        self.damaged.clear()
        self.nodes, self.triples, number = 0, len(self._ontology), 0
        if folder:
            (folder / "graph").mkdir(parents=True)
        with data.open("w", encoding="utf-8") as file:
            file.writelines(self._ontology)
            while self.triples < triples:
                number += 1
                quads = self._copy(number, generator)
                lines = list(dict.fromkeys(quad.triple() for quad in quads))
                self.triples += len(lines)
                file.write("".join(lines).replace(HOLE, f"-{number}" if number > 1 else ""))
                if folder:
                    text = "".join(f"{quad.triple()[:-2]}{quad.graph} .\n" for quad in quads)
                    path = folder / "graph" / f"plan-{number}.nq"
                    path.write_text(text.replace(HOLE, f"-{number}" if number > 1 else ""), encoding="utf-8")

    def _copy(self, number: int, generator: random.Random) -> list[Quad]:
        quads: list[Quad] = []
        for index in range(len(self._blocks)) if number == 1 else self._copied:
            self.nodes += 1
            worse = self._worse[index]
            if worse and generator.random() < self._rate:
                kind = generator.choices(list(worse), [1 / self._often[name] for name in worse])[0]
                self.damaged[kind] += 1
                quads += worse[kind]
            else:
                quads += self._blocks[index]
        return quads

    def _ontology_lines(self) -> Iterator[str]:
        numbers: dict[tuple[Path, ox.BlankNode], str] = {}
        for path in self.project.ontology_files():
            for quad in ox.parse(path=path):
                terms = [
                    numbers.setdefault((path, term), f"_:b{len(numbers)}") if isinstance(term, ox.BlankNode) else term
                    for term in (quad.subject, quad.predicate, quad.object)
                ]
                yield "{} {} {} .\n".format(*terms)

    def _held(self, quad: ox.Quad, graph: str) -> Quad:
        object_ = str(quad.object)
        if quad.predicate.value == LABEL:
            kind = str(quad.subject).removeprefix(f"<{names.ID}").split("/")[0]
            object_ = object_ if kind in SHARED else re.sub(r'"(@[a-z-]+)$', HOLE + r'"\1', object_)
        else:
            object_ = self._name(object_)
        return Quad(self._name(str(quad.subject)), str(quad.predicate), object_, self._name(graph))

    def _name(self, term: str) -> str:
        if not term.startswith(f"<{names.ID}"):
            return term
        kind = term[len(names.ID) + 1 : -1].split("/")[0]
        if kind == self.plan:
            return term.replace(self.plan, self.plan + HOLE, 1)
        return term if kind in SHARED else f"{term[:-1]}{HOLE}>"


class Ran(NamedTuple):
    """One process: seconds on the clock and of the processors, the most memory it held in MB, what it printed."""

    seconds: float
    cpu: float
    peak_mb: int
    output: bytes


def run(command: Sequence[str | Path]) -> Ran | None:
    """Runs a process; None where it does not end in time or is killed."""
    # As Python runs for users, whose modules are compiled once.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        begun = time.perf_counter()
        process = subprocess.Popen([str(part) for part in command], stdout=output, stderr=errors, env=environment)
        timer = threading.Timer(LIMIT, process.kill)
        timer.start()
        # Of this process alone: getrusage(RUSAGE_CHILDREN) would be the largest of all so far.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        timer.cancel()
        process.returncode = code = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if code < 0:
            return None
        if code not in (0, 1):
            sys.exit(f"{command[0]} failed: {errors.read().decode()[-500:]}")
        return Ran(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, output.read())


def runs_in_turn(commands: Sequence[Sequence[str | Path]], runs: int) -> list[list[Ran]]:
    """Several runs of each of some commands, sorted by the clock; in turn, so that a slow moment hits all.

    A command of which a run does not end has none.
    """
    done = [[run(command) for command in commands] for _ in range(runs)]
    each = [[ran for ran in of_one if ran] for of_one in zip(*done, strict=True)]
    return [sorted(ran) if len(ran) == runs else [] for ran in each]


def median(done: Sequence[Ran]) -> Ran | None:
    """The run in the middle."""
    return done[len(done) // 2] if done else None


def median_run(command: Sequence[str | Path], runs: int) -> Ran | None:
    """The run in the middle of several, by the clock."""
    return median(runs_in_turn([command], runs)[0])


def told(name: str, ran: Ran) -> dict[str, object]:
    """A run's figures for a report."""
    return {f"{name}_s": round(ran.seconds, 3), f"{name}_cpu_s": round(ran.cpu, 3), f"{name}_peak_mb": ran.peak_mb}


def exponent(sizes: Sequence[float], figures: Sequence[float]) -> float:
    """The k of figure = c * size ** k, by least squares on the logarithms."""
    xs, ys = [math.log(size) for size in sizes], [math.log(figure) for figure in figures]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def tell(figures: dict[str, object], file: str | None) -> None:
    """Prints figures as JSON, and writes them into a file where one is named."""
    text = json.dumps(figures, indent=2)
    print(text)
    if file:
        Path(file).write_text(text + "\n", encoding="utf-8")
