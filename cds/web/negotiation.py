"""Whether a client wants JSON or a page."""

from __future__ import annotations

import re

_QUALITY = re.compile(r";\s*q=(?P<q>[01](?:\.[0-9]{0,3})?)\s*(?:;|$)", re.IGNORECASE)
_LONGEST = 1000  # characters


def prefers_json(accept: str | None) -> bool:
    """Whether JSON (`application/json` or FHIR's) is named and liked better than HTML; a client that accepts anything gets the page."""
    liked = {"json": 0.0, "html": 0.0}
    for item in (accept or "")[:_LONGEST].split(","):
        media_type, _, parameters = item.partition(";")
        match media_type.strip().lower():
            case "application/json" | "application/fhir+json":
                kind = "json"
            case "text/html" | "application/xhtml+xml":
                kind = "html"
            case _:
                continue
        quality = _QUALITY.search(f";{parameters}")
        liked[kind] = max(liked[kind], float(quality["q"]) if quality else 1.0)
    return liked["json"] > liked["html"]
