"""Tokens: a good one is let in, bad ones are not."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

from cds.conformance.client import Answer, Client
from cds.conformance.minimal import minimal_call
from cds.conformance.result import Observations, Result
from cds.conformance.tokens import Key

__all__ = ["check_authentication", "without_key"]

_UNAUTHORIZED, _PRECONDITION_FAILED = 401, 412
_DENIED = (401, 403)
_LONG_AGO = 3600  # seconds
_CHECKS = (
    "jwt-valid",
    "jwt-missing",
    "jwt-issuer",
    "jwt-none",
    "jwt-symmetric",
    "jwt-algorithm",
    "jwt-signature",
    "jwt-expired",
    "jwt-audience",
    "jwt-replay",
    "jwt-status",
)


def without_key(seen: Observations) -> None:
    """Say that tokens were not looked at."""
    for check in _CHECKS:
        seen.note(check, Result.NOT_CHECKED, "Needs a key that the service trusts: --key, --iss.")


def check_authentication(client: Client, service: Mapping[str, Any], key: Key, seen: Observations) -> None:
    """Call one service with good and bad tokens."""
    url = client.address(service["id"])

    def call(token: str | None) -> Answer:
        return client.post(url, minimal_call(service), token=token, signed=False)

    token = key.token(url)
    first = call(token)
    known = 0 < first.status < 500 and first.status not in _DENIED  # noqa: PLR2004 -- above are the service's own faults
    seen.say("jwt-valid", None if known else f"a valid token {first.said}")
    if not known:
        return
    if key.algorithm in ("ES384", "RS384"):
        seen.note("jwt-algorithm", Result.MET)
    expired = int(time.time()) - _LONG_AGO
    bad = {
        "jwt-missing": call(None),
        "jwt-issuer": call(key.token(url, iss=f"https://{uuid.uuid4()}.example.org")),
        "jwt-none": call(key.unsigned(url)),
        "jwt-symmetric": call(key.signed_with_the_public_key(url)),
        "jwt-signature": call(key.signed_by_another(url)),
        "jwt-expired": call(key.token(url, iat=expired - 300, exp=expired)),
        "jwt-audience": call(key.token(url, aud="https://elsewhere.example.org/cds-services/other")),
        "jwt-replay": call(token),
    }
    for check, answer in bad.items():
        refused = _refused(answer, first)
        seen.say(check, None if refused else f"{service['id']}: {answer.said}")
        if refused:
            bare = answer.status == _UNAUTHORIZED
            seen.say("jwt-status", None if bare else f"{check.removeprefix('jwt-')}: {answer.said}")


def _refused(answer: Answer, good: Answer) -> bool:
    """Whether a client's error is due to the token: the good one did not get it."""
    client_error = 400 <= answer.status < 500  # noqa: PLR2004 -- the range of HTTP's client errors
    return client_error and answer.status not in (_PRECONDITION_FAILED, good.status)
