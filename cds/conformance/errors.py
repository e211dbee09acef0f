"""Calls that are wrong, and how they are refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cds.conformance.client import Answer, Client
from cds.conformance.minimal import minimal_call
from cds.conformance.result import Observations, Result

__all__ = ["check_errors"]

_INSIDE = re.compile(
    rb'Traceback \(most recent call last\)|^\s+at [\w.$<>]+\(.*:\d+\)|File "[^"]+", line \d+', re.MULTILINE
)
_NO_SUCH = (401, 403, 404)  # a service that wants a token may ask for it first
_UNKNOWN = "conformance-there-is-no-such-service"


def check_errors(client: Client, service: Mapping[str, Any], seen: Observations) -> None:
    """Send wrong calls to one service."""
    url = client.address(service["id"])
    call = minimal_call(service)
    wrong_hook = {**call, "hook": "conformance-no-such-hook"}
    no_context = {name: value for name, value in call.items() if name != "context"}
    unknown = client.post(client.address(_UNKNOWN), call)
    seen.say(
        "error-unknown-service",
        None if unknown.status in _NO_SUCH else f"an unknown service {unknown.said}",
    )
    answers = {
        "error-not-json": client.send("POST", url, content=b'{"hook": '),
        "error-wrong-hook": client.post(url, wrong_hook),
        "error-no-context": client.post(url, no_context),
    }
    for check, answer in answers.items():
        seen.say(check, None if _is_refusal(answer) else f"{service['id']}: {answer.said}")
    refused = [answer for answer in (unknown, *answers.values()) if _is_error(answer)]
    for answer in refused:
        _check_body(answer, seen)
    if refused:
        seen.note("error-statuses", Result.MET)


def _is_refusal(answer: Answer) -> bool:
    return 400 <= answer.status < 500  # noqa: PLR2004 -- the range of HTTP's client errors


def _is_error(answer: Answer) -> bool:
    return 400 <= answer.status < 600  # noqa: PLR2004 -- the range of HTTP's errors


def _check_body(answer: Answer, seen: Observations) -> None:
    where = f"the body of a {answer.status}"
    if _INSIDE.search(answer.body):
        seen.note("error-body", Result.NOT_MET, f"{where} shows a stack trace")
    elif answer.media_type.endswith("json"):
        try:
            answer.json()
        except ValueError:
            seen.note("error-body", Result.NOT_MET, f"{where} is not the JSON that it says it is")
        else:
            seen.note("error-body", Result.MET)
    else:
        seen.note("error-body", Result.MET)
