"""The report that SHACL defines (section 3.6), in Turtle. Imports `names` and, of this room, `forms` and `standard`."""

from __future__ import annotations

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.plan import names
from mtsp_kg.validate.findings import Report
from mtsp_kg.validate.forms import View
from mtsp_kg.validate.standard import triples


def write(report: Report, view: View) -> str:
    """A sh:ValidationReport with a sh:ValidationResult for each result of the shapes."""
    prefixes = {"sh": vocab.SH, "mtsp": names.ONTOLOGY, "shapes": names.SHAPES}
    return (ox.serialize(triples(report, view), format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b"").decode()
