"""Servers for the tests: real processes of `mtsp serve` on loopback, each stopped by the fixture that started it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from serve_process import LIMIT_SECONDS, ROOT, G, Server, start


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts servers; they are stopped when the session ends, if they have not been before."""
    folder = tmp_path_factory.mktemp("servers")
    started: list[Server] = []

    def new(*arguments: str, project: Path = ROOT, settings: dict[str, dict[str, float]] | None = None) -> Server:
        started.append(start(folder, *arguments, project=project, settings=settings))
        return started[-1]

    yield new
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def small_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with three tiny graphs and one that is inferred, and the queries of the checkout."""
    folder = tmp_path_factory.mktemp("project")
    for room in ("ontology", "graph", "shapes", "queries/ask"):
        (folder / room).mkdir(parents=True)
    quads = [
        f"<{G}{n}> {{ <{G}{n}> a <http://xmlns.com/foaf/0.1/Document> . <{G}s> <{G}p> {n // 2} }}" for n in (1, 2, 3)
    ]
    inferred = "<https://w3id.org/mtsp-kg/graph/inferred/rule> { <http://example.org/a> <http://example.org/drawn> 1 }"
    (folder / "graph" / "data.trig").write_text("\n".join([*quads, inferred]), "utf-8")
    return folder


@pytest.fixture(scope="session")
def server(starter: Callable[..., Server]) -> Server:
    """The project's own graph, with a time limit of LIMIT_SECONDS."""
    found = starter("--limit-seconds", str(LIMIT_SECONDS), "--workers", "2")
    found.warm()
    return found


@pytest.fixture(scope="session")
def roomy(starter: Callable[..., Server]) -> Server:
    """The project's own graph, with the default limits."""
    found = starter("--workers", "3")
    found.warm()
    return found


@pytest.fixture(scope="session")
def small(starter: Callable[..., Server], small_project: Path) -> Server:
    """The small project, with the default limits and deadlines."""
    return starter("--workers", "2", project=small_project)


@pytest.fixture(scope="session")
def short(starter: Callable[..., Server], small_project: Path) -> Server:
    """The small project, with short deadlines, and workers that are replaced after few queries."""
    deadlines = {"head": 1.0, "body": 1.0, "response": 30.0, "stalled": 1.0}
    return starter(
        project=small_project,
        settings={"deadlines": deadlines, "limits": {"recycle_after": 20}, "pool": {"workers": 3}},
    )


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client() as opened:
        yield opened


@pytest.fixture(scope="module")
def pool_run(small_project: Path) -> Iterator[Callable[[str], tuple[int, float]]]:
    """Runs a query in a pool of its own, past the guard; returns the status and the seconds that it took."""
    from mtsp_kg.errors import MtspError
    from mtsp_kg.graph import open_graph
    from mtsp_kg.serve.pool import Pool
    from mtsp_kg.serve.settings import PoolLimits, WorkerLimits
    from mtsp_kg.serve.worker import Task
    from mtsp_kg.serve.worker_factory import ForkingWorkerFactory, named_quads

    store = open_graph(small_project).store.snapshot()
    limits = WorkerLimits(seconds=LIMIT_SECONDS)
    loop = asyncio.new_event_loop()
    pool = Pool(ForkingWorkerFactory(lambda: named_quads(store), "none", limits), limits, PoolLimits(workers=1))
    assert loop.run_until_complete(pool.start()) == []

    async def run(query: str) -> tuple[int, float]:
        began = time.monotonic()
        async with pool.place("test"):
            try:
                (await pool.run(Task(query), "test")).close()
                status = 200
            except MtspError as error:
                status = error.http_status
        return status, time.monotonic() - began

    yield lambda query: loop.run_until_complete(run(query))
    loop.run_until_complete(pool.stop())
    loop.close()
