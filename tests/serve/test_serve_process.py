"""The server as a process: quickly there, honest about its isolation, cleanly gone, and its log."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hostile_queries import HOSTILE
from serve_process import Server, until_busy

from mtsp_kg.graph import open_graph
from mtsp_kg.serve import sandbox
from mtsp_kg.serve.middleware import AccessLog
from mtsp_kg.serve.pool import Pool
from mtsp_kg.serve.problems import QueryTimeoutError
from mtsp_kg.serve.responses import MAX_IN_MEMORY, QueryResult
from mtsp_kg.serve.settings import PoolLimits, WorkerLimits
from mtsp_kg.serve.worker import Task
from mtsp_kg.serve.worker_factory import SpawningWorkerFactory, named_quads

pytestmark = pytest.mark.slow


def gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def until_gone(processes: list[int]) -> None:
    deadline = time.monotonic() + 5
    while not all(gone(process) for process in processes) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert all(gone(process) for process in processes)


def test_it_is_ready_within_a_second(starter: Callable[..., Server], server: Server) -> None:
    assert server.seconds_to_ready  # it has filled the cache of the loaded graph
    limit = 1.0 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    found: list[float] = []
    while len(found) < 3 and not (found and min(found) < limit):
        server = starter()
        found.append(server.seconds_to_ready)
        server.stop()
    assert min(found) < limit


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_clean_stop_leaves_no_process(starter: Callable[..., Server], small_project: Path, number: int) -> None:
    server = starter(project=small_project)
    family = [server.parent_of_workers(), *server.workers()]
    with server.client() as client, ThreadPoolExecutor(1) as threads:
        attack = threads.submit(
            client.post,
            "/sparql",
            content=HOSTILE["product_values"],
            headers={"Content-Type": "application/sparql-query"},
        )
        until_busy(server, 1)
        began = time.monotonic()
        assert server.stop(number) == 0
        assert time.monotonic() - began < 6
        assert attack.result().status_code == 503
    until_gone(family)
    assert "Traceback" not in server.log.read_text("utf-8")
    with pytest.raises(ConnectionRefusedError), socket.create_connection(server.address):
        pass


def test_a_killed_server_leaves_no_process(starter: Callable[..., Server], small_project: Path) -> None:
    server = starter("--limit-seconds", "1", project=small_project)
    family = [server.parent_of_workers(), *server.workers()]
    server.stop(signal.SIGKILL)
    until_gone(family)


def test_the_parent_of_the_workers_has_one_thread(server: Server) -> None:
    status = Path(f"/proc/{server.parent_of_workers()}/status").read_text("ascii")
    assert "Threads:\t1\n" in status


def test_a_worker_is_shut_in(server: Server) -> None:
    worker = server.workers()[0]
    status = Path(f"/proc/{worker}/status").read_text("ascii")
    assert "Seccomp:\t2" in status
    assert "NoNewPrivs:\t1" in status
    limits = Path(f"/proc/{worker}/limits").read_text("ascii")
    assert "Max file size             0                    0" in limits
    assert "Max core file size        0                    0" in limits
    assert not any(line.startswith("Max address space         unlimited") for line in limits.splitlines())
    links = [handle.readlink() for handle in Path(f"/proc/{worker}/fd").iterdir()]
    assert sorted(str(link).split(":")[0] for link in links) == ["/dev/null"] * 3 + ["socket"]


SCRIPT = """
import os, socket, subprocess, sys, ctypes
from mtsp_kg.serve import sandbox
libc = ctypes.CDLL(None, use_errno=True)
print(sorted(sandbox.enter(256 << 20)))
def tried(name, action):
    try:
        action()
    except OSError as error:
        print(name, error.errno)
    except MemoryError:
        print(name, "memory")
    else:
        print(name, "done")
tried("socket", lambda: socket.socket())
tried("pair", lambda: socket.socketpair())
tried("open", lambda: os.open("/etc/passwd", os.O_RDONLY))
tried("write", lambda: os.open("/tmp/x", os.O_WRONLY | os.O_CREAT))
tried("fork", lambda: os.fork())
tried("exec", lambda: os.execv("/bin/true", ["true"]))
tried("kill", lambda: os.kill(os.getppid(), 0))
tried("pipe", lambda: os.pipe())
tried("dup", lambda: os.dup(1))
tried("memory", lambda: bytearray(1 << 30))
tried("compute", lambda: sum(range(1000)))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="seccomp is Linux's")
def test_the_sandbox_lets_nothing_through_but_computing() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    first, *rest = done.stdout.splitlines()
    assert first == "['calls', 'files', 'memory']"
    found = dict(line.split() for line in rest)
    assert found.pop("memory") == "memory"
    assert found.pop("compute") == "done"
    assert set(found.values()) == {str(errno.EPERM)}


def test_the_filter_of_each_architecture_is_whole() -> None:
    import struct

    for architecture, table in sandbox.SYSTEM_CALLS.values():
        numbers = sorted(table.values())
        lines = [struct.unpack("=HBBI", line) for line in _pieces(sandbox.seccomp_filter(architecture, numbers), 8)]

        def answers(arch: int, number: int, lines: list[tuple[int, int, int, int]] = lines) -> int:
            at, register = 0, 0
            while True:
                code, yes, no, value = lines[at]
                if code == 0x06:
                    return value
                if code == 0x20:
                    register = {0: number, 4: arch}[value]
                else:
                    at += yes if register == value else no
                at += 1

        assert {answers(architecture, number) for number in numbers} == {0x7FFF0000}
        others = set(range(500)) - set(numbers) | {0x40000000 + number for number in numbers}
        assert {answers(architecture, number) for number in others} == {0x00050001}
        assert answers(architecture ^ 1, numbers[0]) == 0x80000000
        assert set(table) == set(sandbox.SYSTEM_CALLS["x86_64"][1]) - (
            {"time"} if table is not sandbox.SYSTEM_CALLS["x86_64"][1] else set()
        )


