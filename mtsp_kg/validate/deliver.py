"""A report to where it is to go: standard output, files, the summary of a GitHub job.

Imports `errors`, `output` and, of this room, `findings`, `forms` and `places`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from mtsp_kg.errors import ParameterError
from mtsp_kg.output import write_whole
from mtsp_kg.validate.findings import Report
from mtsp_kg.validate.forms import FORMS, View, write

SUMMARY = "GITHUB_STEP_SUMMARY"


class Order(NamedTuple):
    """What to write: a form for standard output, or none, and forms for files."""

    shown: str | None
    files: tuple[tuple[str, Path], ...] = ()

    @classmethod
    def of(cls, form: str, output: str | None = None, reports: Iterable[str] = ()) -> Order:
        """The order that options of the command line give. Raises ParameterError."""
        files = [(form, Path(output))] if output else []
        for told in reports:
            name, equals, file = told.partition("=")
            if not equals or not file:
                raise ParameterError(f"'{told}' names no form and file.", remedy="Write it as sarif=report.sarif.")
            files.append((name, Path(file)))
        for name in (form, *(name for name, _ in files)):
            if name not in FORMS:
                raise ParameterError(f"Reports have no form '{name}'.", remedy=f"Choose one of: {', '.join(FORMS)}.")
        return cls(None if output else form, tuple(files))


def deliver(report: Report, order: Order, view: View, name_of: Callable[[Path], str]) -> str:
    """Writes a report's files, each whole or not at all; gives back what is to be shown.

    Every form is made before any file is written. Raises DataError when one cannot be written.
    """
    if view.shown(report):
        from mtsp_kg.validate.placing import placed  # what finds places is needed only where there is something to find

        report = placed(report, name_of, view.least)
    made = [(path, write(report, form, view)) for form, path in order.files]
    shown = write(report, order.shown, view) if order.shown else ""
    for path, text in made:
        write_whole(path, text.encode())
    told = os.environ.get(SUMMARY)
    if told and "github" in (order.shown, *(form for form, _ in order.files)):
        from mtsp_kg.validate.forms.github import summary_page

        with Path(told).open("a", encoding="utf-8") as page:
            page.write(summary_page(report, view))
    return shown
