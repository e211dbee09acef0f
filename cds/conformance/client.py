"""The runner as an HTTP client: one address, few requests, bounded answers, no redirects."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

__all__ = ["Answer", "Client", "Unreachable"]

_TIMEOUT = httpx.Timeout(10.0)
_LONGEST = 30.0  # seconds for one answer, however steadily it drips
_LARGEST = 5_000_000  # bytes of one answer
_PATIENCE = 3  # requests without an answer
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Unreachable(Exception):
    """The service answers nothing, or nothing any more; the message says of which address, and why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer.

    Attributes:
        status: HTTP status; 0 where there was no answer, or one too large or too slow to be one.
        headers: its headers; names in any case.
        body: its bytes.
        seconds: from sending to the last byte.
        fault: why there was no answer.
    """

    status: int
    headers: httpx.Headers
    body: bytes
    seconds: float
    fault: str = ""

    @property
    def said(self) -> str:
        """The status as a sentence names it: `answers 404`."""
        return f"answers {self.status}" if self.status else f"gives no answer ({self.fault})"

    @property
    def media_type(self) -> str:
        """The content type without parameters, in lower case."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The decoded body.

        Raises:
            ValueError: it is not JSON in UTF-8.
        """
        return json.loads(self.body.decode(), parse_constant=_refuse)


class Client:
    """Calls one service."""

    def __init__(self, url: str, http: httpx.Client, token: Callable[[str], str] | None = None) -> None:
        """Take the address apart.

        Args:
            url: base URL of the service, with or without `/cds-services`.
            http: what sends; the caller closes it.
            token: makes a valid token for an address; None sends none.
        """
        self.base = url.rstrip("/").removesuffix("/cds-services")
        self.requests = 0
        self._unanswered = 0
        self._http = http
        self._token = token

    @property
    def discovery(self) -> str:
        """Address of discovery."""
        return f"{self.base}/cds-services"

    @property
    def loopback(self) -> bool:
        """Whether the service runs on this machine."""
        host = urlsplit(self.base).hostname or ""
        return host in ("localhost", "::1") or host.startswith("127.")

    def address(self, service_id: str) -> str:
        """Address of a service."""
        return f"{self.discovery}/{quote(service_id, safe='')}"

    def post(self, url: str, document: object, *, token: str | None = None, signed: bool = True) -> Answer:
        """Send a document as JSON; the arguments of `send`."""
        content = json.dumps(document).encode()
        return self.send("POST", url, content=content, token=token, signed=signed)

    def send(
        self,
        method: str,
        url: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] = _NO_HEADERS,
        token: str | None = None,
        signed: bool = True,
    ) -> Answer:
        """Send one request; once more where a kept connection had been closed.

        Args:
            method: HTTP method.
            url: address.
            content: body, announced as JSON.
            headers: further headers.
            token: this token in place of a valid one.
            signed: whether to send a token at all, where there is a key.

        Raises:
            Unreachable: there was no answer for the third time.
        """
        sent = dict(headers)
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        if token is None and signed and self._token is not None:
            token = self._token(url)
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        try:
            answer = self._exchange(method, url, content, sent)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            answer = self._answer(method, url, content, sent)
        except _FAILURES as error:
            answer = _none(error)
        if answer.status == 0:
            self._unanswered += 1
            if self._unanswered == _PATIENCE:
                raise Unreachable(f"{url}: {answer.fault}")
        return answer

    def _answer(self, method: str, url: str, content: bytes | None, headers: Mapping[str, str]) -> Answer:
        try:
            return self._exchange(method, url, content, headers)
        except _FAILURES as error:
            return _none(error)

    def _exchange(self, method: str, url: str, content: bytes | None, headers: Mapping[str, str]) -> Answer:
        self.requests += 1
        start = time.monotonic()
        with self._http.stream(method, url, content=content, headers=headers, timeout=_TIMEOUT) as response:
            body = _body(response, start)
            return Answer(response.status_code, response.headers, body, time.monotonic() - start)


class _TooMuch(Exception):
    """An answer that is given up."""


_FAILURES = (httpx.HTTPError, httpx.InvalidURL, _TooMuch)


def _none(error: Exception) -> Answer:
    return Answer(0, httpx.Headers(), b"", 0.0, str(error) or type(error).__name__)


def _body(response: httpx.Response, start: float) -> bytes:
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if size > _LARGEST:
            raise _TooMuch(f"more than {_LARGEST} bytes")
        if time.monotonic() - start > _LONGEST:
            raise _TooMuch(f"more than {_LONGEST:.0f} seconds")
    return b"".join(chunks)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")
