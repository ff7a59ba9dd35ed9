"""Limits that are not the engine's: bodies, the share of each client, the queue; workers that are replaced, that are
lost, or whose client goes; and what happens when the parent of the workers is lost.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from hostile_queries import HOSTILE
from serve_process import Server, until_busy

pytestmark = pytest.mark.slow

QUERY = {"Content-Type": "application/sparql-query"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def chunks(content: bytes) -> Iterator[bytes]:
    for at in range(0, len(content), 10_000):
        yield content[at : at + 10_000]


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
@pytest.mark.parametrize("headers", [QUERY, FORM], ids=["direct", "form"])
def test_a_body_over_256_kb_is_413(small: Server, headers: dict[str, str], chunked: bool) -> None:
    content = b"query=ASK%20%7B%7D" if headers is FORM else b"ASK {}"
    over = content + (b"&a=b" if headers is FORM else b" ") * (257 * 1024 // (4 if headers is FORM else 1))
    with small.client() as client:
        answer = client.post("/sparql", content=chunks(over) if chunked else over, headers=headers)
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        assert client.post("/sparql", content=content, headers=headers).status_code == 200


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_query_over_64_kb_is_413(small: Server, chunked: bool) -> None:
    with small.client() as client:
        for size, status in ((64 * 1024, 200), (64 * 1024 + 1, 413)):
            content = b"ASK {}#".ljust(size, b"a")
            answer = client.post("/sparql", content=chunks(content) if chunked else content, headers=QUERY)
            assert answer.status_code == status


def test_a_body_of_300_mb_takes_no_memory(small: Server) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(300):
            yield b"a" * (1 << 20)

    before = small.megabytes()
    # 413, or it is cut while it is still sending.
    with small.client() as client, contextlib.suppress(httpx.WriteError, httpx.ReadError):
        assert client.post("/sparql", content=endless(), headers=QUERY).status_code == 413
    assert small.megabytes() - before < 20


def test_one_client_has_its_share_and_no_more(starter: Callable[..., Server], small_project: Path) -> None:
    server = starter("--limit-seconds", "1", "--workers", "2", project=small_project)

    def ask(source: str) -> httpx.Response:
        with server.client(source) as client:
            return client.post("/sparql", content=HOSTILE["product_values"], headers=QUERY)

    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(ask, ["127.0.3.1"] * 5))
    assert sorted(answer.status_code for answer in found) == [429, 429, 504, 504, 504]
    # One runs at a time: the third waited for two others.
    assert max(answer.elapsed.total_seconds() for answer in found if answer.status_code == 504) > 2.75
    for refused in (answer for answer in found if answer.status_code == 429):
        assert int(refused.headers["retry-after"]) > 0
        assert refused.json()["remedy"].endswith("at most 1 run and 2 wait.")
    with ThreadPoolExecutor(2) as threads:
        attack = threads.submit(ask, "127.0.3.1")
        until_busy(server, 1)
        with server.client("127.0.3.2") as client:
            assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
        assert not attack.done()
        assert attack.result().status_code == 504
    server.stop()


def test_a_full_queue_says_when_to_try_again(starter: Callable[..., Server], small_project: Path) -> None:
    limits = {"limits": {"seconds": 1.0}, "pool": {"workers": 1, "queue": 1}}
    server = starter(project=small_project, settings=limits)

    def ask(number: int) -> httpx.Response:
        with server.client(f"127.0.3.{number + 20}") as client:
            return client.post("/sparql", content=HOSTILE["product_values"], headers=QUERY)

    with ThreadPoolExecutor(3) as threads:
        found = list(threads.map(ask, range(3)))
    assert sorted(answer.status_code for answer in found) == [503, 504, 504]
    (refused,) = (answer for answer in found if answer.status_code == 503)
    assert int(refused.headers["retry-after"]) > 0
    assert refused.json()["detail"] == "Too many queries are waiting."
    server.stop()


def _until_workers(server: Server, number: int) -> set[int]:
    """The processes of a server's workers, once there are as many as it should have: they start in the background."""
    deadline = time.monotonic() + 5
    with server.client() as client:
        while client.get("/health").json()["workers"] < number and time.monotonic() < deadline:
            time.sleep(0.02)
    found = set(server.workers())
    assert len(found) == number
    return found


