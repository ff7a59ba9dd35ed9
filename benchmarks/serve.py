"""How many queries a second the endpoint answers, beside others over the same data, how many documents about things it
gives, and how long a visitor waits while somebody attacks it. Everything on loopback; it stops by itself.

    python benchmarks/serve.py [--seconds 5] [--rounds 3] [--peers PYTHON] [--rate 200] [--long SECONDS]

Yardsticks: `oxigraph serve` in memory (PyPI: oxigraph) and `rdflib-endpoint` (PyPI), both looked for beside PYTHON
(this one, if not given); one that is not there is left out, and the output says so. All answer the same mix of 12
queries of the catalogue; rounds are interleaved, so that a slow moment hits all. Each connection comes from an address
of its own, for our endpoint gives each address one running query.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

ROOT = Path(__file__).parents[1]
MIX = (
    "partners-of-outcome", "services-for-group", "commitments-of-outcome", "who-says", "entity-by-name", "paragraph",
    "outcomes-of-pillar", "commitments-with-partner", "paragraphs-of-outcome", "figures-of", "plan-structure",
    "guidance",
)  # fmt: skip
LOOK_UP = "who-says"
ATTACK = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
RDFLIB_ENDPOINT = """
import sys, uvicorn
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint
data = Dataset(default_union=True)
data.parse(sys.argv[1], format="nquads")
uvicorn.run(SparqlEndpoint(graph=data, path="/sparql"), host="127.0.0.1", port=int(sys.argv[2]), log_level="error")
"""


@dataclass
class Endpoint:
    """A server that answers at an address and a path."""

    name: str
    address: tuple[str, int]
    path: str
    process: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], name: str, port: int, path: str) -> Iterator[Endpoint]:
    """A server that runs while it is used; its output goes nowhere."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while True:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{name} did not start")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.02)
        time.sleep(0.5)
        yield Endpoint(name, ("127.0.0.1", port), path, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def ours(*arguments: str) -> contextlib.AbstractContextManager[Endpoint]:
    port = free_port()
    command = [sys.executable, "-m", "mtsp_kg", "serve", "--port", str(port), "--log", "off", *arguments]
    return running(command, "mtsp serve", port, "/sparql")


class Client:
    """One connection, kept open; just enough HTTP to ask and to read an answer with a length or in chunks."""

    def __init__(self, endpoint: Endpoint, source: str) -> None:
        self._endpoint = endpoint
        self._source = source
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, query: bytes) -> int:
        """Asks once and reads the whole answer; gives its status. A connection closed while it was idle is renewed."""
        return await self._send(
            b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
            b"Accept: application/sparql-results+json\r\nContent-Length: %d\r\n\r\n%s"
            % (self._endpoint.path.encode(), len(query), query)
        )

    async def get(self, path: str) -> int:
        """Gets a document; gives the status."""
        return await self._send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n".encode())

    async def _send(self, request: bytes) -> int:
        if self._writer is not None:
            try:
                return await self._exchange(request)
            except (asyncio.IncompleteReadError, OSError):
                self.close()
                self._writer = None
        return await self._exchange(request)

    async def _exchange(self, request: bytes) -> int:
        if self._writer is None or self._writer.is_closing():
            host, port = self._endpoint.address
            self._reader, self._writer = await asyncio.open_connection(host, port, local_addr=(self._source, 0))
        reader, writer = self._reader, self._writer
        assert reader is not None
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if b"transfer-encoding: chunked" in head:
            while length := int((await reader.readline()).split(b";")[0], 16):
                await reader.readexactly(length + 2)
            await reader.readline()
        else:
            length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0] or b"0")
            await reader.readexactly(length)
        if b"connection: close" in head:
            writer.close()
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


async def throughput(endpoint: Endpoint, queries: list[bytes], connections: int, seconds: float) -> tuple[float, int]:
    """Queries a second, each connection asking the mix in turn, and how many were not answered with 200."""
    done = failed = 0
    until = time.perf_counter() + seconds

    async def one(number: int) -> None:
        nonlocal done, failed
        client = Client(endpoint, f"127.0.1.{number + 1}")
        at = number
        while time.perf_counter() < until:
            status = await client.ask(queries[at % len(queries)])
            done, failed, at = done + (status == 200), failed + (status != 200), at + 1
        client.close()

    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(connections)))
    return done / (time.perf_counter() - began), failed


