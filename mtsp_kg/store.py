"""The interface of a store, and the embedded store.

A store has named graphs, and their RDF merge as its default graph. `EmbeddedStore` keeps both in Oxigraph, in this
process; `mtsp_kg.remote` implements the interface for a store on another server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

import pyoxigraph as ox

from mtsp_kg.errors import QueryError

Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
Subject = ox.NamedNode | ox.BlankNode | ox.Triple
Object = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
GraphName = ox.NamedNode | ox.DefaultGraph
DEFAULT_GRAPH = ox.DefaultGraph()

_SYNTAX_ERROR = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
# What the engine's grammar expected: a text, a keyword, a sentence about what is wrong, or a class of characters.
_EXPECTED = re.compile(r"\"(?:[^\"\\]|\\.)+\"|\w+(?: \w+)*|\[(?:'(?:[^'\\]|\\.|\\u\{\w+\})'|[^\]'])*\]")
_ENGINE_SENTENCES = {"Prefix not found": "undeclared prefix", "IRI parsing failed": "invalid IRI"}


class Store(Protocol):
    """A store with a default graph, which is the RDF merge of its named graphs."""

    def query(self, text: str) -> Results:
        """The results of a SPARQL 1.1 query.

        Raises QueryError with the line and column of a syntax error, RemoteError.
        """

    def quads(
        self,
        subject: Subject | None = None,
        predicate: ox.NamedNode | None = None,
        object_: Object | None = None,
        graph: GraphName | None = None,
    ) -> Iterator[ox.Quad]:
        """The quads that match a pattern, in which None matches any term.

        graph: a named graph, or the default graph; None: all named graphs, so that each quad has the graph that asserts
        it. A blank node matches only in the store that returned it. Raises RemoteError.
        """

    def graph_names(self) -> list[str]:
        """The IRIs of the named graphs, sorted. Raises RemoteError."""

    def dump(self, graph: str) -> list[ox.Triple]:
        """All triples of a named graph; none if it does not exist. Raises RemoteError."""

    def mentions(self, iri: str) -> bool:
        """Whether the default graph has a triple with this subject or object.

        Raises ValueError if it is not an IRI, RemoteError.
        """

    def labels(self) -> Store:
        """A store for looking up labels: its default graph has all labels, and `quads` is fast. Raises RemoteError."""

    def snapshot(self) -> ox.Store:
        """All graphs with their merge, as an Oxigraph store in this process, for callers that need every triple.

        The embedded store returns its own store: do not write to it. A remote store fetches all of its graphs, at most
        5,000,000 triples, and keeps the copy. Raises RemoteError.
        """


class EmbeddedStore(Store):
    """A store in this process: an Oxigraph store whose default graph is the merge of its named graphs."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    def query(self, text: str) -> Results:
        return evaluate(self._store, text)

    def quads(
        self,
        subject: Subject | None = None,
        predicate: ox.NamedNode | None = None,
        object_: Object | None = None,
        graph: GraphName | None = None,
    ) -> Iterator[ox.Quad]:
        found = self._store.quads_for_pattern(subject, predicate, object_, graph)
        return found if graph is not None else (quad for quad in found if quad.graph_name != DEFAULT_GRAPH)

    def graph_names(self) -> list[str]:
        return sorted(graph.value for graph in self._store.named_graphs() if isinstance(graph, ox.NamedNode))

    def dump(self, graph: str) -> list[ox.Triple]:
        return [quad.triple for quad in self._store.quads_for_pattern(None, None, None, ox.NamedNode(graph))]

    def mentions(self, iri: str) -> bool:
        node = ox.NamedNode(iri)
        return any(True for _ in self.quads(node, graph=DEFAULT_GRAPH)) or any(
            True for _ in self.quads(object_=node, graph=DEFAULT_GRAPH)
        )

    def labels(self) -> Store:
        return self

    def snapshot(self) -> ox.Store:
        return self._store


def evaluate(store: ox.Store, text: str, *, union: bool = False) -> Results:
    """The results of a SPARQL 1.1 query on an Oxigraph store.

    union: whether the query uses all graphs as the default graph. Raises QueryError with the line and column
    of a syntax error.
    """
    try:
        return store.query(text, use_default_graph_as_union=union)
    except SyntaxError as error:
        raise syntax_error(error) from error
    except (ValueError, RuntimeError, OSError) as error:
        raise QueryError(f"The query cannot be evaluated: {error}.") from error


def syntax_error(error: SyntaxError) -> QueryError:
    """Converts a syntax error of pyoxigraph in a query, with line and column."""
    found = _SYNTAX_ERROR.match(error.msg)
    if not found:
        return QueryError(f"The query is not valid SPARQL 1.1: {error.msg}.")
    line, column, reason = found.groups()
    return QueryError(f"The query is not valid SPARQL 1.1{_readable(reason)}.", line=int(line), column=int(column))


def _readable(reason: str) -> str:
    """The reason of a syntax error in a query, from the engine's list of expected tokens, without character classes.

    >>> _readable("expected one of Prefix not found, ['%'], ['-' | '0' ..= '9' | '\\\\u{00B7}']")
    ': undeclared prefix'
    >>> _readable('expected one of "(", FILTER, [_], [\\'_\\']'), _readable("expected [_]"), _readable("too deep")
    (': expected one of "(", FILTER', '', ': too deep')
    """
    reason = reason.strip().rstrip(".")
    kind, _, listed = reason.partition("expected ")
    if kind or not listed:
        return f": {reason}"
    expected = [one for one in _EXPECTED.findall(listed.removeprefix("one of ")) if one[0] != "["]
    for one in expected:
        if " " in one and one[0] != '"':
            return f": {_ENGINE_SENTENCES.get(one, one)}"
    several = "one of " if len(expected) > 1 else ""
    return f": expected {several}{', '.join(expected)}" if expected else ""
