"""The answer to a query: the rows of a SELECT, the boolean of an ASK, or the triples of a CONSTRUCT or DESCRIBE."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import pyoxigraph as ox

from mtsp_kg.errors import QueryError
from mtsp_kg.formats import RDF_FORMATS, check_form, rdf_format
from mtsp_kg.layout import aligned_table, markdown_table
from mtsp_kg.profile import Profile
from mtsp_kg.store import Results

if TYPE_CHECKING:
    import pandas
    import rdflib

    from mtsp_kg.query.values import Reader, Row

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
# The label of an IRI in a language.
Label = Callable[[str, str], str]

TABLE_FORMS = ("table", "csv", "tsv", "json", "xml", "md")
_STANDARD = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
_SHOWN_IN_NOTEBOOK = 200


class Answer(ABC):
    """The answer to a query: rows with named columns, read as Python values.

    `len(answer)`, `answer[0]` and `for row in answer` give rows (`values.Row`); `terms` has the RDF terms.
    An answer is true if it has rows; the answer to an ASK has its truth value and no rows.

    profile: for the short names of IRIs; label: returns the labels of resources (by default their short names).
    """

    forms: ClassVar[tuple[str, ...]]

    def __init__(self, profile: Profile, label: Label | None = None) -> None:
        self.profile = profile
        self.label = label

    @property
    @abstractmethod
    def columns(self) -> list[str]:
        """The names of the columns."""

    @property
    @abstractmethod
    def terms(self) -> Sequence[tuple[Term | None, ...]]:
        """The rows as RDF terms; None for an unbound variable."""

    @abstractmethod
    def write(self, form: str = "table", width: int | None = None) -> str:
        """The answer in one of its `forms`; width: the columns of the terminal, for `table`. Raises NotFoundError."""

    def __len__(self) -> int:
        return len(self.terms)

    def __iter__(self) -> Iterator[Row]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> Row:
        from mtsp_kg.query.values import Row

        return Row(tuple(self.columns), tuple(map(self._reader.value, self.terms[number])))

    def __str__(self) -> str:
        return self.write("table")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)} rows of {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        from mtsp_kg.query.display import html_table

        rows = [self[number] for number in range(min(len(self), _SHOWN_IN_NOTEBOOK))]
        return html_table(self.columns, rows, len(self) - len(rows))

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a DataFrame with a type for each column; resources are their prefixed names.

        Integers, truth values, numbers and text have pandas' nullable types, dates are `datetime64`. Decimals are
        `Float64` if that is lossless, else objects, as are columns of mixed types. Raises MissingExtraError.
        """
        from mtsp_kg.query.display import data_frame

        return data_frame(self.columns, list(self))

    def graph(self) -> rdflib.Graph:
        """The triples of a CONSTRUCT or DESCRIBE as an rdflib graph. Raises QueryError for another query."""
        raise QueryError("Only the answer to a CONSTRUCT or DESCRIBE query is a graph.")

    @cached_property
    def _reader(self) -> Reader:
        from mtsp_kg.query.values import Reader

        return Reader(self.profile.shrink, self.label)


class Table(Answer):
    """The solutions of a SELECT. sparql_json: as a SPARQL 1.1 results document in JSON."""

    forms: ClassVar[tuple[str, ...]] = TABLE_FORMS

    def __init__(self, sparql_json: bytes, profile: Profile, label: Label | None = None) -> None:
        super().__init__(profile, label)
        self.sparql_json = sparql_json

    @cached_property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return [variable.value for variable in self._solutions().variables]

    @cached_property
    def terms(self) -> list[tuple[Term | None, ...]]:
        """The rows as RDF terms; None for an unbound variable."""
        return [tuple(solution) for solution in self._solutions()]

    def text_rows(self) -> list[list[str]]:
        """The rows as text: prefixed names, lexical forms of literals, empty for an unbound variable."""
        return [[_text(term, self.profile.shrink) for term in row] for row in self.terms]

    def write(self, form: str = "table", width: int | None = None) -> str:
        """The rows in one of TABLE_FORMS; width: the columns of the terminal, for `table`. Raises NotFoundError."""
        if form == "table":
            return aligned_table([self.columns, *self.text_rows()], width)
        if form == "md":
            return markdown_table([self.columns, *self.text_rows()])
        check_form(form, TABLE_FORMS, "Rows")
        return (self._solutions().serialize(format=_STANDARD[form]) or b"").decode()

    def _solutions(self) -> ox.QuerySolutions:
        results = ox.parse_query_results(self.sparql_json, ox.QueryResultsFormat.JSON)
        assert isinstance(results, ox.QuerySolutions)
        return results


