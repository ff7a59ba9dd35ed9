"""Files of RDF into a store: each file in the graph named for it, and the RDF merge of all in the default graph.

A TriG file's named graphs are kept; what it says outside them stands in the file's graph. Imports `errors`, `names`,
`formats`, `bounds` and `project`; pyoxigraph does the parsing.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg import sparql
from mtsp_kg.bounds import check_bounds
from mtsp_kg.errors import DataError
from mtsp_kg.formats import BYTE_ORDER_MARK, format_of_file
from mtsp_kg.project import Project

_MERGE_MARKS = ("<<<<<<<", "=======", ">>>>>>>")
_TOKEN = 30  # characters of what was found
_SEEN = 200  # characters that it is looked for in
_REASON = 300  # characters of a reason
_BLOCK = 1 << 20
# What the parser leaves to be guessed.
_CLEARER = {
    "Unexpected end": "the file ends inside a statement, where '.' or a closing bracket was expected",
    "Unexpected end of file": "what begins here is never closed",
}


def oxigraph_format(path: Path) -> ox.RdfFormat:
    """pyoxigraph's name for the format that a file's suffix tells. Raises NotFoundError."""
    media_type = format_of_file(path).media_type
    found = ox.RdfFormat.from_media_type(media_type)
    if found is None:  # pragma: no cover - the table of formats is tested against pyoxigraph
        raise DataError(f"pyoxigraph cannot read {media_type}.", file=path)
    return found


def load_file(store: ox.Store, path: Path, graph: str, source: bytes | None = None) -> None:
    """Adds what a file says to a store; triples outside a named graph go to `graph`.

    source: what `read_bounded` gives of the file, where it has been read. Raises DataError with file, line and column
    when the file cannot be read or parsed; the store may then hold a part of the file and is not to be used.
    """
    format_ = oxigraph_format(path)
    source = read_bounded(path) if source is None else source
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
        raise _unread(error, path) from error


def read_file(path: Path) -> bytes:
    """The bytes of a file without a byte order mark. Raises DataError when it cannot be read."""
    try:
        return path.read_bytes().removeprefix(BYTE_ORDER_MARK)
    except OSError as error:
        raise DataError(
            f"The file cannot be read: {error.strerror}.", remedy="Check its name and its rights.", file=path
        ) from error


def read_bounded(path: Path) -> bytes:
    """The bytes of a file that a parser may be given. Raises DataError when it cannot be read, or passes a bound."""
    source = read_file(path)
    check_bounds(path, source)
    return source


def parse_file(path: Path, *, base: str | None = None, rename_blank_nodes: bool = False) -> Iterator[ox.Quad]:
    """The quads of a file, one after the other, for who needs no store.

    base: the IRI against which the file is read; rename_blank_nodes: give those that it labels labels of our own, so
    that those of several files do not meet. Raises DataError as `load_file` does, after the quads before the fault.
    """
    source, format_ = read_bounded(path), oxigraph_format(path)
    try:
        yield from ox.parse(source, format=format_, base_iri=base, rename_blank_nodes=rename_blank_nodes)
    except SyntaxError as error:
        raise syntax_error(error, path) from error
    except (ValueError, MemoryError) as error:
        raise _unread(error, path) from error


def _unread(error: Exception, path: Path) -> DataError:
    """Why a file cannot be read, where that is no matter of its syntax."""
    if isinstance(error, MemoryError) and "buffer" in str(error):
        return DataError(
            "Something in the file (a text, a comment, an IRI) is longer than 16 MB, which is refused.",
            remedy="Shorten it.",
            file=path,
        )
    if isinstance(error, MemoryError):
        return DataError("There is not enough memory to read the file.", remedy="Part it.", file=path)
    return DataError(f"The file cannot be read: {error}.", file=path)


def says_nothing(path: Path) -> bool:
    """Whether a file that has been loaded holds no statement."""
    return next(iter(ox.parse(read_file(path), format=oxigraph_format(path))), None) is None


def syntax_error(error: SyntaxError, path: Path) -> DataError:
    """pyoxigraph's parse error as ours: file, line, column, what was found there and what was expected."""
    if "Invalid UTF-8" in error.msg:
        return _not_utf8(path, error)
    reason = error.msg.split(": ", 1)[-1] if error.msg.startswith("Parser error") else error.msg
    reason = _CLEARER.get(reason, reason).rstrip(".")
    begins, here = _line(path, error.lineno, error.offset or 1) if error.lineno else ("", "")
    if begins.startswith(_MERGE_MARKS):
        reason = "this is a mark of a merge that was not finished"
    elif here.strip() and error.offset:
        token = here.split(maxsplit=1)[0][:_TOKEN]
        if token not in reason:
            reason += f", at '{token}'"
    reason = reason if len(reason) <= _REASON else f"{reason[:_REASON]}..."
    reason = "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in reason)
    return DataError(
        f"{format_of_file(path).label} syntax: {reason}.",
        remedy="Mend the file there and run the command again.",
        file=path,
        line=error.lineno,
        column=error.offset,
    )


def _line(path: Path, number: int, column: int) -> tuple[str, str]:
    """The beginning of a line of a file, and of what stands in it from a column on; empty where it has gone meanwhile.

    Read block by block: a hostile file can be one line, or nothing but ends of lines.
    """
    begins, here, rest, before, skip = "", "", "", number - 1, column - 1
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:  # any end of a line becomes LF
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
                kept = len(decoder.getstate()[0])
                decoder.decode(block)
                read += len(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as found:
            what = f"Byte {read - kept + found.start} (0x{found.object[found.start]:02x}) is not UTF-8."
    return DataError(what, remedy="Save the file as UTF-8.", file=path, line=error.lineno, column=error.offset)


def load_files(
    files: Iterable[tuple[Path, str]], *, merged: bool = True, sources: Mapping[Path, bytes] | None = None
) -> ox.Store:
    """A store with the files, each with the graph it stands in, and their merge as default graph. Raises DataError.

    merged: without the merge, loading takes half the time and memory; `merge` makes it later; sources: what
    `read_bounded` gives of those files that have been read.
    """
    store = ox.Store()
    for path, graph in files:
        load_file(store, path, graph, (sources or {}).get(path))
    if merged:
        merge(store)
    return store


def merge(store: ox.Store) -> None:
    """Puts the RDF merge of a store's named graphs into its default graph, as queries expect it there."""
    store.update(sparql.text("merge.ru"))


def load_project(project: Project, *, merged: bool = True) -> ox.Store:
    """A store with the ontology and the graph of a project; merged: as for `load_files`. Raises DataError."""
    files = [*project.ontology_files(), *project.graph_files()]
    return load_files(((path, project.graph_of(path)) for path in files), merged=merged)
