"""HTTP as an attacker writes it: slow, smuggled, injected, with somebody else's name, or without end. Raw sockets."""

from __future__ import annotations

import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from serve_process import Server

from mtsp_kg.serve.settings import Deadlines

pytestmark = pytest.mark.slow

GOOD = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def talk(server: Server, content: bytes, seconds: float = 5) -> bytes:
    """What the server sends back until it closes or is silent for a second."""
    with socket.create_connection(server.address, timeout=seconds) as line:
        line.sendall(content)
        received = b""
        line.settimeout(1)
        try:
            while part := line.recv(65536):
                received += part
        except (TimeoutError, ConnectionResetError):
            pass
        return received


def status(received: bytes) -> int:
    return int(received.split(b" ", 2)[1]) if received else 0


def test_a_good_request_is_answered(server: Server) -> None:
    assert status(talk(server, GOOD)) == 200


def half_open_connections_are_cut(server: Server, head_seconds: float) -> None:
    lines = []
    for number in range(300):
        line = socket.create_connection(server.address)
        # Some have sent nothing, some a part of a head, some lines of nothing.
        line.sendall([b"", b"GET /sparql HTTP/1.1\r\nHost: x\r\nX-A: b", b"\r\n"][number % 3])
        lines.append(line)
    slowest = 0.0
    began = time.monotonic()
    while time.monotonic() - began < 1.7 * head_seconds:
        asked = time.monotonic()
        assert status(talk(server, GOOD)) == 200
        slowest = max(slowest, time.monotonic() - asked)
        for line in lines[1:30:3]:
            try:
                line.sendall(b"c")  # trickles on; that moves no deadline
            except OSError:
                break
        time.sleep(head_seconds / 10)
    time.sleep(max(0.0, 2 * head_seconds - (time.monotonic() - began)))
    still = 0
    for line in lines:
        line.setblocking(False)
        try:
            still += line.recv(1) != b""
        except BlockingIOError:
            still += 1
        except OSError:
            pass
        line.close()
    assert still == 0
    assert slowest < 1  # 0.1 s on a machine that does nothing else


def slow_body_is_cut(server: Server, body_seconds: float) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 1000\r\n\r\n"
    began = time.monotonic()
    with socket.create_connection(server.address, timeout=15) as line:
        line.sendall(head)
        try:
            while time.monotonic() - began < body_seconds + 4:
                line.sendall(b"a")
                time.sleep(body_seconds / 20)
        except OSError:
            pass
    assert 0.9 * body_seconds < time.monotonic() - began < body_seconds + 3


def silent_connection_is_closed(server: Server, head_seconds: float) -> None:
    with socket.create_connection(server.address, timeout=15) as line:
        line.sendall(GOOD.replace(b"Connection: close\r\n", b""))
        received = b""
        while b'"boolean"' not in received:
            received += line.recv(65536)
        line.sendall(b"\r\n")  # what looks like life
        began = time.monotonic()
        assert line.recv(65536) == b""
        assert 0.9 * head_seconds < time.monotonic() - began < head_seconds + 3


