"""The report of a validation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from mtsp_kg.profile import Profile
from mtsp_kg.validate import forms
from mtsp_kg.validate.findings import Finding, Position, Severity, SourceLookup
from mtsp_kg.validate.report_view import ReportView

if TYPE_CHECKING:
    from mtsp_kg.validate.inputs import SourceFile


@dataclass(frozen=True)
class ReportRule:
    """A shape, a check query or a check of the validation itself, as reports describe it.

    id: the name that findings refer to; name, help: by language; path: for a shape, the triple of its sh:path, followed
    by the triples of the path if it is not an IRI; is_shape: whether it is a shape; lookup: what to look up in the
    files.
    """

    id: str
    name: Mapping[str, str] = field(default_factory=dict)
    help: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = Severity.VIOLATION
    path: tuple[ox.Triple, ...] = ()
    is_shape: bool = False
    lookup: SourceLookup = field(default_factory=SourceLookup, compare=False, repr=False)

    @property
    def position(self) -> Position | None:
        """The position of the rule; None if it is unknown."""
        return next(iter(self.lookup.positions()), None)


@dataclass(frozen=True)
class Report:
    """The findings of one validation, sorted, and what was validated.

    Iteration and `len` apply to the findings; `str` gives the report as text. profile: the prefixes for names; engine:
    the SHACL engine that ran, empty if none did; shapes: the number of shapes; nodes: the number of nodes that they
    target; unmatched: the shapes whose target matches no node; checks: the number of check queries that ran; waived:
    the number of waived findings; rules: the shapes and checks with findings, by ID; known: the number of known
    findings, which are omitted; fixed: findings of the baseline that no longer occur; fail_on: the minimum severity of
    a finding that makes the report not conform; sources: the files that were read.
    """

    findings: tuple[Finding, ...]
    profile: Profile = field(compare=False, repr=False)
    engine: str = ""
    shapes: int = 0
    nodes: int = 0
    unmatched: tuple[str, ...] = ()
    checks: int = 0
    waived: int = 0
    rules: Mapping[str, ReportRule] = field(default_factory=dict, hash=False)
    known: int = 0
    fixed: tuple[str, ...] = ()
    fail_on: Severity = Severity.VIOLATION
    sources: tuple[SourceFile, ...] = field(default=(), compare=False, repr=False)

    _positions: _ReportPositions = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        positions = _ReportPositions(self)
        object.__setattr__(self, "_positions", positions)
        for finding in self.findings:
            finding.lookup.source = positions
        for rule in self.rules.values():
            rule.lookup.source = positions

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __str__(self) -> str:
        return self.write()

    @property
    def conforms(self) -> bool:
        """Whether there is no finding with at least the severity `fail_on`."""
        return not any(finding.severity.rank <= self.fail_on.rank for finding in self.findings)

    def counts(self) -> Counter[Severity]:
        """The number of findings of each severity."""
        return Counter(finding.severity for finding in self.findings)

    def write(self, form: str = "text", *, language: str = "en", show: Severity | str = Severity.INFO) -> str:
        """The report in one of the formats `mtsp_kg.validate.forms.FORMS`; the same report gives the same bytes.

        language: `en` or `zh`; show: the minimum severity of the findings to write; less severe ones are only counted.
        Raises NotFoundError for an unknown format, ParameterError for an unknown language or severity.
        """
        return forms.write(ReportView.of(self, language, show), form)

    def find_positions(self, show: Severity) -> None:
        """Finds the positions of the findings with at least this severity, in one pass over the files."""
        self._positions.find_all(show)


class _ReportPositions:
    """Finds the positions of a report's findings and rules."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._done = -1

    def find(self, lookup: SourceLookup, severity: Severity | None) -> None:
        if severity is not None:
            self.find_all(max(severity, Severity.WARNING, key=lambda one: one.rank))
        if lookup.found is None:
            self._find([lookup])

    def find_all(self, show: Severity) -> None:
        if show.rank <= self._done:
            return
        self._done = show.rank
        shown = [finding for finding in self._report.findings if finding.severity.rank <= show.rank]
        used = {finding.shape for finding in shown}
        rules = [rule for name, rule in sorted(self._report.rules.items()) if name in used]
        self._find([*(finding.lookup for finding in shown), *(rule.lookup for rule in rules)])

    def shape_position(self, shape: str) -> Position | None:
        rule = self._report.rules.get(shape)
        return rule.position if rule else None

    def _find(self, lookups: list[SourceLookup]) -> None:
        missing = [lookup for lookup in lookups if lookup.found is None]
        if missing:
            from mtsp_kg.validate.position_search import find_positions

            find_positions(self._report.sources, missing)
