"""Worker processes: each evaluates one query after another, within its limits, and writes each result whole.

    python -m mtsp_kg.serve.worker fork DESCRIPTOR     a parent that loads the graph and forks a worker for each socket
                                                       that it receives
    python -m mtsp_kg.serve.worker spawn               one worker that loads the graph itself, on platforms without fork

The parent is single-threaded, evaluates no visitor's query, and exits when the web process exits, which closes its
socket. A worker enters its sandbox before its first query. Each query runs under a kernel timer whose signal kills the
process, so that no query exceeds its limit.
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
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyoxigraph as ox

from mtsp_kg import sparql, vocab
from mtsp_kg.formats import RDF_FORMATS
from mtsp_kg.serve import sandbox, wire
from mtsp_kg.serve.settings import WorkerLimits
from mtsp_kg.store import syntax_error

TABLE_FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
ROWS = "rows"
_GRAPH_FORMATS = {format_.name: ox.RdfFormat.from_media_type(format_.media_type) for format_ in RDF_FORMATS}
_FORMATS_WITH_PREFIXES = ("turtle", "trig")
_MAX_ERROR_LENGTH = 500
_JSON_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_PYTHON_VALUE: dict[str, Callable[[str], Any]] = {
    vocab.XSD + "integer": int,
    vocab.XSD + "boolean": lambda text: text in ("true", "1"),
}


@dataclass(frozen=True)
class Task:
    """A query and the form of its result.

    view: `all`, or `asserted` without the inferred graphs. table, graph: the form for solutions (one of TABLE_FORMATS,
    or ROWS: JSON of plain values) and for triples (the name of an RDF format); None if the client accepts none.
    default_graphs, named_graphs: the dataset of the request (SPARQL 1.1 Protocol, section 2.1.4), None if it has
    none; "" is the default graph of the view. base: the IRI that relative IRIs are resolved against. max_rows: of rows
    or triples; max_bytes: of the result.
    """

    text: str
    view: str = "all"
    table: str | None = "json"
    graph: str | None = "turtle"
    default_graphs: list[str] | None = None
    named_graphs: list[str] | None = None
    base: str | None = None
    max_rows: int = 100_000
    max_bytes: int = 32 << 20

    def as_dict(self) -> dict[str, Any]:
        """The arguments of `Task`."""
        return vars(self)


class LoadedGraph(NamedTuple):
    """The graph of a worker. views: a store for each view, with its merged default graph; prefixes: for Turtle."""

    views: dict[str, ox.Store]
    prefixes: dict[str, str]


class ResultTooLargeError(Exception):
    """The result exceeds a limit."""


class TaskRefusedError(Exception):
    """A task cannot be carried out. The arguments are the kind of the reply, and the reason."""


def evaluate(task: Task, graph: LoadedGraph) -> tuple[str, bytearray]:
    """The kind of the result (`boolean`, `table` or `graph`) and all of its bytes.

    Raises SyntaxError (not SPARQL), ValueError (the name of a graph is not an IRI), ResultTooLargeError,
    TaskRefusedError, OSError and RuntimeError (the engine), MemoryError.
    """
    store, dataset = _dataset(task, graph.views[task.view])
    results = store.query(task.text, base_iri=task.base, **dataset)
    output: Any = _LimitedOutput(task.max_bytes)
    if isinstance(results, ox.QueryTriples):
        if task.graph is None:
            raise TaskRefusedError("not-acceptable", "graph")
        prefixes = graph.prefixes if task.graph in _FORMATS_WITH_PREFIXES else None
        triples = _limited(results, task.max_rows)
        ox.serialize(triples, output, format=_GRAPH_FORMATS[task.graph], prefixes=prefixes)
        return "graph", output.content
    if task.table is None:
        raise TaskRefusedError("not-acceptable", "table")
    if isinstance(results, ox.QueryBoolean):
        if task.table == ROWS:
            output.write(b"true" if results else b"false")
        else:
            results.serialize(output, format=TABLE_FORMATS[task.table])
        return "boolean", output.content
    if task.table == ROWS:
        _write_rows(results, output, task.max_rows)
        return "table", output.content
    results.serialize(output, format=TABLE_FORMATS[task.table])
    # A row takes two bytes at least, so the rows of a short result need not be counted.
    if len(output.content) > 2 * task.max_rows and count_rows(bytes(output.content), task.table) > task.max_rows:
        raise ResultTooLargeError(f"more than {task.max_rows:,} rows")
    return "table", output.content


def count_rows(content: bytes, form: str) -> int:
    """The number of rows of a whole result as pyoxigraph writes it. form: one of TABLE_FORMATS.

    >>> count_rows(b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"uri","value":"[{,{"}},{}]}}', "json")
    2
    """
    if form == "json":
        bare = _JSON_STRING.sub(b"", content)
        return bare.count(b"[{") + bare.count(b",{")
    if form == "xml":
        return content.count(b"<result>")
    if form == "tsv":
        return content.count(b"\n") - 1
    return sum(part.count(b"\n") for part in content.split(b'"')[::2]) - 1


def reply(task: Task, graph: LoadedGraph) -> tuple[dict[str, Any], bytes | bytearray]:
    """The head of the reply to a task (`kind`, and the fields of that kind) and its body."""
    try:
        form, body = evaluate(task, graph)
    except SyntaxError as error:
        query_error = syntax_error(error)
        position = {"line": query_error.line, "column": query_error.column}
        return {"kind": "syntax", "what": query_error.what, **position}, b""
    except ResultTooLargeError as error:
        return {"kind": "too-large", "what": str(error)}, b""
    except TaskRefusedError as error:
        kind, reason = error.args
        return {"kind": kind, "what": reason}, b""
    except MemoryError:
        return {"kind": "memory", "what": "out of memory"}, b""
    except (ValueError, RuntimeError, OSError) as error:
        return {"kind": "engine", "what": str(error)[:_MAX_ERROR_LENGTH]}, b""
    return {"kind": "ok", "form": form, "length": len(body)}, body


def load(quads: bytes, inferred: str) -> dict[str, ox.Store]:
    """The stores by view: `all`, and `asserted` without the graphs whose names begin with `inferred`.

    quads: N-Quads of named graphs, one on each line. The default graph of each store is the RDF merge of its graphs.
    """
    everything = ox.Store()
    everything.bulk_load(quads, ox.RdfFormat.N_QUADS)
    asserted = everything
    beginning = b" <" + inferred.encode()
    lines = quads.splitlines(keepends=True)
    asserted_lines = [line for line in lines if not line.startswith(beginning, line.rfind(b" <"))]
    if len(asserted_lines) < len(lines):
        asserted = ox.Store()
        asserted.bulk_load(b"".join(asserted_lines), ox.RdfFormat.N_QUADS)
        asserted.update(sparql.text("merge.ru"))
    everything.update(sparql.text("merge.ru"))
    return {"all": everything, "asserted": asserted}


def run_worker(
    input_: int, output: int, graph: LoadedGraph, limits: WorkerLimits, missing_isolation: list[str]
) -> None:
    """Replies to tasks until the peer closes, or until the worker must be replaced, as announced in the last reply.

    input_, output: descriptors for frames; missing_isolation: missing parts, as keys of `sandbox.WITHOUT_PART`.
    """
    in_force = sandbox.enter(limits.memory)
    missing = [*missing_isolation, *(part for part in sandbox.PARTS if part not in in_force)]
    has_timer = hasattr(signal, "setitimer")
    if not has_timer:
        missing.append("timer")
    wire.write(output, wire.pack_json(wire.HELLO, {"process": os.getpid(), "missing_isolation": missing}))
    memory_at_start = _peak_memory()
    for number in range(1, limits.recycle_after + 1):
        frame = wire.read(input_)
        if frame is None:
            return
        task = Task(**json.loads(frame[1]))
        if has_timer:
            signal.setitimer(signal.ITIMER_REAL, limits.seconds)
        head, body = reply(task, graph)
        if has_timer:
            signal.setitimer(signal.ITIMER_REAL, 0)
        has_grown = head["kind"] == "memory" or _peak_memory() - memory_at_start > limits.memory // 4
        head["last"] = has_grown or number == limits.recycle_after
        _send(output, head, body)
        if head["last"]:
            return


def run_parent(control: socket.socket) -> None:
    """Loads the graph that the control socket sends, then forks a worker for each descriptor that it sends."""
    graph, limits = _receive_graph(control.fileno())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # What is loaded stays shared with the workers: the garbage collector would touch, and so copy, every page.
    gc.collect()
    gc.freeze()
    wire.write(control.fileno(), wire.pack_json(wire.HELLO, {"process": os.getpid()}))
    while True:
        _, handles, _, _ = socket.recv_fds(control, 1, 1)
        if not handles:
            return
        if os.fork() == 0:
            control.close()
            _run_child(handles[0], graph, limits)
        os.close(handles[0])


def main(arguments: list[str]) -> None:
    """Runs the parent of forked workers, or one spawned worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if arguments[0] == "fork":
        run_parent(socket.socket(fileno=int(arguments[1])))
        return
    graph, limits = _receive_graph(0)
    run_worker(0, 1, graph, limits, ["fork"])