def _pieces(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


def test_without_fork_workers_are_processes_of_their_own(small_project: Path) -> None:
    store = open_graph(small_project).store.snapshot()
    limits = WorkerLimits(seconds=0.5)

    async def run() -> list[str]:
        workers = SpawningWorkerFactory(lambda: named_quads(store), "none", limits)
        pool = Pool(workers, limits, PoolLimits(workers=1))
        missing = await pool.start()
        async with pool.place("a"):
            result = await pool.run(Task("ASK { ?s ?p ?o }"), "a")
            assert b"true" in result.read()
            with pytest.raises(QueryTimeoutError):
                await pool.run(Task(HOSTILE["product_values"]), "a")
            result = await pool.run(Task("ASK { ?s ?p ?o }"), "a")
            assert b"true" in result.read()
        await pool.stop()
        return missing

    assert asyncio.run(run()) == ["fork"]


def test_a_weaker_mode_says_so_at_start(tmp_path: Path, small_project: Path) -> None:
    # A machine whose architecture has no table of system calls.
    (tmp_path / "sitecustomize.py").write_text("import platform\nplatform.machine = lambda: 'riscv64'\n", "utf-8")
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path}
    command = [sys.executable, "-m", "mtsp_kg", "--project", str(small_project), "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith("Serving at http")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    said = process.stderr.read()
    assert "mtsp: WARNING: weaker isolation: no seccomp" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "70000"], "port"),
        (["--host", "256.1.1.1"], "Cannot listen"),
        (["--base", "ftp://x/"], "not a valid base IRI"),
        (["--base", "http://x"], "not a valid base IRI"),
        (["--base", "http://x", "--site-url", "https://y.example/"], "not a valid base IRI"),
        (["--limit-seconds", "0"], "limit-seconds"),
        (["--log", "all"], "log"),
    ],
)
def test_bad_options_have_one_message(arguments: list[str], said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mtsp_kg", "serve", *arguments], capture_output=True, text=True, check=False, timeout=20
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_has_one_message(server: Server) -> None:
    command = [sys.executable, "-m", "mtsp_kg", "serve", "--port", str(server.address[1])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 2
    assert "Cannot listen" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_base_is_the_one_that_is_given(starter: Callable[..., Server], small_project: Path) -> None:
    server = starter("--base", "https://kg.example.org/plan/", project=small_project)
    with server.client() as client:
        description = client.get("/sparql").text
        openapi = client.get("/api/openapi.json").json()
    assert "<https://kg.example.org/plan/sparql>" in description
    assert "127.0.0.1" not in description
    assert openapi["servers"] == [{"url": "https://kg.example.org/plan"}]
    server.stop()


def asked(server: Server) -> list[dict[str, object]]:
    with server.client() as client:
        client.get("/sparql", params={"query": "ASK { <http://secret/> ?p ?o }\n#\x1b[31m"})
        client.get("/api/entity-by-name", params={"text": "secret"})
        client.get("/nothing%0ahere", headers={"Authorization": "secret"})
    server.stop()
    return [json.loads(line) for line in server.log.read_text("utf-8").splitlines()]


def test_the_log_has_no_query_unless_asked(starter: Callable[..., Server], small_project: Path) -> None:
    lines = asked(starter(project=small_project))
    assert [(line["status"], line["path"]) for line in lines[:1]] == [(200, "/sparql")]
    assert len(lines) == 3
    assert "secret" not in json.dumps(lines)
    assert lines[2]["path"] == "/nothing\nhere"


def test_the_log_has_queries_when_asked(starter: Callable[..., Server], small_project: Path) -> None:
    server = starter("--log", "queries", project=small_project)
    lines = asked(server)
    assert lines[0]["query"] == "ASK { <http://secret/> ?p ?o }\n#\x1b[31m"
    assert "\x1b" not in server.log.read_text("utf-8")


def test_the_log_can_be_off(starter: Callable[..., Server], small_project: Path) -> None:
    assert asked(starter("--log", "off", project=small_project)) == []


def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    stream = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - closed below, before it is written to
    stream.close()
    AccessLog(stream).write({"path": "/"}, "GET", 200, 1, 0.1)


def test_a_result_is_in_memory_while_it_is_small_and_then_in_an_unnamed_file() -> None:
    def files() -> set[str]:
        links = set()
        for handle in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # the descriptor of this folder
                links.add(str(handle.readlink()))
        return links

    before = files()
    result = QueryResult("table")
    for _ in range(4):
        result.write(b"a" * (MAX_IN_MEMORY // 4))
    assert files() == before
    result.write(b"b" * 300_000)
    (file,) = files() - before
    assert file.endswith("(deleted)")
    assert result.length == MAX_IN_MEMORY + 300_000
    assert result.read() == b"a" * MAX_IN_MEMORY + b"b" * 300_000
    assert [len(part) for part in result.parts()] == [256 * 1024] * 5 + [MAX_IN_MEMORY + 300_000 - 5 * 256 * 1024]
    result.close()
    assert files() == before
