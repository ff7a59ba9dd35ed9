"""The report that SHACL defines (section 3.6), in JSON-LD."""

from __future__ import annotations

import pyoxigraph as ox

from mtsp_kg.validate.forms.ttl import report_triples
from mtsp_kg.validate.report_view import ReportView


def write(view: ReportView) -> str:
    """A sh:ValidationReport with a sh:ValidationResult for each result of the shapes."""
    return (ox.serialize(report_triples(view), format=ox.RdfFormat.JSON_LD) or b"").decode() + "\n"
