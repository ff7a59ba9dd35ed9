"""What a place in a file is. Imports nothing of the package.

Lines and columns count from 1; columns count Unicode characters, as editors do and as pyoxigraph's error messages do. A
line ends with LF, CR LF or CR. A byte order mark is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """One character of a file."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class TriplePlace:
    """Where a triple stands: the first character of its three tokens, and the one after its object.

    What is implied has the place of what implies it. `[ ]` and `( )` as subject or object stand at the opening bracket.
    In a list, a cell stands at its item (the first at the bracket), `rdf:first` and `rdf:rest` at their object, and the
    closing bracket is the last cell's `rdf:nil`. The triple of a reifier (RDF 1.2) stands at `<<`, `~` or `{|`.
    """

    file: Path
    graph: GraphName
    subject: Point
    predicate: Point
    object: Point
    end: Point


@dataclass(frozen=True, slots=True)
class SubjectPlace:
    """Where a node opens statements about itself: the first character of its token, and the one after it."""

    file: Path
    graph: GraphName
    subject: Point
    end: Point


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A file that says it, in a format without lines to show (JSON-LD, RDF/XML): all there is besides is the node."""

    file: Path
    graph: GraphName
    focus: ox.NamedNode | ox.BlankNode


Place = TriplePlace | SubjectPlace | FilePlace