async def waits(
    endpoint: Endpoint, query: bytes, rate: float, seconds: float, attackers: int
) -> tuple[list[float], int]:
    """How long each query took, asked at a steady rate whatever the answers do; and how many were not answered."""
    taken: list[float] = []
    failed = 0
    idle = [Client(endpoint, f"127.0.2.{number + 1}") for number in range(64)]
    until = time.perf_counter() + seconds

    async def good() -> None:
        nonlocal failed
        began = time.perf_counter()
        if not idle:
            failed += 1
            return
        client = idle.pop()
        status = await client.ask(query)
        idle.append(client)
        taken.append(time.perf_counter() - began)
        failed += status != 200

    async def attack(number: int) -> None:
        client = Client(endpoint, f"127.0.3.{number + 1}")
        while time.perf_counter() < until:
            await client.ask(ATTACK.encode())
        client.close()

    attacks = [asyncio.create_task(attack(number)) for number in range(attackers)]
    await asyncio.sleep(0.5 if attackers else 0)
    tasks = []
    start, number = time.perf_counter(), 0
    while time.perf_counter() < until:
        tasks.append(asyncio.create_task(good()))
        number += 1
        await asyncio.sleep(max(0.0, start + number / rate - time.perf_counter()))
    await asyncio.gather(*tasks)
    for task in attacks:
        task.cancel()
    await asyncio.gather(*attacks, return_exceptions=True)
    for client in idle:
        client.close()
    return taken, failed


def p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


@contextlib.contextmanager
def all_endpoints(peers: Path, folder: Path) -> Iterator[list[Endpoint]]:
    """Ours and those of the yardsticks that are there, over the same quads: named graphs and their merge as default."""
    import pyoxigraph as ox

    from mtsp_kg.graph import open_graph

    quads = folder / "graph.nq"
    open_graph().completed.snapshot().dump(str(quads), format=ox.RdfFormat.N_QUADS)
    with contextlib.ExitStack() as stack:
        found = [stack.enter_context(ours())]
        oxigraph = peers.with_name("oxigraph")
        if oxigraph.exists():
            port = free_port()
            command = [str(oxigraph), "serve", "-b", f"127.0.0.1:{port}"]
            found.append(stack.enter_context(running(command, "oxigraph serve", port, "/query")))
            headers = {"Content-Type": "application/n-quads"}
            urlopen(Request(f"http://127.0.0.1:{port}/store", quads.read_bytes(), headers)).close()
        else:
            print(f"oxigraph is not beside {peers} (pip install oxigraph): left out")
        there = (
            subprocess.run([peers, "-c", "import rdflib_endpoint"], capture_output=True, check=False).returncode == 0
        )
        if there:
            named = folder / "named.nq"
            lines = (line for line in quads.read_bytes().splitlines() if line.endswith(b"> .") and _has_graph(line))
            named.write_bytes(b"\n".join(lines) + b"\n")
            port = free_port()
            command = [str(peers), "-c", RDFLIB_ENDPOINT, str(named), str(port)]
            found.append(stack.enter_context(running(command, "rdflib-endpoint", port, "/sparql")))
        else:
            print(f"rdflib-endpoint is not beside {peers} (pip install rdflib-endpoint): left out")
        yield found


def _has_graph(line: bytes) -> bool:
    import pyoxigraph as ox

    return not isinstance(next(ox.parse(line, ox.RdfFormat.N_QUADS)).graph_name, ox.DefaultGraph)


async def compare(endpoints: list[Endpoint], seconds: float, rounds: int) -> None:
    queries = [(ROOT / "queries" / "ask" / f"{name}.rq").read_bytes() for name in MIX]
    rates: dict[str, list[float]] = {endpoint.name: [] for endpoint in endpoints}
    for endpoint in endpoints:
        await asyncio.wait_for(throughput(endpoint, queries[:4], 1, 0.2), 300)
    for _ in range(rounds):
        for endpoint in endpoints:
            rate, failed = await throughput(endpoint, queries, 4, seconds)
            rates[endpoint.name].append(rate)
            if failed:
                print(f"{endpoint.name}: {failed} queries were not answered with 200")
    print(f"\nmix of {len(MIX)} queries, 4 connections, {rounds} rounds of {seconds:g} s on {os.cpu_count()} cores")
    mine = statistics.median(rates["mtsp serve"])
    for name, found in rates.items():
        rate = statistics.median(found)
        print(f"{name:18}{rate:9.1f} queries/s  ({min(found):.1f} to {max(found):.1f})  ours/its: {mine / rate:.2f}")


