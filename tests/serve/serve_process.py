"""A running `mtsp serve` on loopback, as the tests see it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

ROOT = Path(__file__).parents[2]
G = "http://example.org/graph/"
# The time limit of the fixture `server`: tests need not wait long for it. The default is ten seconds.
LIMIT_SECONDS = 0.5


@dataclass
class Server:
    process: subprocess.Popen[str]
    base: str
    log: Path
    seconds_to_ready: float

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.base)
        return str(parts.hostname), int(parts.port or 0)

    def client(self, source: str = "127.0.0.1", **options: object) -> httpx.Client:
        """A client with an address of its own, because the server counts queries by address."""
        transport = httpx.HTTPTransport(local_address=source, verify=False)
        return httpx.Client(base_url=self.base, transport=transport, timeout=30, **options)  # type: ignore[arg-type]

    def children(self, parent: int | None = None) -> list[int]:
        parent = parent or self.process.pid
        return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()]

    def parent_of_workers(self) -> int:
        (parent,) = self.children()
        return parent

    def workers(self) -> list[int]:
        return self.children(self.parent_of_workers())

    def megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]

    def warm(self) -> None:
        """Waits until what pages share has been made, of which the description of the data needs the last."""
        with self.client() as client:
            assert client.get(".well-known/void").status_code == 200

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(15)


def start(
    folder: Path, *arguments: str, project: Path = ROOT, settings: dict[str, dict[str, float]] | None = None
) -> Server:
    """Starts `mtsp serve` at a free port; its standard error goes to a file. settings: for which it has no options."""
    log = folder / f"log-{time.monotonic_ns()}.jsonl"
    command = [sys.executable, "-m", "mtsp_kg", "--project", str(project), "serve", "--port", "0", *arguments]
    if settings is not None:
        assert not arguments
        script = Path(__file__).with_name("serve_with_settings.py")
        command = [sys.executable, str(script), str(project), json.dumps(settings)]
    began = time.monotonic()
    with log.open("w", encoding="utf-8") as stderr:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True, env=dict(os.environ))
    assert process.stdout is not None
    line = process.stdout.readline()
    ready = time.monotonic() - began
    assert line.startswith("Serving at http://"), log.read_text("utf-8")
    return Server(process, line.split()[2], log, ready)


def until_busy(server: Server, workers: int) -> None:
    """Waits until as many workers evaluate queries."""
    deadline = time.monotonic() + 10
    with server.client("127.0.9.9") as client:
        while client.get("/health").json()["busy"] != workers:
            assert time.monotonic() < deadline
            time.sleep(0.01)