def _run_child(handle: int, graph: LoadedGraph, limits: WorkerLimits) -> None:
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 2)  # what an engine writes as it dies is of no use to the operator
        os.close(null)
        run_worker(handle, handle, graph, limits, [])
    except BaseException:
        os._exit(1)
    os._exit(0)


def _receive_graph(handle: int) -> tuple[LoadedGraph, WorkerLimits]:
    head = wire.read(handle)
    data = wire.read(handle)
    if head is None or data is None:
        os._exit(0)
    options = json.loads(head[1])
    graph = LoadedGraph(load(data[1], options["inferred"]), options["prefixes"])
    return graph, WorkerLimits(**options["limits"])


def _send(output: int, head: dict[str, Any], body: bytes | bytearray) -> None:
    if len(body) <= wire.PART_SIZE:
        wire.write(output, wire.pack_whole(head, body))
        return
    wire.write(output, wire.pack_json(wire.HEAD, head))
    view = memoryview(body)
    for start in range(0, len(view), wire.PART_SIZE):
        wire.write(output, wire.pack(wire.PART, bytes(view[start : start + wire.PART_SIZE])))
    wire.write(output, wire.pack(wire.END))


def _peak_memory() -> int:
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _dataset(task: Task, store: ox.Store) -> tuple[ox.Store, dict[str, Any]]:
    """The store to query, and the dataset arguments of its `query`."""
    if task.default_graphs is None and task.named_graphs is None:
        return store, {}
    default = [ox.NamedNode(iri) if iri else ox.DefaultGraph() for iri in task.default_graphs or ()]
    named = [ox.NamedNode(iri) for iri in task.named_graphs or ()]
    if len(default) < 2:
        return store, {"default_graph": default, "named_graphs": named}
    # pyoxigraph gives a triple once for each default graph that has it; the protocol asks for their RDF merge.
    merged = ox.Store()
    for graph in default:
        merged.extend(ox.Quad(*quad.triple) for quad in store.quads_for_pattern(None, None, None, graph))
    for graph in named:
        merged.extend(store.quads_for_pattern(None, None, None, graph))
    return merged, {"default_graph": [ox.DefaultGraph()], "named_graphs": named}


