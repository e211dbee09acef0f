"""Pages that are made beside the loop."""

import asyncio
import threading

import pytest
from starlette.requests import Request

from cds.protocol.errors import Overloaded
from cds.web.beside import Beside
from cds.web.errors import PageError


def request(path="/safety"):
    return Request({"type": "http", "method": "GET", "path": path, "root_path": "", "headers": [], "query_string": b""})


def test_what_is_kept_is_made_once_and_the_oldest_is_forgotten():
    made = []

    async def main():
        beside = Beside(kept=2)
        for key in ("a", "b", "a", "c", "b", "a"):
            assert await beside.made(request(), lambda key=key: made.append(key) or key.upper(), key) == key.upper()
        assert [await beside.made(request(), lambda: len(made)) for _ in range(2)] == [4, 4]

    asyncio.run(main())
    assert made == ["a", "b", "c", "a"]


def test_what_fails_is_not_kept():
    async def main():
        beside = Beside()
        with pytest.raises(ZeroDivisionError):
            await beside.made(request(), lambda: 1 // 0, "a")
        assert await beside.made(request(), lambda: 1, "a") == 1

    asyncio.run(main())


def test_beyond_the_bound_it_is_refused_at_once_and_the_loop_goes_on():
    async def main():
        beside, go_on = Beside(waiting=2), threading.Event()
        inside = [asyncio.create_task(beside.made(request(), go_on.wait)) for _ in range(2)]
        await asyncio.sleep(0.01)
        with pytest.raises(PageError) as refused:
            await beside.made(request(), lambda: 1)
        assert (refused.value.status, refused.value.headers["Retry-After"]) == (503, "1")
        with pytest.raises(Overloaded):
            await beside.made(request("/safety/rules.csv"), lambda: 1)
        go_on.set()
        assert await asyncio.gather(*inside) == [True, True]
        assert await beside.made(request(), lambda: 1) == 1

    asyncio.run(main())


def test_what_takes_too_long_is_given_up():
    async def main():
        beside, go_on = Beside(seconds=0.05), threading.Event()
        with pytest.raises(PageError):
            await beside.made(request(), go_on.wait)
        go_on.set()

    asyncio.run(main())
