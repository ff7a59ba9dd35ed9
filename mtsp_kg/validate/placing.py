"""In which line and column of which file a finding stands. Only findings are looked for, and only where they can be.

Imports `formats` and `locate`, and of this room `findings`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg.formats import format_of_file
from mtsp_kg.locate import FilePosition, LineColumn, Located, SubjectPosition, TriplePosition, locate, source_lines
from mtsp_kg.validate.findings import Finding, Report, Severity, Spot, Wanted


def placed(report: Report, name_of: Callable[[Path], str], least: Severity = Severity.INFO) -> Report:
    """A report whose findings say where they stand, and its rules too.

    name_of: what a report calls a file; least: findings less grave than this are not looked for. Raises DataError.
    """
    shown = [finding for finding in report.findings if finding.severity.grave <= least.grave]
    used = {finding.shape for finding in shown}
    rules = [rule for name, rule in sorted(report.rules.items()) if name in used and rule.place and not rule.spot]
    found = Places(report.sources, name_of).placed([*shown, *(rule.place for rule in rules if rule.place)])
    spots = dict(zip(shown, found, strict=False))
    told = {
        rule.id: replace(rule, spot=place.spots[0])
        for rule, place in zip(rules, found[len(shown) :], strict=True)
        if place.spots
    }
    findings = tuple(spots.get(finding, finding) for finding in report.findings)
    return replace(report, findings=findings, rules={**report.rules, **told})


class Places:
    """Some files, and where in them findings stand."""

    def __init__(self, files: Iterable[tuple[Path, str]], name_of: Callable[[Path], str]) -> None:
        """files: each with the graph for what stands outside named graphs; name_of: what a report calls a file."""
        self._files = tuple(dict.fromkeys(files))
        self._names = {path: name_of(path) for path, _ in self._files}
        self._many = {path for path, _ in self._files if format_of_file(path).named_graphs}

    def placed(self, findings: Sequence[Finding]) -> list[Finding]:
        """The findings, each with its spots. Raises DataError when a file changed so that it cannot be read."""
        known: dict[Path, dict[int, str]] = defaultdict(dict)
        found = self._find(findings, known)
        chosen = [() if finding.spots else self._chosen(finding, found) for finding in findings]
        lines: dict[Path, set[int]] = defaultdict(set)
        for place in chain.from_iterable(chosen):
            if not isinstance(place, FilePosition):
                lines[place.file].add(_start(place).line)
        texts = {
            path: known[path] if numbers <= known[path].keys() else source_lines(path, numbers)
            for path, numbers in lines.items()
        }
        return [
            finding if finding.spots else replace(finding, spots=self._spots(places, texts))
            for finding, places in zip(findings, chosen, strict=True)
        ]

    def _find(self, findings: Iterable[Finding], lines: Mapping[Path, dict[int, str]]) -> dict[Wanted, list[Located]]:
        """Everything that the findings want, with all of its places; lines: of each file, gets those read."""
        wanted: dict[Path, set[Wanted]] = defaultdict(set)
        blanks: dict[ox.BlankNode, str] = {}
        for finding in findings:
            blanks.update(finding.where.blanks)
            for item in finding.where.wanted:
                graphs = _graphs(item) or set(finding.graphs)
                for path, graph in self._files:
                    if not graphs or graph in graphs or path in self._many:
                        wanted[path].add(item)
        places: dict[Wanted, list[Located]] = defaultdict(list)
        for path, graph in self._files:
            if path in wanted:
                sought = sorted(wanted[path], key=str)
                own = ox.NamedNode(graph)
                here = locate(path, sought, graph=own, blanks=blanks, parsed=True, lines=lines[path])
                for item, at in here.items():
                    places[item] += at
        return places

    def _chosen(self, finding: Finding, found: Mapping[Wanted, list[Located]]) -> tuple[Located, ...]:
        """The places of the offending triple; of a node, the first in each of the finding's graphs, or else in any."""
        told: list[Located] = []
        for item in finding.where.wanted:
            places = found.get(item, [])
            if isinstance(item, ox.NamedNode | ox.BlankNode):
                first = {_graph(place): place for place in reversed(places)}
                chosen = [first[graph] for graph in finding.graphs if graph in first]
                places = chosen or places[:1]
            told += places
        return tuple(told)

    def _spots(self, places: Iterable[Located], texts: Mapping[Path, Mapping[int, str]]) -> tuple[Spot, ...]:
        spots = dict.fromkeys(self._spot(place, texts) for place in places)
        return tuple(sorted(spots, key=lambda spot: (spot.file, spot.line, spot.column)))

    def _spot(self, place: Located, texts: Mapping[Path, Mapping[int, str]]) -> Spot:
        name = self._names[place.file]
        if isinstance(place, FilePosition):
            return Spot(name, graph=_graph(place))
        start = _start(place)
        end = place.end.column if place.end.line == start.line else 0
        return Spot(name, start.line, start.column, end, texts[place.file][start.line], _graph(place))


def _start(place: TriplePosition | SubjectPosition) -> LineColumn:
    return place.object if isinstance(place, TriplePosition) else place.subject


def _graphs(item: Wanted) -> set[str]:
    if isinstance(item, ox.Quad) and isinstance(item.graph_name, ox.NamedNode):
        return {item.graph_name.value}
    return set()


def _graph(place: Located) -> str:
    return place.graph.value if isinstance(place.graph, ox.NamedNode) else ""
