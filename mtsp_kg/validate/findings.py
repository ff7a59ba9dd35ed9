"""What a validation finds: findings, where they stand, and the report that gathers them.

Imports nothing of the package.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

Wanted = ox.Quad | ox.Triple | ox.NamedNode | ox.BlankNode


class Severity(StrEnum):
    """How grave a finding is: a violation must be mended, a warning should be, an info is worth knowing."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"

    @property
    def grave(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


class Spot(NamedTuple):
    """A place in a file: lines and columns count from 1, and 0 is not known; end: the column behind the last character,
    where that stands on the same line; text: the source line; graph: the named graph that says it there."""

    file: str
    line: int = 0
    column: int = 0
    end: int = 0
    text: str = ""
    graph: str = ""

    def __str__(self) -> str:
        return ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])


@dataclass(frozen=True)
class Where:
    """What to look for in the files to tell where a finding stands; blanks: the fingerprints of its blank nodes."""

    wanted: tuple[Wanted, ...] = ()
    blanks: Mapping[ox.BlankNode, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """A shape, a check query or a kind of our own, as reports name it: name and help by language, and where it stands.

    path: the term of its sh:path, with the triples that describe it where it is no IRI; place: what to look for to find
    where it stands.
    """

    id: str
    name: Mapping[str, str] = field(default_factory=dict)
    help: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = Severity.VIOLATION
    spot: Spot | None = None
    path: tuple[ox.Triple, ...] = ()
    place: Finding | None = None


@dataclass(frozen=True)
class Finding:
    """One thing that a shape or a check query found.

    focus: what it is about, an IRI, or what a check's row is known by; path: the property that the shape looks at, as a
    SPARQL property path with short names, empty where it looks at the node itself; value: the offending value as an
    N-Triples term, empty where there is none; shape: the shape's IRI, or the check's name; messages: by language;
    graphs: the named graphs (passages or files) in which the offending triple stands, or, where something is missing,
    in which the focus is said to be what it is; components: the IRIs of the SHACL constraint components that are not
    met, one for each result; where: what to look for in the files, and spots: where it was found; row: what a waiver
    knows it by, the focus where empty.
    """

    focus: str
    path: str
    value: str
    shape: str
    severity: Severity
    messages: Mapping[str, str] = field(hash=False)
    graphs: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    where: Where = field(default=Where(), compare=False, repr=False)
    spots: tuple[Spot, ...] = field(default=(), compare=False)
    row: str = field(default="", compare=False)

    def message(self, language: str) -> str:
        """The message in a language; in English, or any, where there is none."""
        return self.messages.get(language) or self.messages.get("en") or next(iter(self.messages.values()), "")

    @property
    def order(self) -> tuple[str, ...]:
        """What findings are sorted by, and known by from one run to the next."""
        return (self.focus, self.shape, self.path, self.value)


def in_order(findings: list[Finding]) -> list[Finding]:
    """Findings in the order of reports."""
    return sorted(findings, key=lambda finding: (*finding.order, finding.message("en")))


@dataclass(frozen=True)
class Report:
    """The findings of one run, sorted, and what was looked at.

    engine: which one ran; shapes: how many shapes have a target; nodes: how many nodes they looked at; unmatched: the
    shapes whose target no node matches; checks: how many check queries ran; waived: how many findings are waived;
    rules: what found something, by the name that findings give; known: how many findings a baseline knows; fixed: what
    of the baseline is found no more; fail_on: the least grave finding that makes a run fail; sources: the files
    that were read, each with its graph.
    """

    findings: tuple[Finding, ...]
    engine: str
    shapes: int
    nodes: int
    unmatched: tuple[str, ...] = ()
    checks: int = 0
    waived: int = 0
    rules: Mapping[str, Rule] = field(default_factory=dict, hash=False)
    known: int = 0
    fixed: tuple[str, ...] = ()
    fail_on: Severity = Severity.VIOLATION
    sources: tuple[tuple[Path, str], ...] = field(default=(), compare=False, repr=False)

    @property
    def conforms(self) -> bool:
        """Whether nothing was found that is as grave as `fail_on`."""
        return not any(finding.severity.grave <= self.fail_on.grave for finding in self.findings)

    def counts(self) -> Counter[Severity]:
        """How many findings there are of each severity."""
        return Counter(finding.severity for finding in self.findings)
