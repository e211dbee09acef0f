"""Hook calls: a minimal one for each service, the user's own, and calls whose data are missing or broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from cds.conformance.client import Answer, Client
from cds.conformance.discovery import note_json
from cds.conformance.hooks import HOOKS
from cds.conformance.minimal import minimal_call
from cds.conformance.result import Observations, Result
from cds.conformance.structure import examine

__all__ = ["Judged", "check_calls"]

_OK, _NOT_FOUND, _PRECONDITION_FAILED = 200, 404, 412
_SLOW = 0.75  # seconds: half as much again as what the protocol has in mind

Judged = tuple[Mapping[str, Any], dict[str, Any]]
"""A service and an answer of it."""


def check_calls(
    client: Client, services: Sequence[Mapping[str, Any]], requests: Sequence[Mapping[str, Any]], seen: Observations
) -> list[Judged]:
    """Call every service, and the user's requests.

    Returns:
        the answers with cards.
    """
    answers: list[Judged] = []
    times: list[float] = []
    for service in services:
        own = [request for request in requests if request.get("hook") == service["hook"]]
        for number, call in enumerate([minimal_call(service), *own]):
            answer = client.post(client.address(service["id"]), call)
            where = f"{service['id']}, {'minimal call' if number == 0 else f'request {number}'}"
            # Of a hook outside the library the runner knows no valid call: there only the user's requests count.
            document = _judge(answer, where, seen, valid=number > 0 or service["hook"] in HOOKS)
            if document is not None:
                answers.append((service, document))
                if "prefetch" in call:
                    seen.note("prefetch-used", Result.MET)
                times.append(answer.seconds)
    if services:
        _without_data(client, services[0], seen)
    if times:
        slow = median(times) > _SLOW
        seen.say("response-time", f"half of the answers took more than {median(times) * 1000:.0f} ms" if slow else None)
    _check_uuids([document for _, document in answers], seen)
    return answers


def _judge(answer: Answer, where: str, seen: Observations, *, valid: bool) -> dict[str, Any] | None:
    if answer.status == _NOT_FOUND:
        seen.note("service-address", Result.NOT_MET, f"{where}: answers 404 at its address")
        return None
    if answer.status != _OK:
        if valid and answer.status != _PRECONDITION_FAILED:
            seen.note("response-cards", Result.NOT_MET, f"{where}: {answer.said}")
        return None
    document = note_json(answer, where, seen)
    if document is None:
        seen.note("response-cards", Result.NOT_MET, f"{where}: the answer is no JSON object")
        return None
    examine(document, "response", where, seen)
    if document.get("cards") == []:
        seen.note("response-empty", Result.MET)
    return document


def _without_data(client: Client, service: Mapping[str, Any], seen: Observations) -> None:
    """The minimal call once without prefetch and once with nothing but errors in it."""
    url = client.address(service["id"])
    call = minimal_call(service)
    if service["hook"] not in HOOKS:
        return
    bare = client.post(url, {name: value for name, value in call.items() if name != "prefetch"})
    fault = f"{service['id']}: {bare.said} without prefetch"
    seen.say("prefetch-missing", None if bare.status in (_OK, _PRECONDITION_FAILED) else fault)
    if "prefetch" not in call:
        return
    issue = {"severity": "error", "code": "exception", "details": {"text": "Conformance test"}}
    outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
    broken = client.post(url, {**call, "prefetch": dict.fromkeys(call["prefetch"], outcome)})
    fault = f"{service['id']}: {broken.said} to OperationOutcomes in prefetch"
    seen.say("prefetch-errors", None if broken.status in (_OK, _PRECONDITION_FAILED) else fault)


def _check_uuids(documents: Sequence[Mapping[str, Any]], seen: Observations) -> None:
    for document in documents:
        cards = document.get("cards")
        uuids = [card.get("uuid") for card in cards if isinstance(card, dict)] if isinstance(cards, list) else []
        twice = next((one for one in uuids if isinstance(one, str) and uuids.count(one) > 1), None)
        if twice is not None:
            seen.note("card-uuid", Result.NOT_MET, f"uuid {twice!r} stands on two cards of one answer")
