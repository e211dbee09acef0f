"""Too many calls: of one caller, and at one time; long evaluations beside the loop."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from typing import Any

import httpx
import pytest

from cds.app import create_app
from cds.http.load import BURST_SECONDS, MAX_CALLERS, Callers, InFlight
from cds.http.work import AT_ONCE, THREADS, Workers
from cds.limits import Serving
from cds.protocol.errors import Overloaded, TooManyRequests
from cds.settings import Settings
from tests.calls import body, call
from tests.test_app import KNOWLEDGE, SIGN, one_card


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_caller_may_burst_and_then_waits() -> None:
    clock = Clock()
    callers = Callers(2, clock)
    for _ in range(2 * BURST_SECONDS):
        callers.admit("a")
    with pytest.raises(TooManyRequests) as caught:
        callers.admit("a")
    assert caught.value.headers == {"Retry-After": "1"}
    callers.admit("b")
    clock.now = 0.49
    with pytest.raises(TooManyRequests):
        callers.admit("a")
    clock.now = 0.5
    callers.admit("a")
    with pytest.raises(TooManyRequests):
        callers.admit("a")


def test_a_long_silence_gains_no_more_than_a_burst() -> None:
    clock = Clock()
    callers = Callers(1, clock)
    callers.admit("a")
    clock.now = 1e6
    for _ in range(BURST_SECONDS):
        callers.admit("a")
    with pytest.raises(TooManyRequests):
        callers.admit("a")


def test_retry_after_is_true() -> None:
    clock = Clock()
    callers = Callers(0.1, clock)
    callers.admit("a")
    with pytest.raises(TooManyRequests) as caught:
        callers.admit("a")
    clock.now = float(caught.value.headers["Retry-After"])
    callers.admit("a")


def test_callers_beyond_number_are_forgotten_oldest_first() -> None:
    callers = Callers(0.1, Clock())
    callers.admit("first")
    for number in range(MAX_CALLERS):
        callers.admit(str(number))
    callers.admit("first")  # forgotten, so admitted anew
    with pytest.raises(TooManyRequests):
        callers.admit(str(MAX_CALLERS - 1))


def test_as_many_as_the_limit_are_in_hand_and_no_more() -> None:
    async def run() -> None:
        bound = InFlight(2)
        async with bound, bound:
            with pytest.raises(Overloaded):
                async with bound:
                    pass
        async with bound:
            pass

    asyncio.run(run())


def test_a_call_that_fails_leaves_its_place() -> None:
    async def run() -> None:
        bound = InFlight(1)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                async with bound:
                    raise ZeroDivisionError

    asyncio.run(run())


def together(
    number: int, serving: Serving, evaluate: Any = one_card, content: bytes | None = None
) -> list[httpx.Response]:
    app = create_app(Settings(serving=serving), KNOWLEDGE, evaluate)

    async def run() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://cds") as client:
            return await asyncio.gather(*[client.post(SIGN, content=content or body(call())) for _ in range(number)])

    return asyncio.run(run())


@pytest.mark.parametrize("number", [9, 10, 11, 30])
def test_overload_is_answered_at_once_and_the_rest_is_served(number: int) -> None:
    answers = together(number, Serving(in_flight=10))
    assert [answer.status_code for answer in answers].count(200) == min(number, 10)
    for answer in answers:
        if answer.status_code != 200:
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "1"
            assert "not checked" in answer.json()["issue"][0]["details"]["text"]


def test_one_address_too_often_is_told_when_to_come_back() -> None:
    answers = together(BURST_SECONDS + 5, Serving(rate=1))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == 5
    assert {answer.headers["retry-after"] for answer in refused} == {"1"}
    assert refused[0].json()["issue"][0]["code"] == "throttled"


def test_a_short_evaluation_runs_where_it_is_and_a_long_one_beside_the_loop() -> None:
    async def run(size: int) -> str:
        def where() -> str:
            return threading.current_thread().name

        return await Workers(5).run(size, where)

    assert asyncio.run(run(AT_ONCE)) == threading.current_thread().name
    assert asyncio.run(run(AT_ONCE + 1)).startswith("evaluation")


def test_the_loop_goes_on_meanwhile_and_a_call_is_given_up_in_time() -> None:
    async def run() -> float:
        workers = Workers(0.2)
        started = time.perf_counter()
        slow = [workers.run(AT_ONCE + 1, lambda: time.sleep(0.6)) for _ in range(THREADS + 3)]
        for result in await asyncio.gather(*slow, return_exceptions=True):
            assert isinstance(result, Overloaded)
        return time.perf_counter() - started

    assert asyncio.run(run()) < 0.55


def test_an_answer_is_the_same_beside_the_loop() -> None:
    small = call()
    large = {**small, "prefetch": {"x": {"resourceType": "Basic", "text": "x" * AT_ONCE}}}
    (one,) = together(1, Serving(), content=body(small))
    (other,) = together(1, Serving(), content=body(large))
    assert json.loads(one.content) == json.loads(other.content)
