"""The forms of a report: one module each, found by folder. Each has `write(report, view)`, which gives the text back.

The same report in the same view is the same bytes. Imports, of this room, `findings` and `words`.
"""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module
from typing import NamedTuple

from mtsp_kg.errors import NotFoundError
from mtsp_kg.validate.findings import Finding, Report, Severity

_NOT_XML = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
FORMS = tuple(sorted(found.name for found in pkgutil.iter_modules(__path__)))


class View(NamedTuple):
    """How a report is to be seen: in which language, with which plan's short names, and down to which severity."""

    language: str = "en"
    plan: str | None = None
    least: Severity = Severity.INFO

    def shown(self, report: Report) -> list[Finding]:
        """The findings that are to be seen, in order."""
        return [finding for finding in report.findings if finding.severity.grave <= self.least.grave]


def write(report: Report, form: str, view: View | None = None) -> str:
    """A report in one of FORMS. Raises NotFoundError."""
    if form not in FORMS:
        raise NotFoundError(f"Reports have no form '{form}'.", remedy=f"Choose one of: {', '.join(FORMS)}.")
    written: str = import_module(f"{__name__}.{form}").write(report, view or View())
    return written


def fingerprint(finding: Finding) -> str:
    """What tells a finding from others in every run, wherever it stands: not its line, which edits above it move."""
    from hashlib import blake2b

    return blake2b("\0".join(finding.order).encode(), digest_size=16).hexdigest()


def plain(text: str) -> str:
    """A text without the characters that XML 1.0 cannot hold (section 2.2)."""
    return re.sub(_NOT_XML, "\ufffd", text)
