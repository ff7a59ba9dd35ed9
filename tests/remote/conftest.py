"""Stores to push to and to query: one in this process, and Oxigraph and Virtuoso where they are installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine import Engine
from little_store import LittleStore

from mtsp_kg.graph import KnowledgeGraph, open_graph

_VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 8
NumberOfBuffers = 8000
MaxDirtyBuffers = 6000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 8
[SPARQL]
ResultSetMaxRows = 100000
"""


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No credentials and limits from the environment of the tests."""
    for name in list(os.environ):
        if name.startswith("MTSP_STORE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))


@pytest.fixture
def little() -> Iterator[LittleStore]:
    store = LittleStore()
    yield store
    store.close()


@pytest.fixture
def other() -> Iterator[LittleStore]:
    store = LittleStore()
    yield store
    store.close()


@pytest.fixture(scope="session")
def kg() -> KnowledgeGraph:
    return open_graph(inferences=True)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="session")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    beside = Path(sys.executable).with_name("oxigraph")
    binary = os.environ.get("MTSP_OXIGRAPH") or (str(beside) if beside.is_file() else shutil.which("oxigraph"))
    if not binary:
        pytest.skip("the Oxigraph server is not installed: pip install oxigraph")
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with _running([binary, "serve", "--bind", f"127.0.0.1:{port}"], tmp_path_factory.mktemp("oxigraph"), base):
        yield Engine("oxigraph", f"{base}/store", f"{base}/query")


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    binary = os.environ.get("MTSP_VIRTUOSO") or shutil.which("virtuoso-t")
    if not binary:
        pytest.skip("Virtuoso is not installed: apt-get install virtuoso-opensource-7-bin")
    folder = tmp_path_factory.mktemp("virtuoso")
    port = free_port()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(sql=free_port(), http=port), encoding="utf-8")
    base = f"http://127.0.0.1:{port}"
    with _running([binary, "-f", "+configfile", "virtuoso.ini"], folder, f"{base}/sparql"):
        # A new database of our own, on loopback, has the user and the password that every new one has.
        yield Engine("virtuoso", f"{base}/sparql-graph-crud-auth", f"{base}/sparql", "dba", "dba")


class _running:  # noqa: N801 - a context manager
    def __init__(self, command: list[str], folder: Path, url: str) -> None:
        self.command, self.folder, self.url = command, folder, url

    def __enter__(self) -> None:
        with (self.folder / "output").open("wb") as output:
            self.process = subprocess.Popen(self.command, cwd=self.folder, stdout=output, stderr=output)
        until = time.monotonic() + 120
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while time.monotonic() < until:
            try:
                opener.open(self.url, timeout=5).close()
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        self.__exit__()
        said = (self.folder / "output").read_text(errors="replace")[-500:]
        pytest.skip(f"{Path(self.command[0]).name} does not start here: {said}")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(params=["oxigraph", "virtuoso"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    if found.user:
        monkeypatch.setenv("MTSP_STORE_USER", found.user)
        monkeypatch.setenv("MTSP_STORE_PASSWORD", found.password)
    return found