class _LimitedOutput:
    """A file in memory that raises ResultTooLargeError beyond a size."""

    def __init__(self, max_bytes: int) -> None:
        self.content = bytearray()
        self._max_bytes = max_bytes

    def write(self, part: bytes) -> int:
        if len(self.content) + len(part) > self._max_bytes:
            raise ResultTooLargeError(f"more than {self._max_bytes:,} bytes")
        self.content += part
        return len(part)

    def flush(self) -> None:
        pass


def _limited(triples: ox.QueryTriples, limit: int) -> Iterator[ox.Triple]:
    for number, triple in enumerate(triples):
        if number >= limit:
            raise ResultTooLargeError(f"more than {limit:,} triples")
        yield triple


def _write_rows(solutions: ox.QuerySolutions, output: Any, limit: int) -> None:
    columns = [variable.value for variable in solutions.variables]
    output.write(b"[")
    for number, solution in enumerate(solutions):
        if number >= limit:
            raise ResultTooLargeError(f"more than {limit:,} rows")
        row = dict(zip(columns, map(_plain_value, solution), strict=True))
        output.write((b",\n" if number else b"\n") + json.dumps(row, ensure_ascii=False).encode())
    output.write(b"\n]")


def _plain_value(term: Any) -> Any:
    if isinstance(term, ox.Literal) and term.datatype.value in _PYTHON_VALUE:
        try:
            return _PYTHON_VALUE[term.datatype.value](term.value)
        except ValueError:
            return term.value
    return str(term) if isinstance(term, ox.BlankNode | ox.Triple) else getattr(term, "value", None)


if __name__ == "__main__":
    with contextlib.suppress(OSError):
        main(sys.argv[1:])
