"""The position of a triple in its source file: line and column of subject, predicate and object.

    from mtsp_kg.locate import locate
    locate(path, {quad, triple, subject})    # {quad: [TriplePosition], triple: [...], subject: [SubjectPosition]}

Turtle, TriG, N-Triples and N-Quads have lines and columns; for JSON-LD and RDF/XML only the file is known
(`FilePosition`). Blank node labels differ between parses: see `fingerprints`.
"""

from mtsp_kg.locate.blank_nodes import fingerprints, surroundings
from mtsp_kg.locate.positions import FilePosition, LineColumn, Located, SubjectPosition, TriplePosition, source_lines
from mtsp_kg.locate.search import Wanted, locate

__all__ = [
    "FilePosition",
    "LineColumn",
    "Located",
    "SubjectPosition",
    "TriplePosition",
    "Wanted",
    "fingerprints",
    "locate",
    "source_lines",
    "surroundings",
]