class Truth(Answer):
    """The answer to an ASK, whose truth value is the result."""

    forms: ClassVar[tuple[str, ...]] = TABLE_FORMS

    def __init__(self, value: bool, profile: Profile) -> None:
        super().__init__(profile)
        self.value = value

    @property
    def columns(self) -> list[str]:
        """None: an ASK has no variables."""
        return []

    @property
    def terms(self) -> Sequence[tuple[Term | None, ...]]:
        """Raises QueryError: an ASK has no rows."""
        raise QueryError(
            "The answer to an ASK query is true or false and has no rows.", remedy="Test it: 'if answer: ...'."
        )

    def write(self, form: str = "table", width: int | None = None) -> str:
        """`true` or `false`, or the SPARQL results document for json and xml. Raises NotFoundError."""
        check_form(form, TABLE_FORMS, "The answer to an ASK query")
        if form in ("json", "xml"):
            return (ox.QueryBoolean.serialize(self._result(), format=_STANDARD[form]) or b"").decode()
        return "true\n" if self.value else "false\n"

    def __bool__(self) -> bool:
        return self.value

    def __repr__(self) -> str:
        return f"<Truth: {'true' if self.value else 'false'}>"

    def _repr_html_(self) -> str:
        return "true" if self.value else "false"

    def _result(self) -> ox.QueryBoolean:
        body = b'{"head":{},"boolean":' + (b"true" if self.value else b"false") + b"}"
        result = ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
        assert isinstance(result, ox.QueryBoolean)
        return result


class TripleAnswer(Answer):
    """The triples of a CONSTRUCT or DESCRIBE, sorted: rows of subject, predicate and object."""

    forms: ClassVar[tuple[str, ...]] = ("table", *(known.name for known in RDF_FORMATS))

    def __init__(self, triples: tuple[ox.Triple, ...], profile: Profile, label: Label | None = None) -> None:
        super().__init__(profile, label)
        self.triples = triples

    @property
    def columns(self) -> list[str]:
        """The three parts of a triple."""
        return ["subject", "predicate", "object"]

    @cached_property
    def terms(self) -> Sequence[tuple[Term | None, ...]]:
        """The triples as RDF terms."""
        return [tuple(triple) for triple in self.triples]

    def write(self, form: str = "table", width: int | None = None) -> str:
        """The triples in an RDF format (`table` means Turtle). Raises NotFoundError."""
        format_ = rdf_format("turtle" if form == "table" else form)
        media = ox.RdfFormat.from_media_type(format_.media_type)
        assert media is not None
        prefixes = dict(self.profile.prefixes) if format_.name in ("turtle", "trig", "jsonld") else None
        written = ox.serialize(self.triples, format=media, prefixes=prefixes)
        return (written or b"").decode()

    def graph(self) -> rdflib.Graph:
        import rdflib

        return rdflib.Graph().parse(data=self.write("ntriples"), format="ntriples")


def answer(results: Results, profile: Profile, label: Label | None = None) -> Answer:
    """The results of a query as an Answer. label: the label of an IRI in a language; by default its short name."""
    if isinstance(results, ox.QuerySolutions):
        return Table(results.serialize(format=ox.QueryResultsFormat.JSON) or b"", profile, label)
    if isinstance(results, ox.QueryBoolean):
        return Truth(bool(results), profile)
    return TripleAnswer(tuple(sorted(set(results), key=str)), profile, label)


def _text(term: Term | None, shrink: Callable[[str], str]) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return shrink(term.value)
    return term.value if isinstance(term, ox.Literal) else str(term)
