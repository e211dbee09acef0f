"""One run: discovery, calls, errors, browsers, tokens, feedback, in this order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from cds.conformance.authentication import check_authentication, without_key
from cds.conformance.calls import check_calls
from cds.conformance.client import Client
from cds.conformance.cors import check_cors
from cds.conformance.discovery import check_discovery
from cds.conformance.errors import check_errors
from cds.conformance.feedback import check_feedback
from cds.conformance.result import Observations, Report, report_of
from cds.conformance.tokens import Key

__all__ = ["run"]

_MOST = 20  # services that are called


def run(url: str, http: httpx.Client, *, requests: Sequence[Mapping[str, Any]] = (), key: Key | None = None) -> Report:
    """Hold a service against the requirements.

    Args:
        url: base URL of the service, with or without `/cds-services`. No other address is called.
        http: what sends; must not follow redirects.
        requests: hook calls of the user's own, sent to the services of their hooks.
        key: signs every call; None sends no tokens, and then they are not checked.

    Raises:
        Unreachable: an address of the service gives no answer.
    """
    client = Client(url, http, None if key is None else key.token)
    seen = Observations()
    services = check_discovery(client, seen)[:_MOST]
    answers = check_calls(client, services, requests, seen)
    check_cors(client, services[0] if services else None, seen)
    if services:
        check_errors(client, services[0], seen)
        check_feedback(client, services[0], answers, seen)
        if key is not None:
            check_authentication(client, services[0], key, seen)
    if key is None:
        without_key(seen)
    return report_of(client.base, client.requests, seen)