def client_that_stops_reading_is_cut(server: Server, stalled_seconds: float) -> None:
    doubled = "".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1}) " for n in range(20))
    query = "SELECT ?x20 { VALUES ?a {" + " 1" * 20 + ' } BIND("a" AS ?x0) ' + doubled + "}"
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(30)
        line.bind(("127.0.6.1", 0))  # a client of its own, for whose query the others need not wait
        line.connect(server.address)
        line.sendall(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        received = line.recv(1000)
        length = int(re.search(rb"content-length: (\d+)", received)[1])  # type: ignore[index]
        assert length > 20 << 20
        time.sleep(stalled_seconds + 1)
        total = len(received)
        try:
            while part := line.recv(1 << 20):
                total += len(part)
        except ConnectionResetError:
            pass
    assert total < length
    assert status(talk(server, GOOD)) == 200


def test_300_half_open_connections_are_cut_and_others_served_meanwhile(short: Server) -> None:
    half_open_connections_are_cut(short, 1)


def test_a_slow_body_is_cut(short: Server) -> None:
    slow_body_is_cut(short, 1)


def test_a_silent_keep_alive_connection_is_closed(short: Server) -> None:
    silent_connection_is_closed(short, 1)


def test_a_client_that_stops_reading_is_cut(short: Server) -> None:
    client_that_stops_reading_is_cut(short, 1)


@pytest.mark.conformance
def test_the_default_deadlines(small: Server) -> None:
    deadlines = Deadlines()
    with ThreadPoolExecutor(4) as threads:
        running = [
            threads.submit(half_open_connections_are_cut, small, deadlines.head),
            threads.submit(slow_body_is_cut, small, deadlines.body),
            threads.submit(silent_connection_is_closed, small, deadlines.head),
            threads.submit(client_that_stops_reading_is_cut, small, deadlines.stalled),
        ]
        for one in running:
            one.result()


@pytest.mark.parametrize(
    "smuggled",
    [
        b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
        b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nG",
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nAAAAAG",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: +5\r\n\r\nAAAAA",
        b"Content-Length : 5\r\n\r\nAAAAA",
        b"Content-Length: 5 \r\n Content-Length: 6\r\n\r\nAAAAAA",
        b"Transfer-Encoding: chunked\r\n\r\n5;\nGET / HTTP/1.1\r\n\r\n",
    ],
)
def test_smuggled_requests_are_not_served(server: Server, smuggled: bytes) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    received = talk(server, head + smuggled + b"ET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    assert status(received) in (0, 400)
    assert b'"workers"' not in received


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /sparql?query=ASK%7B%7D%0d%0aX-Evil:%20yes HTTP/1.1",
        b"GET /%0d%0aX-Evil:%20yes HTTP/1.1",
        b"GET /api/%0d%0aX-Evil:%20yes HTTP/1.1",
        b"GET /api/partners?%0d%0aX-Evil=yes HTTP/1.1",
        b"GET /\xe4\xb8\xad\xe6\x96\x87 HTTP/1.1",
        b"GET /%e4%b8%ad%ff HTTP/1.1",
        b"GET /%00 HTTP/1.1",
        b"GET //evil.example/ HTTP/1.1",
        b"GET /\\evil.example/ HTTP/1.1",
        b"GET http://evil.example/api HTTP/1.1",
        b"GET /" + b"../" * 50 + b"etc/passwd HTTP/1.1",
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nAccept: text/csv\xff\xfe",
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nAccept: " + b"a/b," * 10000,
        b"GET /api/partners HTTP/1.1\r\nIf-None-Match: " + b'"a",' * 5000,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /health HTTP/9.9",
        b"NONSENSE",
        b"CONNECT evil.example:80 HTTP/1.1",
        b"TRACE /health HTTP/1.1",
        b"GET /health HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade",
    ],
)
def test_no_request_injects_a_header_or_breaks_the_server(server: Server, request_line: bytes) -> None:
    received = talk(server, request_line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
    head = received.split(b"\r\n\r\n")[0].lower()
    assert b"x-evil" not in head
    assert b"location: " not in head
    assert b"set-cookie" not in head
    assert status(received) != 500
    assert status(talk(server, GOOD)) == 200


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"GET /api HTTP/1.1\r\nHost: evil.example\r\n", 200),
        (b"GET /api/ HTTP/1.1\r\nHost: evil.example\r\n", 404),
        (b"GET /sparql/ HTTP/1.1\r\nHost: evil.example\r\n", 200),
        (b"GET /sparql HTTP/1.1\r\nHost: evil.example/x?\r\n", 200),
        (b"GET /.well-known/sparql-examples HTTP/1.1\r\nHost: evil.example:99\r\n", 200),
        (b"GET /api/openapi.json HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n", 200),
        (b"GET /health HTTP/1.1\r\nHost: a\r\nHost: evil.example\r\n", 400),
        (b"GET /health HTTP/1.1\r\n", 400),
    ],
)
def test_the_host_header_is_never_believed(server: Server, head: bytes, expected: int) -> None:
    received = talk(server, head + b"Connection: close\r\n\r\n")
    assert status(received) == expected
    assert b"evil.example" not in received
    assert b"location:" not in received.split(b"\r\n\r\n")[0].lower()


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"GET /sparql?query=" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 10_000 + b"\r\n", 431),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: " + b"b" * 300_000, 431),
    ],
)
def test_a_head_over_64_kb_is_refused(server: Server, head: bytes, expected: int) -> None:
    assert status(talk(server, head)) in (expected, 0)
    assert status(talk(server, GOOD)) == 200


def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    first = GOOD.replace(b"Connection: close\r\n", b"")
    received = talk(server, first + first.replace(b"/sparql?query=ASK%7B%7D", b"/health") + GOOD)
    assert received.count(b"HTTP/1.1 200") == 3
    assert received.index(b'"boolean"') < received.index(b'"workers"') < received.rindex(b'"boolean"')
