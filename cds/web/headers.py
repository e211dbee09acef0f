"""What every answer to a browser says of itself."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["HEADERS", "PRIVATE"]

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with `no-referrer` browsers send `Origin: null` with our own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Nothing runs, loads or frames that is not ours; nothing is written into the page that would need an exception."""

PRIVATE: Mapping[str, str] = {**HEADERS, "Cache-Control": "no-store"}
"""Of pages with data, or with forms."""
