from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cds._health import not_ready
from cds.settings import Settings
from tests.ops.running import free_port


@pytest.fixture(params=[200, 503])
def answering(request) -> Iterator[tuple[int, Settings]]:
    """A server that answers /readyz with a status, and the settings with which it would be ours."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(request.param)
            self.end_headers()

        def log_message(self, *_) -> None:
            """Silent."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield request.param, Settings(host="0.0.0.0", port=server.server_port)
        server.shutdown()
        thread.join()
    assert asked == ["/readyz"]


def test_ready_is_what_readyz_says(answering):
    status, settings = answering
    assert not_ready(settings) == (None if status == 200 else "HTTP 503")


def test_where_nobody_answers_it_says_where_it_asked():
    port = free_port()
    why = not_ready(dataclasses.replace(Settings(), host="127.0.0.1", port=port))
    assert why is not None
    assert f"127.0.0.1, port {port}" in why
