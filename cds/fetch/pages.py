"""One HTTP answer of a FHIR server: its status, its kind and its bytes within limits."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from http import HTTPStatus

import httpx

from cds.fetch.limits import Allowance, Limits
from cds.fhir.asking import Ask
from cds.fhir.bundle import type_of
from cds.phrases import Phrase

__all__ = ["Refused", "body_of", "check_status", "check_type"]

RETRIED = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
REDIRECTS = frozenset(
    {
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.SEE_OTHER,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    }
)
NOT_FHIR = Phrase("its FHIR server answered with something else than FHIR")
CUT_SHORT = Phrase("the answer of its FHIR server was cut short or cannot be read")
TOO_LARGE = Phrase("its FHIR server sent more than is read")
LED_AWAY = Phrase("its FHIR server led to another address, which is not asked")
_GZIP = 16 + zlib.MAX_WBITS


class Refused(Exception):
    """An answer that cannot be used.

    Attributes:
        because: why, in words.
        again: whether the same request may bring another answer.
    """

    def __init__(self, because: Phrase, *, again: bool = False) -> None:
        super().__init__(because)
        self.because = because
        self.again = again


def check_status(response: httpx.Response, ask: Ask) -> None:
    """Take nothing but success.

    Raises:
        Refused: anything else; a gateway's failure may be tried again.
    """
    status = response.status_code
    match status:
        case HTTPStatus.OK:
            return
        case HTTPStatus.UNAUTHORIZED:
            because = Phrase("its FHIR server did not accept the token")
        case HTTPStatus.FORBIDDEN:
            because = Phrase("the token does not allow this query on its FHIR server")
        case HTTPStatus.NOT_FOUND | HTTPStatus.GONE if ask.read:
            because = Phrase("its FHIR server does not have it")
        case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
            because = Phrase("its FHIR server does not know this query")
        case HTTPStatus.TOO_MANY_REQUESTS:
            because = Phrase("its FHIR server takes no more queries for now")
        case _ if status in REDIRECTS:
            because = LED_AWAY
        case _:
            because = Phrase("its FHIR server failed (HTTP {status})", status=status)
    raise Refused(because, again=status in RETRIED)


async def body_of(response: httpx.Response, limits: Limits, allowance: Allowance) -> bytes:
    """The body, unpacked, read no further than the limits.

    Raises:
        Refused: it is no JSON, is packed in another way than asked for, or is too large.
    """
    kind = response.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if not (kind.endswith(("/json", "+json"))):
        raise Refused(NOT_FHIR)
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip"):
        raise Refused(NOT_FHIR)
    chunks: list[bytes] = []
    left = min(limits.page_bytes, allowance.bytes)
    async for chunk in _unpacked(response, left) if coding.endswith("gzip") else response.aiter_raw():
        left -= len(chunk)
        if left < 0:
            raise Refused(TOO_LARGE)
        chunks.append(chunk)
    body = b"".join(chunks)
    allowance.bytes -= len(body)
    return body


async def _unpacked(response: httpx.Response, limit: int) -> AsyncIterator[bytes]:
    """Unpack no more than one byte above the limit, however small the packed body is."""
    unpacker = zlib.decompressobj(_GZIP)
    left = limit + 1
    async for packed in response.aiter_raw():
        try:
            chunk = unpacker.decompress(packed, left)
        except zlib.error:
            raise Refused(CUT_SHORT) from None
        left -= len(chunk)
        yield chunk
        if left <= 0:
            return
    if not unpacker.eof:
        raise Refused(CUT_SHORT)


def check_type(body: bytes, ask: Ask) -> None:
    """Take only what was asked for: the resource, or a Bundle.

    Raises:
        Refused: the body is something else.
    """
    kind = type_of(body)
    if kind is None:
        raise Refused(CUT_SHORT if body.lstrip()[:1] == b"{" else NOT_FHIR)
    if kind == "OperationOutcome":
        raise Refused(Phrase("the query failed on its FHIR server"))
    if kind != (ask.type if ask.read else "Bundle"):
        raise Refused(Phrase("its FHIR server answered with something else than was asked for"))
