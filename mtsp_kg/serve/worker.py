"""One query, evaluated and written whole within its limits: what a worker does between two frames.

Imports `errors`, `formats`, `names`, `store`; pyoxigraph evaluates and writes.

The worker processes: a parent that loads the graph once, and children forked from it that answer queries.

    python -m mtsp_kg.serve.worker fork DESCRIPTOR     the parent; children are forked for the sockets that it is sent
    python -m mtsp_kg.serve.worker alone               one worker by itself, where the platform has no fork

The parent is single-threaded, evaluates nothing a visitor wrote, and ends when the web process does, for then its
socket closes. A child is shut in (`sandbox`) before its first query; each query runs under a timer of the kernel whose
signal ends the process, so that no query outlives its limit, whatever it does. Imports `names`, `errors` and this room.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import re
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import pyoxigraph as ox

from mtsp_kg import sparql, vocab
from mtsp_kg.formats import RDF_FORMATS
from mtsp_kg.serve import sandbox, wire
from mtsp_kg.store import syntax_error

TABLES = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
ROWS = "rows"
_GRAPHS = {format_.name: ox.RdfFormat.from_media_type(format_.media_type) for format_ in RDF_FORMATS}
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_NATIVE: dict[str, Callable[[str], Any]] = {
    vocab.XSD + "integer": int,
    vocab.XSD + "boolean": lambda text: text in ("true", "1"),
}


class LimitError(Exception):
    """The result is over a limit."""


class RefusedError(Exception):
    """The task cannot be done as asked; the first argument is one of the kinds of reply, the second says why."""


@dataclass(frozen=True)
class Task:
    """A query and how its result is wanted.

    view: `all`, or `asserted` to leave the inferred graphs out of the default graph and of the named ones.
    table, graph: the form for solutions (one of TABLES, or ROWS: JSON of plain values) and for triples (a format's
    name); None: the client takes none. default_graphs, named_graphs: the dataset that the protocol asks for (SPARQL 1.1
    Protocol, section 2.1.4); None where it says nothing; "" is the view's own default graph. base: what relative IRIs
    are relative to; prefixes: for results in Turtle and TriG. rows, size: the
    most rows or triples, and the most bytes.
    """

    text: str
    view: str = "all"
    table: str | None = "json"
    graph: str | None = "turtle"
    default_graphs: list[str] | None = None
    named_graphs: list[str] | None = None
    base: str | None = None
    prefixes: dict[str, str] | None = None
    rows: int = 100_000
    size: int = 32 << 20

    def as_dict(self) -> dict[str, Any]:
        """What `Task(**...)` takes."""
        return asdict(self)


class _Limited:
    """A file in memory that refuses to grow beyond a size."""

    def __init__(self, size: int) -> None:
        self.content = bytearray()
        self._size = size

    def write(self, part: bytes) -> int:
        if len(self.content) + len(part) > self._size:
            raise LimitError(f"more than {self._size:,} bytes")
        self.content += part
        return len(part)

    def flush(self) -> None:
        pass


def evaluate(task: Task, stores: dict[str, ox.Store]) -> tuple[str, bytearray]:
    """The result's form (`boolean`, `table` or `graph`) and its bytes, whole.

    stores: by view, each with its merged default graph. Raises SyntaxError (not SPARQL), ValueError (a graph's name is
    no IRI), LimitError, RefusedError (`not-acceptable`), OSError and RuntimeError (the engine), MemoryError.
    """
    store, dataset = _dataset(task, stores)
    results = store.query(task.text, base_iri=task.base, **dataset)
    output: Any = _Limited(task.size)
    if isinstance(results, ox.QueryTriples):
        if task.graph is None:
            raise RefusedError("not-acceptable", "the query gives triples")
        form = _GRAPHS[task.graph]
        prefixes = task.prefixes if task.graph in ("turtle", "trig") else None
        ox.serialize(_at_most(results, task.rows), output, format=form, prefixes=prefixes)
        return "graph", output.content
    if task.table is None:
        raise RefusedError("not-acceptable", "the query gives solutions or a boolean")
    if isinstance(results, ox.QueryBoolean):
        if task.table == ROWS:
            output.write(b"true" if results else b"false")
        else:
            results.serialize(output, format=TABLES[task.table])
        return "boolean", output.content
    if task.table == ROWS:
        _write_rows(results, output, task.rows)
        return "table", output.content
    results.serialize(output, format=TABLES[task.table])
    # A row takes two bytes at least, so that short results need no count.
    if len(output.content) > 2 * task.rows and count_rows(bytes(output.content), task.table) > task.rows:
        raise LimitError(f"more than {task.rows:,} rows")
    return "table", output.content


def _dataset(task: Task, stores: dict[str, ox.Store]) -> tuple[ox.Store, dict[str, Any]]:
    store = stores[task.view]
    if task.default_graphs is None and task.named_graphs is None:
        return store, {}
    default = [ox.NamedNode(iri) if iri else ox.DefaultGraph() for iri in task.default_graphs or ()]
    named = [ox.NamedNode(iri) for iri in task.named_graphs or ()]
    if len(default) < 2:
        return store, {"default_graph": default, "named_graphs": named}
    # pyoxigraph gives a triple once for each default graph that states it; the protocol asks for the RDF merge.
    merged = ox.Store()
    for graph in default:
        merged.extend(ox.Quad(*quad.triple) for quad in store.quads_for_pattern(None, None, None, graph))
    for graph in named:
        merged.extend(store.quads_for_pattern(None, None, None, graph))
    return merged, {"default_graph": [ox.DefaultGraph()], "named_graphs": named}


def _at_most(triples: ox.QueryTriples, most: int) -> Iterator[ox.Triple]:
    for number, triple in enumerate(triples):
        if number >= most:
            raise LimitError(f"more than {most:,} triples")
        yield triple


def _write_rows(solutions: ox.QuerySolutions, output: Any, most: int) -> None:
    columns = [variable.value for variable in solutions.variables]
    output.write(b"[")
    for number, solution in enumerate(solutions):
        if number >= most:
            raise LimitError(f"more than {most:,} rows")
        row = dict(zip(columns, map(_plain, solution), strict=True))
        output.write((b",\n" if number else b"\n") + json.dumps(row, ensure_ascii=False).encode())
    output.write(b"\n]")


def _plain(term: Any) -> Any:
    if isinstance(term, ox.Literal) and term.datatype.value in _NATIVE:
        try:
            return _NATIVE[term.datatype.value](term.value)
        except ValueError:
            return term.value
    return str(term) if isinstance(term, ox.BlankNode | ox.Triple) else getattr(term, "value", None)


def count_rows(content: bytes, form: str) -> int:
    """The rows of a whole result as pyoxigraph writes it, one of TABLES.

    >>> count_rows(b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"uri","value":"[{,{"}},{}]}}', "json")
    2
    """
    if form == "json":
        bare = _STRING.sub(b"", content)
        return bare.count(b"[{") + bare.count(b",{")
    if form == "xml":
        return content.count(b"<result>")
    if form == "tsv":
        return content.count(b"\n") - 1
    return sum(part.count(b"\n") for part in content.split(b'"')[::2]) - 1


@dataclass(frozen=True)
class Limits:
    """What one worker may use. seconds: wall clock of a query; memory: bytes beyond the loaded graph; recycle: queries
    after which a worker makes room for a fresh one."""

    seconds: float = 10.0
    memory: int = 512 << 20
    recycle: int = 500


def load(quads: bytes, inferred: str) -> dict[str, ox.Store]:
    """The stores by view: `all`, and `asserted` without the graphs whose name begins with `inferred`.

    quads: N-Quads of named graphs, a line each; each store's default graph is their RDF merge.
    """
    every = ox.Store()
    every.bulk_load(quads, ox.RdfFormat.N_QUADS)
    asserted = every
    drawn = b" <" + inferred.encode()
    lines = quads.splitlines(keepends=True)
    stated = [line for line in lines if not line.startswith(drawn, line.rfind(b" <"))]
    if len(stated) < len(lines):
        asserted = ox.Store()
        asserted.bulk_load(b"".join(stated), ox.RdfFormat.N_QUADS)
        asserted.update(sparql.text("merge.ru"))
    every.update(sparql.text("merge.ru"))
    return {"all": every, "asserted": asserted}


def answer(task: Task, stores: dict[str, ox.Store]) -> tuple[dict[str, Any], bytes | bytearray]:
    """The head of a reply (`kind` and what belongs to it) and its body."""
    try:
        form, body = evaluate(task, stores)
    except SyntaxError as error:
        ours = syntax_error(error)
        return {"kind": "syntax", "what": ours.what, "line": ours.line, "column": ours.column}, b""
    except LimitError as error:
        return {"kind": "too-large", "what": str(error)}, b""
    except RefusedError as error:
        return {"kind": str(error.args[0]), "what": str(error.args[1])}, b""
    except MemoryError:
        return {"kind": "memory", "what": "memory"}, b""
    except (ValueError, RuntimeError, OSError) as error:
        return {"kind": "engine", "what": str(error)[:500]}, b""
    return {"kind": "ok", "form": form, "length": len(body)}, body


def work(into: int, out: int, stores: dict[str, ox.Store], limits: Limits, lacks: list[str]) -> None:
    """Answers tasks until the other side goes, or until it is time for a fresh worker, which the reply announces.

    into, out: descriptors of the frames; lacks: what of the sandbox is known to be missing.
    """
    held = sandbox.enter(limits.memory)
    timer = hasattr(signal, "setitimer")
    lacks = [*lacks, *(part for part in sandbox.ALL if part not in held), *([] if timer else ["timer"])]
    wire.write(out, wire.pack_json(wire.HELLO, {"process": os.getpid(), "lacks": lacks}))
    start = _highest_memory()
    for served in range(1, limits.recycle + 1):
        frame = wire.read(into)
        if frame is None:
            return
        task = Task(**json.loads(frame[1]))
        if timer:
            signal.setitimer(signal.ITIMER_REAL, limits.seconds)
        head, body = answer(task, stores)
        if timer:
            signal.setitimer(signal.ITIMER_REAL, 0)
        worn = head["kind"] == "memory" or _highest_memory() - start > limits.memory // 4
        head["last"] = worn or served == limits.recycle
        _send(out, head, body)
        if head["last"]:
            return


def _send(out: int, head: dict[str, Any], body: bytes | bytearray) -> None:
    if len(body) <= wire.PART_SIZE:
        wire.write(out, wire.pack_whole(head, body))
        return
    wire.write(out, wire.pack_json(wire.HEAD, head))
    parts = memoryview(body)
    for start in range(0, len(parts), wire.PART_SIZE):
        wire.write(out, wire.pack(wire.PART, bytes(parts[start : start + wire.PART_SIZE])))
    wire.write(out, wire.pack(wire.END))


def _highest_memory() -> int:
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def breed(control: socket.socket) -> None:
    """The parent: takes the graph from the control socket, then forks a worker for each descriptor sent over it."""
    stores, limits = _receive(control.fileno())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # What is loaded stays shared with the children: the collector would touch, and so copy, every page.
    gc.collect()
    gc.freeze()
    wire.write(control.fileno(), wire.pack_json(wire.HELLO, {"process": os.getpid()}))
    while True:
        _, handles, _, _ = socket.recv_fds(control, 1, 1)
        if not handles:
            return
        if os.fork() == 0:
            control.close()
            _child(handles[0], stores, limits)
        os.close(handles[0])


def _child(handle: int, stores: dict[str, ox.Store], limits: Limits) -> None:
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)  # what an engine says as it dies is no news to the operator
        os.close(nowhere)
        work(handle, handle, stores, limits, [])
    except BaseException:
        os._exit(1)
    os._exit(0)


def _receive(handle: int) -> tuple[dict[str, ox.Store], Limits]:
    head = wire.read(handle)
    data = wire.read(handle)
    if head is None or data is None:
        os._exit(0)
    about = json.loads(head[1])
    return load(data[1], about.pop("inferred")), Limits(**about)


def main(arguments: list[str]) -> None:
    """Runs as the parent or as one worker alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if arguments[0] == "fork":
        breed(socket.socket(fileno=int(arguments[1])))
        return
    stores, limits = _receive(0)
    work(0, 1, stores, limits, ["fork"])


if __name__ == "__main__":
    with contextlib.suppress(OSError):
        main(sys.argv[1:])
