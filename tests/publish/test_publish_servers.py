"""The generated configurations, played by the web servers themselves: redirects, q-values, languages, headers, 404."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mtsp_kg.publish import server_configs

pytestmark = pytest.mark.conformance

Get = Callable[..., http.client.HTTPResponse]
WHO = "/mtsp/id/org/who"
DOC = "/mtsp/doc/org/who"

NEGOTIATION = [
    (None, "html"),
    ("*/*", "html"),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
    ("text/turtle", "ttl"),
    ("TEXT/TURTLE", "ttl"),
    ("application/ld+json", "jsonld"),
    ("application/trig", "trig"),
    ("application/n-triples", "nt"),
    ("application/rdf+xml", "rdf"),
    ("application/ld+json;q=0.3, text/turtle;q=0.9", "ttl"),
    ("text/turtle;q=0.3, application/ld+json;q=0.9", "jsonld"),
    ("text/turtle;q=1.0, application/rdf+xml;q=0.5, */*;q=0.1", "ttl"),
    ("text/html;q=0.4, application/rdf+xml;q=0.8", "rdf"),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "jsonld"),
    ("text/turtle;q=0, application/n-triples", "nt"),
    ("application/rdf+xml; q=0.95 , text/turtle ; q=0.2", "rdf"),
]


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


def apache(published: Path, folder: Path, port: int) -> list[str]:
    command = program("apache2", "httpd")
    modules = Path("/usr/lib/apache2/modules")
    if not (modules / "mod_rewrite.so").is_file():
        pytest.skip("Apache's modules are not where Debian puts them")
    wanted = ["mpm_event", "authz_core", "rewrite", "headers", "setenvif", "mime", "dir"]
    lines = [f"LoadModule {name}_module {modules / f'mod_{name}.so'}" for name in wanted]
    root = folder / "root"
    root.mkdir()
    (root / "mtsp").symlink_to(published)  # the rules of .htaccess work in whatever folder they stand
    lines += [
        *(
            f"ServerRoot {folder}",
            f"PidFile {folder / 'pid'}",
            f"ErrorLog {folder / 'error.log'}",
            "ServerName localhost",
        ),
        *(f"Listen 127.0.0.1:{port}", f"DocumentRoot {root}", f"DefaultRuntimeDir {folder}", "DirectorySlash off"),
        *("TypesConfig /dev/null", f"<Directory {root}>", "AllowOverride All", "Require all granted"),
        *("Options FollowSymLinks", "</Directory>", f"<Directory {published}>", "AllowOverride All"),
        *("Require all granted", "</Directory>"),
    ]
    (folder / "apache.conf").write_text("\n".join(lines) + "\n", "utf-8")
    return [command, "-X", "-f", str(folder / "apache.conf")]


@pytest.fixture(scope="module", params=[nginx, apache], ids=["nginx", "apache"])
def get(request: pytest.FixtureRequest, published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Get]:
    folder = tmp_path_factory.mktemp(request.param.__name__)
    for place in (*published.parents, folder, *folder.parents):
        if place.stat().st_uid == folder.stat().st_uid and place.is_relative_to("/tmp"):
            place.chmod(0o755 if place != Path("/tmp") else place.stat().st_mode)
    port = free_port()
    process = subprocess.Popen(request.param(published, folder, port), stderr=subprocess.PIPE)
    try:
        ready(port, process)

        def fetch(path: str, method: str = "GET", **headers: str | None) -> http.client.HTTPResponse:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            sent = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
            connection.request(method, path, headers={"Host": "example.org", **sent})
            answer = connection.getresponse()
            answer.body = answer.read()  # type: ignore[attr-defined]
            return answer

        yield fetch
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.parametrize(("accept", "suffix"), NEGOTIATION)
def test_a_thing_s_address_leads_to_the_form_that_is_asked_for(get: Get, accept: str | None, suffix: str) -> None:
    answer = get(WHO, Accept=accept)
    assert answer.status == 303
    assert answer.headers["Location"].removeprefix("http://example.org") == f"{DOC}.{suffix}"
    assert "Accept" in answer.headers["Vary"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_what_we_have_in_no_form_is_406_and_what_we_have_not_is_404(get: Get) -> None:
    assert get(WHO, Accept="image/png").status == 406
    missing = get("/mtsp/id/org/nobody", Accept="text/html")
    assert missing.status == 404
    assert b'href="/mtsp/search.html"' in missing.body  # type: ignore[attr-defined]
    assert get("/mtsp/id/../../etc/passwd").status in (400, 404)
    assert get("/mtsp/id/org/who%0d%0aSet-Cookie:%20a=b").status in (400, 403, 404)


@pytest.mark.parametrize(
    ("language", "folder"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh/"), ("en,zh;q=0.5", ""), ("zh;q=0.2,en;q=0.8", ""), ("fr", ""), (None, "")],
)
def test_the_page_is_in_the_language_that_is_asked_for(get: Get, language: str | None, folder: str) -> None:
    answer = get(WHO, Accept="text/html", Accept_Language=language)
    assert answer.headers["Location"].removeprefix("http://example.org") == f"/mtsp/{folder}doc/org/who.html"
    data = get(WHO, Accept="text/turtle", Accept_Language=language)
    assert data.headers["Location"].endswith(f"{DOC}.ttl")
    home = get("/mtsp/", Accept_Language=language)
    assert home.status == 200
    assert f'<html lang="{"zh" if folder else "en"}">'.encode() in home.body  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/mtsp/ontology", "/mtsp/ontology.ttl"),
        ("/mtsp/ontology/document", "/mtsp/ontology/document.ttl"),
        ("/mtsp/graph/entities/org", "/mtsp/graph/entities/org.ttl"),
        ("/mtsp/shapes", "/mtsp/shapes.ttl"),
        ("/mtsp/dataset", "/mtsp/dataset.ttl"),
        ("/mtsp/doc/org/who", "/mtsp/doc/org/who.ttl"),
        ("/mtsp/id/mtsp-2022-2026/outcome/2.4", "/mtsp/doc/mtsp-2022-2026/outcome/2.4.ttl"),
        ("/mtsp/id/mtsp-2022-2026/mention/55.1", "/mtsp/doc/mtsp-2022-2026/para/55.ttl"),
        ("/mtsp/id/mtsp-2022-2026/mention/note-8.1", "/mtsp/doc/mtsp-2022-2026/note/8.ttl"),
    ],
)
def test_vocabularies_graphs_and_mentions_have_addresses_too(get: Get, path: str, place: str) -> None:
    answer = get(path, Accept="text/turtle")
    assert (answer.status, answer.headers["Location"].removeprefix("http://example.org")) == (303, place)
    assert get(place).status == 200


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        (f"{DOC}.html", "text/html"),
        (f"{DOC}.ttl", "text/turtle"),
        (f"{DOC}.jsonld", "application/ld+json"),
        (f"{DOC}.trig", "application/trig"),
        (f"{DOC}.nt", "application/n-triples"),
        (f"{DOC}.rdf", "application/rdf+xml"),
        ("/mtsp/.well-known/void", "text/turtle"),
        ("/mtsp/dump/mtsp-kg.nq", "application/n-quads"),
        ("/mtsp/site.css", "text/css"),
        ("/mtsp/search.js", "text/javascript"),
    ],
)
def test_files_have_their_media_types_and_are_kept_apart_from_scripts(get: Get, path: str, media_type: str) -> None:
    answer = get(path)
    assert answer.status == 200
    assert answer.headers["Content-Type"].split(";")[0] == media_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == server_configs.POLICY
    assert answer.headers["ETag"]
    assert get(path, If_None_Match=answer.headers["ETag"]).status == 304
    assert get(path, method="HEAD").status == 200
