"""The options of a validation: the same for the command, the Python API, the GitHub Action and a remote store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypedDict, Unpack

from mtsp_kg.errors import ParameterError
from mtsp_kg.validate.findings import Severity
from mtsp_kg.validate.inputs import FileArguments

EngineName = Literal["shacl", "pyshacl"]
SeverityName = Literal["violation", "warning", "info"]


class ValidationArguments(TypedDict, total=False):
    """The fields of `ValidationOptions`, as keyword arguments of `KnowledgeGraph.validate`."""

    shapes: FileArguments
    ontology: FileArguments
    engine: EngineName | None
    checks: bool
    waivers: str | Path | None
    fail_on: Severity | SeverityName
    baseline: str | Path | None
    update_baseline: bool
    changed_since: str | None


@dataclass(frozen=True)
class ValidationOptions:
    """The options of a validation.

    shapes: files and folders of shapes that replace those of the project; ontology: when files are validated, the
    files and folders that define their classes; engine: `shacl` or `pyshacl`, by default the fastest that is
    installed; checks: whether check queries run too (never when files are validated); waivers: a YAML file of
    accepted findings, by default that of the project; fail_on: the minimum severity of a finding that makes the
    report not conform; baseline: a file of known findings, which are only counted; update_baseline: whether to write
    the findings of this validation to it; changed_since: a Git revision; only findings that are new since then, or on
    nodes that have changed, are reported.

    Raises ParameterError for an unknown severity, and for `update_baseline` without a baseline.
    """

    shapes: FileArguments = ()
    ontology: FileArguments = ()
    engine: EngineName | None = None
    checks: bool = True
    waivers: str | Path | None = None
    fail_on: Severity | SeverityName = Severity.VIOLATION
    baseline: str | Path | None = None
    update_baseline: bool = False
    changed_since: str | None = None

    def __post_init__(self) -> None:
        if self.fail_on not in list(Severity):
            known = ", ".join(Severity)
            raise ParameterError(f"Unknown severity '{self.fail_on}'.", remedy=f"Choose one of: {known}.")
        if self.update_baseline and not self.baseline:
            raise ParameterError(
                "Updating a baseline requires a baseline file.", remedy="Give it with --baseline FILE."
            )

    @classmethod
    def of(
        cls, options: ValidationOptions | None = None, /, **changes: Unpack[ValidationArguments]
    ) -> ValidationOptions:
        """Options with changes, which take precedence."""
        return replace(options or cls(), **changes)
