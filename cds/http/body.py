"""The body of a request, read within bounds."""

from __future__ import annotations

from starlette.requests import Request

from cds.protocol.errors import BodyTooLarge, UnsupportedMediaType

__all__ = ["check_media_type", "read_body"]

_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", ""})


def check_media_type(request: Request) -> None:
    """Accept JSON and FHIR JSON in UTF-8, and a client that does not say.

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
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise UnsupportedMediaType("Content-Encoding is not supported; send the body uncompressed")


async def read_body(request: Request, limit: int) -> bytes:
    """The body, read no further than the limit.

    Args:
        request: the request.
        limit: largest body, in bytes.

    Raises:
        BodyTooLarge: the body is, or claims to be, larger.
    """
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced) > limit:
        raise BodyTooLarge(limit)
    chunks: list[bytes] = []
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > limit:
            raise BodyTooLarge(limit)
        chunks.append(chunk)
    return b"".join(chunks)
