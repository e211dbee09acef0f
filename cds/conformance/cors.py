"""What a browser asks before a page of another origin may call the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cds.conformance.client import Answer, Client
from cds.conformance.result import Observations, Result

__all__ = ["check_cors"]

_ORIGIN = "https://ehr.example.org"
_HEADERS = ("authorization", "content-type")


def check_cors(client: Client, service: Mapping[str, Any] | None, seen: Observations) -> None:
    """A preflight for a call, and discovery as a page fetches it."""
    page = client.send("GET", client.discovery, headers={"Origin": _ORIGIN})
    seen.say("cors", _not_open(page, "discovery"))
    _check_credentials(page, "discovery", seen)
    if service is None:
        return
    asked = {
        "Origin": _ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": ", ".join(_HEADERS),
    }
    preflight = client.send("OPTIONS", client.address(service["id"]), headers=asked, signed=False)
    _check_credentials(preflight, "preflight", seen)
    if preflight.status in (401, 403):
        seen.note("cors-preflight-open", Result.NOT_MET, f"a preflight without a token {preflight.said}")
        return
    seen.note("cors-preflight-open", Result.MET)
    ok = 200 <= preflight.status < 300  # noqa: PLR2004 -- the range of HTTP's successes
    seen.say("cors", _preflight_fault(preflight) if ok else f"a preflight {preflight.said}")


def _allowed(answer: Answer) -> str:
    return str(answer.headers.get("access-control-allow-origin", ""))


def _not_open(answer: Answer, where: str) -> str | None:
    if _allowed(answer) in ("*", _ORIGIN):
        return None
    return f"{where}: a page of {_ORIGIN} is not let in (a service may know its origins; this one is made up)"


def _preflight_fault(answer: Answer) -> str | None:
    if (fault := _not_open(answer, "preflight")) is not None:
        return fault
    methods = _words(answer, "access-control-allow-methods")
    if not methods & {"post", "*"} and "access-control-allow-methods" in answer.headers:
        return "preflight: POST is not allowed"
    headers = _words(answer, "access-control-allow-headers")
    # The asterisk does not cover Authorization (Fetch standard).
    missing = [name for name in _HEADERS if name not in headers and not ("*" in headers and name != "authorization")]
    return f"preflight: header {missing[0]} is not allowed" if missing else None


def _words(answer: Answer, name: str) -> set[str]:
    return {word.strip().lower() for word in str(answer.headers.get(name, "")).split(",")}


def _check_credentials(answer: Answer, where: str, seen: Observations) -> None:
    both = _allowed(answer) == "*" and answer.headers.get("access-control-allow-credentials", "").lower() == "true"
    seen.say("cors-credentials", f"{where}: allows every origin, and credentials" if both else None)
