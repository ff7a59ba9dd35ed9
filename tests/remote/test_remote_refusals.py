"""Each way in which a store can fail: one message with a remedy, no traceback, no password sent to another host."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path

import pyoxigraph as ox
import pytest
from little_store import JSON, Answer, LittleStore

from mtsp_kg.errors import MissingExtraError, ParameterError, QueryError, RemoteError
from mtsp_kg.profile import Profile
from mtsp_kg.remote.address import StoreAddress
from mtsp_kg.remote.client import Client, RequestLimits
from mtsp_kg.remote.graph_store import GraphStore, graph_sizes
from mtsp_kg.remote.remote_store import RemoteStore

pytestmark = pytest.mark.slow

QUICK = RequestLimits(seconds=0.6, bytes=100_000, busy_seconds=2.0, connect_seconds=2.0)
PROFILE = Profile("https://kg.example/")
HTML = {"Content-Type": "text/html"}


def client(little: LittleStore, limits: RequestLimits = QUICK) -> Client:
    return Client(StoreAddress(little.queries, little.graphs), limits=limits)


def always(answer: Answer) -> Callable[[str, str, dict[str, str]], Answer]:
    return lambda method, path, headers: answer


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, r"requires authentication \(401\)\. Set MTSP_STORE_USER"),
        (403, r"denies access \(403\)"),
        (404, r"has no resource at this URL \(404\).*Check the path"),
        (405, r"does not allow this method \(405\).*read-only"),
        (411, r"\(411\)"),
        (413, r"rejects a request of this size \(413\).*client_max_body_size"),
        (415, r"does not accept N-Triples \(415\)"),
        (418, r"refuses the request \(418\)"),
        (500, r"failed \(500\)"),
        (502, r"failed \(502\)"),
        (507, r"is out of disk space \(507\)"),
    ],
)
def test_an_error_status_has_its_message(little: LittleStore, status: int, says: str) -> None:
    little.failing = always((status, HTML, b"<html><head><title>no</title></head><b>Oh</b>\x1b[31m no</html>"))
    with pytest.raises(RemoteError, match=says) as found:
        GraphStore(client(little)).put("https://x.example/g", [])
    assert found.value.status == status
    assert found.value.exit_code == 2
    if status != 401:
        assert "Its response: Oh [31m no" in str(found.value)
    assert "\x1b" not in str(found.value)


def test_a_wrong_password_is_reported_and_not_repeated(little: LittleStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MTSP_STORE_USER", "me")
    monkeypatch.setenv("MTSP_STORE_PASSWORD", "s3cret")
    little.failing = always((401, {"WWW-Authenticate": 'Basic realm="x"'}, b""))
    with pytest.raises(
        RemoteError, match=r"does not accept the credentials from MTSP_STORE_USER \(401\)\. It requests Basic"
    ) as e:
        graph_sizes(client(little))
    assert "s3cret" not in str(e.value)
    assert len(little.requests) == 1


@pytest.mark.parametrize(
    ("name", "value", "header"),
    [("MTSP_STORE_TOKEN", "t0ken", "Bearer t0ken"), ("MTSP_STORE_USER", "me", "Basic bWU6")],
)
def test_credentials_are_sent_with_each_request(
    little: LittleStore, monkeypatch: pytest.MonkeyPatch, name: str, value: str, header: str
) -> None:
    monkeypatch.setenv(name, value)
    store = client(little)
    graph_sizes(store)
    GraphStore(store).put("https://x.example/g", [])
    assert [headers.get("authorization") for _, _, headers in little.requests] == [header, header]


def test_a_store_that_asks_for_digest_gets_it(little: LittleStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MTSP_STORE_USER", "me")
    monkeypatch.setenv("MTSP_STORE_PASSWORD", "s3cret")

    def failing(method: str, path: str, headers: dict[str, str]) -> Answer | None:
        said = headers.get("authorization", "")
        if said.startswith("Digest") and 'username="me"' in said and "s3cret" not in said:
            return None
        challenge = {} if said else {"WWW-Authenticate": 'Digest realm="r", nonce="abc", qop="auth", algorithm="MD5"'}
        return 401, challenge, b""

    little.failing = failing
    assert graph_sizes(client(little)) == {}


def test_nothing_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/query"
    with pytest.raises(RemoteError, match=r"Nothing is listening at .*Start the store"):
        graph_sizes(Client(StoreAddress(url), limits=QUICK))


def test_an_unknown_host() -> None:
    with pytest.raises(RemoteError, match=r"host name of .* cannot be resolved"):
        graph_sizes(Client(StoreAddress("http://store.invalid/query"), limits=QUICK))


def test_no_response(little: LittleStore) -> None:
    def failing(method: str, path: str, headers: dict[str, str]) -> Answer | None:
        time.sleep(1.5)
        return None

    little.failing = failing
    with pytest.raises(RemoteError, match=r"did not respond within 0\.6 seconds.*MTSP_STORE_TIMEOUT"):
        graph_sizes(client(little))


def test_a_slow_response() -> None:
    """Each drop is in time; the whole is not."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/n-triples\r\n\r\n")
                try:
                    for _ in range(100):
                        connection.sendall(b"# drop\n")
                        time.sleep(0.05)
                except OSError:
                    pass

        threading.Thread(target=drip, daemon=True).start()
        base = f"http://127.0.0.1:{server.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(RemoteError, match="did not respond within"):
            GraphStore(Client(StoreAddress(f"{base}/query", f"{base}/store"), limits=QUICK)).get(None)
        assert time.monotonic() - began < 4