async def attacked(rate: float, seconds: float) -> None:
    query = (ROOT / "queries" / "ask" / f"{LOOK_UP}.rq").read_bytes()
    with ours() as endpoint:
        found = {}
        for attackers in (0, 2):
            taken, failed = await waits(endpoint, query, rate, seconds, attackers)
            found[attackers] = p95(taken)
            median, longest = statistics.median(taken) * 1000, max(taken) * 1000
            print(
                f"{LOOK_UP} at {rate:g}/s for {seconds:g} s, {attackers} attackers: median {median:.1f} ms, "
                f"p95 {found[attackers] * 1000:.1f} ms, longest {longest:.0f} ms, {len(taken)} asked, {failed} refused"
            )
        print(f"p95 with 2 attackers / without: {found[2] / found[0]:.1f}")


async def documents() -> None:
    """Documents a second about every thing, paragraph and statement, in three forms: the first time, and again."""
    with ours() as endpoint:
        address = f"http://{endpoint.address[0]}:{endpoint.address[1]}/"
        pages = [
            loc.split("</loc>")[0].removeprefix(address) for loc in _text(f"{address}sitemap.xml").split("<loc>")[1:]
        ]
        things = [page.removesuffix(".html") for page in pages if page.startswith("doc/")]
        urlopen(f"{address}.well-known/void").close()  # so that what pages share has been made
        for suffixes in ((".html",), (".ttl",), (".jsonld",), (".html", ".ttl", ".jsonld")):
            todo = [f"/{thing}{suffix}" for thing in things for suffix in suffixes]
            rates = []
            for _ in range(1 if len(suffixes) > 1 else 2):
                waiting = list(todo)

                async def one(number: int, waiting: list[str] = waiting) -> int:
                    client, failed = Client(endpoint, f"127.0.1.{number + 1}"), 0
                    while waiting:
                        failed += await client.get(waiting.pop()) != 200
                    client.close()
                    return failed

                began = time.perf_counter()
                failed = sum(await asyncio.gather(*map(one, range(4))))
                rates.append(len(todo) / (time.perf_counter() - began))
                assert not failed, f"{failed} documents were not answered with 200"
            told = (
                "first time {:.0f}/s, again {:.0f}/s".format(*rates) if len(rates) == 2 else f"again {rates[0]:.0f}/s"
            )
            print(f"{len(todo)} documents, {' '.join(suffixes)}: {told}")


def _text(address: str) -> str:
    with urlopen(address) as answer:
        return str(answer.read().decode())


async def overhead() -> None:
    """What the pool costs: the smallest query against a page that asks nothing; and replacing a killed worker."""
    with ours() as endpoint:
        client, taken = Client(endpoint, "127.0.0.1"), []
        for _ in range(2000):
            began = time.perf_counter()
            await client.ask(b"ASK {}")
            taken.append(time.perf_counter() - began)
        empty = []
        health = Client(Endpoint("health", endpoint.address, "/health", 0), "127.0.0.1")
        for _ in range(2000):
            began = time.perf_counter()
            await health.ask(b"")
            empty.append(time.perf_counter() - began)
        ask, page = statistics.median(taken) * 1000, statistics.median(empty) * 1000
        print(
            f"ASK over HTTP: median {ask:.2f} ms; a page that asks nothing: {page:.2f} ms; "
            f"so the pool: {ask - page:.2f} ms"
        )
    await replacing()


async def replacing() -> None:
    from mtsp_kg.graph import open_graph
    from mtsp_kg.serve.settings import WorkerLimits
    from mtsp_kg.serve.worker_factory import ForkingWorkerFactory, named_quads

    store = open_graph().completed.snapshot()
    workers = ForkingWorkerFactory(lambda: named_quads(store), "none", WorkerLimits())
    (await workers.connect()).close()
    taken = []
    for _ in range(50):
        began = time.perf_counter()
        worker = await workers.connect()
        taken.append(time.perf_counter() - began)
        worker.close()
    await workers.close()
    print(f"a fresh worker: median {statistics.median(taken) * 1000:.1f} ms, p95 {p95(taken) * 1000:.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", type=Path, default=Path(sys.executable), help="the Python of the yardsticks")
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--long", type=float, default=20, help="seconds of the look-ups, without and with attackers")
    chosen = parser.parse_args()
    print(f"load of this machine before: {os.getloadavg()[0]:.1f}")
    asyncio.run(overhead())
    with tempfile.TemporaryDirectory() as folder, all_endpoints(chosen.peers, Path(folder)) as endpoints:
        asyncio.run(compare(endpoints, chosen.seconds, chosen.rounds))
    asyncio.run(documents())
    asyncio.run(attacked(chosen.rate, chosen.long))


if __name__ == "__main__":
    main()
