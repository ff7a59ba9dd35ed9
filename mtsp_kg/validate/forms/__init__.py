"""The output formats of a report: one module each, whose function `write` turns a `ReportView` into text."""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module

from mtsp_kg.formats import check_form
from mtsp_kg.validate.findings import Finding
from mtsp_kg.validate.report_view import ReportView

FORMS = tuple(sorted(found.name for found in pkgutil.iter_modules(__path__)))
_NOT_XML = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def write(view: ReportView, form: str) -> str:
    """A report in one of FORMS. Raises NotFoundError for an unknown format."""
    check_form(form, FORMS, "A report")
    written: str = import_module(f"{__name__}.{form}").write(view)
    return written


def fingerprint(finding: Finding) -> str:
    """Identifies a finding across runs: it does not depend on line numbers, which change with edits."""
    from hashlib import blake2b

    return blake2b("\0".join(finding.key).encode(), digest_size=16).hexdigest()


def xml_text(text: str) -> str:
    """A text without the characters that XML 1.0 does not allow (section 2.2)."""
    return re.sub(_NOT_XML, "\ufffd", text)
