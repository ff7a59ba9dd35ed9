"""Web servers for the tests: nginx and Apache on loopback, with what is published as their configuration."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

Get = Callable[..., http.client.HTTPResponse]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def ready(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            assert process.poll() is None, process.stderr and process.stderr.read().decode()
            time.sleep(0.05)
    raise AssertionError("the server did not come up")


def program(*names: str) -> str:
    for name in names:
        found = shutil.which(name, path="/usr/sbin:/usr/local/sbin:/sbin:/usr/bin:/usr/local/bin:/bin")
        if found:
            return found
    pytest.skip(f"{names[0]} is not installed")


def nginx(published: Path, folder: Path, port: int) -> list[str]:
    text = (published / "server/nginx.conf").read_text("utf-8")
    text = text.replace("root /srv/www/mtsp-kg;", f"root {published};").replace("    listen [::]:80;\n", "")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};")
    temporary = "".join(
        f"{one}_temp_path {folder / one};\n" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    head = f"pid {folder / 'pid'};\nerror_log {folder / 'error.log'};\ndaemon off;\nmaster_process off;\nevents {{}}\n"
    (folder / "nginx.conf").write_text(f"{head}http {{\naccess_log off;\n{temporary}{text}\n}}\n", "utf-8")
    return [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def apache(published: Path, folder: Path, port: int, **others: Path) -> list[str]:
    command = program("apache2", "httpd")
    modules = Path("/usr/lib/apache2/modules")
    if not (modules / "mod_rewrite.so").is_file():
        pytest.skip("Apache's modules are not where Debian puts them")
    wanted = ["mpm_event", "authz_core", "rewrite", "headers", "setenvif", "mime", "dir"]
    lines = [f"LoadModule {name}_module {modules / f'mod_{name}.so'}" for name in wanted]
    root = folder / "root"
    root.mkdir()
    # The rules of .htaccess work in whatever folder they are.
    for name, place in {"mtsp": published, **others}.items():
        (root / name).symlink_to(place)
    lines += [
        *(
            f"ServerRoot {folder}",
            f"PidFile {folder / 'pid'}",
            f"ErrorLog {folder / 'error.log'}",
            "ServerName localhost",
        ),
        *(f"Listen 127.0.0.1:{port}", f"DocumentRoot {root}", f"DefaultRuntimeDir {folder}", "DirectorySlash off"),
        *("TypesConfig /dev/null", f"<Directory {root}>", "AllowOverride All", "Require all granted"),
        *("Options FollowSymLinks", "</Directory>"),
        *(
            line
            for place in (published, *others.values())
            for line in (f"<Directory {place}>", "AllowOverride All", "Require all granted", "</Directory>")
        ),
    ]
    (folder / "apache.conf").write_text("\n".join(lines) + "\n", "utf-8")
    return [command, "-X", "-f", str(folder / "apache.conf")]


@contextmanager
def running(command: Callable[[int], list[str]], *folders: Path) -> Iterator[tuple[Get, int]]:
    """A server while it runs: a function that asks it, and its port.

    command: gives the command line for a port; folders: what the server's own user has to read.
    """
    for folder in folders:
        for place in (folder, *folder.parents):
            if place.stat().st_uid == folder.stat().st_uid and place.is_relative_to("/tmp"):
                place.chmod(0o755 if place != Path("/tmp") else place.stat().st_mode)
    port = free_port()
    process = subprocess.Popen(command(port), stderr=subprocess.PIPE)
    try:
        ready(port, process)

        def fetch(path: str, method: str = "GET", **headers: str | None) -> http.client.HTTPResponse:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            sent = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
            connection.request(method, path, headers={"Host": "example.org", **sent})
            answer = connection.getresponse()
            answer.body = answer.read()  # type: ignore[attr-defined]
            return answer

        yield fetch, port
    finally:
        process.terminate()
        process.wait(10)
