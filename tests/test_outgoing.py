"""How others are asked: bounds, no redirect, no cookie, no proxy of the environment, and the system's certificates."""

from __future__ import annotations

import asyncio
import http.server
import ssl
import threading
from collections.abc import Iterator

import httpx
import pytest

from cds.outgoing import NotJson, TooLarge, client, json_object
from tests.certificates import certificate


class Handler(http.server.BaseHTTPRequestHandler):
    seen: list[http.client.HTTPMessage]  # type: ignore[name-defined]

    def do_GET(self) -> None:
        self.server.seen.append(self.headers)
        status, body = {
            "/moved": (302, b""),
            "/list": (200, b"[]"),
            "/page": (404, b"<html>"),
            "/large": (200, b'{"a":"' + b"x" * 100 + b'"}'),
        }.get(self.path, (200, b'{"a":1}'))
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Set-Cookie", "a=b")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[http.server.ThreadingHTTPServer]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.seen = []
        threading.Thread(target=running.serve_forever).start()
        yield running
        running.shutdown()


def ask(server: http.server.ThreadingHTTPServer, path: str, scheme: str = "http", most: int = 50) -> object:
    address = f"{scheme}://127.0.0.1:{server.server_address[1]}{path}"
    return asyncio.run(json_object("GET", address, seconds=10, most=most))


def test_one_object_is_read(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert ask(server, "/") == (200, {"a": 1})
    assert server.seen[0]["User-Agent"].startswith("baclofen-cds/")
    assert server.seen[0]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(("most", "fits"), [(107, False), (108, True), (109, True)])
def test_an_answer_is_read_up_to_its_bound(server, most, fits):
    if fits:
        assert ask(server, "/large", most=most) == (200, {"a": "x" * 100})
    else:
        with pytest.raises(TooLarge, match="107 bytes"):
            ask(server, "/large", most=most)


@pytest.mark.parametrize("path", ["/list", "/page", "/moved"])
def test_what_is_no_object_is_no_answer_and_no_redirect_is_followed(server, path):
    with pytest.raises(NotJson):
        ask(server, path)
    assert len(server.seen) == 1


def test_no_cookie_comes_back(server):
    async def twice() -> None:
        async with client() as asking:
            for _ in range(2):
                await asking.get(f"http://127.0.0.1:{server.server_address[1]}/")

    asyncio.run(twice())
    assert [headers["Cookie"] for headers in server.seen] == [None, None]


def test_time_is_for_the_whole_answer():
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the client has gone
        writer.close()
        gone.set()

    async def run() -> None:
        listening = await asyncio.start_server(silent, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        with pytest.raises(TimeoutError):
            await json_object("GET", f"http://127.0.0.1:{port}/", seconds=0.2, most=10)
        await gone.wait()
        listening.close()

    asyncio.run(run())


def test_the_system_s_certificates_are_trusted_and_no_others(server, tmp_path, monkeypatch):
    its = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(its)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    with pytest.raises(httpx.ConnectError):
        ask(server, "/", "https")
    monkeypatch.setenv("SSL_CERT_FILE", str(its))
    assert ask(server, "/", "https") == (200, {"a": 1})
