"""One real server on loopback whose application each test chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from cds._conformance import hold, on_loopback
from cds.conformance import Key, Report
from tests.conformance.services import Parts, app_of


class _Switch:
    """Hands each request to the application of the moment."""

    app: ASGIApp = app_of(Parts())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def switch() -> Iterator[tuple[_Switch, str]]:
    switch = _Switch()
    with on_loopback(switch) as url:
        yield switch, url


@pytest.fixture
def run(switch: tuple[_Switch, str]) -> Callable[..., Report]:
    """Run against an application."""

    def run(
        app: ASGIApp, requests: list[dict[str, Any]] | None = None, key: Key | None = None, end: str = ""
    ) -> Report:
        switch[0].app = app
        return hold(switch[1] + end, requests or [], key)

    return run