def test_a_response_that_is_too_large(little: LittleStore) -> None:
    little.failing = always((200, {"Content-Type": "application/n-triples"}, b"#" * 200_000))
    with pytest.raises(RemoteError, match=r"larger than 100,000 bytes.*MTSP_STORE_MAX_MB"):
        GraphStore(client(little)).get(None)


def test_a_truncated_response(little: LittleStore) -> None:
    little.failing = always((200, {"Content-Type": JSON, "Content-Length": "5000", "Connection": "close"}, b'{"head":'))
    with pytest.raises(RemoteError, match=r"was lost|did not respond"):
        graph_sizes(client(little))
    little.failing = always((200, {"Content-Type": JSON}, b'{"head":{"vars":["s"]},"results":{"bindings":['))
    with pytest.raises(RemoteError, match="not a SPARQL result"):
        graph_sizes(client(little))


def test_truncated_rows_are_not_taken_for_all(little: LittleStore) -> None:
    little.store.update("INSERT DATA { GRAPH <http://g/> { <http://a/> <http://b/> 1, 2, 3 } }")
    head, _, body = little.query({"query": ["SELECT * { GRAPH ?g { ?s ?p ?o } }"]})
    little.failing = lambda method, path, headers: (head, {"Content-Type": JSON, "X-SPARQL-MaxRows": "3"}, body)
    with pytest.raises(RemoteError, match="returns at most 3 rows"):
        graph_sizes(client(little))
    little.failing = lambda method, path, headers: (
        head, {"Content-Type": JSON, "X-SQL-State": "S1TAT", "X-SQL-Message": "anytime"}, body,
    )  # fmt: skip
    with pytest.raises(RemoteError, match="ended its response early: anytime"):
        graph_sizes(client(little))


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b"[]", b'{"boolean": 1}', b""])
def test_a_response_of_another_kind_is_rejected(little: LittleStore, body: bytes) -> None:
    little.failing = always((200, HTML, body))
    store = client(little)
    with pytest.raises(RemoteError, match=r"not a SPARQL result|not RDF|is a boolean"):
        graph_sizes(store)
    with pytest.raises(RemoteError, match=r"text/html, not RDF"):
        GraphStore(store).get(None)


def test_a_syntax_error_has_its_position_and_a_rejection_is_a_query_error(little: LittleStore) -> None:
    store = RemoteStore(client(little), PROFILE)
    with pytest.raises(QueryError) as found:
        store.query("SELECT *\n{ ?s ?p }")
    assert (found.value.line, found.value.column) == (2, 10)
    with pytest.raises(QueryError, match="has no SELECT"):
        store.query("DROP ALL")
    assert store.server.startswith("BaseHTTP")
    little.failing = always((400, {"Content-Type": "text/plain"}, b"Virtuoso 37000 Error"))
    with pytest.raises(QueryError, match=r"rejects the request as invalid \(400\). Its response: Virtuoso 37000 Error"):
        store.query("SELECT * { ?s ?p ?o }")


