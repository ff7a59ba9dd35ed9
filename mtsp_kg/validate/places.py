"""In which line of which file a thing is spoken of: hand-kept files say it, a store of triples no longer does.

Imports `names`. Reads Turtle and TriG as people write them, one subject at the beginning of a line; what is written
otherwise has no place, and that is no error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path

_PREFIX = re.compile(r"\s*(?:@prefix|PREFIX)\s+([\w.-]*):\s*<([^>]*)>", re.IGNORECASE)
_GRAPH = re.compile(r"\s*(?:GRAPH\s+)?(<[^>]*>|[\w.-]*:[\w.%-]*)\s*\{", re.IGNORECASE)
_SUBJECT = re.compile(r"\s*(<[^>]*>|[\w.-]*:[\w.%-]*[\w%-])(?=[\s;]|$)")


class Places:
    """The lines at which some files begin to speak of a subject, by graph."""

    def __init__(self, files: Iterable[Path], graph_of: Callable[[Path], str], name_of: Callable[[Path], str]) -> None:
        """files: Turtle and TriG; graph_of: the graph for what stands outside named graphs; name_of: a file's name."""
        self._files = tuple(files)
        self._graph_of = graph_of
        self._name_of = name_of

    def find(self, subject: str, graph: str) -> str:
        """`file:line` where a graph first speaks of a subject, or else where it begins; empty where it is not found."""
        return self._lines.get((graph, subject)) or self._lines.get((graph, "")) or ""

    @cached_property
    def _lines(self) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for path in self._files:
            if path.suffix in (".ttl", ".trig"):
                for graph, subject, line in _subjects(path, self._graph_of(path)):
                    found.setdefault((graph, subject), f"{self._name_of(path)}:{line}")
        return found


def _subjects(path: Path, outside: str) -> Iterator[tuple[str, str, int]]:
    """Graph, subject (empty for the graph's own beginning) and line, in the order of the file."""
    prefixes: dict[str, str] = {}
    graph = outside
    yield outside, "", 1
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if found := _PREFIX.match(line):
            prefixes[found.group(1)] = found.group(2)
        elif found := _GRAPH.match(line):
            graph = _expand(found.group(1), prefixes)
            yield graph, "", number
        elif line.startswith("}"):
            graph = outside
        elif found := _SUBJECT.match(line):
            yield graph, _expand(found.group(1), prefixes), number


def _expand(name: str, prefixes: dict[str, str]) -> str:
    if name.startswith("<"):
        return name[1:-1]
    prefix, _, local = name.partition(":")
    return prefixes.get(prefix, "") + local
