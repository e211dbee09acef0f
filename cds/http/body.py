"""The body of a request, read within bounds: of size, of time, and of what a compressed one unpacks to."""

from __future__ import annotations

import asyncio
import zlib

from starlette.requests import Request

from cds.protocol.errors import BodyTooLarge, RequestError, RequestTimeout, UnsupportedMediaType

__all__ = ["check_media_type", "read_body"]

_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", ""})
_AS_THEY_ARE = frozenset({"", "identity"})
_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
"""zlib's window by content coding; deflate is the zlib format (RFC 9110)."""
MAX_RATIO = 100
"""Bytes that one compressed byte may unpack to on the whole: FHIR in JSON packs about 20 to 1, a bomb 1000 to 1."""
_ALLOWED = 65_536
"""Bytes that a body may unpack to whatever its ratio: a short one may be of blanks."""


def check_media_type(request: Request) -> None:
    """Accept JSON and FHIR JSON in UTF-8, plain or compressed, and a client that does not say.

    Raises:
        UnsupportedMediaType: it says something else.
    """
    given = request.headers.get("content-type", "")
    media_type, *parameters = (part.strip().lower() for part in given.split(";"))
    if media_type not in ("", "application/json") and not (
        media_type.startswith("application/") and media_type.endswith("+json")
    ):
        raise UnsupportedMediaType("Content-Type must be application/json")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in _UTF8:
            raise UnsupportedMediaType("Content-Type must be application/json in UTF-8")
    coding = _coding(request)
    if coding not in _AS_THEY_ARE and coding not in _WINDOWS:
        raise UnsupportedMediaType("Content-Encoding must be gzip, deflate or identity, once")


def _coding(request: Request) -> str:
    return ",".join(request.headers.getlist("content-encoding")).strip().lower()


async def read_body(request: Request, limit: int, seconds: float) -> bytes:
    """The body, unpacked, read no further than the limit.

    Args:
        request: the request; `check_media_type` has accepted it.
        limit: largest body, in bytes, as it is sent and as it unpacks.
        seconds: for the whole body, however it is split: a client that trickles ties up nothing for longer.

    Raises:
        BodyTooLarge: the body is, claims to be, or unpacks to something larger.
        RequestTimeout: it has not arrived in time.
        RequestError: it is not packed as it says.
    """
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > limit:
        raise BodyTooLarge(limit)
    try:
        async with asyncio.timeout(seconds):
            body = await _received(request, limit)
    except TimeoutError:
        raise RequestTimeout(seconds) from None
    coding = _coding(request)
    return body if coding in _AS_THEY_ARE else _unpacked(body, coding, limit)


async def _received(request: Request, limit: int) -> bytes:
    chunks: list[bytes] = []
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > limit:
            raise BodyTooLarge(limit)
        chunks.append(chunk)
    return b"".join(chunks)


def _unpacked(body: bytes, coding: str, limit: int) -> bytes:
    most = min(limit, max(MAX_RATIO * len(body), _ALLOWED))
    unpacker = zlib.decompressobj(_WINDOWS[coding])
    try:
        content = unpacker.decompress(body, most + 1)
    except zlib.error:
        raise RequestError(f"The body is not {coding}, as Content-Encoding says") from None
    if len(content) > most:
        raise (
            BodyTooLarge(limit)
            if most == limit
            else RequestError(f"The body unpacks to more than {MAX_RATIO} times its size")
        )
    if not unpacker.eof or unpacker.unused_data:
        raise RequestError(f"The body is not one whole {coding} stream")
    return content