def test_workers_are_renewed_without_a_single_error(short: Server) -> None:
    before = _until_workers(short, 3)
    with short.client() as client:
        statuses = [client.get("/sparql", params={"query": "ASK {}"}).status_code for _ in range(200)]
    assert set(statuses) == {200}
    assert before - _until_workers(short, 3)


@pytest.mark.conformance
def test_workers_are_renewed_after_500_queries(roomy: Server) -> None:
    before = _until_workers(roomy, 3)
    with roomy.client() as client:
        statuses = [client.get("/sparql", params={"query": "ASK {}"}).status_code for _ in range(1700)]
    assert set(statuses) == {200}
    assert before - _until_workers(roomy, 3)


def test_a_worker_killed_from_outside_is_replaced(small: Server) -> None:
    with small.client() as client:
        for worker in small.workers():
            os.kill(worker, signal.SIGKILL)
        time.sleep(0.3)
        assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
    deadline = time.monotonic() + 5
    while len(small.workers()) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(small.workers()) == 2


def test_the_parent_of_the_workers_can_be_lost(starter: Callable[..., Server], small_project: Path) -> None:
    server = starter("--workers", "2", project=small_project)
    pid = server.process.pid
    parent, workers = server.parent_of_workers(), server.workers()
    os.kill(parent, signal.SIGKILL)
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    with server.client() as client:
        deadline = time.monotonic() + 10
        while (answer := client.get("/sparql", params={"query": "ASK {}"})).status_code != 200:
            assert answer.status_code == 503
            assert time.monotonic() < deadline
    assert server.parent_of_workers() != parent
    assert server.process.pid == pid
    assert server.stop() == 0


def test_a_client_that_goes_frees_its_worker(starter: Callable[..., Server], small_project: Path) -> None:
    server = starter("--limit-seconds", "30", "--workers", "1", project=small_project)
    body = HOSTILE["product_values"].encode()
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {QUERY['Content-Type']}\r\nContent-Length: {len(body)}"
    with socket.create_connection(server.address) as gone:
        gone.sendall(head.encode() + b"\r\n\r\n" + body)
        until_busy(server, 1)
    with server.client("127.0.3.9") as client:
        began = time.monotonic()
        assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
        assert time.monotonic() - began < 5
    server.stop()


def test_a_reader_that_stops_holds_no_worker(starter: Callable[..., Server]) -> None:
    # A query that steps back behind others takes its time on a busy machine: it has enough of it.
    server = starter("--workers", "1", "--per-client", "1", "--limit-seconds", "60")
    query = "SELECT%20%2A%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"
    stopped = socket.socket()
    stopped.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stopped.connect(server.address)
    stopped.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert stopped.recv(100).startswith(b"HTTP/1.1 200")
    with server.client("127.0.3.10") as client:
        assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
        assert client.get("/health").json()["busy"] == 0
    stopped.close()
    server.stop()


def test_long_queries_step_back_and_leave_half_of_the_workers(
    starter: Callable[..., Server], small_project: Path
) -> None:
    server = starter("--limit-seconds", "1.5", "--workers", "4", project=small_project)

    def ask(number: int) -> int:
        with server.client(f"127.0.4.{number + 1}") as client:
            return client.post("/sparql", content=HOSTILE["product_values"], headers=QUERY).status_code

    def priorities() -> list[int]:
        return sorted(os.getpriority(os.PRIO_PROCESS, worker) for worker in server.workers())

    usual = os.getpriority(os.PRIO_PROCESS, server.process.pid)
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(ask, range(4))) == {504}
        # The server remembers slow clients for a while: four of them no longer take all the workers.
        attacks = [threads.submit(ask, number) for number in range(4)]
        until_busy(server, 2)
        deadline = time.monotonic() + 1.4
        while priorities() != [usual, usual, 19, 19] and time.monotonic() < deadline:
            time.sleep(0.02)
        with server.client("127.0.4.100") as client:
            began = time.monotonic()
            assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
            assert time.monotonic() - began < 2
            assert client.get("/health").json()["busy"] == 2
        assert priorities() == [usual, usual, 19, 19]
        assert {attack.result() for attack in attacks} == {504}
    server.stop()
