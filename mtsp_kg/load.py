"""Loads RDF files into a store: each into the graph named after it, and the RDF merge of all into the default graph.

Named graphs of TriG and N-Quads files are kept; triples outside them go to the graph of the file. pyoxigraph parses.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg import sparql
from mtsp_kg.errors import DataError
from mtsp_kg.formats import BYTE_ORDER_MARK, format_of_file
from mtsp_kg.parser_limits import check_limits
from mtsp_kg.project import Project

_CONFLICT_MARKERS = ("<<<<<<<", "=======", ">>>>>>>")
_TOKEN = 30  # characters of the token in a message
_SEEN = 200  # characters of a line that are searched for the token
_REASON = 300  # characters of a parser's reason
_BLOCK = 1 << 20
# The parser's reasons that say too little.
_CLEARER = {
    "Unexpected end": "the file ends inside a statement, where '.' or a closing bracket was expected",
    "Unexpected end of file": "unterminated token, which begins here",
}


def load_project(project: Project, *, merged: bool = True) -> ox.Store:
    """A store with the ontology and the graph of a project; merged: see `load_files`. Raises DataError."""
    files = [*project.ontology_files(), *project.graph_files()]
    return load_files(((path, project.graph_of(path)) for path in files), merged=merged)


def load_files(
    files: Iterable[tuple[Path, str]], *, merged: bool = True, sources: Mapping[Path, bytes] | None = None
) -> ox.Store:
    """A store with the given files, each with its graph, and their merge as the default graph. Raises DataError.

    merged: False leaves out the merge, which halves loading time and memory; `merge` adds it later; sources: the
    results of `read_checked` for files that have already been read.
    """
    store = ox.Store()
    for path, graph in files:
        load_file(store, path, graph, (sources or {}).get(path))
    if merged:
        merge(store)
    return store


def merge(store: ox.Store) -> None:
    """Puts the RDF merge of a store's named graphs into its default graph, where queries expect it."""
    store.update(sparql.text("merge.ru"))


def load_file(store: ox.Store, path: Path, graph: str, source: bytes | None = None) -> None:
    """Adds the triples of a file to a store; those outside a named graph go to `graph`.

    source: the result of `read_checked`, if the file has already been read. Raises DataError with file, line and column
    if the file cannot be read or parsed; the store may then contain a part of the file and must not be used.
    """
    format_ = oxigraph_format(path)
    source = read_checked(path) if source is None else source
    try:
        if format_.supports_datasets:
            store.load(input=source, format=format_)
            if any(True for _ in store.quads_for_pattern(None, None, None, ox.DefaultGraph())):
                store.update(sparql.text("move-default.ru", graph=ox.NamedNode(graph)))
        else:
            store.load(input=source, format=format_, to_graph=ox.NamedNode(graph))
    except SyntaxError as error:
        raise syntax_error(error, path) from error
    except (ValueError, MemoryError) as error:
        raise _not_parsed(error, path) from error


def parse_file(path: Path, *, base: str | None = None, rename_blank_nodes: bool = False) -> Iterator[ox.Quad]:
    """Yields the quads of a file, for callers that need no store.

    base: the base IRI of the file; rename_blank_nodes: whether to relabel blank nodes, so that those of several files
    are distinct. Raises DataError as `load_file` does, after the quads before the error.
    """
    source, format_ = read_checked(path), oxigraph_format(path)
    try:
        yield from ox.parse(source, format=format_, base_iri=base, rename_blank_nodes=rename_blank_nodes)
    except SyntaxError as error:
        raise syntax_error(error, path) from error
    except (ValueError, MemoryError) as error:
        raise _not_parsed(error, path) from error


def has_triples(path: Path) -> bool:
    """Whether a loaded file contains any triple."""
    return next(iter(ox.parse(read_file(path), format=oxigraph_format(path))), None) is not None


def read_checked(path: Path) -> bytes:
    """The bytes of a file that keeps the parser limits. Raises DataError if it does not, or cannot be read."""
    source = read_file(path)
    check_limits(path, source)
    return source


