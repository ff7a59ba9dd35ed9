"""Where a statement stands in its source file: line and column of subject, predicate and object.

    from mtsp_kg.locate import locate
    locate(path, {quad, triple, subject})      # {quad: [TriplePlace], triple: [...], subject: [SubjectPlace]}

Turtle, TriG, N-Triples and N-Quads give lines and columns; JSON-LD and RDF/XML the file only (`FilePlace`). Blank nodes
have no name that two readings share: see `blanks`. Imports `errors`, `formats`, `names` and `load`.
"""

from mtsp_kg.locate.blank_nodes import fingerprints, surroundings
from mtsp_kg.locate.positions import FilePlace, Place, Point, SubjectPlace, TriplePlace, source_lines
from mtsp_kg.locate.search import Wanted, locate

__all__ = [
    "FilePlace",
    "Place",
    "Point",
    "SubjectPlace",
    "TriplePlace",
    "Wanted",
    "fingerprints",
    "locate",
    "source_lines",
    "surroundings",
]
