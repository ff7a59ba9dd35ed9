"""What a validation finds: findings, and the report that gathers them. Imports nothing of the package."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is: a violation must be mended, a warning should be, an info is worth knowing."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """One thing that a shape or a check query found.

    focus: what it is about, an IRI, or what a check's row is known by; path: the property that the shape looks at, as a
    SPARQL property path with short names, empty where it looks at the node itself; value: the offending value as an
    N-Triples term, empty where there is none; shape: the shape's IRI, or the check's name; messages: by language;
    graphs: the named graphs (passages or files) in which the offending triple stands, or, where something is missing,
    in which the focus is said to be what it is.
    """

    focus: str
    path: str
    value: str
    shape: str
    severity: Severity
    messages: Mapping[str, str] = field(hash=False)
    graphs: tuple[str, ...] = ()

    def message(self, language: str) -> str:
        """The message in a language; in English, or any, where there is none."""
        return self.messages.get(language) or self.messages.get("en") or next(iter(self.messages.values()), "")

    @property
    def order(self) -> tuple[str, ...]:
        """What findings are sorted by."""
        return (self.focus, self.shape, self.path, self.value)


@dataclass(frozen=True)
class Report:
    """The findings of one run, sorted, and what was looked at.

    engine: which one ran; shapes: how many shapes have a target; nodes: how many nodes they looked at; unmatched: the
    shapes whose target no node matches; checks: how many check queries ran; waived: how many of their rows are waived.
    """

    findings: tuple[Finding, ...]
    engine: str
    shapes: int
    nodes: int
    unmatched: tuple[str, ...] = ()
    checks: int = 0
    waived: int = 0

    @property
    def conforms(self) -> bool:
        """Whether nothing must be mended; warnings and infos are allowed."""
        return not self.counts()[Severity.VIOLATION]

    def counts(self) -> Counter[Severity]:
        """How many findings there are of each severity."""
        return Counter(finding.severity for finding in self.findings)