def read_file(path: Path) -> bytes:
    """The bytes of a file without a byte order mark. Raises DataError if it cannot be read."""
    try:
        return path.read_bytes().removeprefix(BYTE_ORDER_MARK)
    except OSError as error:
        raise DataError(
            f"The file cannot be read: {error.strerror}.", remedy="Check its name and permissions.", file=path
        ) from error


def oxigraph_format(path: Path) -> ox.RdfFormat:
    """The format of a file as pyoxigraph names it, by the file's extension. Raises NotFoundError."""
    media_type = format_of_file(path).media_type
    found = ox.RdfFormat.from_media_type(media_type)
    if found is None:  # pragma: no cover - the table of formats is tested against pyoxigraph
        raise DataError(f"pyoxigraph cannot read {media_type}.", file=path)
    return found


def syntax_error(error: SyntaxError, path: Path) -> DataError:
    """Converts a syntax error of pyoxigraph: file, line, column, the unexpected token and what was expected."""
    if "Invalid UTF-8" in error.msg:
        return _not_utf8(path, error)
    reason = error.msg.split(": ", 1)[-1] if error.msg.startswith("Parser error") else error.msg
    reason = _CLEARER.get(reason, reason).removeprefix("syntax error: ").rstrip(".")
    line, rest = _line(path, error.lineno, error.offset or 1) if error.lineno else ("", "")
    if line.startswith(_CONFLICT_MARKERS):
        reason = "unresolved Git conflict marker"
    elif rest.strip() and error.offset:
        token = rest.split(maxsplit=1)[0][:_TOKEN]
        if token not in reason:
            reason += f", at '{token}'"
    reason = reason if len(reason) <= _REASON else f"{reason[:_REASON]}..."
    reason = "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in reason)
    return DataError(
        f"{format_of_file(path).label} syntax error: {reason}.",
        remedy="Fix the file at this position." if error.lineno else "Fix the file.",
        file=path,
        line=error.lineno,
        column=error.offset,
    )


def _not_parsed(error: Exception, path: Path) -> DataError:
    """The error for a file that fails for a reason other than its syntax."""
    if isinstance(error, MemoryError) and "buffer" in str(error):
        return DataError(
            "A literal, comment or IRI in the file is longer than 16 MB, the parser's limit.",
            remedy="Shorten it.",
            file=path,
        )
    if isinstance(error, MemoryError):
        return DataError("There is not enough memory to parse the file.", remedy="Split it.", file=path)
    return DataError(f"The file cannot be parsed: {error}.", file=path)


def _line(path: Path, number: int, column: int) -> tuple[str, str]:
    """The beginning of a line of a file, and of its part from a column on; empty if the file has changed.

    Read block by block: a hostile file can be a single line, or consist of line ends only.
    """
    begins, here, rest, before, skip = "", "", "", number - 1, column - 1
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:  # every line end becomes LF
            while before and (rest := file.read(_BLOCK)):
                if (ends := rest.count("\n")) >= before:
                    rest = rest.split("\n", before)[-1]
                    ends = before
                before -= ends
            while not before and (rest := rest or file.read(_BLOCK)):
                begins = begins or rest[:_TOKEN]
                part, end, _ = rest.partition("\n")
                here += part[skip : skip + _SEEN]
                if end or len(here) >= _SEEN:
                    break
                skip, rest = max(0, skip - len(part)), ""
    except OSError:  # pragma: no cover - it was read a moment ago
        pass
    return begins, here


def _not_utf8(path: Path, error: SyntaxError) -> DataError:
    what, read = "The file is not UTF-8.", 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK):
                pending = len(decoder.getstate()[0])
                decoder.decode(block)
                read += len(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as found:
            what = f"Byte {read - pending + found.start} (0x{found.object[found.start]:02x}) is not UTF-8."
    return DataError(what, remedy="Save the file as UTF-8.", file=path, line=error.lineno, column=error.offset)
