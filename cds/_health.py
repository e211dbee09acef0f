"""Whether the service on this machine is ready: for health checks of containers that hold nothing but the service."""

from __future__ import annotations

import http.client
from http import HTTPStatus

from cds.settings import Settings

__all__ = ["not_ready"]

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 -- what an operator listens on is asked on loopback
_SECONDS = 4


def not_ready(settings: Settings) -> str | None:
    """Why the service that has these settings is not ready; None where it is."""
    host = _EVERYWHERE.get(settings.host, settings.host)
    connection = http.client.HTTPConnection(host, settings.port, timeout=_SECONDS)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        return f"no answer at {host}, port {settings.port}: {error}"
    finally:
        connection.close()
    return None if answer.status == HTTPStatus.OK else f"HTTP {answer.status}"
