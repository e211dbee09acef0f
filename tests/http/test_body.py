"""Bodies at their limits: of size, packed and unpacked, and of time."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from typing import Any

import httpx
import pytest

from cds.app import create_app
from cds.http.body import MAX_RATIO
from cds.limits import Serving
from cds.settings import Settings
from tests.calls import body, call
from tests.test_app import JSON, KNOWLEDGE, SIGN, issue, one_card, send

CONTENT = body(call())


def packed(content: bytes, coding: str) -> bytes:
    return gzip.compress(content) if coding.endswith("gzip") else zlib.compress(content)


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "GZIP"])
def test_a_packed_body_is_unpacked(coding: str) -> None:
    answer = send(content=packed(CONTENT, coding.lower()), headers=JSON | {"content-encoding": coding})
    assert answer.json()["cards"][0]["detail"] == "1 order"


@pytest.mark.parametrize("coding", ["br", "gzip, gzip", "zstd"])
def test_another_coding_is_refused(coding: str) -> None:
    issue(send(content=CONTENT, headers=JSON | {"content-encoding": coding}), 415)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
@pytest.mark.parametrize(("over", "status"), [(-1, 200), (0, 200), (1, 413)])
def test_the_limit_holds_for_what_a_body_unpacks_to(coding: str, over: int, status: int) -> None:
    content = packed(CONTENT, coding)
    settings = Settings(max_body=len(CONTENT) - over)
    assert send(content=content, headers=JSON | {"content-encoding": coding}, settings=settings).status_code == status


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < 60_000
    issue(send(content=bomb, headers=JSON | {"content-encoding": "gzip"}), 413)


def test_a_ratio_that_no_record_has_is_refused() -> None:
    content = gzip.compress(CONTENT + b" " * 900_000)
    assert len(content) * MAX_RATIO < 900_000
    found = issue(send(content=content, headers=JSON | {"content-encoding": "gzip"}), 400)
    assert str(MAX_RATIO) in found["details"]["text"]


@pytest.mark.parametrize(
    "content",
    [CONTENT, gzip.compress(CONTENT)[:-1], gzip.compress(CONTENT)[:20], gzip.compress(CONTENT) + b"x", b""],
)
def test_what_is_not_packed_as_it_says_is_refused(content: bytes) -> None:
    found = issue(send(content=content, headers=JSON | {"content-encoding": "gzip"}), 400)
    assert "gzip" in found["details"]["text"]


def receive_in(pieces: list[tuple[float, bytes]]) -> Any:
    """An ASGI `receive` that hands on a piece after so many seconds."""
    left = list(pieces)

    async def receive() -> dict[str, Any]:
        seconds, piece = left.pop(0)
        await asyncio.sleep(seconds)
        return {"type": "http.request", "body": piece, "more_body": bool(left)}

    return receive


def ask(pieces: list[tuple[float, bytes]], seconds: int) -> tuple[int, dict[str, Any]]:
    app = create_app(Settings(serving=Serving(read_seconds=seconds)), KNOWLEDGE, one_card)
    sent: list[dict[str, Any]] = []

    async def send_on(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": SIGN, "raw_path": SIGN.encode(), "query_string": b"", "root_path": "",
        "headers": [(b"content-type", b"application/json")], "scheme": "http", "http_version": "1.1",
        "client": ("127.0.0.1", 1), "server": ("cds", 80),
    }  # fmt: skip
    asyncio.run(app(scope, receive_in(pieces), send_on))
    return sent[0]["status"], json.loads(b"".join(message.get("body", b"") for message in sent))


def test_a_body_in_time_is_read_however_it_is_split() -> None:
    status, _ = ask([(0.1, CONTENT[:20]), (0.1, CONTENT[20:])], 1)
    assert status == 200


def test_a_body_that_trickles_is_given_up_however_steadily() -> None:
    status, outcome = ask([(0.3, bytes([byte])) for byte in CONTENT], 1)
    assert status == 408
    assert outcome["issue"][0]["code"] == "timeout"
    assert "within 1 seconds" in outcome["issue"][0]["details"]["text"]


def test_a_body_that_never_comes_is_given_up() -> None:
    assert ask([(60, CONTENT)], 1)[0] == 408


def test_a_length_that_no_number_holds() -> None:
    answer = send(content=CONTENT, headers=JSON | {"content-length": "9" * 5000})
    assert answer.status_code == 413
    assert isinstance(answer, httpx.Response)
