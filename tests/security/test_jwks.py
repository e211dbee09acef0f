"""Published keys: fetched when needed, kept when they cannot be, and never hammered."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from cds.security import JwksCache, fetch_keys
from cds.security.keys import Key, UnusableKey, read_keys
from tests.security.serving import serving
from tests.security.signing import Signer

OLD = Signer.make(kid="old").jwk
NEW = Signer.make(kid="new").jwk
JKU = "https://ehr.example/jwks"


class Published:
    """An address that holds keys, or fails, and a clock."""

    def __init__(self, *keys) -> None:
        self.keys = list(keys)
        self.fails: BaseException | None = None
        self.asked = 0
        self.now = 1000.0
        self.wait: asyncio.Event | None = None
        self.cache = JwksCache(lifetime=900, interval=30, fetch=self.fetch, clock=lambda: self.now)

    async def fetch(self, jku: str) -> Mapping[str, Key]:
        self.asked += 1
        if self.wait is not None:
            await self.wait.wait()
        if self.fails is not None:
            raise self.fails
        return read_keys({"keys": self.keys})

    async def has(self, kid: str) -> bool:
        return await self.cache.key(JKU, kid) is not None


def test_a_known_key_is_fetched_once_in_its_lifetime():
    async def run():
        there = Published(OLD)
        for _ in range(100):
            assert await there.has("old")
        there.now += 899
        assert await there.has("old")
        assert there.asked == 1
        there.now += 1
        assert await there.has("old")
        assert there.asked == 2

    asyncio.run(run())


def test_a_rotated_key_is_found_and_the_withdrawn_one_forgotten():
    async def run():
        there = Published(OLD)
        assert await there.has("old")
        there.keys = [NEW]
        there.now += 30
        assert await there.has("new")
        assert not await there.has("old")

    asyncio.run(run())


def test_invented_names_cannot_hammer():
    async def run():
        there = Published(OLD)
        assert await there.has("old")
        for second in range(90):
            there.now = 1000.0 + second
            for number in range(50):
                assert not await there.has(f"invented-{second}-{number}")
        assert there.asked == 3  # at 0, 30 and 60 seconds
        there.keys.append(NEW)
        assert not await there.has("new")
        there.now = 1090.0
        assert await there.has("new")

    asyncio.run(run())


def test_many_calls_share_one_fetch():
    async def run():
        there = Published(OLD)
        there.wait = asyncio.Event()
        calls = [asyncio.create_task(there.has("old")) for _ in range(50)]
        await asyncio.sleep(0)
        there.wait.set()
        assert all(await asyncio.gather(*calls))
        assert there.asked == 1

    asyncio.run(run())


@pytest.mark.parametrize(
    "fails", [httpx.ConnectError("no"), TimeoutError(), OSError(), UnusableKey("too large"), ValueError("no JSON")]
)
def test_a_set_that_is_down_locks_no_known_key_out(fails, caplog):
    async def run():
        there = Published(OLD)
        assert await there.has("old")
        there.fails = fails
        for _ in range(5):
            there.now += 900
            assert await there.has("old")
            assert not await there.has("new")
        there.fails = None
        there.keys = [NEW]
        there.now += 900
        assert await there.has("new")

    with caplog.at_level(logging.WARNING, "cds.security"):
        asyncio.run(run())
    assert "1 known keys stay in use" in caplog.text


def test_a_slow_set_holds_up_no_known_key():
    async def run():
        there = Published(OLD)
        assert await there.has("old")
        there.wait = asyncio.Event()
        there.now += 900
        async with asyncio.timeout(2):
            assert await there.has("old")
        there.wait.set()
        await there.cache.close()

    asyncio.run(run())


def test_a_call_that_is_given_up_does_not_end_the_fetch_of_the_others():
    async def run():
        there = Published(OLD)
        there.wait = asyncio.Event()
        first, second = (asyncio.create_task(there.has("old")) for _ in range(2))
        await asyncio.sleep(0.01)
        first.cancel()
        there.wait.set()
        assert await second
        assert there.asked == 1

    asyncio.run(run())


async def _large():
    for _ in range(100):
        yield b" " * 10_000


async def _trickle():
    for _ in range(50):
        yield b" "
        await asyncio.sleep(0.1)


def _answering(body: bytes, **headers: str):
    return lambda _: Response(body, headers=headers)


@pytest.fixture(scope="module")
def jwks():
    good = json.dumps({"keys": [OLD]}).encode()
    routes = {
        "/good": _answering(good),
        "/redirect": lambda _: RedirectResponse("/good"),
        "/missing": lambda _: Response(good, 404),
        "/packed": _answering(good, **{"content-encoding": "gzip"}),
        "/large": lambda _: StreamingResponse(_large()),
        "/slow": lambda _: StreamingResponse(_trickle()),
        "/text": _answering(b"no JSON"),
        "/latin": _answering(b"\xff\xfe"),
        "/deep": _answering(b"[" * 100_000),
        "/list": _answering(b"[]"),
    }
    app = Starlette(routes=[Route(path, answer) for path, answer in routes.items()])
    with serving(app) as base:
        yield base


def test_a_set_over_http(jwks):
    assert set(asyncio.run(fetch_keys(f"{jwks}/good"))) == {"old"}


@pytest.mark.parametrize(
    "path", ["redirect", "missing", "packed", "large", "slow", "text", "latin", "deep", "list", "none"]
)
def test_what_is_not_taken_for_one(jwks, path):
    with pytest.raises((UnusableKey, ValueError, TimeoutError, httpx.HTTPError)):
        asyncio.run(fetch_keys(f"{jwks}/{path}"))


def test_nobody_listens():
    with pytest.raises(httpx.HTTPError):
        asyncio.run(fetch_keys("http://127.0.0.1:9/jwks"))
