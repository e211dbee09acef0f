"""The ceiling: what Starlette on uvicorn does with the same body when it reads it, parses it and answers a card that is always the same."""

from __future__ import annotations

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

CARD = orjson.dumps(
    {
        "cards": [
            {
                "uuid": "6a3c6f0e-0d6f-4a55-8b0b-0f6c4e1b2d11",
                "summary": "A card that is always the same",
                "indicator": "warning",
                "detail": "x" * 1280,
                "source": {"label": "ceiling", "url": "https://cds.example.org/"},
            }
        ]
    }
)
"""1.5 kB."""


async def hook(request: Request) -> Response:
    """Read, parse, answer."""
    orjson.loads(await request.body())
    return Response(CARD, media_type="application/json")


app = Starlette(routes=[Route("/cds-services/{service_id}", hook, methods=["POST"])])
