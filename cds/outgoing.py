"""How this service asks others over HTTP, whoever they are.

It follows no redirect, reads no proxy from the environment, keeps no cookies, trusts the certificates that the system trusts, logs neither
addresses nor tokens, and reads no more of an answer than a bound.
"""

from __future__ import annotations

import asyncio
import http.cookiejar
import json
import logging
import ssl
from collections.abc import Mapping
from typing import Any

import httpx

from cds import __version__

__all__ = ["NotJson", "TooLarge", "client", "json_object"]


class TooLarge(ValueError):
    """The answer is larger than it may be."""


class NotJson(ValueError):
    """The answer is no JSON object."""


def client(
    *, transport: httpx.AsyncBaseTransport | None = None, headers: Mapping[str, str] | None = None
) -> httpx.AsyncClient:
    """A client without limits on time: whoever uses it sets them for the whole of an answer.

    Args:
        transport: makes the connections; without one any address is connected to.
        headers: sent with every request.
    """
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)  # their lines hold addresses, and those ids; at debug tokens
    return httpx.AsyncClient(
        transport=transport or httpx.AsyncHTTPTransport(verify=ssl.create_default_context(), trust_env=False),
        trust_env=False,
        timeout=None,  # noqa: S113 -- the time for the whole answer ends it
        follow_redirects=False,
        cookies=http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=())),
        headers={"User-Agent": f"baclofen-cds/{__version__}", **(headers or {})},
    )


async def json_object(
    method: str,
    address: str,
    *,
    seconds: float,
    most: int,
    transport: httpx.AsyncBaseTransport | None = None,
    **request: Any,
) -> tuple[int, dict[str, Any]]:
    """Ask one address once: the status and the JSON object of its answer.

    Args:
        method: HTTP method.
        address: that and no other one.
        seconds: for the whole of it.
        most: bytes of the answer.
        transport: makes the connection.
        request: what httpx takes for the request: `content`, `data`, `headers`, `auth`.

    Raises:
        httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError: it could not be asked.
        TooLarge: it says too much.
        NotJson: it says something else.
    """
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", **request.pop("headers", {})}
    async with (
        asyncio.timeout(seconds),
        client(transport=transport) as asking,
        asking.stream(method, address, headers=headers, **request) as answer,
    ):
        if "content-encoding" in answer.headers:
            raise NotJson("the answer is compressed, which was not asked for")
        body = bytearray()
        async for chunk in answer.aiter_raw():
            body += chunk
            if len(body) > most:
                raise TooLarge(f"the answer is larger than {most} bytes")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise NotJson(f"the answer, with status {answer.status_code}, is no JSON object")
    return answer.status_code, found
