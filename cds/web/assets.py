"""Style sheets, scripts and the icon. What may be asked for is what lies in the folder and below it, by its ending and under its name alone."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cds.web.headers import HEADERS

__all__ = ["asset_route", "fingerprint"]

FOLDER = Path(__file__).parent / "assets"
_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_KEPT = "public, max-age=31536000, immutable"
_ASKED_AGAIN = "public, max-age=3600"


def asset_route() -> Route:
    """`GET /assets/{file}`. With the fingerprint of its content as `?v=` a cache may keep it for a year, else for an hour."""
    return Route("/assets/{file}", _asset, methods=["GET"])


@functools.cache
def fingerprint(name: str) -> str:
    """What tells one content of an asset from another.

    Raises:
        KeyError: there is no such asset.
    """
    return hashlib.sha256(_assets()[name]).hexdigest()[:12]


async def _asset(request: Request) -> Response:
    name = request.path_params["file"]
    content = _assets().get(name)
    if content is None:
        raise HTTPException(404)
    kept = request.query_params.get("v") == fingerprint(name)
    headers = {**HEADERS, "Cache-Control": _KEPT if kept else _ASKED_AGAIN}
    return Response(content, 200, headers, _TYPES[Path(name).suffix])


@functools.cache
def _assets() -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(FOLDER.rglob("*")) if path.suffix in _TYPES}
