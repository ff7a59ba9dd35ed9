"""Findings of a validation: what does not conform, its severity, and its positions in the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

import pyoxigraph as ox

if TYPE_CHECKING:
    from mtsp_kg.locate import Wanted


class Severity(StrEnum):
    """The severity of a finding: a violation must be fixed, a warning should be fixed, an info needs no action."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the most severe."""
        return _BY_RANK.index(self)


_BY_RANK = tuple(Severity)


class Position(NamedTuple):
    """A position in a file.

    file: as the report names it; line, column: from 1, 0 if it is not known; end_column: the column after the last
    character, 0 if that is on another line; text: the source line; graph: the named graph that asserts it there,
    empty for a file outside the project.
    """

    file: str
    line: int = 0
    column: int = 0
    end_column: int = 0
    text: str = ""
    graph: str = ""

    def __str__(self) -> str:
        return ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])


class PositionSource(Protocol):
    """A report, which finds the positions of its findings on demand, many of them in one pass over the files."""

    def find(self, lookup: SourceLookup, severity: Severity | None) -> None:
        """Finds the positions of a lookup and, in the same pass, of all findings with at least this severity."""

    def shape_position(self, shape: str) -> Position | None:
        """The position of a shape or check query."""


class SourceLookup:
    """What to look up in the files, and its positions once they have been found.

    wanted: the quads, or the nodes whose first position in each of `graphs` is shown; blanks: the fingerprints of blank
    nodes; found: the positions, None before the search; source: the report that does the search.
    """

    __slots__ = ("blanks", "found", "graphs", "source", "wanted")

    def __init__(
        self,
        wanted: tuple[Wanted, ...] = (),
        graphs: tuple[str, ...] = (),
        blanks: Mapping[ox.BlankNode, str] | None = None,
        found: tuple[Position, ...] | None = None,
    ) -> None:
        self.wanted = wanted
        self.graphs = graphs
        self.blanks = blanks or {}
        self.found = found
        self.source: PositionSource | None = None

    def positions(self, severity: Severity | None = None) -> tuple[Position, ...]:
        """The positions, sorted; severity: that of the finding (see `PositionSource.find`)."""
        if self.found is None and self.source is not None:
            self.source.find(self, severity)
        return self.found or ()


@dataclass(frozen=True)
class Finding:
    """One result of a shape, a check query or a check of the validation itself.

    focus: the IRI of the focus node, or the key of a check's row; path: the path of the shape as a SPARQL property path
    with prefixed names, empty for a node shape; value: the offending value as an N-Triples term, empty if there is
    none; shape: the shape's IRI, or the name of the check; messages: by language; graphs: the named graphs (passages or
    files) that assert the offending triple or, if something is missing, the type of the focus; components: the IRIs of
    the SHACL constraint components that are not satisfied, one for each result; lookup: what to look up in the files;
    row: the key by which a waiver identifies the finding, by default the focus.
    """

    focus: str
    path: str
    value: str
    shape: str
    severity: Severity
    messages: Mapping[str, str] = field(hash=False)
    graphs: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    lookup: SourceLookup = field(default_factory=SourceLookup, compare=False, repr=False)
    row: str = field(default="", compare=False)

    def message(self, language: str) -> str:
        """The message in a language, with English and then any other language as fallback."""
        return self.messages.get(language) or self.messages.get("en") or next(iter(self.messages.values()), "")

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Identifies the finding in every run; findings are sorted by it."""
        return (self.focus, self.shape, self.path, self.value)

    @property
    def positions(self) -> tuple[Position, ...]:
        """The positions of the offending triple or the focus in the files, sorted; empty if they are unknown.

        They are found on first access, together with those of all violations and warnings of the report (of all
        findings if this one is an info). If a file has changed since the validation, its positions have no line.
        """
        return self.lookup.positions(self.severity)

    @property
    def shape_position(self) -> Position | None:
        """The position of the shape or check query; None if it is unknown."""
        source = self.lookup.source
        return source.shape_position(self.shape) if source is not None else None


def in_order(findings: list[Finding]) -> list[Finding]:
    """Findings in the order in which reports list them."""
    return sorted(findings, key=lambda finding: (*finding.key, finding.message("en")))
