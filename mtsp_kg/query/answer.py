"""What a query answers: rows, a yes or no, or triples, and how each is written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from mtsp_kg.errors import NotFoundError
from mtsp_kg.formats import rdf_format
from mtsp_kg.layout import aligned_table, markdown_table
from mtsp_kg.plan import names
from mtsp_kg.store import Results

if TYPE_CHECKING:
    import pandas

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

TABLE_FORMATS = ("table", "csv", "tsv", "json", "xml", "md")
_STANDARD = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}


@dataclass(frozen=True)
class Rows:
    """The solutions of a SELECT. `plan` is the plan whose short names are used for IRIs in tables."""

    sparql_json: bytes
    plan: str | None = None

    @cached_property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return [variable.value for variable in self._solutions().variables]

    @cached_property
    def rows(self) -> list[tuple[Term | None, ...]]:
        """The rows, as RDF terms; None where a variable is not bound."""
        return [tuple(solution) for solution in self._solutions()]

    def text_rows(self) -> list[list[str]]:
        """The rows as a person reads them: prefixed names, plain literals, nothing where a variable is not bound."""
        return [[self._text(cell) for cell in row] for row in self.rows]

    def write(self, form: str, room: int | None = None) -> str:
        """The rows in one of TABLE_FORMATS; room: the terminal's columns, for `table`. Raises NotFoundError."""
        if form == "table":
            return aligned_table([self.columns, *self.text_rows()], room)
        if form == "md":
            return markdown_table([self.columns, *self.text_rows()])
        if form not in _STANDARD:
            raise NotFoundError(
                f"Rows cannot be written as '{form}'.", remedy=f"Choose one of: {', '.join(TABLE_FORMATS)}."
            )
        return (self._solutions().serialize(format=_STANDARD[form]) or b"").decode()

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a pandas DataFrame of text (needs the extra `pandas`)."""
        try:
            import pandas
        except ImportError as error:
            from mtsp_kg.errors import MissingExtraError

            raise MissingExtraError("pandas is not installed.", remedy="pip install 'mtsp-kg[pandas]'.") from error
        return pandas.DataFrame(self.text_rows(), columns=pandas.Index(self.columns))

    def _solutions(self) -> ox.QuerySolutions:
        results = ox.parse_query_results(self.sparql_json, ox.QueryResultsFormat.JSON)
        assert isinstance(results, ox.QuerySolutions)
        return results

    def _text(self, cell: Term | None) -> str:
        if cell is None:
            return ""
        if isinstance(cell, ox.NamedNode):
            return names.shrink(cell.value, self.plan)
        return cell.value if isinstance(cell, ox.Literal) else str(cell)


@dataclass(frozen=True)
class Truth:
    """The answer of an ASK."""

    value: bool

    def write(self, form: str, room: int | None = None) -> str:
        """`true` or `false`, or the SPARQL results document for json and xml."""
        if form in ("json", "xml"):
            return (ox.QueryBoolean.serialize(self._result(), format=_STANDARD[form]) or b"").decode()
        return "true\n" if self.value else "false\n"

    def _result(self) -> ox.QueryBoolean:
        body = b'{"head":{},"boolean":' + (b"true" if self.value else b"false") + b"}"
        result = ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
        assert isinstance(result, ox.QueryBoolean)
        return result


@dataclass(frozen=True)
class Triples:
    """The triples of a CONSTRUCT or DESCRIBE, sorted."""

    triples: tuple[ox.Triple, ...]
    plan: str | None = None

    def write(self, form: str, room: int | None = None) -> str:
        """The triples in an RDF format (`table` means Turtle). Raises NotFoundError."""
        format_ = rdf_format("turtle" if form == "table" else form)
        media = ox.RdfFormat.from_media_type(format_.media_type)
        assert media is not None
        prefixes = names.prefixes(self.plan) if format_.name in ("turtle", "trig", "jsonld") else None
        written = ox.serialize(self.triples, format=media, prefixes=prefixes)
        return (written or b"").decode()


Answer = Rows | Truth | Triples


def answer(results: Results, plan: str | None) -> Answer:
    """The results of a query as an Answer."""
    if isinstance(results, ox.QuerySolutions):
        return Rows(results.serialize(format=ox.QueryResultsFormat.JSON) or b"", plan)
    if isinstance(results, ox.QueryBoolean):
        return Truth(bool(results))
    return Triples(tuple(sorted(set(results), key=str)), plan)