@pytest.mark.parametrize("said", ["0", "1", "date"])
def test_a_busy_store_is_asked_again_after_its_delay(little: LittleStore, said: str) -> None:
    answers: list[float] = []

    def failing(method: str, path: str, headers: dict[str, str]) -> Answer | None:
        answers.append(time.monotonic())
        when = formatdate(time.time() + 1, usegmt=True) if said == "date" else said
        return (503, {"Retry-After": when}, b"") if len(answers) == 1 else None

    little.failing = failing
    assert graph_sizes(client(little)) == {}
    assert len(answers) == 2
    assert said != "1" or answers[1] - answers[0] >= 1


def test_a_store_that_is_busy_for_long_is_not_waited_for(little: LittleStore) -> None:
    little.failing = always((429, {"Retry-After": "3600"}, b""))
    began = time.monotonic()
    with pytest.raises(RemoteError, match=r"too many requests \(429\)"):
        graph_sizes(client(little))
    assert time.monotonic() - began < 2
    assert len(little.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_carries_no_credentials(
    little: LittleStore, other: LittleStore, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setenv("MTSP_STORE_TOKEN", "t0ken")
    other.store.update("INSERT DATA { GRAPH <http://g/> { <http://a/> <http://b/> 1 } }")
    little.failing = lambda method, path, headers: (status, {"Location": other.base + path}, b"")
    assert len(GraphStore(client(little)).get("http://g/")) == 1
    assert little.requests[0][2]["authorization"] == "Bearer t0ken"
    assert "authorization" not in other.requests[0][2]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_graphs_are_not_sent_to_another_host(little: LittleStore, other: LittleStore, status: int) -> None:
    little.failing = lambda method, path, headers: (status, {"Location": other.base + path}, b"")
    with pytest.raises(RemoteError, match=r"redirects to .*nothing was sent there"):
        GraphStore(client(little)).put("http://g/", [])
    with pytest.raises(RemoteError, match=r"redirects to .*nothing was sent there"):
        GraphStore(client(little)).delete("http://g/")
    assert other.requests == []


def test_graphs_follow_a_redirect_at_the_same_host(little: LittleStore) -> None:
    def failing(method: str, path: str, headers: dict[str, str]) -> Answer | None:
        return (307, {"Location": path.removeprefix("/old")}, b"") if path.startswith("/old") else None

    little.failing = failing
    store = GraphStore(Client(StoreAddress(little.queries, f"{little.base}/old/store"), limits=QUICK))
    triple = ox.Triple(ox.NamedNode("http://a/"), ox.NamedNode("http://b/"), ox.Literal("c"))
    store.put("http://g/", [triple])
    assert store.get("http://g/") == [triple]


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://h/x", "http://h:x/"])
def test_a_redirect_to_another_scheme_is_not_followed(little: LittleStore, target: str) -> None:
    little.failing = always((302, {"Location": target}, b""))
    with pytest.raises(RemoteError, match=r"an invalid URL|Invalid port"):
        GraphStore(client(little)).get(None)


def test_redirects_in_a_circle_end(little: LittleStore) -> None:
    little.failing = lambda method, path, headers: (302, {"Location": path}, b"")
    with pytest.raises(RemoteError, match="too many times"):
        GraphStore(client(little)).get(None)
    assert len(little.requests) == 6


def test_https_to_a_server_without_it(little: LittleStore) -> None:
    with pytest.raises(RemoteError, match="Cannot establish a secure connection"):
        graph_sizes(Client(StoreAddress(f"https://127.0.0.1:{little.port}/query"), limits=QUICK))


def test_an_untrusted_certificate(little: LittleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    files = ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert")]
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *files, *name]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    little.server.socket = context.wrap_socket(little.server.socket, server_side=True)
    address = StoreAddress(f"https://127.0.0.1:{little.port}/query")
    with pytest.raises(RemoteError, match=r"Cannot establish a secure connection .*SSL_CERT_FILE"):
        graph_sizes(Client(address, limits=QUICK))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
    assert graph_sizes(Client(address, limits=QUICK)) == {}


@pytest.mark.parametrize("value", ["soon", "0", "-1", "inf", "nan"])
def test_invalid_limits_are_reported(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("MTSP_STORE_TIMEOUT", value)
    with pytest.raises(ParameterError, match="MTSP_STORE_TIMEOUT"):
        RequestLimits.from_environment()


def test_without_httpx_one_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'mtsp-kg\[remote\]'"):
        Client(StoreAddress("http://127.0.0.1:1/query"))
