"""The store that queries run on: one small interface, and the embedded store behind it.

Imports `errors` only; what is put into the store is `load`'s business.
"""

from __future__ import annotations

import re
from typing import Protocol

import pyoxigraph as ox

from mtsp_kg.errors import QueryError

Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


class Store(Protocol):
    """Anything that answers SPARQL 1.1 queries over the merged default graph and the named graphs."""

    def query(self, sparql: str) -> Results:
        """The results of a SPARQL query. Raises QueryError when it is not one."""


class EmbeddedStore:
    """An in-memory Oxigraph store."""

    def __init__(self, store: ox.Store) -> None:
        self.oxigraph = store

    @property
    def labels(self) -> ox.Store:
        """A store whose default graph has every label of what has one."""
        return self.oxigraph

    def speaks_of(self, iri: str) -> bool:
        """Whether the default graph has a triple with this subject or object. Raises ValueError for what is no IRI."""
        node, default = ox.NamedNode(iri), ox.DefaultGraph()
        found = self.oxigraph.quads_for_pattern
        return any(True for pair in ((node, None), (None, node)) for _ in found(pair[0], None, pair[1], default))

    def query(self, sparql: str) -> Results:
        """The results of a SPARQL 1.1 query. Raises QueryError with the line and column of a syntax error."""
        return self._answer(sparql)

    def _answer(self, sparql: str, *, union: bool = False) -> Results:
        """union: over all graphs in place of the default graph."""
        try:
            return self.oxigraph.query(sparql, use_default_graph_as_union=union)
        except SyntaxError as error:
            raise syntax_error(error) from error
        except (ValueError, RuntimeError, OSError) as error:
            raise QueryError(f"The query cannot be evaluated: {error}.") from error


def syntax_error(error: SyntaxError) -> QueryError:
    """pyoxigraph's error on a query as ours, with line and column."""
    found = _PLACE.match(error.msg)
    if not found:
        return QueryError(f"The query is not SPARQL 1.1: {error.msg}.")
    line, column, reason = found.groups()
    return QueryError(f"The query is not SPARQL 1.1: {reason.strip().rstrip('.')}.", line=int(line), column=int(column))
