"""A SPARQL 1.1 server in this process, over pyoxigraph, with the Graph Store Protocol, and with ways to fail."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

Answer = tuple[int, dict[str, str], bytes]
JSON = "application/sparql-results+json"


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        pass  # who waited too long has gone


class LittleStore:
    """failing: called before each request, its result is the response; union: the default graph is the union of all."""

    def __init__(self, *, union: bool = False) -> None:
        self.store = ox.Store()
        self.union = union
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.failing: Callable[[str, str, dict[str, str]], Answer | None] = lambda method, path, headers: None
        little = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body in one packet: in two, the client's delayed acknowledgement costs 40 ms a request.
            wbufsize = 65536

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class has it
                pass

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                little.requests.append((self.command, self.path, headers))
                found = little.failing(self.command, self.path, headers)
                status, more, out = found or little.answer(self.command, self.path, headers, body)
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                if "Content-Length" not in more:
                    self.send_header("Content-Length", str(len(out)))
                self.end_headers()
                self.wfile.write(out)

            do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - as the base class has it

        self.server = _Quiet(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.graphs = f"{self.base}/store"
        self.queries = f"{self.base}/query"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        parts = urlsplit(path)
        if parts.path == "/query":
            return self.query(parse_qs(body.decode(), keep_blank_values=True))
        fields = parse_qs(parts.query, keep_blank_values=True)
        name = ox.DefaultGraph() if "default" in fields else ox.NamedNode(fields["graph"][0])
        there = [quad.triple for quad in self.store.quads_for_pattern(None, None, None, name)]
        if method == "GET":
            if not there:
                return 404, {}, b"no such graph"
            written = ox.serialize(there, format=ox.RdfFormat.N_TRIPLES) or b""
            return 200, {"Content-Type": "application/n-triples"}, written
        assert method in ("PUT", "DELETE")
        self.store.clear_graph(name)
        if method == "PUT":
            assert headers["content-type"] == "application/n-triples"
            self.store.load(body, format=ox.RdfFormat.N_TRIPLES, to_graph=name)
        return 204, {}, b""

    def query(self, fields: dict[str, list[str]]) -> Answer:
        more: dict[str, object] = {"use_default_graph_as_union": self.union}
        if "default-graph-uri" in fields:
            more = {
                "default_graph": [ox.NamedNode(graph) for graph in fields["default-graph-uri"]],
                "named_graphs": [ox.NamedNode(graph) for graph in fields.get("named-graph-uri", [])],
            }
        try:
            found = self.store.query(fields["query"][0], **more)  # type: ignore[arg-type]
        except SyntaxError as error:
            return 400, {"Content-Type": "text/plain"}, str(error).encode()
        if isinstance(found, ox.QueryTriples):
            written = found.serialize(format=ox.RdfFormat.N_TRIPLES) or b""
            return 200, {"Content-Type": "application/n-triples"}, written
        return 200, {"Content-Type": JSON}, found.serialize(format=ox.QueryResultsFormat.JSON) or b""
